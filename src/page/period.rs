//! Years, months and days, which have pages in the archive.

use std::ops::Range;

use chrono::{Datelike as _, Days, Months, NaiveDate};

/// A period of the calendar in the site's time zone, by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A year. Its page lists its months.
    Year(NaiveDate),
    /// A month. Its page lists its days.
    Month(NaiveDate),
    /// A day. Its page lists its articles.
    Day(NaiveDate),
}

impl Period {
    /// The year of a date.
    pub(super) fn year_of(date: NaiveDate) -> Self {
        Self::Year(date.with_ordinal(1).expect("each year has a first day"))
    }

    /// The month of a date.
    pub(super) fn month_of(date: NaiveDate) -> Self {
        Self::Month(first_of_month(date))
    }

    /// The days of the period.
    pub(super) fn days(self) -> Range<NaiveDate> {
        let (start, end) = match self {
            Self::Year(start) => (start, start.checked_add_months(Months::new(12))),
            Self::Month(start) => (start, start.checked_add_months(Months::new(1))),
            Self::Day(start) => (start, start.checked_add_days(Days::new(1))),
        };
        start..end.unwrap_or(NaiveDate::MAX)
    }

    /// The period of the same length that a date is in.
    pub(super) fn around(self, date: NaiveDate) -> Self {
        match self {
            Self::Year(_) => Self::year_of(date),
            Self::Month(_) => Self::month_of(date),
            Self::Day(_) => Self::Day(date),
        }
    }

    /// The address of its page: `2026`, `2026/11` or `2026/11/20`.
    pub(super) fn address(self) -> String {
        match self {
            Self::Year(start) => format!("{:04}", start.year()),
            Self::Month(start) => format!("{:04}/{:02}", start.year(), start.month()),
            Self::Day(date) => format!("{:04}/{:02}/{:02}", date.year(), date.month(), date.day()),
        }
    }
}

/// The first day of the month of a date.
pub(super) fn first_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).expect("each month has a first day")
}

/// All periods with any of `days`, which are sorted: each year followed by its months, each month by
/// its days.
pub(super) fn periods(days: impl Iterator<Item = NaiveDate>) -> Vec<Period> {
    let mut periods = Vec::new();
    let (mut year, mut month) = (None, None);
    for day in days {
        let (its_year, its_month) = (Period::year_of(day), Period::month_of(day));
        if year.replace(its_year) != Some(its_year) {
            periods.push(its_year);
        }
        if month.replace(its_month) != Some(its_month) {
            periods.push(its_month);
        }
        periods.push(Period::Day(day));
    }
    periods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_those_with_days() {
        let days = ["0099-12-31", "2026-01-31", "2026-02-01", "2026-02-28"];
        let days = days.map(|day| day.parse().expect("date"));
        let addresses: Vec<String> =
            periods(days.into_iter()).into_iter().map(Period::address).collect();
        let expected =
            "0099 0099/12 0099/12/31 2026 2026/01 2026/01/31 2026/02 2026/02/01 2026/02/28";
        assert_eq!(addresses.join(" "), expected);
    }
}
