//! An inverted index of the articles of the last days.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash};

use super::placement::StoryId;

/// The stories of recent articles by the keys of these articles: terms, or addresses.
pub(super) struct Window<K, S> {
    /// In seconds.
    length: i64,
    stories: HashMap<K, VecDeque<StoryId>, S>,
    articles: VecDeque<(i64, Box<[K]>)>,
}

impl<K: Copy + Eq + Hash, S: BuildHasher + Default> Window<K, S> {
    pub(super) fn new(length: i64) -> Self {
        Self { length, stories: HashMap::default(), articles: VecDeque::new() }
    }

    /// The stories of articles with a key, the newest article first.
    pub(super) fn stories(&self, key: &K) -> impl Iterator<Item = StoryId> {
        self.stories.get(key).into_iter().flatten().rev().copied()
    }

    pub(super) fn add(&mut self, published: i64, keys: Box<[K]>, story: StoryId) {
        for key in &keys {
            self.stories.entry(*key).or_default().push_back(story);
        }
        self.articles.push_back((published, keys));
    }

    /// Forgets the articles that are too old at this time.
    pub(super) fn advance(&mut self, now: i64) {
        let oldest = now.saturating_sub(self.length);
        while self.articles.front().is_some_and(|(published, _)| *published < oldest) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((_, keys)) = self.articles.pop_front() else { return };
        for key in keys {
            let Some(stories) = self.stories.get_mut(&key) else { continue };
            stories.pop_front();
            if stories.is_empty() {
                self.stories.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::*;

    #[test]
    fn old_articles_are_forgotten() {
        let mut window: Window<u8, RandomState> = Window::new(10);
        window.add(0, [1, 2].into(), 7);
        window.add(5, [2].into(), 8);
        window.advance(10);
        assert_eq!(window.stories(&2).collect::<Vec<_>>(), [8, 7]);
        window.advance(11);
        assert_eq!(window.stories(&2).collect::<Vec<_>>(), [8]);
        assert_eq!(window.stories.len(), 1);
    }
}
