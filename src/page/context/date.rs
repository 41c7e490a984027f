//! Dates, as templates show them.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::config::Config;
use crate::locale::DateFormatter;

/// An instant in the site's time zone. A mere date has no time.
#[derive(Clone, Debug, Serialize)]
pub(in crate::page) struct DateContext {
    pub(in crate::page) iso: String,
    pub(super) day: String,
    time: String,
}

/// Writes instants in the site's time zone.
#[derive(Debug)]
pub(super) struct Dates {
    formatter: DateFormatter,
    time_zone: Tz,
}

impl Dates {
    pub(super) fn new(config: &Config) -> Self {
        let formatter = config.locale.dates(&config.date_format, &config.time_format);
        Self { formatter, time_zone: config.time_zone }
    }

    pub(super) fn format(&self, instant: DateTime<Utc>, has_time: bool) -> DateContext {
        let local = instant.with_timezone(&self.time_zone);
        let day = self.formatter.day(&local);
        if has_time {
            let time = self.formatter.time(&local);
            DateContext { iso: local.to_rfc3339_opts(SecondsFormat::Secs, true), day, time }
        } else {
            DateContext { iso: local.format("%Y-%m-%d").to_string(), day, time: String::new() }
        }
    }
}
