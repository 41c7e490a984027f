//! The permalink pattern of articles.

use crate::reserved_names::reserved_part;
use crate::slug::{folded, is_file_name};

/// First path segments that are reserved for the site's own lists.
pub const RESERVED_URL_PREFIXES: [&str; 4] = ["topics", "providers", "page", "pages"];

/// A pattern such as `/{category}/{year}/{month}/{slug}/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permalink(Vec<PatternPart>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum PatternPart {
    Text(String),
    Category,
    Year,
    Month,
    Day,
    Slug,
}

/// The variables of a permalink. The date is in the site's time zone.
#[derive(Clone, Copy, Debug)]
pub struct PermalinkParts<'a> {
    /// The slug of the category.
    pub category: &'a str,
    pub year: i32,
    pub month: u32,
    pub day: u32,
    /// The slug of the article.
    pub slug: &'a str,
}

impl Permalink {
    /// Parses a pattern.
    ///
    /// # Errors
    /// The reason, as the rest of a sentence that begins with the key.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        if !pattern.starts_with('/') || !pattern.ends_with('/') {
            return Err("must begin and end with `/`".to_owned());
        }
        let mut parts = Vec::new();
        let mut rest = pattern;
        while !rest.is_empty() {
            let (text, after) = rest.split_once('{').unwrap_or((rest, ""));
            let opened = rest.len() > text.len();
            parts.push(PatternPart::Text(literal(text)?));
            rest = after;
            if opened {
                let (name, after) = rest.split_once('}').ok_or("has an unclosed `{`")?;
                parts.push(PatternPart::named(name)?);
                rest = after;
            }
        }
        let first =
            pattern.trim_start_matches('/').split('/').next().expect("a split has a first part");
        if RESERVED_URL_PREFIXES.contains(&&*folded(first)) {
            return Err(format!(
                "begins with `/{first}/`, which is reserved for the site's own lists"
            ));
        }
        if !parts.contains(&PatternPart::Slug) {
            return Err("has no `{slug}`".to_owned());
        }
        let permalink = Self(parts);
        let sample = PermalinkParts { category: "c", year: 2000, month: 1, day: 1, slug: "s" };
        let file = format!("{}/index.html", permalink.address(&sample));
        if let Some((part, reason)) = reserved_part(&file) {
            return Err(format!("makes the name `{part}`: {reason}"));
        }
        if let Some(part) = file.split('/').find(|part| !is_file_name(part)) {
            return Err(format!("makes the name `{part}`, which is not portable"));
        }
        Ok(permalink)
    }

    /// The path below the site's root, without leading and trailing slashes.
    pub fn address(&self, of: &PermalinkParts<'_>) -> String {
        let part = |part: &PatternPart| -> String {
            match part {
                PatternPart::Text(text) => text.clone(),
                PatternPart::Category => of.category.to_owned(),
                PatternPart::Year => format!("{:04}", of.year),
                PatternPart::Month => format!("{:02}", of.month),
                PatternPart::Day => format!("{:02}", of.day),
                PatternPart::Slug => of.slug.to_owned(),
            }
        };
        let address: String = self.0.iter().map(part).collect();
        address.trim_matches('/').to_owned()
    }
}

impl PatternPart {
    fn named(name: &str) -> Result<Self, String> {
        match name {
            "category" => Ok(Self::Category),
            "year" => Ok(Self::Year),
            "month" => Ok(Self::Month),
            "day" => Ok(Self::Day),
            "slug" => Ok(Self::Slug),
            _ => Err(format!(
                "has `{{{name}}}`; it can have {{category}}, {{year}}, {{month}}, {{day}} and {{slug}}"
            )),
        }
    }
}

fn literal(text: &str) -> Result<String, String> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
    if text.contains("//") || !text.chars().all(is_word) {
        return Err(format!(
            "has `{text}`; between the braces it can have letters, digits, `-`, `_` and single `/`"
        ));
    }
    Ok(text.to_owned())
}

impl Default for Permalink {
    fn default() -> Self {
        let text = |text: &str| PatternPart::Text(text.to_owned());
        let parts = [
            text("/"),
            PatternPart::Category,
            text("/"),
            PatternPart::Year,
            text("/"),
            PatternPart::Month,
        ];
        Self(parts.into_iter().chain([text("/"), PatternPart::Slug, text("/")]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: PermalinkParts<'_> =
        PermalinkParts { category: "news", year: 2026, month: 3, day: 9, slug: "a" };

    #[test]
    fn permalink_pattern_is_filled() {
        assert_eq!(
            Permalink::default(),
            Permalink::parse("/{category}/{year}/{month}/{slug}/").expect("pattern")
        );
        for (pattern, address) in [
            ("/{category}/{year}/{month}/{slug}/", "news/2026/03/a"),
            ("/{slug}/", "a"),
            ("/n/{year}-{month}-{day}_{slug}/", "n/2026-03-09_a"),
        ] {
            assert_eq!(Permalink::parse(pattern).expect(pattern).address(&PARTS), address);
        }
    }

    #[test]
    fn permalink_rejects_paths_outside_the_site() {
        for pattern in [
            "",
            "x",
            "/{slug}",
            "/../{slug}/",
            "/{slug}//",
            "/{month}/",
            "/{slug",
            "/topics/{slug}/",
            "/{x}/{slug}/",
            "/a b/{slug}/",
            "/Topics/{slug}/",
            "/con/{slug}/",
            "/_redirects/{slug}/",
            "/_{slug}/",
            "/cgi-bin/{slug}/",
            "/CNAME/{slug}/",
        ] {
            assert!(Permalink::parse(pattern).is_err(), "{pattern}");
        }
    }
}
