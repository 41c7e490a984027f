//! Unknown keys of the mappings in an article: `provider` and the items of `images` and `related`.

use super::compat_keys::{ARTICLE, CompatKeys, IMAGE, PROVIDER};
use super::keys;
use crate::diagnostic::{Code, closest_match};
use crate::key::Keys;
use crate::node::{MapEntry, Problem, Problems};

/// The keys of one kind of mapping.
pub(super) struct NestedKeys {
    /// The key that holds the mapping.
    parent: &'static str,
    /// The known keys; the absence of required ones is an error, which names equivalents in other
    /// generators.
    known: Keys,
    foreign: CompatKeys,
}

pub(super) const OF_PROVIDER: NestedKeys =
    NestedKeys { parent: "provider", known: keys::PROVIDER_MAPPING, foreign: PROVIDER };

pub(super) const OF_IMAGE: NestedKeys =
    NestedKeys { parent: "images", known: keys::IMAGE, foreign: IMAGE };

pub(super) const OF_RELATED: NestedKeys =
    NestedKeys { parent: "related", known: keys::RELATED, foreign: ARTICLE };

impl NestedKeys {
    pub(super) fn contains(&self, key: &str) -> bool {
        self.known.contains(key)
    }

    /// Warns of keys of the mapping that are probably meant to be known ones.
    pub(super) fn check(&self, mapping: &[MapEntry<'_>], problems: &mut Problems) {
        for entry in mapping.iter().filter(|entry| !self.contains(&entry.key)) {
            if let Some(problem) = self.check_unknown(entry, mapping) {
                problems.add(problem);
            }
        }
    }

    /// An equivalent of a key that the mapping has already probably means something else.
    fn check_unknown(&self, entry: &MapEntry<'_>, mapping: &[MapEntry<'_>]) -> Option<Problem> {
        let key = &*entry.key;
        let message = format!("unknown key `{key}` in `{}`", self.parent);
        let problem = Problem::new(Code::UnknownKey, entry.at, message);
        let Some(own) = self.foreign.own(key).filter(|own| self.contains(own)) else {
            let near = closest_match(key, self.known.names())?;
            return Some(problem.did_you_mean(key, near));
        };
        let is_explained =
            self.known.is_required(own) || mapping.iter().any(|entry| entry.key == own);
        (!is_explained).then(|| problem.help(format!("write `{own}`")))
    }
}
