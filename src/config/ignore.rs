//! The key `ignore`: files in `content/` that are not part of the site.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::node::{Node, Problem, Problems};
use crate::source::{FOLDERS, is_markdown, stem};

/// Files and folders of `content/` that are not part of the site: the configured ones and each
/// `README.md`.
#[derive(Clone, Debug, Default)]
pub struct Ignore(GlobSet);

impl Ignore {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let at = node.at;
        let mut patterns = GlobSetBuilder::new();
        for item in problems.keep(node.list("ignore")).unwrap_or_default() {
            if let Some(pattern) = problems.keep(pattern(item)) {
                patterns.add(pattern);
            }
        }
        let together =
            patterns.build().map_err(|error| Problem::new(at, format!("`ignore`: {}", error.kind())));
        Self(problems.keep(together).unwrap_or_default())
    }

    /// Whether a path below `content/` is ignored.
    pub fn matches(&self, path: &str) -> bool {
        let is_readme = || stem(path).eq_ignore_ascii_case("README") && is_markdown(path);
        is_readme() || !self.0.is_empty() && self.0.is_match(path)
    }
}

/// A pattern with a slash at its start or inside is relative to `content/`; any other matches in
/// every folder.
fn pattern(node: Node<'_>) -> Result<globset::Glob, Problem> {
    let at = node.at;
    let text = node.text("ignore")?;
    let pattern = text.trim().trim_end_matches('/');
    let [content, ..] = FOLDERS;
    let from_root =
        pattern.trim_start_matches('/').strip_prefix(content).and_then(|rest| rest.strip_prefix('/'));
    if let Some(rest) = from_root {
        return Err(
            Problem::new(at, "`ignore` patterns are relative to `content/`").help(format!("write `{rest}`"))
        );
    }
    if pattern.is_empty() || pattern.starts_with('!') {
        return Err(Problem::new(at, format!("`{text}` is not a valid glob pattern"))
            .label("expected one such as `drafts/**`"));
    }
    let pattern = match pattern.strip_prefix('/') {
        Some(from_root) => from_root.to_owned(),
        None if pattern.contains('/') => pattern.to_owned(),
        None => format!("**/{pattern}"),
    };
    GlobBuilder::new(&pattern).literal_separator(true).build().map_err(|error| {
        Problem::new(at, format!("`{text}` is not a valid glob pattern: {}", error.kind()))
            .label("expected one such as `drafts/**`")
    })
}
