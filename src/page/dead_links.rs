//! Links and pictures of documents that lead to nothing on this site, and literal links of
//! templates that do.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::output_file::{File, OutputContent, leads_to_file};
use super::output_files::OutputFiles;
use crate::diagnostic::{Code, Diagnostic, Location, closest_match};
use crate::document::Page;
use crate::document::body::{self, BodyOptions, HtmlTarget, OwnUrls};
use crate::document::image::{Image, path_in_static};
use crate::preflight::REDIRECTS;

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

impl DeadLink {
    /// The warning, which names no line.
    pub fn warning(&self, pages: &[Page]) -> Diagnostic {
        let target = &self.target;
        let message = match self.missing {
            Missing::Page => format!("`{target}` leads to no page or file of this site"),
            Missing::Heading => format!("`{target}` leads to no heading of that page"),
            Missing::Picture => {
                format!("`{target}` is no picture of this site: there is no static{target}")
            }
        };
        let name = target.trim_matches('/');
        let near = || closest_match(name, pages.iter().map(|page| page.address.as_str()));
        let help = match self.missing {
            Missing::Page => near().map(|page| format!("did you mean `/{page}/`?")),
            Missing::Heading | Missing::Picture => None,
        };
        let help = help.unwrap_or_else(|| "correct or remove it".to_owned());
        let code = match self.missing {
            Missing::Page | Missing::Heading => Code::DeadLink,
            Missing::Picture => Code::MissingPicture,
        };
        let warning = Diagnostic::new(code, Location::file(&self.document), message).help(help);
        Diagnostic { key: self.key, ..warning }
    }
}

impl OutputFiles<'_> {
    /// The dead links of documents, in the order of their paths. None if a file of the site
    /// redirects by rules of its own.
    pub fn dead_links(&self) -> Vec<DeadLink> {
        let has_own_rules = self.files.iter().any(|file| {
            &*file.path == REDIRECTS && matches!(file.content, OutputContent::File(File::Copy(_)))
        });
        if has_own_rules {
            return Vec::new();
        }
        let (collection, config) = (self.routes.collection, self.routes.config);
        let options = BodyOptions::new(config);
        let targets = LinkTargets::new(self);
        let mut dead = Vec::new();
        for summary in collection.ids().map(|id| collection.summary(id)) {
            let images = summary.images().map(|image| ("images", image));
            let logo = summary.provider.logo.iter().map(|logo| ("provider", logo));
            let pictures =
                images.chain(logo).filter_map(|(key, image)| self.dead_image(key, image));
            let pictures = pictures.chain(self.dead_paths(&summary.body_images));
            let links = targets.dead(&summary.body_links);
            let found = pictures.chain(links);
            dead.extend(found.map(|found| found.of(summary.display_path())));
        }
        for (document, text) in collection.bodies() {
            let OwnUrls { images, links } = body::own_urls(text, options);
            let found = self.dead_paths(&images).chain(targets.dead(&links));
            dead.extend(found.map(|found| found.of(document.to_owned())));
        }
        let terms = collection.topics.terms().chain(collection.providers.terms());
        for file in terms.filter_map(|(_, term)| term.page.as_ref()) {
            let found = file.logo.as_ref().and_then(|logo| self.dead_image("logo", logo));
            dead.extend(found.map(|found| found.of(file.display_path.clone())));
        }
        dead.sort();
        // Many articles may have the picture of their provider.
        let mut logos = HashSet::new();
        dead.retain(|found| found.key != Some("provider") || logos.insert(found.target.clone()));
        dead
    }

    /// Warnings of literal links of templates, which begin with `/`.
    pub fn dead_template_links(&self, links: Vec<(Location, String)>) -> Vec<Diagnostic> {
        let root = self.routes.config.root().trim_end_matches('/');
        let targets = LinkTargets::new(self);
        let warning = |(location, url): (Location, String)| {
            let target = url.strip_prefix(root)?;
            if !(target.is_empty() || target.starts_with(['/', '?', '#'])) {
                return None;
            }
            let dead = targets.dead_target(target)?;
            let warning = dead.of(String::new()).warning(&self.routes.collection.pages);
            Some(Diagnostic { location, ..warning })
        };
        links.into_iter().filter_map(warning).collect()
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
    /// The pages of the site by their addresses, with the IDs of each that a link has led to.
    pages: HashMap<&'a str, (&'a Page, OnceCell<HashSet<String>>)>,
}

impl<'a> LinkTargets<'a> {
    fn new(outputs: &'a OutputFiles<'a>) -> Self {
        let pages = outputs.routes.collection.pages.iter();
        let pages = pages.map(|page| (page.address.as_str(), (page, OnceCell::new()))).collect();
        Self { outputs, pages }
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
        if fragment.is_empty() {
            return None;
        }
        let (page, ids) = self.pages.get(path.trim_matches('/'))?;
        let ids = ids.get_or_init(|| {
            let options = BodyOptions::new(self.outputs.routes.config);
            let html = body::to_html(&page.body, options, HtmlTarget::Html);
            let ids = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
            ids.map(str::to_owned).collect()
        });
        let fragment = path_in_static(fragment).unwrap_or(Cow::Borrowed(fragment));
        (!ids.contains(&*fragment)).then(|| Dead::new(target.to_owned(), Missing::Heading))
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
