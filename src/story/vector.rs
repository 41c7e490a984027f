//! Articles as vectors of weighted terms.

use std::cmp::Ordering;

use super::terms::StoryTerm;

/// Terms with weights, in order of the terms, of length 1; or of length 0 if no term is rare.
#[derive(Clone, Debug, Default)]
pub(super) struct UnitVector(Box<[(StoryTerm, f64)]>);

/// A hash table of the weights of a vector, at most half full.
pub(super) struct Lookup {
    mask: usize,
    slots: Box<[Option<(StoryTerm, f64)>]>,
}

impl Lookup {
    /// The slot of a term, or the free one for it.
    fn slot(&self, term: StoryTerm) -> usize {
        let mut slot = term.spread() & self.mask;
        while self
            .slots
            .get(slot)
            .is_some_and(|found| matches!(found, Some((other, _)) if *other != term))
        {
            slot = (slot + 1) & self.mask;
        }
        slot
    }

    /// The cosine of the angle with another vector.
    pub(super) fn cosine(&self, other: &UnitVector) -> f64 {
        self.products(other).sum()
    }

    /// The share of the cosine with another vector that a single term makes up at most; 1 if they share
    /// no term.
    pub(super) fn greatest_share(&self, other: &UnitVector) -> f64 {
        let parts = self
            .products(other)
            .fold((0.0, 0.0), |(sum, greatest): (f64, f64), part| (sum + part, greatest.max(part)));
        let (sum, greatest) = parts;
        if sum > 0.0 { greatest / sum } else { 1.0 }
    }

    /// The products of the weights of the terms that both vectors have.
    fn products(&self, other: &UnitVector) -> impl Iterator<Item = f64> {
        other.0.iter().filter_map(|(term, weight)| {
            let found = self.slots.get(self.slot(*term)).copied().flatten();
            found.map(|(_, own)| own * weight)
        })
    }
}

impl UnitVector {
    /// Scales weights. The terms must be in order.
    pub(super) fn new(mut weights: Vec<(StoryTerm, f64)>) -> Self {
        let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        if length > 0.0 {
            for (_, weight) in &mut weights {
                *weight /= length;
            }
        }
        Self(weights.into())
    }

    /// The weights by term, for the cosines with many vectors.
    pub(super) fn lookup(&self) -> Lookup {
        let length = (self.0.len() * 2).next_power_of_two();
        let mut lookup = Lookup { mask: length - 1, slots: vec![None; length].into() };
        for (term, weight) in &self.0 {
            let slot = lookup.slot(*term);
            if let Some(slot) = lookup.slots.get_mut(slot) {
                *slot = Some((*term, *weight));
            }
        }
        lookup
    }

    /// The terms of both vectors with the products of their weights.
    pub(super) fn products(&self, other: &Self) -> impl Iterator<Item = (StoryTerm, f64)> {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        std::iter::from_fn(move || {
            loop {
                let (a, b) = (left.peek()?, right.peek()?);
                match a.0.cmp(&b.0) {
                    Ordering::Less => left.next(),
                    Ordering::Greater => right.next(),
                    Ordering::Equal => {
                        let product = (a.0, a.1 * b.1);
                        left.next();
                        right.next();
                        return Some(product);
                    }
                };
            }
        })
    }

    /// The terms with the greatest weights.
    pub(super) fn heaviest(&self, count: usize) -> Vec<(StoryTerm, f64)> {
        let mut terms = self.0.to_vec();
        terms.retain(|(_, weight)| *weight > 0.0);
        let by_weight =
            |(a, x): &(StoryTerm, f64), (b, y): &(StoryTerm, f64)| y.total_cmp(x).then(a.cmp(b));
        if terms.len() > count {
            terms.select_nth_unstable_by(count, by_weight);
            terms.truncate(count);
        }
        terms
    }
}
