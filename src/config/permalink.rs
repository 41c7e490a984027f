//! The pattern of articles' addresses.

use super::RESERVED_ADDRESSES;
use crate::reserved::reserved_part;
use crate::slug::{folded, is_file_name};

/// A pattern such as `/{category}/{year}/{month}/{slug}/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permalink(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Category,
    Year,
    Month,
    Day,
    Slug,
}

/// What an address is made of. The date is the one in the site's time zone.
#[derive(Clone, Copy, Debug)]
pub struct AddressParts<'a> {
    /// The slug of the category.
    pub category: &'a str,
    /// Four digits.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// The last word about which article it is.
    pub slug: &'a str,
}

impl Permalink {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is none: the rest of a sentence that begins with its name.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        if !pattern.starts_with('/') || !pattern.ends_with('/') {
            return Err("must begin and end with `/`".to_owned());
        }
        let mut parts = Vec::new();
        let mut rest = pattern;
        while !rest.is_empty() {
            let (text, after) = rest.split_once('{').unwrap_or((rest, ""));
            let opened = rest.len() > text.len();
            parts.push(Part::Text(literal(text)?));
            rest = after;
            if opened {
                let (name, after) = rest.split_once('}').ok_or("has a `{` without its `}`")?;
                parts.push(Part::named(name)?);
                rest = after;
            }
        }
        let first = pattern.trim_start_matches('/').split('/').next().unwrap_or("");
        if RESERVED_ADDRESSES.contains(&&*folded(first)) {
            return Err(format!("begins with `/{first}/`, which belongs to the site's own lists"));
        }
        if !parts.contains(&Part::Slug) {
            return Err("has no `{slug}`".to_owned());
        }
        let permalink = Self(parts);
        let sample = AddressParts { category: "c", year: 2000, month: 1, day: 1, slug: "s" };
        let file = format!("{}/index.html", permalink.address(&sample));
        if let Some((part, reason)) = reserved_part(&file) {
            return Err(format!("makes the name `{part}`: {reason}"));
        }
        if let Some(part) = file.split('/').find(|part| !is_file_name(part)) {
            return Err(format!("makes the name `{part}`, which not every system can hold"));
        }
        Ok(permalink)
    }

    /// The address below the site's root, without slashes at its ends.
    pub fn address(&self, of: &AddressParts<'_>) -> String {
        let part = |part: &Part| -> String {
            match part {
                Part::Text(text) => text.clone(),
                Part::Category => of.category.to_owned(),
                Part::Year => format!("{:04}", of.year),
                Part::Month => format!("{:02}", of.month),
                Part::Day => format!("{:02}", of.day),
                Part::Slug => of.slug.to_owned(),
            }
        };
        let address: String = self.0.iter().map(part).collect();
        address.trim_matches('/').to_owned()
    }
}

impl Part {
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
        let text = |text: &str| Part::Text(text.to_owned());
        let parts = [text("/"), Part::Category, text("/"), Part::Year, text("/"), Part::Month];
        Self(parts.into_iter().chain([text("/"), Part::Slug, text("/")]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: AddressParts<'_> =
        AddressParts { category: "news", year: 2026, month: 3, day: 9, slug: "a" };

    #[test]
    fn a_pattern_is_filled() {
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
    fn what_could_leave_the_site_is_refused() {
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
