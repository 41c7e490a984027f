//! Pagination of article lists.
//!
//! Archive pages are numbered from the oldest and hold `per_page` articles each. Their articles
//! stay the same until an older article is added or removed. The front page of a list holds the
//! newest articles, between one and two pages' worth.

use std::ops::Range;

/// The number of archive pages of a list of `len` articles.
pub(super) fn archive_pages(len: usize, per_page: usize) -> usize {
    (len / per_page).saturating_sub(1)
}

/// The indexes, newest first, of the articles on a page.
pub(super) fn range(len: usize, per_page: usize, number: Option<usize>) -> Range<usize> {
    match number {
        None => 0..len - archive_pages(len, per_page) * per_page,
        Some(number) => len - number * per_page..len - (number - 1) * per_page,
    }
}

/// The index, newest first, of the article that completed an archive page.
pub(super) fn closing(len: usize, per_page: usize, number: usize) -> usize {
    len - (number + 1) * per_page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pagination_partitions_articles() {
        for len in 0..200 {
            for per_page in 1..25 {
                let closed = archive_pages(len, per_page);
                let front = range(len, per_page, None);
                assert!(front.len() < 2 * per_page && (front.len() >= per_page || len < per_page));
                let mut indexes: Vec<usize> = front.collect();
                for number in (1..=closed).rev() {
                    let page = range(len, per_page, Some(number));
                    assert_eq!(page.len(), per_page);
                    indexes.extend(page);
                }
                assert_eq!(indexes, (0..len).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn archive_page_is_dated_by_its_completing_article() {
        for len in 1..500 {
            for number in archive_pages(len - 1, 20) + 1..=archive_pages(len, 20) {
                assert_eq!(closing(len, 20, number), 0, "the newest of {len}");
            }
        }
        assert_eq!(closing(60, 20, 1), 20);
    }

    #[test]
    fn archive_pages_are_stable() {
        let oldest_first = |len: usize, number| {
            let range = range(len, 20, Some(number));
            len - range.end..len - range.start
        };
        for len in 60..500 {
            assert_eq!(oldest_first(len, 2), 20..40);
        }
    }
}
