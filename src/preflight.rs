//! Checks a site against the limits and path rules of its host.

use crate::config::{Host, HostKind};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::source::CONFIG as SITE_TOML;

/// The redirects file of some hosts.
pub const REDIRECTS: &str = "_redirects";

/// The headers file of some hosts.
pub const HEADERS: &str = "_headers";

/// The contents of a site, as far as host limits concern them.
#[derive(Clone, Debug, Default)]
pub struct SiteContents<'a> {
    /// Paths below the output folder and lengths in bytes.
    pub files: Vec<(&'a str, u64)>,
    /// The length of the prefix that the host adds to each path.
    pub above: usize,
    /// The text of [`REDIRECTS`]; empty if there is none.
    pub redirects: String,
    /// The text of [`HEADERS`]; empty if there is none.
    pub headers: String,
    /// What each document adds, to name the largest contributors when a limit is exceeded.
    pub usage: Vec<DocumentUsage>,
}

/// What a document adds to the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentUsage {
    /// The display path of the document.
    pub document: String,
    /// The number of files.
    pub files: usize,
    /// Their total length in bytes.
    pub bytes: usize,
    /// The number of lines in [`REDIRECTS`].
    pub redirects: usize,
}

/// A number checked against a limit of the host.
struct LimitCheck<'a> {
    /// The file that exceeds the limit.
    file: &'a str,
    number: usize,
    limit: Option<usize>,
    /// The unit, as in `it has 3 files`.
    unit: &'static str,
    help: &'static str,
    /// The share of a document, if the number is a sum over documents.
    share: Option<fn(&DocumentUsage) -> usize>,
}

/// The number of largest contributors to name.
const MAX_NAMED: usize = 3;

const IN_ITS_PATH: &str = "bytes in its path";

const FEWER_FILES: &str = "with `article_html = \"recent 30 days\"` older articles have no page and link to the originals; `max_files` in the table `[host]` sets your account's limit";
const SMALLER: &str = "make it smaller, or serve it from elsewhere";
const SHORTER: &str = "give it a shorter `slug`, or change `permalink` in site.toml";
const FEWER_REDIRECTS: &str = "remove `aliases` that are no longer used";
const FEWER_PATTERNS: &str = "put redirects without a pattern first, and remove unused ones";
const FEWER_RULES: &str = "remove rules from it";

/// All violations of the host's limits and path rules.
pub fn preflight(host: Host, load: &SiteContents<'_>) -> Vec<Diagnostic> {
    let exceeded = limit_checks(host, load).into_iter().filter_map(|check| {
        let LimitCheck { file, number, limit, unit, help, share } = check;
        let limit = limit.filter(|limit| number > *limit)?;
        let mut diagnostic = Diagnostic::new(
            Code::HostLimit,
            Location::file(file),
            limit_message(host, number, limit, unit),
        )
        .help(help);
        for (document, part) in share.map(|share| largest(&load.usage, share)).unwrap_or_default() {
            diagnostic = diagnostic
                .other(Location::file(document), format!("accounts for {part} of the {unit}"));
        }
        Some(diagnostic)
    });
    exceeded.chain(unserved_file(host, load)).collect()
}

fn limit_message(host: Host, number: usize, limit: usize, unit: &str) -> String {
    format!("too many {unit}: {number} ({} allows {limit})", host.kind.name())
}

/// The largest contributors with their shares.
fn largest(usage: &[DocumentUsage], part: fn(&DocumentUsage) -> usize) -> Vec<(&str, usize)> {
    let mut parts: Vec<(&str, usize)> = usage
        .iter()
        .map(|share| (&*share.document, part(share)))
        .filter(|(_, part)| *part > 0)
        .collect();
    parts.sort_by_key(|(document, part)| (std::cmp::Reverse(*part), *document));
    parts.truncate(MAX_NAMED);
    parts
}

/// The error of the first file whose path the host rejects.
fn unserved_file(host: Host, load: &SiteContents<'_>) -> Option<Diagnostic> {
    let unserved =
        |(path, _): &(&str, u64)| Some((Location::file(*path), name_rejection(host, path)?));
    let (location, message) = load.files.iter().find_map(unserved)?;
    Some(Diagnostic::new(Code::UnusablePath, location, message).help("give it another URL"))
}

/// Why the host rejects a path, to which it prepends `above` bytes.
pub fn path_rejection(host: Host, above: usize, path: &str) -> Option<String> {
    let length = above + path.len();
    let is_exceeded = |limit: &usize| length > *limit;
    let limit = host.limits().path_bytes.filter(is_exceeded);
    name_rejection(host, path).or_else(|| Some(limit_message(host, length, limit?, IN_ITS_PATH)))
}

/// Why the host rejects a name in a path: Cloudflare Pages gives some folders a special meaning
/// (<https://developers.cloudflare.com/pages/functions/>), and Netlify's command line refuses some
/// names.
fn name_rejection(host: Host, path: &str) -> Option<String> {
    let (is_not_served, what): (fn(&str) -> bool, _) = match host.kind {
        HostKind::CloudflarePages => {
            (is_cloudflare_function, "files in folders `functions` and `node_modules`")
        }
        HostKind::Netlify => (|path| path.contains(['#', '?']), "names with `#` or `?`"),
        HostKind::GithubPages | HostKind::Bucket | HostKind::None => return None,
    };
    is_not_served(path).then(|| format!("{} does not serve {what}", host.kind.name()))
}

fn is_cloudflare_function(path: &str) -> bool {
    path.starts_with("functions/")
        || path.split('/').rev().skip(1).any(|folder| folder == "node_modules")
}

fn limit_checks<'a>(host: Host, load: &SiteContents<'a>) -> Vec<LimitCheck<'a>> {
    let limits = host.limits();
    let bytes = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
    let all = load.files.iter().fold(0, |sum: u64, (_, length)| sum.saturating_add(*length));
    let (largest, length) =
        load.files.iter().max_by_key(|(_, length)| *length).copied().unwrap_or_default();
    let (longest, _) =
        load.files.iter().max_by_key(|(path, _)| path.len()).copied().unwrap_or_default();
    // Everything after the first pattern counts as dynamic.
    let fixed = lines(&load.redirects).take_while(|line| !has_pattern(line)).count();
    let dynamic = lines(&load.redirects).count() - fixed;
    let rules = lines(&load.headers).filter(|line| !line.starts_with(char::is_whitespace)).count();
    let widest = |text| lines(text).map(|line| line.chars().count()).max().unwrap_or(0);
    let check = |file, number, limit, unit, help| LimitCheck {
        file,
        number,
        limit,
        unit,
        help,
        share: None,
    };
    let sum = |check, share| LimitCheck { share: Some(share), ..check };
    vec![
        sum(check(SITE_TOML, load.files.len(), limits.files, "files", FEWER_FILES), |share| {
            share.files
        }),
        sum(
            check(
                SITE_TOML,
                bytes(all),
                limits.bytes.map(bytes),
                "bytes in all files",
                FEWER_FILES,
            ),
            |share| share.bytes,
        ),
        check(largest, bytes(length), limits.file_bytes.map(bytes), "bytes", SMALLER),
        check(longest, load.above + longest.len(), limits.path_bytes, IN_ITS_PATH, SHORTER),
        sum(check(REDIRECTS, fixed, limits.redirects, "redirects", FEWER_REDIRECTS), |share| {
            share.redirects
        }),
        check(
            REDIRECTS,
            dynamic,
            limits.dynamic_redirects,
            "redirects by patterns or after one",
            FEWER_PATTERNS,
        ),
        check(
            REDIRECTS,
            widest(&load.redirects),
            limits.redirect_line,
            "characters in a line",
            SHORTER,
        ),
        check(HEADERS, rules, limits.header_rules, "rules", FEWER_RULES),
        check(
            HEADERS,
            widest(&load.headers),
            limits.header_line,
            "characters in a line",
            FEWER_RULES,
        ),
    ]
}

/// Whether a redirect matches several paths: with a `*`, or with a placeholder such as `:name`.
fn has_pattern(line: &str) -> bool {
    let from = line.split_whitespace().next().unwrap_or_default();
    let names_a_part = |(at, _)| {
        from.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    // The URL of another site has a `:` after its scheme.
    from.contains('*') || from.match_indices(':').any(names_a_part)
}

/// Lines other than comments and blank lines.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::fixture::config;

    fn host(table: &str) -> Host {
        config(&format!("[host]\n{table}")).host
    }

    fn exceeded(table: &str, load: &SiteContents<'_>) -> Vec<String> {
        let line = |found: &Diagnostic| format!("{}: {}", found.location, found.message);
        preflight(host(table), load).iter().map(line).collect()
    }

    #[test]
    fn host_limits_are_inclusive() {
        let pages = "kind = \"cloudflare-pages\"";
        let line = |length: usize| format!("{} /b 301\n", "a".repeat(length - " /b 301".len()));
        let rules = |count: usize| "/a\n  A: b\n".repeat(count);
        let long = "a".repeat(1024);
        let load = |files: usize, length: u64, redirects: String, headers: String| SiteContents {
            files: vec![("a.html", length); files],
            above: 0,
            redirects,
            headers,
            usage: Vec::new(),
        };
        let cases = [
            (pages, load(20_000, 0, String::new(), String::new()), None),
            (
                pages,
                load(20_001, 0, String::new(), String::new()),
                Some("site.toml: too many files: 20001 (Cloudflare Pages allows 20000)"),
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
                Some("a.html: too many bytes: 26214401 (Cloudflare Pages allows 26214400)"),
            ),
            (pages, load(1, 1, "# x\n\n/a /b 301\n".repeat(2000), String::new()), None),
            (
                pages,
                load(1, 1, "/a /b 301\n".repeat(2001), String::new()),
                Some("_redirects: too many redirects: 2001 (Cloudflare Pages allows 2000)"),
            ),
            (
                pages,
                load(1, 1, "/a/* /b 301\n".repeat(101), String::new()),
                Some(
                    "_redirects: too many redirects by patterns or after one: 101 (Cloudflare Pages allows 100)",
                ),
            ),
            (pages, load(1, 1, "/a https://b.example/:c 301\n".repeat(2000), String::new()), None),
            (
                pages,
                load(1, 1, format!("/:a /b\n{}", "/a /b\n".repeat(100)), String::new()),
                Some(
                    "_redirects: too many redirects by patterns or after one: 101 (Cloudflare Pages allows 100)",
                ),
            ),
            (pages, load(1, 1, line(1000), String::new()), None),
            (
                pages,
                load(1, 1, line(1001), String::new()),
                Some(
                    "_redirects: too many characters in a line: 1001 (Cloudflare Pages allows 1000)",
                ),
            ),
            (pages, load(1, 1, String::new(), rules(100)), None),
            (
                pages,
                load(1, 1, String::new(), rules(101)),
                Some("_headers: too many rules: 101 (Cloudflare Pages allows 100)"),
            ),
            (
                pages,
                load(1, 1, String::new(), line(2001)),
                Some(
                    "_headers: too many characters in a line: 2001 (Cloudflare Pages allows 2000)",
                ),
            ),
            ("kind = \"github-pages\"", load(2, 500_000_000, String::new(), String::new()), None),
            (
                "kind = \"github-pages\"",
                load(2, 500_000_001, String::new(), String::new()),
                Some(
                    "site.toml: too many bytes in all files: 1000000002 (GitHub Pages allows 1000000000)",
                ),
            ),
            (
                "kind = \"bucket\"",
                SiteContents { files: vec![(&long, 1)], ..SiteContents::default() },
                None,
            ),
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
        let functions = SiteContents {
            files: vec![("a/functions/b.html", 1), ("functions/a.html", 1)],
            ..SiteContents::default()
        };
        assert_eq!(
            exceeded(pages, &functions),
            [
                "functions/a.html: Cloudflare Pages does not serve files in folders `functions` and `node_modules`"
            ]
        );
        assert_eq!(exceeded("kind = \"netlify\"", &functions), [""; 0]);
        let sign = SiteContents { files: vec![("a#.txt", 1)], ..SiteContents::default() };
        assert_eq!(
            exceeded("kind = \"netlify\"", &sign),
            ["a#.txt: Netlify does not serve names with `#` or `?`"]
        );
        let longer = format!("{long}a");
        let load = SiteContents { files: vec![(&longer, 1)], ..SiteContents::default() };
        assert!(
            exceeded("kind = \"bucket\"", &load)[0]
                .ends_with("too many bytes in its path: 1025 (a bucket allows 1024)")
        );
    }
}
