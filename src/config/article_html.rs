//! `article_html`: which articles have pages of their own.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;

use crate::diagnostic::Code;
use crate::local_time::start_of_day;
use crate::node::{Node, Problem};

/// Which articles have pages of their own; all others link to their originals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArticleHtml {
    /// All articles.
    #[default]
    All,
    /// Articles of today and this many days before, in the site's time zone.
    Recent(u32),
    /// No articles.
    None,
}

/// The limit above which all articles have pages.
const MAX_DAYS: u32 = 100_000;

impl ArticleHtml {
    pub(super) fn parse(node: Node<'_>) -> Result<Self, Problem> {
        let at = node.at;
        let text = node.text("article_html")?;
        match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["all"] => return Ok(Self::All),
            ["none"] => return Ok(Self::None),
            ["recent", days, "day" | "days"] => {
                if let Some(days) = days.parse().ok().filter(|days| *days <= MAX_DAYS) {
                    return Ok(Self::Recent(days));
                }
            }
            _ => {}
        }
        Err(Problem::new(Code::InvalidChoice, at, format!("`article_html` cannot be `{text}`"))
            .label("expected `all`, `recent 30 days` or `none`"))
    }

    /// Whether an article published at this instant has a page now.
    pub fn includes(self, published_at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Recent(_) => self.leaves_at(published_at, zone).is_none_or(|end| now < end),
        }
    }

    /// When the page of an article is removed, if ever: at the end of a day.
    pub fn leaves_at(self, published_at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let Self::Recent(days) = self else { return None };
        let day = published_at.with_timezone(&zone).date_naive();
        start_of_day(day.checked_add_days(Days::new(u64::from(days) + 1))?, zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_article_page_expires_at_end_of_day() {
        let instant = |text: &str| text.parse::<DateTime<Utc>>().expect("instant");
        let zone = chrono_tz::Europe::Dublin;
        let recent = ArticleHtml::Recent(2);
        let published_at = instant("2026-07-01T23:30:00Z");
        assert_eq!(recent.leaves_at(published_at, zone), Some(instant("2026-07-04T23:00:00Z")));
        assert!(recent.includes(published_at, instant("2026-07-04T22:59:59Z"), zone));
        assert!(!recent.includes(published_at, instant("2026-07-04T23:00:00Z"), zone));
        assert!(ArticleHtml::All.includes(published_at, instant("2036-01-01T00:00:00Z"), zone));
        assert!(!ArticleHtml::None.includes(published_at, published_at, zone));
        // In Beirut, the clock skips midnight on the day of the expiry.
        let left = recent.leaves_at(instant("2025-03-27T12:00:00Z"), chrono_tz::Asia::Beirut);
        assert_eq!(left, Some(instant("2025-03-29T22:00:00Z")));
    }
}
