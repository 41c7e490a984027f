//! Dates on the command line.

use chrono_tz::Tz;

use crate::document::date;

/// A date in the time zone of the site, which is not known yet, or an instant.
pub(super) fn date_or_instant(text: &str) -> Result<String, String> {
    date::parse(text, Tz::UTC)
        .map(|_| text.to_owned())
        .map_err(|_| "expected a date such as 2026-08-09 or 2026-08-09T18:00:00Z".to_owned())
}
