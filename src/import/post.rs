//! Posts of other generators: what their keys and bodies mean.

use chrono::NaiveDate;
use chrono_tz::Tz;
use pulldown_cmark::{Event, Parser, Tag};

use super::front_matter::OldPost;
use super::html;
use super::item::{ImportItem, KeyUse, wrong_date};
use super::old_site::{AddressParts, FileRole, OldSite, day_of_name};
use super::options::{ImportKind, ImportOptions, ImportSource, host};
use super::template_code;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::date::{self, ParsedDate};
use crate::document::{hides_document, is_plain_extra, text};
use crate::http_url::HttpUrl;
use crate::language;
use crate::locale::is_same_language;
use crate::node::{MapEntry, Node, Value};

/// What a key of another generator means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Title,
    Link,
    Date,
    Excerpt,
    Topics,
    Picture,
    Provider,
    Language,
    Slug,
    Address,
    Aliases,
    Indexing,
    Nothing,
}

/// The keys of other generators by their meanings, in lower case without hyphens and underscores.
/// If several with one meaning have a value, the first counts.
const KEYS: [(Meaning, &[&str]); 13] = [
    (Meaning::Title, &["title", "headline"]),
    (
        Meaning::Link,
        &[
            "link",
            "linkurl",
            "externalurl",
            "externallink",
            "external",
            "originalurl",
            "original",
            "sourceurl",
            "sourcelink",
            "bookmarkof",
            "likeof",
            "repostof",
            "ref",
            "target",
            "href",
            "uri",
            "website",
            "source",
            "weburl",
            "url",
            "canonicalurl",
            "canonical",
        ],
    ),
    (
        Meaning::Date,
        &[
            "date",
            "publisheddatetime",
            "publishdate",
            "publisheddate",
            "pubdate",
            "publishedat",
            "publishedon",
            "datepublished",
            "created",
            "createdat",
        ],
    ),
    (
        Meaning::Excerpt,
        &[
            "excerpt",
            "description",
            "summary",
            "subtitle",
            "abstract",
            "lead",
            "teaser",
            "metadescription",
        ],
    ),
    (
        Meaning::Topics,
        &["tags", "tag", "categories", "category", "keywords", "topics", "topic", "labels"],
    ),
    (
        Meaning::Picture,
        &[
            "image",
            "images",
            "cover",
            "coverimage",
            "featuredimage",
            "featureimage",
            "heroimage",
            "banner",
            "thumbnail",
            "ogimage",
            "socialimage",
        ],
    ),
    (Meaning::Provider, &["provider", "publisher", "sitename", "sourcename"]),
    (Meaning::Language, &["lang", "language", "locale"]),
    (Meaning::Slug, &["slug"]),
    (Meaning::Address, &["permalink", "path", "saveas"]),
    (Meaning::Aliases, &["redirectfrom", "aliases", "alias", "oldurls", "redirects"]),
    (Meaning::Indexing, &["noindex", "robots"]),
    (
        Meaning::Nothing,
        &[
            "layout",
            "comments",
            "toc",
            "template",
            "math",
            "mathjax",
            "katex",
            "mermaid",
            "share",
            "related",
            "menu",
            "weight",
            "eleventynavigation",
            "sitemap",
            "type",
            "id",
            "uuid",
            "guid",
            "cssclass",
            "markup",
            "outputs",
            "cascade",
            "disqus",
            "readtime",
            "readingtime",
            "wordcount",
        ],
    ),
];

/// Tables whose entries count like outermost ones.
const TABLES: [&str; 3] = ["params", "extra", "taxonomies"];

/// Tags that only collect posts in Eleventy.
const COLLECTIONS: [&str; 4] = ["post", "posts", "all", "nav"];

/// What the meaning of a post depends on besides its file.
pub(super) struct PostReader<'a> {
    pub(super) site: &'a OldSite,
    pub(super) config: &'a Config,
    pub(super) options: &'a ImportOptions,
}

impl PostReader<'_> {
    /// Reads a post; `None` if the file is no content.
    ///
    /// # Errors
    /// When it has no front matter that can be read.
    pub(super) fn read(&self, source: &ImportSource) -> Result<Option<ImportItem>, Diagnostic> {
        let role = self.site.role(&source.path);
        if role == FileRole::Other {
            return Ok(None);
        }
        let ending = source.path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        if matches!(&*ending, "textile" | "adoc" | "org" | "rst") {
            let location = Location::file(&source.display_path);
            let message = "this post is not Markdown";
            return Err(Diagnostic::new(Code::UnreadableImport, location, message)
                .help("convert it to Markdown, for example with Pandoc, and import it again"));
        }
        let post = match OldPost::read(&source.display_path, &source.bytes) {
            // Jekyll copies pages without front matter.
            Err(error) if role == FileRole::Page && error.code == Code::NoFrontMatter => {
                return Ok(None);
            }
            post => post?,
        };
        let (count, limit) = (post.entries.len(), self.config.limits.items);
        if count > limit {
            let message = format!("too many keys: {count} (limit {limit})");
            let location = Location::file(&source.display_path);
            return Err(Diagnostic::new(Code::LimitExceeded, location, message)
                .help("remove some, or raise `items` in the table `[limits]` of site.toml"));
        }
        let is_html = matches!(&*ending, "html" | "htm");
        Ok(Some(self.item(source, &post, role, is_html)))
    }

    fn item(
        &self,
        source: &ImportSource,
        post: &OldPost<'_>,
        role: FileRole,
        is_html: bool,
    ) -> ImportItem {
        let (body, code) = template_code::convert(post.body, post.body_line());
        let body = if is_html { html::block(&body) } else { body };
        let mut draft = PostDraft {
            item: ImportItem {
                location: Location::file(&source.display_path),
                is_published: role != FileRole::Draft,
                body: body.trim_matches(['\n', '\r']).to_owned(),
                code,
                ..ImportItem::default()
            },
            zone: self.site.zone,
            is_jekyll: self.options.kind == ImportKind::Jekyll,
            ..PostDraft::default()
        };
        for (meaning, entry) in sorted(flattened(&post.entries)) {
            let becomes = draft.take(meaning, entry, self);
            if entry.node.is_empty() {
                continue;
            }
            draft.item.note(&entry.key, becomes);
            if !matches!(becomes, KeyUse::Becomes(_)) {
                let location = post.location_of(&entry.key);
                draft.item.problems.extend(unusable(meaning, entry, location, self.site.zone));
            }
        }
        self.complete(draft, source, role)
    }

    /// What the name of the file, the body and the configuration add to the keys.
    fn complete(&self, draft: PostDraft, source: &ImportSource, role: FileRole) -> ImportItem {
        let PostDraft { mut item, slug, categories, written_day, own_pattern, .. } = draft;
        let has_own_address = own_pattern.is_some();
        let (day_of_file, name) = day_of_name(&source.path);
        if item.title.is_empty() {
            item.title = first_heading(&item.body).unwrap_or_else(|| title_of_name(name));
        }
        if item.date.is_none()
            && let Some(day) = day_of_file
        {
            item.date = date::parse(&day.to_string(), self.config.time_zone).ok();
        }
        let of_body = || {
            let link = if self.options.first_link { first_link } else { only_link };
            link(&item.body, &|url| self.is_external(url))
        };
        if item.link.is_none() {
            item.link = of_body();
        }
        let parts = AddressParts {
            path: &source.path,
            day: written_day.or(day_of_file),
            slug: slug.as_deref(),
            title: &item.title,
            categories: &categories,
        };
        let is_post = role == FileRole::Post;
        item.old_address = match own_pattern {
            Some(pattern) => self.site.expanded(&pattern, &parts, self.config.slugs),
            None if is_post => self.site.address(&parts, self.config.slugs),
            None => None,
        };
        for alias in &mut item.aliases {
            *alias = self.site.alias(&source.path, alias);
        }
        item.is_page = item.link.is_none()
            && role != FileRole::Draft
            && (role == FileRole::Page || item.date.is_none());
        item.has_unknown_address =
            item.old_address.is_none() && (has_own_address || is_post && !item.is_page);
        item.name = slug.unwrap_or_else(|| name.to_owned());
        item
    }

    /// Whether a URL leads out of the old site.
    fn is_external(&self, url: &HttpUrl) -> bool {
        self.options.base_url.as_ref().is_none_or(|base| host(base) != host(url))
    }
}

/// An item, and what else its keys say.
struct PostDraft {
    item: ImportItem,
    zone: Tz,
    is_jekyll: bool,
    slug: Option<String>,
    categories: Vec<String>,
    /// The address that the post sets itself, in which the names of its parts may stand for them.
    own_pattern: Option<String>,
    /// The day as it is written, in whatever time zone.
    written_day: Option<NaiveDate>,
}

impl Default for PostDraft {
    fn default() -> Self {
        Self {
            item: ImportItem::default(),
            zone: Tz::UTC,
            is_jekyll: false,
            slug: None,
            categories: Vec::new(),
            own_pattern: None,
            written_day: None,
        }
    }
}

impl PostDraft {
    /// Takes the value of a key, if it can be used.
    fn take(
        &mut self,
        meaning: Option<Meaning>,
        entry: &MapEntry<'static>,
        reader: &PostReader<'_>,
    ) -> KeyUse {
        let key = folded(&entry.key);
        if let Some(becomes) = self.take_status(&key, entry) {
            return becomes;
        }
        let taken = match meaning {
            _ if entry.node.is_empty() => return KeyUse::Dropped,
            None => return self.keep(entry),
            Some(Meaning::Nothing) => return KeyUse::Dropped,
            Some(Meaning::Title) => self.take_title(&entry.node, reader),
            Some(Meaning::Link) => return self.take_link(&key, entry, reader),
            Some(Meaning::Date) => self.take_date(&entry.node),
            Some(Meaning::Excerpt) => self.take_excerpt(&entry.node),
            Some(Meaning::Topics) => self.take_topics(&key, &entry.node, reader),
            Some(Meaning::Picture) => self.take_picture(&entry.node),
            Some(Meaning::Provider) => self.take_provider(&entry.node),
            Some(Meaning::Language) => self.take_language(&entry.node, reader.config),
            Some(Meaning::Slug) => self.take_slug(&entry.node, reader),
            Some(Meaning::Address) => self.take_address(&entry.node),
            Some(Meaning::Aliases) => self.take_aliases(&entry.node),
            Some(Meaning::Indexing) => self.take_indexing(&entry.node),
        };
        taken.map_or_else(|| self.keep(entry), KeyUse::Becomes)
    }

    /// Keys that decide whether the post is published.
    fn take_status(&mut self, key: &str, entry: &MapEntry<'_>) -> Option<KeyUse> {
        let spelled = entry.node.value.spelled().unwrap_or_default().to_ascii_lowercase();
        let is_draft = match key {
            "draft" => spelled == "true",
            "published" | "publish" | "permalink" => spelled == "false",
            _ => hides_document(entry),
        };
        if is_draft {
            self.item.is_published = false;
            return Some(KeyUse::Becomes("published"));
        }
        let is_switch = matches!(key, "draft" | "published" | "publish" | "status");
        let says_published = matches!(&*spelled, "true" | "false" | "published" | "publish");
        (is_switch && says_published).then_some(KeyUse::Becomes("published"))
    }

    fn take_title(&mut self, node: &Node<'_>, reader: &PostReader<'_>) -> Option<&'static str> {
        if !self.item.title.is_empty() {
            return None;
        }
        let written = node.value.spelled()?.trim();
        // A title that is a link names the original.
        let link =
            written.strip_prefix('[').and_then(|rest| rest.strip_suffix(')')?.rsplit_once("]("));
        if let Some((title, url)) = link
            && let Ok(url) = HttpUrl::parse(url)
            && reader.is_external(&url)
        {
            self.item.link.get_or_insert(url);
            self.item.title = text::normalize(title);
        } else {
            self.item.title = text::normalize(written);
        }
        Some("title")
    }

    fn take_link(
        &mut self,
        key: &str,
        entry: &MapEntry<'static>,
        reader: &PostReader<'_>,
    ) -> KeyUse {
        let written = entry.node.value.spelled().unwrap_or_default();
        if matches!(written, "false" | "true") {
            return KeyUse::Dropped;
        }
        match HttpUrl::parse(written) {
            Ok(url) if self.item.link.is_none() && reader.is_external(&url) => {
                self.item.link = Some(url);
                KeyUse::Becomes("originalUrl")
            }
            Ok(url) if self.item.link.as_ref() == Some(&url) => KeyUse::Becomes("originalUrl"),
            Ok(_) => self.keep(entry),
            Err(_) => {
                let taken = match key {
                    "url" => self.take_address(&entry.node),
                    "source" => self.take_provider(&entry.node),
                    _ => None,
                };
                taken.map_or_else(|| self.keep(entry), KeyUse::Becomes)
            }
        }
    }

    /// The later of several dates counts, since generators hold a post back until then.
    fn take_date(&mut self, node: &Node<'_>) -> Option<&'static str> {
        let written = node.value.spelled()?;
        let date: ParsedDate = date::parse(written, self.zone).ok()?;
        if self.item.date.is_none_or(|known| known.instant < date.instant) {
            self.item.date = Some(date);
            let day = written.trim().get(..10).and_then(|day| day.parse().ok());
            self.written_day =
                day.or_else(|| Some(date.instant.with_timezone(&self.zone).date_naive()));
        }
        Some("publishedDateTime")
    }

    fn take_excerpt(&mut self, node: &Node<'_>) -> Option<&'static str> {
        let excerpt = text::normalize(node.value.spelled()?);
        if !self.item.excerpt.is_empty() {
            return (self.item.excerpt == excerpt).then_some("excerpt");
        }
        self.item.excerpt = excerpt;
        Some("excerpt")
    }

    fn take_topics(
        &mut self,
        key: &str,
        node: &Node<'_>,
        reader: &PostReader<'_>,
    ) -> Option<&'static str> {
        let names: Vec<String> = match &node.value {
            Value::List(_) => spelled_items(node),
            Value::Map(_) | Value::Null => return None,
            value => {
                let text = value.spelled()?;
                let names: Vec<&str> = if text.contains(',') {
                    text.split(',').collect()
                } else if self.is_jekyll && matches!(key, "tags" | "categories") {
                    text.split_whitespace().collect()
                } else {
                    vec![text]
                };
                names.into_iter().map(str::to_owned).collect()
            }
        };
        let is_collection =
            |name: &str| reader.options.kind == ImportKind::Eleventy && COLLECTIONS.contains(&name);
        let names: Vec<String> = names
            .iter()
            .map(|name| text::normalize(name.trim_start_matches('#')))
            .filter(|name| !name.is_empty() && !is_collection(name))
            .collect();
        if matches!(key, "categories" | "category") {
            self.categories.extend(names.iter().cloned());
        }
        self.item.topics.extend(names);
        Some("topics")
    }

    fn take_picture(&mut self, node: &Node<'_>) -> Option<&'static str> {
        if self.item.picture.is_some() {
            return None;
        }
        let written = match &node.value {
            Value::List(items) => match items.first()?.value {
                Value::Map(_) => picture_of_table(items.first()?)?,
                _ => items.first()?.value.spelled()?,
            },
            Value::Map(_) => picture_of_table(node)?,
            value => value.spelled()?,
        };
        self.item.picture = Some(written.trim().to_owned());
        Some("images")
    }

    fn take_provider(&mut self, node: &Node<'_>) -> Option<&'static str> {
        let name = text::normalize(node.value.spelled()?);
        if self.item.provider_name.is_some() || name.is_empty() {
            return None;
        }
        self.item.provider_name = Some(name);
        Some("provider")
    }

    fn take_language(&mut self, node: &Node<'_>, config: &Config) -> Option<&'static str> {
        let tag = node.value.spelled()?.trim().replace('_', "-");
        if language::check(&tag).is_err() {
            return None;
        }
        self.item.language = (!is_same_language(&tag, &config.language)).then_some(tag);
        Some("language")
    }

    fn take_slug(&mut self, node: &Node<'_>, reader: &PostReader<'_>) -> Option<&'static str> {
        let slug = node.value.spelled()?.trim_matches(['/', ' ']);
        if slug.contains('/') || !reader.config.slugs.has_word(slug) {
            return None;
        }
        self.slug = Some(slug.to_owned());
        Some("slug")
    }

    fn take_address(&mut self, node: &Node<'_>) -> Option<&'static str> {
        let written = node.value.spelled()?.trim();
        let url = HttpUrl::parse(written).ok();
        let path = url.as_ref().map_or(written, HttpUrl::path);
        if self.own_pattern.is_some() {
            return None;
        }
        self.own_pattern = Some(format!("/{}", path.trim_start_matches('/')));
        (!path.contains('{')).then_some("aliases")
    }

    fn take_aliases(&mut self, node: &Node<'_>) -> Option<&'static str> {
        let paths: Vec<String> = match &node.value {
            Value::List(items) => {
                items.iter().filter_map(|item| item.value.spelled().map(str::to_owned)).collect()
            }
            value => vec![value.spelled()?.to_owned()],
        };
        self.item.aliases.extend(paths);
        Some("aliases")
    }

    fn take_indexing(&mut self, node: &Node<'_>) -> Option<&'static str> {
        let text = node.value.spelled()?.to_ascii_lowercase();
        if text == "true" || text.contains("noindex") {
            self.item.is_noindex = true;
        }
        Some("articlePages")
    }

    /// Keeps a key for templates.
    fn keep(&mut self, entry: &MapEntry<'static>) -> KeyUse {
        let has = |entries: &[MapEntry<'_>]| entries.iter().any(|other| other.key == entry.key);
        if has(&self.item.extra) || has(&self.item.imported) {
            return KeyUse::Dropped;
        }
        if is_plain_extra(entry) && entry.key != "imported" {
            self.item.extra.push(entry.clone());
            KeyUse::Extra
        } else {
            self.item.imported.push(entry.clone());
            KeyUse::Imported
        }
    }
}

/// A warning about a value that cannot be used although its key has a meaning.
fn unusable(
    meaning: Option<Meaning>,
    entry: &MapEntry<'_>,
    location: Location,
    zone: Tz,
) -> Option<Diagnostic> {
    let MapEntry { key, node, .. } = entry;
    let written = node.value.spelled()?;
    match meaning? {
        Meaning::Date => wrong_date(location, key, written, zone),
        Meaning::Link if written.contains("://") && HttpUrl::parse(written).is_err() => {
            let message = format!("`{key}` is not a web address");
            let help = "only `https` and `http` addresses without a password can be imported";
            Some(Diagnostic::new(Code::UnusedImportValue, location, message).help(help))
        }
        _ => None,
    }
}

/// The texts of a list, and of lists in it: Hexo nests categories.
fn spelled_items(node: &Node<'_>) -> Vec<String> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(spelled_items).collect(),
        value => value.spelled().map(str::to_owned).into_iter().collect(),
    }
}

/// The picture of a mapping.
fn picture_of_table<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    let Value::Map(entries) = &node.value else { return None };
    let find = |key: &&str| entries.iter().find(|entry| entry.key == **key);
    let keys = ["url", "src", "path", "image", "feature", "file", "href"];
    keys.iter().find_map(find)?.node.value.spelled()
}

/// A key in lower case without hyphens, underscores and spaces.
fn folded(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// The entries, with those of tables that other generators have for the same keys.
fn flattened<'e>(entries: &'e [MapEntry<'static>]) -> Vec<&'e MapEntry<'static>> {
    let of_table = |entry: &'e MapEntry<'static>| match &entry.node.value {
        Value::Map(entries) if TABLES.contains(&&*folded(&entry.key)) => entries.iter().collect(),
        _ => vec![entry],
    };
    entries.iter().flat_map(of_table).collect()
}

/// The entries with their meanings, those first that count.
fn sorted<'e>(
    entries: Vec<&'e MapEntry<'static>>,
) -> Vec<(Option<Meaning>, &'e MapEntry<'static>)> {
    let ranked = entries.into_iter().map(|entry| {
        let key = folded(&entry.key);
        let of = |(meaning, keys): &(Meaning, &[&str])| {
            Some((keys.iter().position(|known| *known == key)?, *meaning))
        };
        let found = KEYS.iter().find_map(of);
        (found.map_or(usize::MAX, |(rank, _)| rank), found.map(|(_, meaning)| meaning), entry)
    });
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by_key(|(rank, ..)| *rank);
    ranked.into_iter().map(|(_, meaning, entry)| (meaning, entry)).collect()
}

/// The text of the heading with which a body begins.
fn first_heading(body: &str) -> Option<String> {
    let line = body.lines().find(|line| !line.trim().is_empty())?;
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
    Some(text::normalize(heading)).filter(|heading| !heading.is_empty())
}

/// A title made of a file name.
fn title_of_name(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut chars = words.trim().chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The link that is all of the first paragraph or heading of a body.
fn only_link(body: &str, is_wanted: &dyn Fn(&HttpUrl) -> bool) -> Option<HttpUrl> {
    let mut link = None;
    let mut is_in_link = false;
    for event in Parser::new(body) {
        match event {
            Event::Start(Tag::Paragraph | Tag::Heading { .. }) => {}
            Event::Start(Tag::Link { dest_url, .. }) if link.is_none() => {
                link = Some(HttpUrl::parse(&dest_url).ok().filter(|url| is_wanted(url))?);
                is_in_link = true;
            }
            Event::End(pulldown_cmark::TagEnd::Link) => is_in_link = false,
            Event::End(pulldown_cmark::TagEnd::Paragraph | pulldown_cmark::TagEnd::Heading(_)) => {
                return link;
            }
            _ if is_in_link => {}
            Event::Text(text) if link.is_none() => {
                link = Some(HttpUrl::parse(&text).ok().filter(|url| is_wanted(url))?);
            }
            _ => return None,
        }
    }
    link
}

/// The first link of a body.
fn first_link(body: &str, is_wanted: &dyn Fn(&HttpUrl) -> bool) -> Option<HttpUrl> {
    Parser::new(body).find_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => {
            HttpUrl::parse(&dest_url).ok().filter(is_wanted)
        }
        Event::Html(html) | Event::InlineHtml(html) => {
            let is_wanted = |href: &str| HttpUrl::parse(href).is_ok_and(|url| is_wanted(&url));
            html::first_link(&html, is_wanted).and_then(|href| HttpUrl::parse(&href).ok())
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_of_one_link_names_the_original() {
        let link = |body| only_link(body, &|_| true).map(|url| url.as_str().to_owned());
        for body in [
            "[A *b*](https://a.example/x)\n\nMore.",
            "## [A](https://a.example/x)\n\n[B](https://b.example)",
            "<https://a.example/x>",
            "https://a.example/x\n",
        ] {
            assert_eq!(link(body).as_deref(), Some("https://a.example/x"), "{body}");
        }
        for body in
            ["", "See [A](https://a.example/x)", "[A](https://a.example/x) is good", "[A](/x)"]
        {
            assert_eq!(link(body), None, "{body}");
        }
    }
}
