//! Dates, as templates show them.

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::config::Config;

/// An instant in the site's time zone. A mere date has no time.
#[derive(Clone, Debug, Serialize)]
pub(in crate::page) struct DateContext {
    pub(in crate::page) iso: String,
    day: String,
    time: String,
}

/// The formats of dates and times, parsed.
#[derive(Debug)]
pub(super) struct DateFormat<'a> {
    date: Vec<Item<'a>>,
    time: Vec<Item<'a>>,
    time_zone: Tz,
}

impl<'a> DateFormat<'a> {
    pub(super) fn new(config: &'a Config) -> Self {
        let items = |format: &'a str| StrftimeItems::new(format).collect();
        Self {
            date: items(&config.date_format),
            time: items(&config.time_format),
            time_zone: config.time_zone,
        }
    }

    pub(super) fn format(&self, instant: DateTime<Utc>, has_time: bool) -> DateContext {
        let local = instant.with_timezone(&self.time_zone);
        let day = local.format_with_items(self.date.iter()).to_string();
        if has_time {
            let time = local.format_with_items(self.time.iter()).to_string();
            DateContext { iso: local.to_rfc3339_opts(SecondsFormat::Secs, true), day, time }
        } else {
            DateContext { iso: local.format("%Y-%m-%d").to_string(), day, time: String::new() }
        }
    }
}
