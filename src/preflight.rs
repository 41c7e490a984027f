//! A site before it is sent: whether its host takes it.

use crate::config::{Host, HostKind};
use crate::diagnostic::{Diagnostic, Place};
use crate::source::CONFIG as SITE_TOML;

/// The file in which some hosts look for redirects.
pub const REDIRECTS: &str = "_redirects";

/// The file in which some hosts look for headers.
pub const HEADERS: &str = "_headers";

/// What there is to say of a site before it is sent.
#[derive(Clone, Debug, Default)]
pub struct Load<'a> {
    /// The files by their paths below the output folder, each with its length in bytes.
    pub files: Vec<(&'a str, u64)>,
    /// How many bytes stand at the host before each of these paths.
    pub above: usize,
    /// The text of [`REDIRECTS`]; empty where there is none.
    pub redirects: String,
    /// The text of [`HEADERS`].
    pub headers: String,
    /// What documents ask for, to be named where it is too much.
    pub shares: Vec<Share>,
}

/// What the site would not have without one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The document, as diagnostics name it.
    pub document: String,
    /// How many files.
    pub files: usize,
    /// How many bytes these have.
    pub bytes: usize,
    /// How many lines of [`REDIRECTS`].
    pub redirects: usize,
}

/// A number that a host limits.
struct Measure<'a> {
    /// The file that is too much.
    file: &'a str,
    number: usize,
    limit: Option<usize>,
    /// What is counted, as in `it has 3 files`.
    unit: &'static str,
    help: &'static str,
    /// The part of it that one document asks for, if documents add up.
    share: Option<fn(&Share) -> usize>,
}

/// How many of the documents that ask for most are named.
const MOST_NAMED: usize = 3;

const IN_ITS_PATH: &str = "bytes in its path";

const FEWER_FILES: &str = "with `article_html = \"recent 30 days\"` older articles have no pages, and readers come to the originals at once; \
    `max_files` in the table `[host]` says what your account takes";
const SMALLER: &str = "make it smaller, or serve it from elsewhere";
const SHORTER: &str = "give it a shorter `slug`, or change `permalink` in site.toml";
const FEWER_REDIRECTS: &str = "take out `aliases` that nobody follows any more";
const FEWER_PATTERNS: &str = "write those without a pattern first, and take out what nobody follows any more";
const FEWER_RULES: &str = "take rules out of it";

/// All that a host does not take of a site: each with the number and the limit.
pub fn preflight(host: Host, load: &Load<'_>) -> Vec<Diagnostic> {
    let exceeded = measures(host, load).into_iter().filter_map(|measure| {
        let Measure { file, number, limit, unit, help, share } = measure;
        let limit = limit.filter(|limit| number > *limit)?;
        let mut diagnostic =
            Diagnostic::error(Place::file(file), exceeding(host, number, limit, unit)).help(help);
        for (document, part) in share.map(|share| largest(&load.shares, share)).unwrap_or_default() {
            diagnostic = diagnostic.other(Place::file(document), format!("asks for {part} of the {unit}"));
        }
        Some(diagnostic)
    });
    exceeded.chain(not_served(host, load)).collect()
}

fn exceeding(host: Host, number: usize, limit: usize, unit: &str) -> String {
    format!("it has {number} {unit}, and {} takes {limit}", host.kind.name())
}

/// The documents that ask for most, each with how much that is.
fn largest(shares: &[Share], part: fn(&Share) -> usize) -> Vec<(&str, usize)> {
    let mut parts: Vec<(&str, usize)> =
        shares.iter().map(|share| (&*share.document, part(share))).filter(|(_, part)| *part > 0).collect();
    parts.sort_by_key(|(document, part)| (std::cmp::Reverse(*part), *document));
    parts.truncate(MOST_NAMED);
    parts
}

/// The error of the first file that its host does not take for its path.
fn not_served(host: Host, load: &Load<'_>) -> Option<Diagnostic> {
    let unserved = |(path, _): &(&str, u64)| Some((Place::file(*path), why_not_served(host, path)?));
    let (place, message) = load.files.iter().find_map(unserved)?;
    Some(Diagnostic::error(place, message).help("give it another address"))
}

/// Why a host does not take a file for its path, before which `above` bytes stand.
pub fn why_not_taken(host: Host, above: usize, path: &str) -> Option<String> {
    let length = above + path.len();
    let is_exceeded = |limit: &usize| length > *limit;
    let limit = host.limits().path_bytes.filter(is_exceeded);
    why_not_served(host, path).or_else(|| Some(exceeding(host, length, limit?, IN_ITS_PATH)))
}

/// Why a host does not take a file for the names in its path: Cloudflare Pages takes some folders for something else
/// (<https://developers.cloudflare.com/pages/functions/>), and Netlify's command line refuses some names.
fn why_not_served(host: Host, path: &str) -> Option<String> {
    let (is_not_served, what): (fn(&str) -> bool, _) = match host.kind {
        HostKind::CloudflarePages => (is_cloudflares, "what lies in folders `functions` and `node_modules`"),
        HostKind::Netlify => (|path| path.contains(['#', '?']), "names with `#` or `?`"),
        HostKind::GithubPages | HostKind::Bucket | HostKind::None => return None,
    };
    is_not_served(path).then(|| format!("{} does not serve {what}", host.kind.name()))
}

fn is_cloudflares(path: &str) -> bool {
    path.starts_with("functions/") || path.split('/').rev().skip(1).any(|folder| folder == "node_modules")
}

fn measures<'a>(host: Host, load: &Load<'a>) -> Vec<Measure<'a>> {
    let limits = host.limits();
    let bytes = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
    let all = load.files.iter().fold(0, |sum: u64, (_, length)| sum.saturating_add(*length));
    let (largest, length) = load.files.iter().max_by_key(|(_, length)| *length).copied().unwrap_or_default();
    let (longest, _) = load.files.iter().max_by_key(|(path, _)| path.len()).copied().unwrap_or_default();
    // All that follows a pattern counts as one, too.
    let fixed = lines(&load.redirects).take_while(|line| !has_pattern(line)).count();
    let dynamic = lines(&load.redirects).count() - fixed;
    let rules = lines(&load.headers).filter(|line| !line.starts_with(char::is_whitespace)).count();
    let widest = |text| lines(text).map(|line| line.chars().count()).max().unwrap_or(0);
    let measure = |file, number, limit, unit, help| Measure { file, number, limit, unit, help, share: None };
    let sum = |measure, share| Measure { share: Some(share), ..measure };
    vec![
        sum(measure(SITE_TOML, load.files.len(), limits.files, "files", FEWER_FILES), |share| share.files),
        sum(
            measure(SITE_TOML, bytes(all), limits.bytes.map(bytes), "bytes in all files", FEWER_FILES),
            |share| share.bytes,
        ),
        measure(largest, bytes(length), limits.file_bytes.map(bytes), "bytes", SMALLER),
        measure(longest, load.above + longest.len(), limits.path_bytes, IN_ITS_PATH, SHORTER),
        sum(measure(REDIRECTS, fixed, limits.redirects, "redirects", FEWER_REDIRECTS), |share| {
            share.redirects
        }),
        measure(
            REDIRECTS,
            dynamic,
            limits.dynamic_redirects,
            "redirects by patterns or after one",
            FEWER_PATTERNS,
        ),
        measure(REDIRECTS, widest(&load.redirects), limits.redirect_line, "characters in a line", SHORTER),
        measure(HEADERS, rules, limits.header_rules, "rules", FEWER_RULES),
        measure(HEADERS, widest(&load.headers), limits.header_line, "characters in a line", FEWER_RULES),
    ]
}

/// Whether a redirect begins at more than one path: with a `*`, or with a name behind a `:` in it.
fn has_pattern(line: &str) -> bool {
    let from = line.split_whitespace().next().unwrap_or_default();
    let names_a_part =
        |(at, _)| from.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    // The address of another site has a `:` behind its scheme.
    from.contains('*') || from.match_indices(':').any(names_a_part)
}

/// The lines that say anything.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::config::{Config, Overrides};

    fn host(table: &str) -> Host {
        let overrides = Overrides { now: DateTime::UNIX_EPOCH, ..Overrides::default() };
        let text = format!("title = \"T\"\nbase_url = \"https://t.example/\"\n[host]\n{table}");
        Config::read("site.toml", &text, &overrides).expect("configuration").host
    }

    fn exceeded(table: &str, load: &Load<'_>) -> Vec<String> {
        let line = |found: &Diagnostic| format!("{}: {}", found.place, found.message);
        preflight(host(table), load).iter().map(line).collect()
    }

    #[test]
    fn each_limit_holds_to_the_last_one() {
        let pages = "kind = \"cloudflare-pages\"";
        let line = |length: usize| format!("{} /b 301\n", "a".repeat(length - " /b 301".len()));
        let rules = |count: usize| "/a\n  A: b\n".repeat(count);
        let long = "a".repeat(1024);
        let load = |files: usize, length: u64, redirects: String, headers: String| Load {
            files: vec![("a.html", length); files],
            above: 0,
            redirects,
            headers,
            shares: Vec::new(),
        };
        let cases = [
            (pages, load(20_000, 0, String::new(), String::new()), None),
            (
                pages,
                load(20_001, 0, String::new(), String::new()),
                Some("site.toml: it has 20001 files, and Cloudflare Pages takes 20000"),
            ),
            (
                "kind = \"cloudflare-pages\"\nmax_files = 100000",
                load(20_001, 0, String::new(), String::new()),
                None,
            ),
            (pages, load(1, 26_214_400, String::new(), String::new()), None),
            (
                pages,
                load(1, 26_214_401, String::new(), String::new()),
                Some("a.html: it has 26214401 bytes, and Cloudflare Pages takes 26214400"),
            ),
            (pages, load(1, 1, "# x\n\n/a /b 301\n".repeat(2000), String::new()), None),
            (
                pages,
                load(1, 1, "/a /b 301\n".repeat(2001), String::new()),
                Some("_redirects: it has 2001 redirects, and Cloudflare Pages takes 2000"),
            ),
            (
                pages,
                load(1, 1, "/a/* /b 301\n".repeat(101), String::new()),
                Some(
                    "_redirects: it has 101 redirects by patterns or after one, and Cloudflare Pages takes 100",
                ),
            ),
            (pages, load(1, 1, "/a https://b.example/:c 301\n".repeat(2000), String::new()), None),
            (
                pages,
                load(1, 1, format!("/:a /b\n{}", "/a /b\n".repeat(100)), String::new()),
                Some(
                    "_redirects: it has 101 redirects by patterns or after one, and Cloudflare Pages takes 100",
                ),
            ),
            (pages, load(1, 1, line(1000), String::new()), None),
            (
                pages,
                load(1, 1, line(1001), String::new()),
                Some("_redirects: it has 1001 characters in a line, and Cloudflare Pages takes 1000"),
            ),
            (pages, load(1, 1, String::new(), rules(100)), None),
            (
                pages,
                load(1, 1, String::new(), rules(101)),
                Some("_headers: it has 101 rules, and Cloudflare Pages takes 100"),
            ),
            (
                pages,
                load(1, 1, String::new(), line(2001)),
                Some("_headers: it has 2001 characters in a line, and Cloudflare Pages takes 2000"),
            ),
            ("kind = \"github-pages\"", load(2, 500_000_000, String::new(), String::new()), None),
            (
                "kind = \"github-pages\"",
                load(2, 500_000_001, String::new(), String::new()),
                Some("site.toml: it has 1000000002 bytes in all files, and GitHub Pages takes 1000000000"),
            ),
            ("kind = \"bucket\"", Load { files: vec![(&long, 1)], ..Load::default() }, None),
            ("kind = \"none\"", load(1_000_000, 1, String::new(), String::new()), None),
        ];
        for (table, load, expected) in cases {
            let found = exceeded(table, &load);
            assert_eq!(
                found.iter().map(String::as_str).collect::<Vec<_>>(),
                Vec::from_iter(expected),
                "{table}"
            );
        }
        let functions =
            Load { files: vec![("a/functions/b.html", 1), ("functions/a.html", 1)], ..Load::default() };
        assert_eq!(
            exceeded(pages, &functions),
            [
                "functions/a.html: Cloudflare Pages does not serve what lies in folders `functions` and `node_modules`"
            ]
        );
        assert_eq!(exceeded("kind = \"netlify\"", &functions), [""; 0]);
        let sign = Load { files: vec![("a#.txt", 1)], ..Load::default() };
        assert_eq!(
            exceeded("kind = \"netlify\"", &sign),
            ["a#.txt: Netlify does not serve names with `#` or `?`"]
        );
        let longer = format!("{long}a");
        let load = Load { files: vec![(&longer, 1)], ..Load::default() };
        assert!(
            exceeded("kind = \"bucket\"", &load)[0]
                .ends_with("it has 1025 bytes in its path, and a bucket takes 1024")
        );
    }
}
