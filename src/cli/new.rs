//! `newsgen new`: creates an article.

use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::build::{ConfigError, read_config};
use crate::config::{Config, Overrides};
use crate::diagnostic::{Diagnostic, Location};
use crate::document::text;
use crate::invisible_chars::is_blank;
use crate::publish::create_file;
use crate::slug::shortened;
use crate::source::{DOCUMENT_EXTENSIONS, kind_of, symlink_escapes_root};

/// Creates the file and returns messages about it.
pub(super) fn run(
    title: &str,
    root: &Path,
    now: DateTime<Utc>,
) -> Result<Vec<String>, Vec<Diagnostic>> {
    if is_blank(&text::normalize(title)) {
        return Err(vec![Diagnostic::error(Location::file("TITLE"), "the title is empty")]);
    }
    let overrides =
        Overrides { base_url: None, now, unpublished: false, future: false, preview: false };
    let config = read_config(root, None, &overrides).map_err(ConfigError::into_diagnostics)?;
    let path = path(title, now, &config);
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let links = folders.filter_map(|folder| symlink_escapes_root(root, &folder.to_string_lossy()));
    if let Some(outermost) = links.last() {
        return Err(vec![outermost]);
    }
    let path = root.join(path);
    let mut others = DOCUMENT_EXTENSIONS.iter().map(|ending| path.with_extension(ending));
    if let Some(other) =
        others.find(|other| *other != path && matches!(kind_of(other), Ok(Some(_))))
    {
        let location = Location::file(other.display().to_string());
        return Err(vec![Diagnostic::error(
            location,
            "this document already exists and would have the same URL",
        )]);
    }
    create_file(&path, document(title.trim(), now).as_bytes())
        .map_err(|diagnostic| vec![diagnostic])?;
    Ok(vec![path.display().to_string()])
}

/// The maximum length of a new article's slug, in bytes.
const MAX_SLUG_BYTES: usize = 120;

fn path(title: &str, now: DateTime<Utc>, config: &Config) -> PathBuf {
    let today = now.with_timezone(&config.time_zone);
    let slug = config.slugs.slugify(title);
    let name = format!("{}-{}.md", today.format("%Y-%m-%d"), shortened(&slug, MAX_SLUG_BYTES));
    Path::new("content/news").join(today.format("%Y/%m").to_string()).join(name)
}

/// The front matter of a new article, complete except for what only the editor knows, and
/// unpublished until reviewed.
fn document(title: &str, now: DateTime<Utc>) -> String {
    let instant = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    format!(
        "---\n\
         category: news\n\
         title: {}\n\
         excerpt: \"\"\n\
         publishedDateTime: {instant}\n\
         originalUrl: \"https://provider.example/the-original-article\"\n\
         type: article\n\
         published: false # remove this line to publish the article\n\
         \n\
         provider:\n\
         \x20 name: The Provider\n\
         \x20 domain: provider.example\n\
         \n\
         topics:\n\
         \x20 - News\n\
         ---\n",
        quoted(title)
    )
}

/// A double-quoted YAML scalar.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
