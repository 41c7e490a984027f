//! Links and pictures of documents that lead to nothing on this site, and literal links of
//! templates that do.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::output_file::{File, OutputContent, leads_to_file};
use super::output_files::OutputFiles;
use super::route::Route;
use super::routes::Routes;
use crate::diagnostic::{Code, Diagnostic, Location, closest_match};
use crate::document::body::{self, OwnUrls};
use crate::document::image::{Image, path_in_static};
use crate::document::{ArticleSummary, Page, is_non_heading_fragment};
use crate::domain::Domain;
use crate::preflight::REDIRECTS;
use crate::source;

/// A link or picture that leads to nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeadLink {
    /// The display path of the document.
    pub document: String,
    /// The URL below the site's root.
    pub target: String,
    /// The key that has it, if it is not in the body.
    key: Option<&'static str>,
    missing: Missing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Missing {
    Page,
    Heading,
    Picture,
}

impl OutputFiles<'_> {
    /// The dead links of documents, in the order of their paths. Empty if a file of the site has
    /// redirect rules. `ids` are those of the site's own templates; they may have any if it is
    /// None.
    pub fn dead_links(&self, ids: Option<&HashSet<&str>>) -> Vec<DeadLink> {
        let has_own_rules = self.files.iter().any(|file| {
            &*file.path == REDIRECTS && matches!(file.content, OutputContent::File(File::Copy(_)))
        });
        if has_own_rules {
            return Vec::new();
        }
        let (collection, config) = (self.routes.collection, self.routes.config);
        let targets = LinkTargets::new(self, ids);
        let mut dead = Vec::new();
        for summary in collection.ids().map(|id| collection.summary(id)) {
            let images = summary.images().map(|image| ("images", image));
            let logo = summary.provider.logo.iter().map(|logo| ("provider", logo));
            let pictures =
                images.chain(logo).filter_map(|(key, image)| self.dead_image(key, image));
            let pictures = pictures.chain(self.dead_paths(&summary.body_images));
            let links = targets.dead(&summary.own_links);
            let found = pictures.chain(links);
            dead.extend(found.map(|found| found.of(summary.display_path())));
        }
        for (document, text) in collection.bodies() {
            let OwnUrls { images, links } = body::own_urls(text, config);
            let found = self.dead_paths(&images).chain(targets.dead(&links));
            dead.extend(found.map(|found| found.of(document.to_owned())));
        }
        let terms = collection.topics.terms().chain(collection.providers.terms());
        for file in terms.filter_map(|(_, term)| term.page.as_ref()) {
            let logo = file.logo.as_ref().and_then(|logo| self.dead_image("logo", logo));
            let urls = [("url", &file.website), ("feed", &file.feed)];
            let links = urls.into_iter().filter_map(|(key, url)| {
                let dead = targets.dead_target(config.own_url(url.as_ref()?)?)?;
                Some(Dead { key: Some(key), ..dead })
            });
            let found = logo.into_iter().chain(links);
            dead.extend(found.map(|found| found.of(file.display_path.clone())));
        }
        dead.sort();
        // Many articles may have the picture of their provider.
        let mut logos = HashSet::new();
        dead.retain(|found| found.key != Some("provider") || logos.insert(found.target.clone()));
        dead
    }

    /// Warnings of literal links of templates, which begin with `/`.
    pub fn dead_template_links(
        &self,
        links: Vec<(Location, String)>,
        ids: Option<&HashSet<&str>>,
    ) -> Vec<Diagnostic> {
        let root = self.routes.config.root().trim_end_matches('/');
        let targets = LinkTargets::new(self, ids);
        let warning = |(location, url): (Location, String)| {
            let target = url.strip_prefix(root)?;
            if !(target.is_empty() || target.starts_with(['/', '?', '#'])) {
                return None;
            }
            let dead = targets.dead_target(target)?;
            let warning = self.dead_link_warning(&dead.of(String::new()));
            Some(Diagnostic { location, ..warning })
        };
        links.into_iter().filter_map(warning).collect()
    }

    /// The warning of a dead link, which names no line.
    pub fn dead_link_warning(&self, dead: &DeadLink) -> Diagnostic {
        let DeadLink { document, target, key, missing } = dead;
        let message = match missing {
            Missing::Page => format!("`{target}` leads to no page or file of this site"),
            Missing::Heading => format!("`{target}` leads to no heading of that page"),
            Missing::Picture => {
                format!("`{target}` is no picture of this site: there is no static{target}")
            }
        };
        let help = match missing {
            Missing::Page => self.meant_page(target),
            Missing::Heading => self.meant_heading(target),
            Missing::Picture => self.meant_file(target),
        };
        let code = match missing {
            Missing::Page | Missing::Heading => Code::DeadLink,
            Missing::Picture => Code::MissingPicture,
        };
        let warning = Diagnostic::new(code, Location::file(document), message)
            .help(help.unwrap_or_else(|| "correct or remove it".to_owned()));
        Diagnostic { key: *key, ..warning }
    }

    /// What is probably meant by a link to no page.
    fn meant_page(&self, target: &str) -> Option<String> {
        let name = target.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
        if self.begins_with_domain(name) {
            let address = target.trim_matches('/');
            return Some(format!(
                "a link to another site begins with `https://`: `https://{address}`"
            ));
        }
        if let Some(document) = source::is_markdown(name).then(|| self.page_of_document(name)) {
            return document.map(|url| format!("this document is published at `{url}`"));
        }
        let pages = self.routes.collection.pages.iter().map(|page| page.address.as_str());
        let near = || closest_match(name, pages).map(|page| format!("did you mean `/{page}/`?"));
        self.meant_file(target).or_else(near)
    }

    /// Whether a path begins with the domain of another site. A single name such as `a.pdf` may be
    /// a file, so it needs `www.` or a known provider.
    fn begins_with_domain(&self, path: &str) -> bool {
        let (host, rest) = path.split_once('/').unwrap_or((path, ""));
        let is_known = |domain: Domain| {
            let provider = self.routes.collection.providers.find(domain.as_str());
            host.starts_with("www.") || !rest.is_empty() || provider.is_some()
        };
        Domain::parse(host).is_some_and(is_known)
    }

    /// What is probably meant by a link to a heading that is not there.
    fn meant_heading(&self, target: &str) -> Option<String> {
        let (path, fragment) = target.split_once('#')?;
        let address = path_in_static(path).unwrap_or(Cow::Borrowed(path));
        let address = address.trim_matches('/');
        let Routes { collection, config, .. } = self.routes;
        let page = collection.pages.iter().find(|page| page.address == address);
        let ids = if let Some(page) = page {
            body::heading_ids(&page.body, config.slugs)
        } else {
            let article = collection.ids().find(|id| collection.address(*id) == address)?;
            collection.summary(article).heading_ids.to_vec()
        };
        let id = closest_match(fragment, ids.iter().map(AsRef::as_ref))?;
        Some(format!("did you mean `{path}#{id}`?"))
    }

    /// The file of `static/` that is probably meant by a path.
    fn meant_file(&self, target: &str) -> Option<String> {
        let Some(below) = target.strip_prefix("/static/") else {
            let path = path_in_static(target.trim_start_matches('/'))?;
            let file = self.files.iter().find(|file| file.path.eq_ignore_ascii_case(&path))?;
            return Some(format!("did you mean `/{}`? URLs are case-sensitive", file.path));
        };
        let has_file = self.has_file_at(&path_in_static(below)?);
        has_file.then(|| format!("the files of `static/` are at the root: `/{below}`"))
    }

    /// The URL below the site's root of the page of a document, given the end of its path.
    fn page_of_document(&self, name: &str) -> Option<String> {
        let path = path_in_static(name)?;
        let path = path.strip_prefix("content/").unwrap_or(&path);
        let is_it = |document: &str| {
            document.strip_suffix(path).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let collection = self.routes.collection;
        let articles = collection.ids().filter(|id| is_it(&collection.summary(*id).path));
        let articles = articles.filter(|id| self.routes.has_page(*id)).map(Route::Article);
        let pages = collection.pages.iter().enumerate();
        let pages = pages.filter(|(_, page)| is_it(&page.display_path));
        let mut found = articles.chain(pages.map(|(index, _)| Route::Page(index)));
        let address = self.routes.address(found.next()?);
        found.next().is_none().then(|| format!("/{address}/"))
    }

    fn dead_image(&self, key: &'static str, image: &Image) -> Option<Dead> {
        let path = image.static_path().filter(|path| !self.has_file_at(path))?;
        Some(Dead { key: Some(key), ..Dead::new(format!("/{path}"), Missing::Picture) })
    }

    /// The paths in `static/` at which there is no file.
    fn dead_paths(&self, paths: &[Box<str>]) -> impl Iterator<Item = Dead> {
        let dead = paths.iter().filter(|path| !self.has_file_at(path));
        dead.map(|path| Dead::new(format!("/{path}"), Missing::Picture))
    }
}

/// What links of the site can lead to.
struct LinkTargets<'a> {
    outputs: &'a OutputFiles<'a>,
    /// The ids of the site's own templates; None if they may have any.
    ids: Option<&'a HashSet<&'a str>>,
    /// The pages of the site by their addresses, with the IDs of each that a link has led to.
    pages: HashMap<&'a str, (&'a Page, OnceCell<HashSet<String>>)>,
    /// The articles with pages by their addresses, once a link has led to a heading.
    articles: OnceCell<HashMap<&'a str, &'a ArticleSummary>>,
}

impl<'a> LinkTargets<'a> {
    fn new(outputs: &'a OutputFiles<'a>, ids: Option<&'a HashSet<&'a str>>) -> Self {
        let pages = outputs.routes.collection.pages.iter();
        let pages = pages.map(|page| (page.address.as_str(), (page, OnceCell::new()))).collect();
        Self { outputs, ids, pages, articles: OnceCell::new() }
    }

    fn dead(&self, targets: &[Box<str>]) -> impl Iterator<Item = Dead> {
        targets.iter().filter_map(|target| self.dead_target(target))
    }

    fn dead_target(&self, target: &str) -> Option<Dead> {
        let (url, fragment) = target.split_once('#').unwrap_or((target, ""));
        let path = path_in_static(url).unwrap_or(Cow::Borrowed(url));
        let has_file =
            |path: &str| self.outputs.has_file_at(path) || self.outputs.redirects_from(path);
        if !leads_to_file(&path, has_file) {
            return Some(Dead::new(target.to_owned(), Missing::Page));
        }
        // What follows is a text that the browser looks for.
        let fragment = fragment.split(":~:").next().unwrap_or_default();
        let fragment = path_in_static(fragment).unwrap_or(Cow::Borrowed(fragment));
        let is_of_template = self.ids.is_none_or(|ids| ids.contains(&*fragment));
        if fragment.is_empty() || is_non_heading_fragment(&fragment) || is_of_template {
            return None;
        }
        let is_dead = !self.has_heading(path.trim_matches('/'), &fragment)?;
        is_dead.then(|| Dead::new(target.to_owned(), Missing::Heading))
    }

    /// Whether the page or article at an address has a heading with an id. None if there is neither.
    fn has_heading(&self, address: &str, id: &str) -> Option<bool> {
        if let Some((page, ids)) = self.pages.get(address) {
            let slugs = self.outputs.routes.config.slugs;
            let ids = ids.get_or_init(|| {
                body::heading_ids(&page.body, slugs).into_iter().map(Into::into).collect()
            });
            return Some(ids.contains(id));
        }
        let summary = self.articles.get_or_init(|| self.articles()).get(address)?;
        Some(summary.heading_ids.iter().any(|known| **known == *id))
    }

    fn articles(&self) -> HashMap<&'a str, &'a ArticleSummary> {
        let OutputFiles { routes, .. } = self.outputs;
        let collection = routes.collection;
        let with_pages = collection.ids().filter(|id| routes.has_page(*id));
        with_pages.map(|id| (collection.address(id), collection.summary(id))).collect()
    }
}

/// A dead link of any document.
struct Dead {
    target: String,
    key: Option<&'static str>,
    missing: Missing,
}

impl Dead {
    fn new(target: String, missing: Missing) -> Self {
        Self { target, key: None, missing }
    }

    fn of(self, document: String) -> DeadLink {
        let Self { target, key, missing } = self;
        DeadLink { document, target, key, missing }
    }
}
