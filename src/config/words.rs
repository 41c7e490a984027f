//! The key `language` and the table `words`: the words of the theme.

use std::sync::Arc;

use super::values::required_text;
use crate::diagnostic::Code;
use crate::locale::{ChangedWord, Locale};
use crate::node::{MapEntry, Node, Problem, Problems, SourcePos};

/// The key `language`.
#[derive(Debug)]
pub(super) struct Language {
    pub(super) at: SourcePos,
    /// The tag (BCP 47).
    pub(super) tag: String,
}

impl Default for Language {
    fn default() -> Self {
        Self { at: SourcePos::UNKNOWN, tag: "en".to_owned() }
    }
}

/// The entries of the table `words`.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<ChangedWord>);

impl Words {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let entries = problems.keep(node.map("words")).unwrap_or_default();
        let words = entries.into_iter().filter_map(|MapEntry { key, node, .. }| {
            let at = node.at;
            let pattern = problems.keep(required_text(node, &key))?;
            let word = ChangedWord::parse(&key, &pattern).map_err(|error| {
                Problem::new(Code::InvalidWord, at, format!("invalid word `{key}`: {error}"))
                    .help("docs/site-toml.md lists the keys of `[words]`")
            });
            problems.keep(word)
        });
        Self(words.collect())
    }

    /// The conventions of the site's language, with these words. Missing ones are a problem.
    pub(super) fn locale(self, language: &Language, problems: &mut Problems) -> Arc<Locale> {
        let locale = Locale::new(&language.tag, self.0);
        if !locale.untranslated().is_empty() {
            problems.add(untranslated(language, locale.untranslated()));
        }
        locale.into()
    }
}

/// A warning about words in English, by their keys.
fn untranslated(language: &Language, keys: &[&str]) -> Problem {
    const SHOWN: usize = 3;
    let shown: Vec<String> = keys.iter().take(SHOWN).map(|key| format!("`{key}`")).collect();
    let more = keys.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!(
        "the theme is not translated into `{}`; words in English: {}{more}",
        language.tag,
        shown.join(", ")
    );
    Problem::new(Code::UntranslatedTheme, language.at, message)
        .changes_output()
        .help("write them in the table `[words]`; docs/site-toml.md lists their keys")
}
