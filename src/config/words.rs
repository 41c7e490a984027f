//! The key `language` and the table `words`: the words of the theme.

use std::sync::Arc;

use super::values::required_text;
use crate::locale::Locale;
use crate::node::{Node, Problem, Problems, SourcePos};

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
pub(super) struct Words(Vec<Word>);

/// A changed word: a key of the catalogues and its Fluent pattern.
#[derive(Debug)]
struct Word {
    at: SourcePos,
    key: String,
    pattern: String,
}

impl Words {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let entries = problems.keep(node.map("words")).unwrap_or_default();
        let words = entries.into_iter().filter_map(|entry| {
            let at = entry.node.at;
            let pattern = problems.keep(required_text(entry.node, &entry.key))?;
            Some(Word { at, key: entry.key.into_owned(), pattern })
        });
        Self(words.collect())
    }

    /// The conventions of the site's language, with these words. Invalid words and missing ones are
    /// problems.
    pub(super) fn locale(mut self, language: &Language, problems: &mut Problems) -> Arc<Locale> {
        loop {
            let words: Vec<(String, String)> =
                self.0.iter().map(|word| (word.key.clone(), word.pattern.clone())).collect();
            match Locale::new(&language.tag, &words) {
                Ok(locale) => {
                    if !locale.untranslated().is_empty() {
                        problems.add(untranslated(language, locale.untranslated()));
                    }
                    return locale.into();
                }
                Err((index, error)) => {
                    let Word { at, key, .. } = self.0.remove(index);
                    let problem = Problem::new(at, format!("invalid word `{key}`: {error}"));
                    problems.add(problem.help("docs/site-toml.md lists the keys of `[words]`"));
                }
            }
        }
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
    Problem::warning(language.at, message)
        .changes_output()
        .help("write them in the table `[words]`; docs/site-toml.md lists their keys")
}
