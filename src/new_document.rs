//! The text of a new document, and where it is put.

use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use percent_encoding::percent_decode_str;

use crate::document::date::ParsedDate;
use crate::document::text;
use crate::http_url::HttpUrl;
use crate::slug::{Slugs, shortened};

/// The maximum length of a new article's slug, in bytes.
const MAX_SLUG_BYTES: usize = 120;

/// What a new article's document says. Texts are plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewArticle {
    /// The headline.
    pub title: String,
    /// The description.
    pub excerpt: String,
    /// When the original was published, as a [`written_date`].
    pub published: String,
    /// The URL of the original as it was given.
    pub original_url: String,
    /// Where readers find the original, if elsewhere.
    pub web_url: Option<String>,
    /// The publisher's AMP page.
    pub amp_url: Option<String>,
    /// The name of the publisher.
    pub provider_name: String,
    /// The domain of the publisher.
    pub provider_domain: String,
    /// The topics.
    pub topics: Vec<String>,
    /// Topics for the editor to choose from, which are written as comments.
    pub suggested_topics: Vec<String>,
    /// The URL of the picture, and its width and height.
    pub picture: Option<(String, Option<(u32, u32)>)>,
    /// The player of a video.
    pub player: Option<String>,
    /// The language, if it is not the site's.
    pub language: Option<String>,
    /// The editor's own words.
    pub note: Option<String>,
    /// Whether the article is published at once.
    pub is_published: bool,
}

impl NewArticle {
    /// The path of the document below the site's root, by the date of `now` and the title.
    pub fn path(&self, now: DateTime<Utc>, zone: Tz, slugs: &Slugs) -> PathBuf {
        let today = now.with_timezone(&zone);
        let slug = slugs.slugify(&self.title);
        let name = format!("{}-{}.md", today.format("%Y-%m-%d"), shortened(&slug, MAX_SLUG_BYTES));
        Path::new("content/news").join(today.format("%Y/%m").to_string()).join(name)
    }

    /// Writes the document: front matter, which ends with `more` lines, then the note.
    ///
    /// # Errors
    /// Those of `f`.
    pub fn write_with(&self, f: &mut impl fmt::Write, more: &str) -> fmt::Result {
        f.write_str("---\ncategory: news\n")?;
        writeln!(f, "title: {}", quoted(&self.title))?;
        writeln!(f, "excerpt: {}", quoted(&self.excerpt))?;
        writeln!(f, "publishedDateTime: {}", self.published)?;
        writeln!(f, "originalUrl: {}", quoted_url(&self.original_url))?;
        optional_url(f, "webUrl", self.web_url.as_deref())?;
        optional_url(f, "ampWebUrl", self.amp_url.as_deref())?;
        writeln!(f, "type: {}", if self.player.is_some() { "video" } else { "article" })?;
        if let Some(player) = &self.player {
            let frame = format!(
                "<iframe src=\"{}\" allowfullscreen></iframe>",
                html_escape::encode_double_quoted_attribute(player)
            );
            writeln!(f, "featuredContent: {}", double_quoted(&frame))?;
        }
        if let Some(language) = &self.language {
            writeln!(f, "language: {}", quoted(language))?;
        }
        if !self.is_published {
            f.write_str("published: false # remove this line to publish the article\n")?;
        }
        write!(
            f,
            "\nprovider:\n  name: {}\n  domain: {}\n",
            quoted(&self.provider_name),
            quoted(&self.provider_domain)
        )?;
        if !self.topics.is_empty() {
            f.write_str("\ntopics:\n")?;
            self.topics.iter().try_for_each(|topic| writeln!(f, "  - {}", quoted(topic)))?;
        }
        if !self.suggested_topics.is_empty() {
            f.write_str("\n# Topics that may fit:\n# topics:\n")?;
            let mut suggested = self.suggested_topics.iter();
            suggested.try_for_each(|topic| writeln!(f, "#   - {}", quoted(topic)))?;
        }
        if let Some((url, size)) = &self.picture {
            write!(f, "\nimages:\n  - url: {}\n", quoted_url(url))?;
            if let Some((width, height)) = size {
                write!(f, "    width: {width}\n    height: {height}\n")?;
            }
        }
        f.write_str(more)?;
        f.write_str("---\n")?;
        self.note.as_ref().map_or(Ok(()), |note| writeln!(f, "\n{}", note.trim()))
    }
}

/// The document without more lines.
impl fmt::Display for NewArticle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_with(f, "")
    }
}

fn optional_url(f: &mut impl fmt::Write, key: &str, url: Option<&str>) -> fmt::Result {
    url.map_or(Ok(()), |url| writeln!(f, "{key}: {}", quoted_url(url)))
}

/// A double-quoted YAML scalar that is read back as this plain text: entities in front matter are
/// decoded, so those that are meant literally are escaped.
pub fn quoted(plain: &str) -> String {
    if text::normalize(plain) == plain {
        double_quoted(plain)
    } else {
        double_quoted(&plain.replace('&', "&amp;"))
    }
}

/// A double-quoted YAML scalar that is read back as this URL: some entities in it are decoded.
fn quoted_url(url: &str) -> String {
    if text::decode_url_entities(url) == url {
        double_quoted(url)
    } else {
        double_quoted(&url.replace('&', "&amp;"))
    }
}

/// A double-quoted YAML scalar.
fn double_quoted(text: &str) -> String {
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

/// A date as front matter has it: only the day in the site's time zone if the time is not known.
pub fn written_date(date: ParsedDate, zone: Tz) -> String {
    if date.has_time {
        date.instant.to_rfc3339_opts(SecondsFormat::Secs, true)
    } else {
        date.instant.with_timezone(&zone).format("%Y-%m-%d").to_string()
    }
}

/// A title for a document about a URL: the words of the last part of the path that has some, or else
/// the host.
pub fn title_in_url(url: &HttpUrl) -> String {
    let path = percent_decode_str(url.path()).decode_utf8_lossy();
    let has_letter = |part: &&str| part.contains(char::is_alphabetic);
    let last = path.split(['?', '#']).next().and_then(|path| path.rsplit('/').find(has_letter));
    let name = last.map_or_else(|| url.host_name(), |part| part.split('.').next().unwrap_or(part));
    let words = name.replace(['-', '_', '+'], " ");
    let mut chars = words.trim().chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
