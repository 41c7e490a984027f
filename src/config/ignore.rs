//! The key `ignore`: files in `content/` that are not part of the site.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::diagnostic::{Code, Location};
use crate::node::{Node, Problem, Problems, SourcePos};
use crate::source::{FOLDERS, is_markdown, stem};

/// Files and folders of `content/` that are not part of the site: the configured ones and each
/// `README.md`.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    patterns: GlobSet,
    /// The patterns for upper and lower case alike, and as they are written, with their places.
    caseless: GlobSet,
    written: Vec<(String, Location)>,
    /// Paths below `content/` that patterns name without a wildcard, with the places of the
    /// patterns.
    named: Vec<(String, Location)>,
}

impl Ignore {
    pub(super) fn parse(
        node: Node<'_>,
        locate: &impl Fn(SourcePos) -> Location,
        problems: &mut Problems,
    ) -> Self {
        let at = node.at;
        let (mut patterns, mut caseless) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        let (mut written, mut named) = (Vec::new(), Vec::new());
        for item in problems.keep(node.list("ignore")).unwrap_or_default() {
            let at = item.at;
            if let Some(pattern) = problems.keep(pattern(item)) {
                patterns.add(pattern.glob);
                caseless.add(pattern.caseless);
                written.push((pattern.written, locate(at)));
                named.extend(pattern.named.map(|path| (path, locate(at))));
            }
        }
        let mut together = |patterns: GlobSetBuilder| {
            let built = patterns.build();
            let built = built.map_err(|error| {
                Problem::new(Code::InvalidPattern, at, format!("`ignore`: {}", error.kind()))
            });
            problems.keep(built).unwrap_or_default()
        };
        Self { patterns: together(patterns), caseless: together(caseless), written, named }
    }

    /// Whether a path below `content/` is ignored.
    pub fn matches(&self, path: &str) -> bool {
        let is_readme = || stem(path).eq_ignore_ascii_case("README") && is_markdown(path);
        is_readme() || !self.patterns.is_empty() && self.patterns.is_match(path)
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// The patterns, with their places, that would match a path below `content/` in upper and lower
    /// case alike.
    pub fn in_any_case(&self, path: &str) -> impl Iterator<Item = (&str, &Location)> {
        let found = self.caseless.matches(path).into_iter();
        found.filter_map(|index| self.written.get(index)).map(|(text, at)| (text.as_str(), at))
    }

    /// The paths below `content/` without which a pattern matches nothing, with the places of the
    /// patterns.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Location)> {
        self.named.iter().map(|(path, location)| (path.as_str(), location))
    }
}

/// A pattern.
struct Pattern {
    written: String,
    glob: Glob,
    /// The same for upper and lower case alike.
    caseless: Glob,
    /// The path that it begins with, up to its first wildcard.
    named: Option<String>,
}

/// Parses a pattern. With a slash at its start or inside it is relative to `content/`; any other
/// matches in every folder.
fn pattern(node: Node<'_>) -> Result<Pattern, Problem> {
    let at = node.at;
    let text = node.text("ignore")?;
    let trimmed = text.trim();
    let pattern = trimmed.trim_end_matches('/');
    let invalid = |reason: &str| {
        Problem::new(
            Code::InvalidPattern,
            at,
            format!("`{text}` is not a valid glob pattern: {reason}"),
        )
        .label("expected one such as `drafts/**`")
    };
    let parts: Vec<&str> = pattern.strip_prefix('/').unwrap_or(pattern).split('/').collect();
    let [content, ..] = FOLDERS;
    if pattern.starts_with('!') {
        return Err(invalid("a leading `!` does not negate it")
            .help("name only the files to ignore; write `?` for a `!` in a name"));
    }
    if pattern.is_empty() || parts.iter().all(|part| *part == ".") {
        return Err(invalid("it names no file"));
    }
    if text.contains('\\') {
        return Err(Problem::new(Code::InvalidPattern, at, format!("`{text}` has a `\\`")).help(
            "write `/` between folders, and `[*]` for a character that is a wildcard elsewhere",
        ));
    }
    for (part, what) in [("", "an empty name between two slashes"), ("..", "a `..`")] {
        if parts.contains(&part) {
            return Err(Problem::new(
                Code::InvalidPattern,
                at,
                format!("`{text}` matches nothing: it has {what}"),
            )
            .help("write the path below `content/`, such as `drafts/**`"));
        }
    }
    let is_from_root = pattern.contains('/');
    let parts: Vec<&str> = parts.into_iter().filter(|part| *part != ".").collect();
    if let Some((first, rest)) = parts.split_first()
        && *first == content
        && trimmed.contains('/')
    {
        let rest = if rest.is_empty() { "**".to_owned() } else { rest.join("/") };
        return Err(Problem::new(
            Code::InvalidPattern,
            at,
            "`ignore` patterns are relative to `content/`",
        )
        .help(format!("write `{rest}`")));
    }
    let path = parts.join("/");
    let is_name = |part: &&&str| !part.contains(['*', '?', '[', '{']);
    let named: Vec<&str> = parts.iter().take_while(is_name).copied().collect();
    let named = Some(named.join("/")).filter(|named| is_from_root && !named.is_empty());
    let pattern = if is_from_root { path } else { format!("**/{path}") };
    let glob = |is_caseless: bool| {
        let mut glob = GlobBuilder::new(&pattern);
        let glob = glob.literal_separator(true).case_insensitive(is_caseless).build();
        glob.map_err(|error| invalid(&error.kind().to_string()))
    };
    Ok(Pattern { written: trimmed.to_owned(), glob: glob(false)?, caseless: glob(true)?, named })
}
