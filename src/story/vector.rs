//! Articles as vectors of weighted terms.

use std::cmp::Ordering;

use super::terms::StoryTerm;

/// Terms with weights, in order of the terms, of length 1; or of length 0 if no term is rare.
#[derive(Clone, Debug, Default)]
pub(super) struct UnitVector(Box<[(StoryTerm, f64)]>);

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

    /// The cosine of the angle between two vectors.
    pub(super) fn cosine(&self, other: &Self) -> f64 {
        self.products(other).map(|(_, product)| product).sum()
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
