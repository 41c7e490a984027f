//! All files of the output.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::alias_conflicts::{self, Redirects};
use super::claims::{Claimant, Claims, DocumentKey};
use super::output_file::{File, OutputContent, OutputFile};
use super::path_conflicts::{self, Refused};
use super::published::{self, Published};
use super::redirect::Redirect;
use super::route::{RedirectPage, Route};
use super::routes::Routes;
use super::sitemap::{SitemapPart, sitemap};
use super::xml_files::{sitemap_urls, xml_files};
use super::{host_files, menu, site_warnings};
use crate::asset::Asset;
use crate::diagnostic::Diagnostic;
use crate::document::alias::file_of;
use crate::picture::Pictures;
use crate::preflight::DocumentUsage;
use crate::reservations::ReservationIndex;
use crate::source::SiteFile;

/// All output files of a site.
#[derive(Debug)]
pub struct OutputFiles<'a> {
    /// The routes of the site.
    pub routes: Routes<'a>,
    /// The theme's assets.
    pub assets: &'a [Asset],
    /// The files, sorted by path. Their paths are unique if none is refused.
    pub files: Vec<OutputFile>,
    /// An error for each document or static file that cannot have its output path.
    pub refused: Vec<Refused>,
    pub(super) redirects: Vec<Redirect<'a>>,
    /// The paths that the files of the redirects have or would have.
    redirect_files: HashSet<String>,
    pub(super) sitemap: Vec<SitemapPart>,
}

impl<'a> OutputFiles<'a> {
    /// No files, for callers that render single pages only.
    pub fn none(routes: Routes<'a>, assets: &'a [Asset]) -> Self {
        Self {
            routes,
            assets,
            files: Vec::new(),
            refused: Vec::new(),
            redirects: Vec::new(),
            redirect_files: HashSet::new(),
            sitemap: Vec::new(),
        }
    }

    /// The pages of the site with all feeds and sitemaps, the assets, what the host needs, and the
    /// files of `static/`. A static file replaces `404.html`, `robots.txt`, feeds, sitemaps,
    /// `opml.xml` and host files of the same path; any other two files of one path are a conflict.
    pub fn new(
        routes: Routes<'a>,
        reserved: &ReservationIndex<'_>,
        static_files: &[SiteFile],
        assets: &'a [Asset],
    ) -> (Self, Vec<Diagnostic>) {
        let static_files = || static_files.iter().filter(|file| !is_asset(file, assets));
        let overrides: HashSet<Arc<str>> =
            static_files().map(|file| Arc::clone(&file.path)).collect();
        let is_generated = |file: &OutputFile| !overrides.contains(&file.path);

        let sitemap = sitemap(routes);
        let mut files: Vec<OutputFile> = pages(routes, overrides.contains("404.html")).collect();
        let feeds: Vec<OutputFile> = feeds(routes).filter(is_generated).collect();
        let feed_paths: Vec<Arc<str>> = feeds.iter().map(|feed| Arc::clone(&feed.path)).collect();
        files.extend(feeds);
        files
            .extend([robots(routes)].into_iter().chain(xml(routes, &sitemap)).filter(is_generated));
        files.extend(asset_files(assets));
        files.extend(variants(routes, static_files().collect()));
        files.extend(static_files().map(copy));
        let Redirects { published: redirects, refused_lists, diagnostics: alias_diagnostics } =
            alias_conflicts::redirects(routes, &files, &overrides, reserved);
        if !routes.config.host.kind.supports_rule_files() {
            files.extend(redirect_pages(&redirects));
        }
        files.extend(host_files(routes, &redirects, assets, &feed_paths).filter(is_generated));
        files.par_sort_by(|a, b| a.path.cmp(&b.path));

        let mut refused = path_conflicts::refused(routes, &redirects, &files, reserved);
        refused.extend(refused_lists);
        let redirect_files = redirects.iter().map(|redirect| file_of(redirect.from)).collect();
        let found = Self { routes, assets, files, refused, redirects, redirect_files, sitemap };
        let mut diagnostics = site_warnings::site_warnings(routes);
        diagnostics.extend(found.dead_menu_links());
        diagnostics.extend(alias_diagnostics);
        (found, diagnostics)
    }

    /// Warnings of the menus' links to pages of this site that do not exist.
    fn dead_menu_links(&self) -> Vec<Diagnostic> {
        let has_file = |path: &str| self.has_file_at(path) || self.redirects_from(path);
        let pages = self.files.iter().filter_map(|file| file.path.strip_suffix("/index.html"));
        menu::dead_links(self.routes, has_file, pages).collect()
    }

    /// Whether readers are redirected from where there would be a file at this path.
    pub(super) fn redirects_from(&self, path: &str) -> bool {
        self.redirect_files.contains(path)
    }

    /// Whether there is a page at an address below the site's root.
    pub fn has_page_at(&self, address: &str) -> bool {
        self.has_file_at(&format!("{address}/index.html"))
    }

    /// Whether there is a file at a path below the output folder.
    pub fn has_file_at(&self, path: &str) -> bool {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).is_ok()
    }

    /// What the site publishes at the addresses of all articles (also of those without a page),
    /// pages, lists and redirects, each with its folded address.
    pub fn published(&self) -> Vec<(Cow<'_, str>, Published<'_>)> {
        published::published(self.routes, &self.redirects)
    }

    /// Whether a page redirects from the former address of a story.
    pub fn is_redirect_of_story(&self, route: Route) -> bool {
        matches!(route, Route::Redirect(page) if self.redirects[page.index].is_of_story)
    }

    fn claims(&self) -> Claims<'_> {
        Claims::new(self.routes, &self.redirects)
    }

    /// The first document that causes a page, and the front-matter key responsible.
    pub fn cause(&self, route: Route) -> Option<DocumentKey> {
        self.claims().cause(route)
    }

    /// The only document that causes a file, if there is just one.
    pub fn sole_document(&self, file: &OutputFile) -> Option<String> {
        let claims = self.claims();
        claims.sole_cause(claims.claimant(file))
    }

    /// What each document adds to the site, given the lengths of all files.
    pub fn usage(&self, lengths: &[u64]) -> Vec<DocumentUsage> {
        let claims = self.claims();
        // The files of a list have the same causes, which may be many.
        let mut sole: HashMap<Claimant<'_>, Option<String>> = HashMap::new();
        let mut usage = BTreeMap::new();
        for (file, length) in self.files.iter().zip(lengths) {
            let document = match &file.content {
                OutputContent::Page(Route::Redirect(page)) => {
                    Some(self.redirects[page.index].display_path.clone())
                }
                OutputContent::File(File::Copy(_) | File::Variant(_)) => None,
                _ => {
                    let claimant = claims.claimant(file);
                    sole.entry(claimant).or_insert_with(|| claims.sole_cause(claimant)).clone()
                }
            };
            if let Some(document) = document {
                let usage = usage_of(&mut usage, &document);
                usage.files += 1;
                usage.bytes += usize::try_from(*length).unwrap_or(usize::MAX);
            }
        }
        for redirect in &self.redirects {
            usage_of(&mut usage, &redirect.display_path).redirects +=
                redirect.lines(self.routes).len();
        }
        usage.into_values().collect()
    }
}

fn usage_of<'u>(
    usage: &'u mut BTreeMap<String, DocumentUsage>,
    document: &str,
) -> &'u mut DocumentUsage {
    let new = || DocumentUsage { document: document.to_owned(), ..DocumentUsage::default() };
    usage.entry(document.to_owned()).or_insert_with(new)
}

/// Whether a static file is the source of an asset, which is published under a fingerprinted name.
fn is_asset(file: &SiteFile, assets: &[Asset]) -> bool {
    assets.iter().any(|asset| *asset.name == *file.path)
}

fn pages(routes: Routes<'_>, replaces_not_found: bool) -> impl Iterator<Item = OutputFile> {
    let is_replaced = move |route: &Route| replaces_not_found && matches!(route, Route::NotFound);
    let page = move |route| OutputFile::new(routes.path(route), OutputContent::Page(route));
    routes.pages().filter(move |route| !is_replaced(route)).map(page)
}

fn feeds(routes: Routes<'_>) -> impl Iterator<Item = OutputFile> {
    routes
        .feeds()
        .map(move |page| OutputFile::new(routes.feed_path(page), OutputContent::Feed(page)))
}

fn robots(routes: Routes<'_>) -> OutputFile {
    OutputFile::new("robots.txt", OutputContent::File(File::Robots(sitemap_urls(routes))))
}

fn xml(routes: Routes<'_>, sitemap: &[SitemapPart]) -> impl Iterator<Item = OutputFile> {
    xml_files(routes, sitemap)
        .into_iter()
        .map(|(path, file)| OutputFile::new(path, OutputContent::Xml(file)))
}

fn asset_files(assets: &[Asset]) -> impl Iterator<Item = OutputFile> {
    let file = |(index, asset): (usize, &Asset)| {
        OutputFile::new(asset.path.as_str(), OutputContent::File(File::Asset(index)))
    };
    assets.iter().enumerate().map(file)
}

/// The variants of pictures among `static_files`, which are sorted by path.
fn variants(routes: Routes<'_>, static_files: Vec<&SiteFile>) -> impl Iterator<Item = OutputFile> {
    let variants = routes.pictures().map(Pictures::variants).unwrap_or_default();
    variants.into_iter().filter_map(move |(path, (source, variant))| {
        let index = static_files.binary_search_by(|file| file.path.cmp(source)).ok()?;
        let file = (SiteFile::clone(static_files.get(index)?), variant.clone());
        Some(OutputFile::new(Arc::clone(path), OutputContent::File(File::Variant(file.into()))))
    })
}

fn copy(file: &SiteFile) -> OutputFile {
    OutputFile::new(Arc::clone(&file.path), OutputContent::File(File::Copy(Box::new(file.clone()))))
}

/// The pages that redirect, for hosts that read no redirects.
fn redirect_pages(redirects: &[Redirect<'_>]) -> impl Iterator<Item = OutputFile> {
    redirects.iter().enumerate().map(|(index, redirect)| {
        let route = Route::Redirect(RedirectPage { index, to: redirect.to });
        OutputFile::new(file_of(redirect.from), OutputContent::Page(route))
    })
}

fn host_files(
    routes: Routes<'_>,
    redirects: &[Redirect<'_>],
    assets: &[Asset],
    feed_paths: &[Arc<str>],
) -> impl Iterator<Item = OutputFile> {
    let files = host_files::host_files(routes, redirects, assets, feed_paths);
    files
        .into_iter()
        .map(|(path, file)| OutputFile::new(path, OutputContent::File(File::Host(file))))
}
