//! Names that many articles have in common.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Arc, Mutex};

use super::article::{ArticleSummary, Named, Provider, StoryChoice};

/// Shares equal topics, categories, stories and providers among the articles of a site: many articles name
/// few of them.
#[derive(Debug, Default)]
pub struct SharedNames {
    named: Interner<Named>,
    providers: Interner<Provider>,
}

impl SharedNames {
    /// Replaces the names of an article by equal ones that are shared.
    pub fn share(&self, summary: &mut ArticleSummary) {
        self.named.share(&mut summary.category);
        self.providers.share(&mut summary.provider);
        for topic in &mut summary.topics {
            self.named.share(topic);
        }
        if let Some(StoryChoice::Named(name)) = &mut summary.story {
            self.named.share(name);
        }
    }
}

/// The number of locks, so that threads seldom wait for each other.
const SHARDS: usize = 16;

/// A set of shared values.
#[derive(Debug)]
struct Interner<T> {
    hasher: RandomState,
    shards: [Mutex<HashSet<Arc<T>>>; SHARDS],
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self { hasher: RandomState::new(), shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl<T: Eq + Hash> Interner<T> {
    fn share(&self, value: &mut Arc<T>) {
        let shard = self.hasher.hash_one(&**value) % SHARDS as u64;
        let shard = usize::try_from(shard).ok().and_then(|shard| self.shards.get(shard));
        let mut shared = shard
            .expect("the rest of a division is less than the divisor")
            .lock()
            .expect("no thread panics while it holds this lock");
        match shared.get(&**value) {
            Some(known) => *value = Arc::clone(known),
            None => {
                shared.insert(Arc::clone(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_shared() {
        let interner = Interner::default();
        let mut values = ["a", "b", "a"].map(|text| Arc::new(text.to_owned()));
        for value in &mut values {
            interner.share(value);
        }
        let [one, other, same] = values;
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
        assert_eq!((one.as_str(), other.as_str()), ("a", "b"));
    }
}
