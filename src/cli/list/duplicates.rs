//! Articles with a common original.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::build::ListedDocument;
use crate::document::ArticleSummary;
use crate::http_url::HttpUrl;

/// The group of each document: the number of the first article with the same original, also by way of
/// a third one. None if no other article has it.
pub(super) fn duplicate_groups(all: &[ListedDocument]) -> Vec<Option<usize>> {
    let mut parent: Vec<usize> = (0..all.len()).collect();
    let mut by_key = HashMap::new();
    for (index, document) in all.iter().enumerate() {
        for key in document.summary.as_deref().map(original_keys).unwrap_or_default() {
            let other = *by_key.entry(key).or_insert(index);
            let [one, other] = [other, index].map(|index| find_root(&mut parent, index));
            if let Some(later) = parent.get_mut(one.max(other)) {
                *later = one.min(other);
            }
        }
    }
    let roots: Vec<usize> = (0..all.len()).map(|index| find_root(&mut parent, index)).collect();
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for root in &roots {
        *counts.entry(*root).or_default() += 1;
    }
    let is_shared = |root: &usize| counts.get(root).is_some_and(|count| *count > 1);
    roots.into_iter().map(|root| Some(root).filter(is_shared)).collect()
}

/// What identifies the original of an article: both of its addresses.
fn original_keys(one: &ArticleSummary) -> Vec<Cow<'_, str>> {
    let addresses = one.addresses().into_iter().flatten();
    let mut keys: Vec<_> = addresses.map(HttpUrl::dedup_key).collect();
    keys.dedup();
    keys
}

/// The first of the group of an index. Halves the path to it, so that later searches are short.
fn find_root(parent: &mut [usize], mut index: usize) -> usize {
    while let Some(above) = parent.get(index).copied().filter(|above| *above != index) {
        let next = parent.get(above).copied().unwrap_or(above);
        if let Some(entry) = parent.get_mut(index) {
            *entry = next;
        }
        index = next;
    }
    index
}
