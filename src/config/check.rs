//! The table `[check]`: warnings that are not shown, and warnings that `newsgen check` counts as
//! errors.

use std::collections::BTreeMap;

use super::keys::CHECK;
use super::values::unknown_key;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::node::{Node, Problem, Problems, SourcePos};

/// What becomes of warnings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckConfig {
    /// What becomes of all that `by_code` does not have.
    others: CheckLevel,
    by_code: BTreeMap<Code, CheckLevel>,
}

/// What becomes of a warning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckLevel {
    /// It is not shown.
    Allow,
    /// It is shown.
    #[default]
    Warn,
    /// It is an error of `newsgen check`.
    Deny,
}

/// The item that means all warnings that no list names.
const ALL: &str = "all";

/// What an item of a list names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    All,
    One(Code),
}

impl CheckConfig {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut found = Self::default();
        let mut named: Vec<(Named, String)> = Vec::new();
        for entry in problems.keep(node.map("check")).unwrap_or_default() {
            let level = match &*entry.key {
                "deny" => CheckLevel::Deny,
                "warn" => CheckLevel::Warn,
                "allow" => CheckLevel::Allow,
                _ => {
                    problems.add(unknown_key(&entry, "check", &CHECK));
                    continue;
                }
            };
            for item in problems.keep(entry.node.list(&entry.key)).unwrap_or_default() {
                let at = item.at;
                let Some(one) = problems.keep(parse_item(item, &entry.key, level)) else {
                    continue;
                };
                if let Some((_, key)) = named.iter().find(|(other, _)| *other == one) {
                    problems.add(named_twice(at, one, key));
                    continue;
                }
                named.push((one, entry.key.to_string()));
                found.set(one, level);
            }
        }
        found
    }

    fn set(&mut self, named: Named, level: CheckLevel) {
        match named {
            Named::All => self.others = level,
            Named::One(code) => {
                self.by_code.insert(code, level);
            }
        }
    }

    /// What becomes of a diagnostic. Errors are never allowed, even where they prevent nothing and
    /// are warnings.
    fn level(&self, found: &Diagnostic) -> CheckLevel {
        let level = self.by_code.get(&found.code).copied().unwrap_or(self.others);
        let is_of_error = found.code.severity() == Severity::Error;
        match (found.severity, level) {
            (Severity::Error, _) => CheckLevel::Warn,
            (Severity::Warning, CheckLevel::Allow) if is_of_error => CheckLevel::Warn,
            (Severity::Warning, level) => level,
        }
    }

    /// The diagnostics to be shown: without allowed warnings, and in a check with denied ones as
    /// errors.
    pub fn apply(
        &self,
        diagnostics: impl IntoIterator<Item = Diagnostic>,
        is_check: bool,
    ) -> Vec<Diagnostic> {
        let shown = |found: Diagnostic| match self.level(&found) {
            CheckLevel::Allow => None,
            CheckLevel::Deny if is_check => Some(found.denied()),
            CheckLevel::Warn | CheckLevel::Deny => Some(found),
        };
        diagnostics.into_iter().filter_map(shown).collect()
    }
}

/// A code, or `all`.
fn parse_item(item: Node<'_>, key: &str, level: CheckLevel) -> Result<Named, Problem> {
    let at = item.at;
    let text = item.text(key)?;
    let text = text.trim();
    if text == ALL {
        return Ok(Named::All);
    }
    let Some(code) = Code::of(text) else {
        let problem = Problem::new(Code::InvalidChoice, at, format!("unknown code `{text}`"));
        return Err(problem.help(match Code::closest(text) {
            Some(code) => format!("did you mean `{code}` ({})?", code.title()),
            None => "`newsgen explain codes` lists all; `all` stands for all warnings".to_owned(),
        }));
    };
    if code.severity() == Severity::Error && level != CheckLevel::Deny {
        let message = format!("`{code}` is an error, which `{key}` cannot change");
        return Err(Problem::new(Code::InvalidChoice, at, message)
            .help("remove it: only warnings, whose codes begin with `W`, can be allowed"));
    }
    Ok(Named::One(code))
}

fn named_twice(at: SourcePos, named: Named, key: &str) -> Problem {
    let name = match named {
        Named::All => ALL.to_owned(),
        Named::One(code) => code.to_string(),
    };
    let message = format!("`{name}` is already in `{key}`");
    Problem::new(Code::ConflictingSettings, at, message).help("keep one of the two")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Location;

    #[test]
    fn errors_that_prevent_nothing_can_be_denied_but_not_allowed() {
        let error = || Diagnostic::new(Code::UnreadableFile, Location::file("a"), "b");
        for (level, is_denied) in [(CheckLevel::Allow, false), (CheckLevel::Deny, true)] {
            let mut config = CheckConfig::default();
            config.set(Named::All, level);
            let shown = config.apply([error().into_warning(), error()], true);
            assert_eq!(
                shown.iter().map(|found| found.is_denied).collect::<Vec<_>>(),
                [is_denied, false]
            );
        }
    }
}
