//! Dates and times in the conventions of a language.

use std::fmt::Write as _;

use chrono::format::{Fixed, Item, Numeric, StrftimeItems};
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, TimeZone, Timelike as _};
use icu::calendar::{Date, Gregorian};
use icu::datetime::FixedCalendarDateTimeFormatter;
use icu::datetime::fieldsets::YMD;
use icu::datetime::fieldsets::enums::DateAndTimeFieldSet;
use icu::datetime::input::{DateTime as IcuDateTime, Time};
use icu::datetime::pattern::{DateTimePattern, FixedCalendarDateTimeNames};
use icu::locale::Locale;
use writeable::TryWriteable as _;

/// The length of a date as the language writes it: `20 November 2026` or `20/11/26`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateLength {
    Long,
    Medium,
    Short,
}

impl DateLength {
    /// The names, for `site.toml`.
    pub const NAMES: [&'static str; 3] = ["long", "medium", "short"];

    /// The length of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "long" => Some(Self::Long),
            "medium" => Some(Self::Medium),
            "short" => Some(Self::Short),
            _ => None,
        }
    }
}

/// How days are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateFormat {
    /// As the language does.
    Length(DateLength),
    /// In strftime notation.
    Strftime(String),
}

/// Writes days and times. All calendars are Gregorian.
#[derive(Debug)]
pub struct DateFormatter {
    day: Day,
    time: Strftime,
}

#[derive(Debug)]
enum Day {
    Length(Box<FixedCalendarDateTimeFormatter<Gregorian, YMD>>),
    Strftime(Box<Strftime>),
}

impl DateFormatter {
    /// Writes days and times as these formats say, the latter in strftime notation.
    pub(super) fn new(locale: &Locale, date: &DateFormat, time: &str) -> Self {
        let day = match date {
            DateFormat::Strftime(format) => Day::Strftime(Strftime::new(locale, format).into()),
            DateFormat::Length(length) => {
                let fields = match length {
                    DateLength::Long => YMD::long(),
                    DateLength::Medium => YMD::medium(),
                    DateLength::Short => YMD::short(),
                };
                let formatter = FixedCalendarDateTimeFormatter::try_new(locale.into(), fields)
                    .expect("the compiled data has a fallback for all languages");
                Day::Length(formatter.into())
            }
        };
        Self { day, time: Strftime::new(locale, time) }
    }

    /// The day of an instant, in its time zone.
    pub fn day<Z: TimeZone>(&self, instant: &DateTime<Z>) -> String
    where
        Z::Offset: std::fmt::Display,
    {
        match &self.day {
            Day::Length(formatter) => {
                formatter.format(&gregorian(instant.date_naive())).to_string()
            }
            Day::Strftime(format) => format.format(instant),
        }
    }

    /// The time of an instant, in its time zone.
    pub fn time<Z: TimeZone>(&self, instant: &DateTime<Z>) -> String
    where
        Z::Offset: std::fmt::Display,
    {
        self.time.format(instant)
    }
}

/// A date for ICU. Documents have years up to 9999.
pub(super) fn gregorian(date: NaiveDate) -> Date<Gregorian> {
    let month = u8::try_from(date.month()).expect("a month is at most 12");
    let day = u8::try_from(date.day()).expect("a day is at most 31");
    Date::try_new_gregorian(date.year(), month, day).expect("a valid date of chrono")
}

/// A format in strftime notation, with names in a language.
#[derive(Debug)]
struct Strftime {
    items: Vec<Item<'static>>,
    /// `None` for English, whose names chrono has.
    names: Option<Names>,
}

impl Strftime {
    fn new(locale: &Locale, format: &str) -> Self {
        let items: Vec<Item<'static>> = StrftimeItems::new(format).map(Item::to_owned).collect();
        let is_english = locale.id.language.as_str() == "en";
        let has_names = items.iter().any(|item| matches!(item, Item::Fixed(_)));
        let has_day = items.iter().any(|item| matches!(item, Item::Numeric(Numeric::Day, _)));
        let names = (!is_english && has_names).then(|| Names::new(locale, has_day));
        Self { items, names }
    }

    fn format<Z: TimeZone>(&self, instant: &DateTime<Z>) -> String
    where
        Z::Offset: std::fmt::Display,
    {
        let Some(names) = &self.names else {
            return instant.format_with_items(self.items.iter()).to_string();
        };
        let mut text = String::new();
        for item in &self.items {
            match names.of(item, instant.naive_local()) {
                Some(name) => text.push_str(name),
                None => write!(text, "{}", instant.format_with_items(std::iter::once(item)))
                    .expect("a checked format"),
            }
        }
        text
    }
}

/// Names of months, of weekdays and of the halves of the day.
#[derive(Debug)]
struct Names {
    months: [String; 12],
    short_months: [String; 12],
    /// From Monday.
    weekdays: [String; 7],
    short_weekdays: [String; 7],
    /// Before and after noon.
    halves: [String; 2],
}

impl Names {
    /// Names in a language; of months as they are written after a day, or by themselves.
    fn new(locale: &Locale, has_day: bool) -> Self {
        let (long, short) = if has_day { ("MMMM", "MMM") } else { ("LLLL", "LLL") };
        // The first of January 2024 was a Monday.
        let month = |pattern: &str, index: usize| name(locale, pattern, index + 1, 1, 0);
        let weekday = |pattern: &str, index: usize| name(locale, pattern, 1, index + 1, 0);
        Self {
            months: std::array::from_fn(|index| month(long, index)),
            short_months: std::array::from_fn(|index| month(short, index)),
            weekdays: std::array::from_fn(|index| weekday("EEEE", index)),
            short_weekdays: std::array::from_fn(|index| weekday("EEE", index)),
            halves: std::array::from_fn(|index| name(locale, "a", 1, 1, index * 12)),
        }
    }

    /// The name that an item asks for, if any.
    fn of(&self, item: &Item<'_>, time: NaiveDateTime) -> Option<&str> {
        let Item::Fixed(fixed) = item else { return None };
        let weekday = time.weekday().num_days_from_monday();
        let (names, index): (&[String], u32) = match fixed {
            Fixed::LongMonthName => (&self.months, time.month0()),
            Fixed::ShortMonthName => (&self.short_months, time.month0()),
            Fixed::LongWeekdayName => (&self.weekdays, weekday),
            Fixed::ShortWeekdayName => (&self.short_weekdays, weekday),
            Fixed::UpperAmPm | Fixed::LowerAmPm => (&self.halves, u32::from(time.hour() >= 12)),
            _ => return None,
        };
        names.get(index as usize).map(String::as_str)
    }
}

/// The name for a field of a date of 2024, by a pattern of UTS #35.
fn name(locale: &Locale, pattern: &str, month: usize, day: usize, hour: usize) -> String {
    let small = |number: usize| u8::try_from(number).expect("part of a date");
    let date = Date::try_new_gregorian(2024, small(month), small(day)).expect("valid");
    let time = Time::try_new(small(hour), 0, 0, 0).expect("valid");
    let pattern: DateTimePattern = pattern.parse().expect("valid");
    let mut names: FixedCalendarDateTimeNames<Gregorian, DateAndTimeFieldSet> =
        FixedCalendarDateTimeNames::try_new(locale.into())
            .expect("the compiled data has a fallback for all languages");
    let formatter = names.include_for_pattern(&pattern).expect("each pattern has one field");
    let formatted = formatter.format(&IcuDateTime { date, time });
    match formatted.try_write_to_string() {
        Ok(name) => name.into_owned(),
        Err((_, approximate)) => approximate.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::super::tag::parse;
    use super::*;

    fn day(tag: &str, format: &DateFormat) -> String {
        let formatter = DateFormatter::new(&parse(tag), format, "%-I:%M %p");
        let instant: DateTime<Utc> = "2026-11-20T15:05:00Z".parse().expect("instant");
        format!("{} {}", formatter.day(&instant), formatter.time(&instant))
    }

    #[test]
    fn dates_are_written_as_the_language_does() {
        let length = DateFormat::Length;
        for (tag, format, expected) in [
            ("en-US", length(DateLength::Long), "November 20, 2026 3:05 PM"),
            ("en-GB", length(DateLength::Short), "20/11/2026 3:05 PM"),
            ("de", length(DateLength::Long), "20. November 2026 3:05 PM"),
            ("de", length(DateLength::Medium), "20.11.2026 3:05 PM"),
            ("fr", length(DateLength::Long), "20 novembre 2026 3:05 PM"),
            ("ja", length(DateLength::Long), "2026年11月20日 3:05 午後"),
            ("fa", length(DateLength::Long), "۲۰ نوامبر ۲۰۲۶ 3:05 ب.ظ."),
            ("th", length(DateLength::Long), "20 พฤศจิกายน ค.ศ. 2026 3:05 PM"),
        ] {
            assert_eq!(day(tag, &format), expected, "{tag}");
        }
    }

    #[test]
    fn strftime_has_names_in_the_language() {
        let strftime = |format: &str| DateFormat::Strftime(format.to_owned());
        for (tag, format, expected) in [
            ("en", "%A, %-d %B %Y", "Friday, 20 November 2026 3:05 PM"),
            ("de", "%A, %-d. %B %Y", "Freitag, 20. November 2026 3:05 PM"),
            ("pl", "%-d %B %Y", "20 listopada 2026 3:05 PM"),
            ("pl", "%B %Y", "listopad 2026 3:05 PM"),
            ("fi", "%a %d.%m.%y", "pe 20.11.26 3:05 ip."),
            ("ru", "%e %b %Y", "20 нояб. 2026 3:05 PM"),
            ("tlh", "%b %d", "M11 20 3:05 PM"),
        ] {
            assert_eq!(day(tag, &strftime(format)), expected, "{tag}");
        }
    }

    #[test]
    fn every_day_has_a_date_in_every_language() {
        let days = NaiveDate::from_ymd_opt(2026, 1, 1).expect("date").iter_days().take(400);
        let days: Vec<_> = days.map(gregorian).collect();
        for tag in
            ["ar", "bn", "de", "en", "fa", "he", "hi", "ja", "my", "pt", "th", "tlh", "zh-Hant"]
        {
            for fields in [YMD::long(), YMD::medium(), YMD::short()] {
                let locale = parse(tag);
                let formatter: FixedCalendarDateTimeFormatter<Gregorian, YMD> =
                    FixedCalendarDateTimeFormatter::try_new(locale.into(), fields).expect(tag);
                let all: std::collections::HashSet<String> =
                    days.iter().map(|day| formatter.format(day).to_string()).collect();
                assert_eq!(all.len(), days.len(), "{tag}");
            }
        }
    }
}
