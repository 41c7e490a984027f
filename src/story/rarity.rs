//! How rare terms are among the articles before.

use std::collections::{HashMap, VecDeque};

use super::terms::{BuildTermHasher, StoryTerm};

/// The number of articles that terms are counted in: the last ones. So the rarity of a term follows
/// the news, and does not depend on what was added long before. Fewer in tests, whose sites are small.
pub(super) const HORIZON: usize = if cfg!(test) { 8 } else { 2048 };

/// Pretends this number of articles before the first, so that terms that the first articles share
/// have weights.
const PRIOR: usize = 16;

/// Pretends that so many of these have any given short word.
const PRIOR_OF_SHORT_WORDS: usize = 3;

/// Counts the terms of the last articles.
pub(super) struct Rarity {
    counts: HashMap<StoryTerm, u32, BuildTermHasher>,
    articles: VecDeque<Box<[StoryTerm]>>,
    /// The logarithms of 0 (as 0), 1, 2 ...
    logarithms: Box<[f64]>,
}

impl Rarity {
    pub(super) fn new() -> Self {
        let logarithms =
            (0..=u32::try_from(HORIZON + PRIOR + 1).unwrap_or(u32::MAX)).map(logarithm);
        Self {
            counts: HashMap::default(),
            articles: VecDeque::new(),
            logarithms: logarithms.collect(),
        }
    }

    /// The logarithm of the inverse frequency of a term.
    pub(super) fn of(&self, term: StoryTerm) -> f64 {
        let count = self.counts.get(&term).map_or(0, |count| *count as usize);
        let prior = if term.is_short() { PRIOR_OF_SHORT_WORDS } else { 0 };
        let logarithm = |number: usize| self.logarithms.get(number).copied().unwrap_or(0.0);
        logarithm(self.articles.len() + PRIOR + 1) - logarithm(count + prior + 1)
    }

    /// Counts the terms of an article, and forgets the article that is no longer among the last.
    pub(super) fn add(&mut self, terms: Box<[StoryTerm]>) {
        for term in &terms {
            *self.counts.entry(*term).or_default() += 1;
        }
        self.articles.push_back(terms);
        if self.articles.len() > HORIZON {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        for term in self.articles.pop_front().unwrap_or_default() {
            let Some(count) = self.counts.get_mut(&term) else { continue };
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&term);
            }
        }
    }
}

/// Rounded, because libraries of different systems may differ in the last digit, and stories must
/// not.
fn logarithm(number: u32) -> f64 {
    const PRECISION: f64 = 65_536.0;
    (f64::from(number.max(1)).ln() * PRECISION).round() / PRECISION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rarity_depends_on_the_last_articles() {
        let (a, b) = (StoryTerm::of("a"), StoryTerm::of("b"));
        let mut rarity = Rarity::new();
        rarity.add([a].into());
        assert!(rarity.of(b) > rarity.of(a));
        for _ in 0..HORIZON {
            rarity.add([b].into());
        }
        assert!(rarity.of(a) > rarity.of(b));
        assert_eq!(rarity.counts.len(), 1);
        assert!(rarity.of(b) > 0.0);
    }
}
