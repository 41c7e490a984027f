//! Cleans up single values.

use chrono_tz::Tz;
use url::Url;

use crate::document::date::{self, ParsedDate};
use crate::document::{reason_to_ignore_excerpt, text};
use crate::domain::Domain;
use crate::http_url::HttpUrl;
use crate::invisible_chars::is_blank;

/// The maximum length of a text in characters.
const MAX_TEXT: usize = 500;

/// The maximum length of a URL in bytes.
const MAX_URL: usize = 4000;

/// What separates a headline from the name of the site.
const SEPARATORS: [&str; 9] = [" | ", " - ", " – ", " — ", " :: ", " · ", " • ", " » ", " / "];

/// The plain text of a value, unless it shows nothing.
pub(super) fn clean(value: &str) -> Option<String> {
    // Values that were escaped twice are common.
    let plain = text::normalize(&text::normalize(value));
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    let plain = words.join(" ");
    (!is_blank(&plain)).then_some(plain)
}

/// A URL that may be relative to another one.
pub(super) fn absolute(url: &str, base: &HttpUrl) -> Option<HttpUrl> {
    let url = text::decode_url_entities(url.trim());
    if url.is_empty() || url.len() > MAX_URL {
        return None;
    }
    let joined = Url::parse(base.as_str()).ok()?.join(&url).ok()?;
    HttpUrl::parse(joined.as_str()).ok()
}

/// The first value that is a date. A bare year or month is none.
pub(super) fn first_date<'a>(
    mut values: impl Iterator<Item = &'a str>,
    zone: Tz,
) -> Option<ParsedDate> {
    values.find_map(|value| {
        let value = value.trim().replace('/', "-");
        date::parse(&value, zone).ok()
    })
}

/// Whether an excerpt says more than the title.
pub(super) fn informative(excerpt: &str, title: &str) -> bool {
    reason_to_ignore_excerpt(excerpt, title).is_none()
}

/// A text of at most a few sentences, cut between words.
pub(super) fn shortened(text: String) -> String {
    let Some((end, _)) = text.char_indices().nth(MAX_TEXT) else { return text };
    let start = text.get(..end).expect("characters begin here");
    let cut = start.rfind(' ').and_then(|space| start.get(..space)).unwrap_or(start);
    format!("{}…", cut.trim_end_matches(|c: char| c.is_whitespace() || ",;:-–—&(".contains(c)))
}

/// A title without the name of the site at its end or beginning.
pub(super) fn without_site_name(title: String, provider: Option<&str>, url: &HttpUrl) -> String {
    let is_name = |part: &str| {
        let part = plain(part);
        let domain = Domain::in_address(url.as_str());
        let label = |domain: &Domain| domain.as_str().split('.').next().map(plain);
        !part.is_empty()
            && (provider.is_some_and(|name| plain(name) == part)
                || domain.as_ref().is_some_and(|domain| {
                    plain(domain.as_str()) == part || label(domain) == Some(part)
                }))
    };
    for separator in SEPARATORS {
        if let Some((headline, _)) = title.rsplit_once(separator).filter(|(_, name)| is_name(name))
        {
            return headline.trim().to_owned();
        }
        if let Some((_, headline)) = title.split_once(separator).filter(|(name, _)| is_name(name)) {
            return headline.trim().to_owned();
        }
    }
    title
}

/// Letters and digits in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The title that continues one that ends in an ellipsis.
pub(super) fn uncut<'a>(title: &'a str, others: &'a [String]) -> &'a str {
    let Some(start) = title.strip_suffix('…').or_else(|| title.strip_suffix("...")) else {
        return title;
    };
    let start = start.trim_end();
    others
        .iter()
        .find(|other| other.len() > title.len() && other.starts_with(start))
        .map_or(title, String::as_str)
}

/// Whether an address is a player and not a file.
pub(super) fn player(url: &HttpUrl) -> bool {
    let path = url.path().to_ascii_lowercase();
    ![".mp4", ".webm", ".m3u8", ".mov", ".mpd", ".swf"].iter().any(|ending| path.ends_with(ending))
}
