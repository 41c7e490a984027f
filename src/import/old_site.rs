//! The site that posts are imported from: which files are posts, and where they were published.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::front_matter::config_entries;
use super::options::{ImportKind, ImportOptions, ImportSource};
use crate::config::Permalink;
use crate::node::{MapEntry, Node, Value};
use crate::slug::Slugs;
use crate::source::{is_index, stem};

/// What a site of another generator says about its posts.
pub(super) struct OldSite {
    kind: ImportKind,
    /// The name of the imported folder.
    source_name: String,
    /// Where the content begins, such as `content/`; may be empty.
    content: &'static str,
    /// Patterns of addresses by section; the empty section has all others.
    permalinks: Vec<(String, String)>,
    /// The time zone of dates without one.
    pub(super) zone: Tz,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileRole {
    Post,
    Draft,
    /// A page outside the list of posts.
    Page,
    /// Not content.
    Other,
}

/// What a post's address consists of.
pub(super) struct AddressParts<'a> {
    pub(super) path: &'a str,
    /// The day as it was written.
    pub(super) day: Option<NaiveDate>,
    /// The slug that the post sets itself.
    pub(super) slug: Option<&'a str>,
    pub(super) title: &'a str,
    pub(super) categories: &'a [String],
}

/// The pattern of Jekyll, unless a site sets another one.
const JEKYLL_DATE: &str = "/:categories/:year/:month/:day/:title:output_ext";

/// Folders of Jekyll that hold no content.
const JEKYLL_FOLDERS: [&str; 6] = ["_data", "_includes", "_layouts", "_plugins", "_sass", "_site"];

/// Files that are about a repository.
const ABOUT_REPOSITORY: [&str; 6] =
    ["readme", "license", "licence", "changelog", "contributing", "code_of_conduct"];

impl OldSite {
    pub(super) fn new(sources: &[ImportSource], options: &ImportOptions, zone: Tz) -> Self {
        let entries: Vec<MapEntry<'_>> = sources
            .iter()
            .filter(|source| is_config(options.kind, &source.path))
            .flat_map(|source| config_entries(&source.path, &source.bytes))
            .collect();
        let find = |key: &str| entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key));
        let text = |key: &str| find(key).and_then(|entry| entry.node.value.spelled());
        let zone_of_site = text("timezone").and_then(|name| name.parse().ok());
        let mut permalinks = match (options.kind, &options.permalink) {
            (_, Some(pattern)) => vec![(String::new(), pattern.clone())],
            (ImportKind::Jekyll, None) => {
                vec![(String::new(), jekyll_pattern(text("permalink").unwrap_or("date")))]
            }
            (ImportKind::Hugo, None) => {
                find("permalinks").map(|entry| hugo_patterns(&entry.node)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        permalinks.sort_by_key(|(section, _)| section.is_empty());
        let has_content = || sources.iter().any(|source| source.path.starts_with("content/"));
        let content =
            if options.kind == ImportKind::Hugo && has_content() { "content/" } else { "" };
        Self {
            kind: options.kind,
            source_name: options.source_name.clone(),
            content,
            permalinks,
            zone: zone_of_site.unwrap_or(zone),
        }
    }

    /// What a file is, by its path.
    pub(super) fn role(&self, path: &str) -> FileRole {
        let Some(below) = path.strip_prefix(self.content) else { return FileRole::Other };
        let folders = || below.split('/').rev().skip(1).chain([self.source_name.as_str()]);
        let has = |name: &str| folders().any(|folder| folder == name);
        let name = stem(below).to_lowercase();
        if is_config(self.kind, path)
            || ABOUT_REPOSITORY.contains(&&*name)
            || !below.contains('/') && (is_index(below) || name == "404")
            || name == "_index"
        {
            return FileRole::Other;
        }
        match self.kind {
            ImportKind::Jekyll if JEKYLL_FOLDERS.into_iter().any(has) => FileRole::Other,
            ImportKind::Eleventy if below.split('/').any(|part| part.starts_with('_')) => {
                FileRole::Other
            }
            _ if has("_drafts") => FileRole::Draft,
            ImportKind::Jekyll => {
                let is_post = day_of_name(below).0.is_some()
                    || folders().any(|folder| folder.starts_with('_'));
                if is_post { FileRole::Post } else { FileRole::Page }
            }
            _ => FileRole::Post,
        }
    }

    /// Where a post was published, by the pattern of the site; `None` if that is not known.
    pub(super) fn address(&self, parts: &AddressParts<'_>, slugs: Slugs) -> Option<String> {
        let folders = folders_of(self.below(parts.path));
        let section = folders.first().copied().unwrap_or_default();
        let mut patterns = self.permalinks.iter();
        let pattern = patterns.find(|(of, _)| of.is_empty() || of == section);
        let named = crate::source::name(parts.path).unwrap_or_default();
        let address = match (pattern, self.kind) {
            (Some((_, pattern)), _) => return self.expanded(pattern, parts, slugs),
            (None, ImportKind::Hugo) => {
                let last = parts.slug.unwrap_or(named);
                let path = [folders.as_slice(), &[last]].concat().join("/");
                format!("/{}/", path.to_lowercase().replace(' ', "-"))
            }
            (None, ImportKind::Eleventy) => {
                format!("/{}/", [folders.as_slice(), &[named]].concat().join("/"))
            }
            _ => return None,
        };
        Some(squeezed(&address))
    }

    /// Where a post was published, by a pattern; `None` if the pattern has something that is not known.
    pub(super) fn expanded(
        &self,
        pattern: &str,
        parts: &AddressParts<'_>,
        slugs: Slugs,
    ) -> Option<String> {
        if pattern.contains('{') {
            return None;
        }
        let folders = folders_of(self.below(parts.path));
        let named = crate::source::name(parts.path).unwrap_or_default();
        let categories = if self.kind == ImportKind::Jekyll {
            jekyll_categories(&folders, parts.categories, slugs)
        } else {
            folders.iter().map(|folder| (*folder).to_owned()).collect()
        };
        let is_hugo = self.kind == ImportKind::Hugo;
        expand(pattern, parts, named, &categories, slugs, is_hugo).map(|path| squeezed(&path))
    }

    /// A path below the folder of the content.
    fn below<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(self.content).unwrap_or(path)
    }

    /// A former address as a path from the root: Hugo's begin in the folder of the post.
    pub(super) fn alias(&self, path: &str, written: &str) -> String {
        if self.kind != ImportKind::Hugo || written.starts_with('/') || written.contains("://") {
            return written.to_owned();
        }
        format!("/{}/{written}", folders_of(self.below(path)).join("/"))
    }

    /// The `permalink` of site.toml that keeps the addresses of the old site.
    pub(super) fn own_pattern(&self) -> Option<String> {
        let (_, pattern) = self.permalinks.first()?;
        let mut own = pattern.replace("/:categories", "");
        for (old, new) in [
            (":year", "{year}"),
            (":month", "{month}"),
            (":day", "{day}"),
            (":title", "{slug}"),
            (":slugorcontentbasename", "{slug}"),
            (":slugorfilename", "{slug}"),
            (":slug", "{slug}"),
        ] {
            own = own.replace(old, new);
        }
        Permalink::parse(&own).ok().map(|_| own)
    }
}

/// Whether a file may be needed for an import.
pub fn is_import_source(kind: ImportKind, path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_post = |endings: &[&str]| endings.iter().any(|other| ending.eq_ignore_ascii_case(other));
    let is_content = is_post(&["md", "markdown", "mkd", "mkdown"]);
    let in_posts = path.contains("_posts/") || path.contains("_drafts/");
    is_content
        || is_config(kind, path)
        || kind == ImportKind::Jekyll && in_posts && is_post(&["html", "htm", "textile", "adoc"])
        || kind == ImportKind::Hugo && is_post(&["adoc", "org", "rst"])
}

fn is_config(kind: ImportKind, path: &str) -> bool {
    match kind {
        ImportKind::Jekyll => matches!(path, "_config.yml" | "_config.yaml"),
        ImportKind::Hugo => {
            let name = path.strip_prefix("config/_default/").unwrap_or(path);
            let (name, ending) = name.rsplit_once('.').unwrap_or_default();
            matches!(name, "hugo" | "config") && matches!(ending, "toml" | "yaml" | "yml" | "json")
        }
        _ => false,
    }
}

fn jekyll_pattern(pattern: &str) -> String {
    match pattern {
        "date" => JEKYLL_DATE,
        "pretty" => "/:categories/:year/:month/:day/:title/",
        "ordinal" => "/:categories/:year/:y_day/:title:output_ext",
        "none" => "/:categories/:title:output_ext",
        other => other,
    }
    .to_owned()
}

/// `posts = "/:year/:slug/"`, also in the table `page`.
fn hugo_patterns(node: &Node<'_>) -> Vec<(String, String)> {
    let Value::Map(entries) = &node.value else { return Vec::new() };
    let pattern = |entry: &MapEntry<'_>| match &entry.node.value {
        Value::Text(pattern) => vec![(entry.key.to_string(), pattern.to_string())],
        Value::Map(_) if entry.key == "page" => hugo_patterns(&entry.node),
        _ => Vec::new(),
    };
    entries.iter().flat_map(pattern).collect()
}

/// The folders of a post, without the one that an `index.md` takes its name from.
fn folders_of(path: &str) -> Vec<&str> {
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    if is_index(path) {
        folders.pop();
    }
    folders
}

/// The categories of a Jekyll post: the folders above `_posts`, and those that it names.
fn jekyll_categories(folders: &[&str], named: &[String], slugs: Slugs) -> Vec<String> {
    let folders = folders.iter().take_while(|folder| !folder.starts_with('_'));
    let folders = folders.map(|folder| (*folder).to_owned());
    folders.chain(named.iter().map(|category| slugs.slugify(category))).collect()
}

/// The day with which a file name begins, and the rest of the name without extension.
pub(super) fn day_of_name(path: &str) -> (Option<NaiveDate>, &str) {
    let name = crate::source::name(path).unwrap_or_default();
    let mut parts = name.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return (None, name);
    };
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (day, rest) = rest.split_at(digits);
    let rest = rest.strip_prefix(['-', '_', ' ']).unwrap_or(rest);
    let number = |text: &str, length: usize| {
        text.parse().ok().filter(|_| text.len() <= length && !text.starts_with('+'))
    };
    let year: Option<u32> = number(year, 4).filter(|_| year.len() == 4);
    let (Some(year), Some(month), Some(day)) = (year, number(month, 2), number(day, 2)) else {
        return (None, name);
    };
    let day = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    if day.is_some() && !rest.is_empty() { (day, rest) } else { (day, name) }
}

/// The address that a pattern makes; `None` if the pattern has something that is not known.
fn expand(
    pattern: &str,
    parts: &AddressParts<'_>,
    named: &str,
    categories: &[String],
    slugs: Slugs,
    is_hugo: bool,
) -> Option<String> {
    const NAMES: [&str; 21] = [
        "slugorcontentbasename",
        "slugorfilename",
        "contentbasename",
        "categories",
        "short_year",
        "output_ext",
        "monthname",
        "sections",
        "filename",
        "section",
        "i_month",
        "yearday",
        "i_day",
        "month",
        "title",
        "y_day",
        "year",
        "slug",
        "path",
        "name",
        "day",
    ];
    let (_, without_day) = day_of_name(parts.path);
    let mut address = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once(':') {
        address.push_str(before);
        let name = NAMES.into_iter().find(|name| after.starts_with(name))?;
        rest = after.get(name.len()..)?;
        let day = || parts.day;
        let text = match name {
            "year" => format!("{:04}", day()?.year()),
            "short_year" => format!("{:02}", day()?.year() % 100),
            "month" => format!("{:02}", day()?.month()),
            "i_month" => day()?.month().to_string(),
            "monthname" => day()?.format("%B").to_string().to_lowercase(),
            "day" => format!("{:02}", day()?.day()),
            "i_day" => day()?.day().to_string(),
            "y_day" => format!("{:03}", day()?.ordinal()),
            "yearday" => day()?.ordinal().to_string(),
            "output_ext" => ".html".to_owned(),
            "categories" | "sections" => categories.join("/"),
            "section" => categories.first().cloned().unwrap_or_default(),
            "filename" | "contentbasename" | "path" | "name" => named.to_owned(),
            "slugorfilename" | "slugorcontentbasename" => parts.slug.unwrap_or(named).to_owned(),
            // Hugo's title is that of the post, Jekyll's the name of its file.
            "title" if is_hugo => slugs.slugify(parts.title),
            "slug" if is_hugo => {
                parts.slug.map_or_else(|| slugs.slugify(parts.title), str::to_owned)
            }
            _ => parts.slug.unwrap_or(without_day).to_owned(),
        };
        address.push_str(&text);
    }
    address.push_str(rest);
    Some(address)
}

/// A path without empty segments.
fn squeezed(path: &str) -> String {
    let mut squeezed = path.to_owned();
    while squeezed.contains("//") {
        squeezed = squeezed.replace("//", "/");
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slug::SlugVersion;

    #[test]
    fn day_of_a_file_name_is_found() {
        for (path, day, rest) in [
            ("_posts/2024-05-01-one-two.md", "2024-05-01", "one-two"),
            ("2024-5-1-one.md", "2024-05-01", "one"),
            ("2024-05-01_one.md", "2024-05-01", "one"),
            ("2024-05-01.md", "2024-05-01", "2024-05-01"),
            ("2024-05-01-one/index.md", "2024-05-01", "one"),
            ("2024-13-01-one.md", "", "2024-13-01-one"),
            ("one.md", "", "one"),
        ] {
            let (found, left) = day_of_name(path);
            let found = found.map_or_else(String::new, |day| day.to_string());
            assert_eq!((found.as_str(), left), (day, rest), "{path}");
        }
    }

    #[test]
    fn old_addresses_follow_the_pattern_of_the_site() {
        let slugs = Slugs::new(SlugVersion::default(), "en");
        let options = |kind, permalink: &str| ImportOptions {
            kind,
            folder: String::new(),
            source_name: "old".to_owned(),
            base_url: None,
            permalink: Some(permalink.to_owned()).filter(|pattern| !pattern.is_empty()),
            first_link: false,
            publish: false,
            now: chrono::DateTime::UNIX_EPOCH,
        };
        for (kind, permalink, path, address) in [
            (ImportKind::Jekyll, "", "_posts/2024-05-01-a-b.md", "/links/2024/05/01/a-b.html"),
            (ImportKind::Jekyll, "/:year/:title/", "_posts/2024-05-01-a-b.md", "/2024/a-b/"),
            (ImportKind::Jekyll, "/:week/:title/", "_posts/2024-05-01-a-b.md", ""),
            (ImportKind::Hugo, "", "content/posts/2024-05-01-A b.md", "/posts/2024-05-01-a-b/"),
            (ImportKind::Hugo, "/:section/:slug/", "content/posts/a/index.md", "/posts/the-title/"),
            (ImportKind::Eleventy, "", "posts/a/index.md", "/posts/a/"),
            (ImportKind::Markdown, "", "posts/a.md", ""),
            (ImportKind::Markdown, "/:year/:i_month/:filename.html", "a.md", "/2024/5/a.html"),
        ] {
            let source = ImportSource {
                path: path.to_owned(),
                display_path: path.to_owned(),
                bytes: Vec::new(),
            };
            let site = OldSite::new(&[source], &options(kind, permalink), Tz::UTC);
            let parts = AddressParts {
                path,
                day: NaiveDate::from_ymd_opt(2024, 5, 1),
                slug: None,
                title: "The title",
                categories: &["Links".to_owned()],
            };
            let found = site.address(&parts, slugs).unwrap_or_default();
            assert_eq!(found, address, "{permalink} {path}");
        }
    }
}
