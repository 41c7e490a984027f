//! Turns what was read into documents of the site: their paths, originals, topics and aliases.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use chrono::Datelike;
use rayon::prelude::*;

use super::item::ImportItem;
use super::options::ImportOptions;
use super::report::ImportReport;
use super::yaml;
use crate::collection::Documents;
use crate::config::{Config, PermalinkParts};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::alias::{self, file_of};
use crate::document::date::ParsedDate;
use crate::document::{self, ArticleSummary, text};
use crate::domain::Domain;
use crate::http_url::HttpUrl;
use crate::inventory::{KnownOriginals, KnownProviders, KnownTopics};
use crate::invisible_chars::is_blank;
use crate::new_document::{NewArticle, quoted, title_in_url, written_date};
use crate::slug::{folded, shortened};
use crate::source::{FileStamp, Folder, SiteFile};

/// The maximum length of the name of a file without its date, in bytes.
const MAX_NAME_BYTES: usize = 120;

/// The maximum number of aliases that are kept.
const MAX_ALIASES: usize = 50;

/// A new document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedDocument {
    /// The path relative to the site's root, with `/` separators.
    pub path: String,
    pub text: String,
    pub is_page: bool,
    pub is_published: bool,
    /// Whether the site has an article about the same original at this path.
    pub is_known: bool,
}

/// The documents that items become.
#[derive(Default)]
pub(super) struct ImportedDocuments {
    pub(super) documents: Vec<ImportedDocument>,
    /// Items without a document: errors, and warnings of those that the site has already.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What became of the items that have a document.
    pub(super) report: ImportReport,
}

/// An item with its path.
struct Placed {
    item: ImportItem,
    /// Relative to `content/`.
    path: String,
    date: ParsedDate,
    aliases: Vec<String>,
}

/// What the documents depend on besides the items.
pub(super) struct ImportSite<'a> {
    config: &'a Config,
    options: &'a ImportOptions,
    documents: &'a Documents,
    originals: KnownOriginals<'a>,
    providers: KnownProviders<'a>,
    topics: KnownTopics<'a>,
}

impl<'a> ImportSite<'a> {
    pub(super) fn new(
        documents: &'a Documents,
        config: &'a Config,
        options: &'a ImportOptions,
    ) -> Self {
        Self {
            config,
            options,
            documents,
            originals: KnownOriginals::new(documents),
            providers: KnownProviders::new(documents),
            topics: KnownTopics::new(documents, config),
        }
    }

    pub(super) fn documents(&self, items: Vec<ImportItem>) -> ImportedDocuments {
        let mut made = ImportedDocuments::default();
        let items = self.distinct(items, &mut made);
        let mut placed = self.placed(items, &mut made);
        placed.retain(|placed| self.is_new(placed, &mut made));
        self.assign_aliases(&mut placed, &mut made);
        self.unify_topics(&mut placed);
        let written: Vec<_> = placed.par_iter().map(|placed| self.document(placed)).collect();
        for (placed, document) in placed.iter().zip(written) {
            match document {
                Ok(document) => {
                    made.report.add(&placed.item);
                    made.documents.push(document);
                }
                Err(error) => made.diagnostics.push(error),
            }
        }
        made
    }

    /// The items that are articles with different originals, or pages.
    fn distinct(&self, items: Vec<ImportItem>, made: &mut ImportedDocuments) -> Vec<ImportItem> {
        let mut known: HashMap<String, Location> = HashMap::new();
        let mut distinct = Vec::with_capacity(items.len());
        for mut item in items {
            if item.is_page {
                distinct.push(item);
                continue;
            }
            let link = item.link.take().or_else(|| self.own_url(&item));
            let Some(link) = link else {
                made.diagnostics.push(without_link(item));
                continue;
            };
            let first = known.entry(link.dedup_key().into_owned());
            if let std::collections::hash_map::Entry::Occupied(first) = &first {
                made.diagnostics.push(same_original(item.location, &link, first.get()));
                continue;
            }
            first.or_insert_with(|| item.location.clone());
            distinct.push(ImportItem { link: Some(link), ..item });
        }
        distinct
    }

    /// The address of a post on the old site, which is the original of the post itself.
    fn own_url(&self, item: &ImportItem) -> Option<HttpUrl> {
        let base = self.options.base_url.as_ref()?;
        let path = item.old_address.as_ref()?;
        HttpUrl::parse(&format!("{}{path}", base.as_str().trim_end_matches('/'))).ok()
    }

    /// Gives each item a path of its own, which no document about another original has. The same
    /// import makes the same paths.
    fn placed(&self, items: Vec<ImportItem>, made: &mut ImportedDocuments) -> Vec<Placed> {
        let summaries = self.documents.summaries.iter().map(|(_, summary)| &**summary);
        let on_site: HashMap<_, _> =
            summaries.map(|summary| (folded_stem(&summary.path), summary)).collect();
        let is_free = |stem: &str, item: &ImportItem| {
            on_site.get(stem).is_none_or(|summary| is_about(summary, item.link.as_ref()))
        };
        let mut taken = HashSet::new();
        let mut place = |mut item: ImportItem| {
            let date = item.date.unwrap_or_else(|| {
                if !item.is_page {
                    item.is_published = false;
                    let note = "without a date, imported unpublished and with the date of today";
                    *made.report.notes.entry(note).or_default() += 1;
                }
                ParsedDate { instant: self.options.now, has_time: false }
            });
            let stem = if item.is_page { self.page_stem(&item) } else { self.stem(&item, date) };
            let numbered = (2_usize..).map(|number| format!("{stem}-{number}"));
            let mut candidates = std::iter::once(stem.clone()).chain(numbered);
            let path = candidates.find(|stem| {
                let stem = folded(stem);
                is_free(&stem, &item) && taken.insert(stem.into_owned())
            });
            let path = format!("{}.md", path.unwrap_or(stem));
            Placed { item, path, date, aliases: Vec::new() }
        };
        items.into_iter().map(&mut place).collect()
    }

    /// `imported/2024/05/2024-05-01-harbour-reopens`
    fn stem(&self, item: &ImportItem, date: ParsedDate) -> String {
        let day = date.instant.with_timezone(&self.config.time_zone);
        let slug = self.slug(item);
        format!("{}/{}{slug}", self.options.folder, day.format("%Y/%m/%Y-%m-%d-"))
    }

    /// The slug that the name of the file makes.
    fn slug(&self, item: &ImportItem) -> String {
        let slugs = self.config.slugs.in_language(item.language.as_deref());
        let in_url = || item.link.as_ref().map(title_in_url).unwrap_or_default();
        let name = [item.name.as_str(), item.title.as_str()];
        let name = name.into_iter().find(|name| slugs.has_word(name)).map(str::to_owned);
        shortened(&slugs.slugify(&name.unwrap_or_else(in_url)), MAX_NAME_BYTES).to_owned()
    }

    fn page_stem(&self, item: &ImportItem) -> String {
        let address = item.old_address.as_deref().unwrap_or_default();
        let address = address.trim_end_matches(".html").trim_matches('/');
        let parts = address.split('/').filter(|part| !part.is_empty() && *part != "index");
        let parts: Vec<String> = parts.map(|part| self.config.slugs.slugify(part)).collect();
        let path = if parts.is_empty() { self.slug(item) } else { parts.join("/") };
        format!("pages/{path}")
    }

    /// Whether the site does not have the original of an item, except in the document that the same
    /// import wrote before.
    fn is_new(&self, placed: &Placed, made: &mut ImportedDocuments) -> bool {
        let link = placed.item.link.as_ref();
        let Some((link, known)) = link.and_then(|link| Some((link, self.originals.find(link)?)))
        else {
            return true;
        };
        if known == placed.path {
            return true;
        }
        let location = Location::file(format!("content/{known}"));
        made.diagnostics.push(already_there(placed.item.location.clone(), link, location));
        false
    }

    /// Keeps old addresses as aliases, except for those that something else has.
    fn assign_aliases(&self, placed: &mut [Placed], made: &mut ImportedDocuments) {
        let own: Vec<String> = placed.iter().map(|placed| self.new_address(placed)).collect();
        let mut taken: HashSet<String> = own.iter().map(|address| folded_file(address)).collect();
        let imported: HashSet<&str> = placed.iter().map(|placed| placed.path.as_str()).collect();
        for (_, summary) in &self.documents.summaries {
            if !imported.contains(&*summary.path) {
                let slug = summary.wanted_slug(self.config.slugs);
                let date = ParsedDate { instant: summary.published_at, has_time: true };
                taken.insert(folded_file(&self.address(&summary.category.slug, date, &slug)));
                taken.extend(summary.aliases.iter().map(|alias| folded_file(alias)));
            }
        }
        for page in &self.documents.pages {
            taken.insert(folded_file(&page.address));
        }
        for (placed, own) in placed.iter_mut().zip(&own) {
            let item = &placed.item;
            if item.has_unknown_address {
                let note = "an old address that is not known";
                *made.report.notes.entry(note).or_default() += 1;
            }
            for written in item.old_address.iter().chain(&item.aliases) {
                let path = old_path(written);
                if path.is_empty() || folded_file(&path) == folded_file(own) {
                    continue;
                }
                if !alias::is_valid(&path) || placed.aliases.len() == MAX_ALIASES {
                    let note = "an old address that cannot be an alias";
                    *made.report.notes.entry(note).or_default() += 1;
                } else if taken.insert(folded_file(&path)) {
                    placed.aliases.push(format!("/{path}"));
                } else {
                    let note = "an old address that another document has, too";
                    *made.report.notes.entry(note).or_default() += 1;
                }
            }
        }
    }

    /// Spells topics as the site does, or else as most of these documents do, and keeps as many as
    /// the site allows.
    fn unify_topics(&self, placed: &mut [Placed]) {
        let mut spellings: HashMap<String, BTreeMap<String, usize>> = HashMap::new();
        for name in placed.iter().flat_map(|placed| &placed.item.topics) {
            let of_slug = spellings.entry(self.config.slugs.slugify(name)).or_default();
            *of_slug.entry(name.clone()).or_default() += 1;
        }
        let usual = |names: BTreeMap<String, usize>| {
            let most = names.values().copied().max().unwrap_or_default();
            let name = names.into_iter().find(|(_, count)| *count == most);
            self.topics.usual_spelling(&name.map(|(name, _)| name).unwrap_or_default())
        };
        let spellings: HashMap<String, String> =
            spellings.into_iter().map(|(slug, names)| (slug, usual(names))).collect();
        let limits = &self.config.limits;
        for placed in placed {
            let mut slugs = HashSet::new();
            let names = std::mem::take(&mut placed.item.topics);
            placed.item.topics = names
                .iter()
                .map(|name| self.config.slugs.slugify(name))
                .filter(|slug| slugs.insert(slug.clone()))
                .filter_map(|slug| spellings.get(&slug).cloned())
                .filter(|name| !is_blank(name) && name.chars().count() <= limits.topic_name)
                .take(limits.topics)
                .collect();
        }
    }

    /// The address that a document asks for.
    fn new_address(&self, placed: &Placed) -> String {
        let Placed { item, path, date, .. } = placed;
        if item.is_page {
            return path.trim_start_matches("pages/").trim_end_matches(".md").to_owned();
        }
        let slugs = self.config.slugs.in_language(item.language.as_deref());
        let slug = slugs.from_file_name(crate::source::stem(path));
        self.address(document::article::DEFAULT_CATEGORY, *date, &slug)
    }

    fn address(&self, category: &str, date: ParsedDate, slug: &str) -> String {
        let day = date.instant.with_timezone(&self.config.time_zone);
        let parts =
            PermalinkParts { category, year: day.year(), month: day.month(), day: day.day(), slug };
        self.config.permalink.address(&parts)
    }

    /// Writes a document, and checks that newsgen accepts it.
    fn document(&self, placed: &Placed) -> Result<ImportedDocument, Diagnostic> {
        let Placed { item, path, .. } = placed;
        let text = if item.is_page { page(placed) } else { self.article(placed)? };
        let folder = Folder { name: "content", on_disk: Path::new("content").to_owned() };
        let stamp = FileStamp { length: text.len() as u64, changed_at: 0, touched_at: 0 };
        let file = SiteFile { path: path.as_str().into(), folder: Arc::new(folder), stamp };
        let (_, found) = document::parse(&file, text.as_bytes(), self.config);
        if let Some(error) = found.into_iter().find(Diagnostic::is_error) {
            let message = format!("this cannot be imported: {}", error.message);
            let help = error.help.unwrap_or_else(|| "correct it, and import it again".to_owned());
            return Err(Diagnostic::new(error.code, item.location.clone(), message).help(help));
        }
        let known = item.link.as_ref().and_then(|link| self.originals.find(link));
        Ok(ImportedDocument {
            is_known: known == Some(path),
            path: format!("content/{path}"),
            text,
            is_page: item.is_page,
            is_published: item.is_published,
        })
    }

    fn article(&self, placed: &Placed) -> Result<String, Diagnostic> {
        let Placed { item, date, aliases, .. } = placed;
        let link = item.link.as_ref().expect("articles have originals");
        let domain = Domain::in_address(link.as_str()).ok_or_else(|| {
            let message = format!("`{}` is not the domain of a publisher", link.host());
            Diagnostic::new(Code::ImportWithoutOriginal, item.location.clone(), message)
                .help("write the public address of the original")
        })?;
        let known = self.providers.find(&domain);
        let provider_name = known
            .and_then(|known| known.name.map(str::to_owned))
            .or_else(|| item.provider_name.clone())
            .unwrap_or_else(|| domain.to_unicode().into_owned());
        let provider_domain = known.map_or(&domain, |known| known.domain);
        let title = if is_blank(&item.title) { title_in_url(link) } else { item.title.clone() };
        let article = NewArticle {
            excerpt: text::normalize(&item.excerpt),
            title,
            published: written_date(*date, self.config.time_zone),
            original_url: link.as_str().to_owned(),
            web_url: None,
            amp_url: None,
            provider_name,
            provider_domain: provider_domain.to_string(),
            topics: item.topics.clone(),
            suggested_topics: Vec::new(),
            picture: item
                .picture
                .as_deref()
                .and_then(|url| self.picture(url))
                .map(|url| (url, None)),
            player: None,
            language: item.language.clone(),
            note: (!is_blank(&item.body)).then(|| item.body.clone()),
            is_published: item.is_published,
        };
        let mut document = String::new();
        let more = self.more_lines(item, aliases, link);
        article.write_with(&mut document, &more).expect("a text can always be written");
        Ok(document)
    }

    /// The lines of keys that new articles do not have.
    fn more_lines(&self, item: &ImportItem, aliases: &[String], link: &HttpUrl) -> String {
        let mut lines = String::from("\n");
        // A post is not the copy of its own page on a site that this one replaces.
        let replaces = || link.origin() == self.config.base_url.as_str().trim_end_matches('/');
        if item.is_noindex {
            lines.push_str("articlePages: noindex\n");
        } else if replaces() {
            lines.push_str("articlePages: self\n");
        }
        lines.push_str(&alias_lines(aliases));
        for entry in &item.extra {
            lines.push_str(&yaml::line(entry));
        }
        if !item.imported.is_empty() {
            lines.push_str("imported:\n");
            for entry in &item.imported {
                lines.push_str("  ");
                lines.push_str(&yaml::line(entry));
            }
        }
        if lines.trim().is_empty() { String::new() } else { lines }
    }

    /// The URL of a picture; a path is one of the old site, or else of this one.
    fn picture(&self, written: &str) -> Option<String> {
        if HttpUrl::parse(written).is_ok() {
            return Some(written.to_owned());
        }
        if written.contains([':', '{', '\\']) || written.contains("..") {
            return None;
        }
        let path = format!("/{}", written.trim_start_matches(['.', '/']));
        let base = self.options.base_url.as_ref().map_or("", |base| base.origin());
        Some(format!("{base}{path}"))
    }
}

/// A path without its extension, as file systems compare names.
fn folded_stem(path: &str) -> String {
    folded(path.rsplit_once('.').map_or(path, |(stem, _)| stem)).into_owned()
}

/// Whether an article of the site is about this original.
fn is_about(summary: &ArticleSummary, link: Option<&HttpUrl>) -> bool {
    let mut addresses = summary.addresses().into_iter().flatten();
    link.is_some_and(|link| addresses.any(|url| url.dedup_key() == link.dedup_key()))
}

/// The path of an old address without slashes at its ends.
fn old_path(written: &str) -> String {
    let url = HttpUrl::parse(written).ok();
    let path = url.as_ref().map_or(written, HttpUrl::path);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let path = path.trim_matches('/');
    path.strip_suffix("/index.html").unwrap_or(path).to_owned()
}

/// A page outside the lists of articles.
fn page(placed: &Placed) -> String {
    let Placed { item, aliases, .. } = placed;
    let mut page = format!("---\ntitle: {}\n", quoted(&item.title));
    if !item.excerpt.is_empty() {
        let _ = writeln!(page, "description: {}", quoted(&text::normalize(&item.excerpt)));
    }
    if !item.is_published {
        page.push_str("published: false # remove this line to publish the page\n");
    }
    page.push_str(&alias_lines(aliases));
    page.push_str("---\n");
    if !is_blank(&item.body) {
        let _ = writeln!(page, "\n{}", item.body.trim());
    }
    page
}

fn alias_lines(aliases: &[String]) -> String {
    if aliases.is_empty() {
        return String::new();
    }
    let lines = aliases.iter().map(|alias| format!("  - {}\n", quoted(alias)));
    format!("aliases:\n{}", lines.collect::<String>())
}

/// The file at an address, as file systems compare names.
fn folded_file(address: &str) -> String {
    folded(&file_of(address.trim_matches('/'))).into_owned()
}

fn without_link(item: ImportItem) -> Diagnostic {
    let message = "this post has no link to an original";
    let help = if item.has_unknown_address {
        "add `link: URL` to it; its own address on the old site is not known"
    } else {
        "add `link: URL` to it; or pass `--first-link` if the first link of its body is the original, or `--base-url URL` to make it an article about its own page on the old site"
    };
    Diagnostic::new(Code::ImportWithoutOriginal, item.location, message).help(help)
}

fn same_original(location: Location, link: &HttpUrl, first: &Location) -> Diagnostic {
    let message = format!("another imported document has the same original: {}", link.as_str());
    Diagnostic::new(Code::RepeatedOriginal, location, message)
        .other(first.clone(), "is imported")
        .help("add its words to the other document")
}

fn already_there(location: Location, link: &HttpUrl, known: Location) -> Diagnostic {
    let message = format!("the site already has this article: {}", link.as_str());
    Diagnostic::new(Code::ImportedBefore, location, message).other(known, "has this original")
}
