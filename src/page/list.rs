//! Lists of articles and their pages.
//!
//! Closed pages are numbered from the oldest and hold `per_page` articles each, the same for ever, until an older
//! article comes or goes. The front page of a list holds the newest, between one and two pages' worth.

use std::ops::Range;

use crate::collection::TermId;

/// Which articles a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListOf {
    /// All of the site.
    All,
    /// Those of a topic.
    Topic(TermId),
    /// Those of a provider.
    Provider(TermId),
    /// Those of a category.
    Category(TermId),
}

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPage {
    /// The list.
    pub of: ListOf,
    /// The number of a closed page, from 1; none for the list's front page.
    pub number: Option<usize>,
}

/// How many closed pages a list of `len` articles has.
pub(super) fn closed_pages(len: usize, per_page: usize) -> usize {
    (len / per_page).saturating_sub(1)
}

/// The places, newest first, of the articles of a page.
pub(super) fn range(len: usize, per_page: usize, number: Option<usize>) -> Range<usize> {
    match number {
        None => 0..len - closed_pages(len, per_page) * per_page,
        Some(number) => len - number * per_page..len - (number - 1) * per_page,
    }
}

/// The place, newest first, of the article with which a closed page came to be.
pub(super) fn closing(len: usize, per_page: usize, number: usize) -> usize {
    len - (number + 1) * per_page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_article_is_on_one_page_and_the_front_page_holds_one_to_two_pages() {
        for len in 0..200 {
            for per_page in 1..25 {
                let closed = closed_pages(len, per_page);
                let front = range(len, per_page, None);
                assert!(front.len() < 2 * per_page && (front.len() >= per_page || len < per_page));
                let mut places: Vec<usize> = front.collect();
                for number in (1..=closed).rev() {
                    let page = range(len, per_page, Some(number));
                    assert_eq!(page.len(), per_page);
                    places.extend(page);
                }
                assert_eq!(places, (0..len).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_page_is_closed_by_the_article_with_which_it_comes_to_be() {
        for len in 1..500 {
            for number in closed_pages(len - 1, 20) + 1..=closed_pages(len, 20) {
                assert_eq!(closing(len, 20, number), 0, "the newest of {len}");
            }
        }
        assert_eq!(closing(60, 20, 1), 20);
    }

    #[test]
    fn a_closed_page_keeps_its_articles_when_newer_ones_come() {
        let oldest_first = |len: usize, number| {
            let range = range(len, 20, Some(number));
            len - range.end..len - range.start
        };
        for len in 60..500 {
            assert_eq!(oldest_first(len, 2), 20..40);
        }
    }
}
