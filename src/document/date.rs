//! Dates and times in front matter.

use chrono::{
    DateTime, Datelike, Month, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday,
};
use chrono_tz::Tz;

use crate::local_time::{instant_of, start_of_day};

/// An instant, and whether its time of day is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParsedDate {
    /// The time, to the microsecond; if unknown, the first instant of the day.
    pub instant: DateTime<Utc>,
    /// Whether the time of day is known.
    pub has_time: bool,
}

/// The error for a date in none of these forms.
const NO_DATE: &str = "expected year, month and day, such as `2026-08-09`";

/// The error for a time in none of these forms.
const NO_TIME: &str = "expected a time such as `14:24`";

/// Parses a date, or date and time: ISO 8601 with hyphens and colons, optionally with spaces
/// between its parts, or RFC 2822. Without a time zone it is local in `zone`.
///
/// # Errors
/// Which part is wrong.
pub fn parse(text: &str, zone: Tz) -> Result<ParsedDate, String> {
    let text = text.trim();
    let (date, rest) = text.split_at(text.find(['T', 't', ' ']).unwrap_or(text.len()));
    let timestamp = match date.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => {
            let date = self::date(year, number(month, "month", 1..=2)?, day)?;
            with_time(date, rest, zone)
        }
        _ => rfc_2822(text, zone),
    }?;
    if is_taken(timestamp.instant.year()) { Ok(timestamp) } else { Err(NO_YEAR.to_owned()) }
}

/// The error for a year outside the calendar, or with four digits in some time zones only.
const NO_YEAR: &str = "the year must be from 1 to 9998";

fn is_taken(year: i32) -> bool {
    (1..=9998).contains(&year)
}

/// Parses `Fri, 20 Nov 2026 12:30:00 +0100`, also without the day of the week.
fn rfc_2822(text: &str, zone: Tz) -> Result<ParsedDate, String> {
    if let Ok(time) = DateTime::parse_from_rfc2822(text) {
        return Ok(ParsedDate { instant: time.to_utc(), has_time: true });
    }
    let (weekday, text) =
        text.split_once(',').map_or((None, text), |(weekday, rest)| (Some(weekday), rest));
    let mut words = text.split_whitespace();
    let (Some(day), Some(month), Some(year)) = (words.next(), words.next(), words.next()) else {
        return Err(NO_DATE.to_owned());
    };
    let month: Month = month.parse().map_err(|_| NO_DATE.to_owned())?;
    let date = date(year, month.number_from_month(), day)?;
    if weekday.is_some_and(|weekday| weekday.trim().parse::<Weekday>() != Ok(date.weekday())) {
        return Err(format!("this day is a {}", date.format("%A")));
    }
    with_time(date, &words.collect::<Vec<_>>().join(" "), zone)
}

/// The date that can only be meant by one with other separators or in another order, such as
/// `2026/11/20`, `20.11.2026`, `20261120` or `Nov 20, 2026`, with its time, or by a number of seconds
/// or milliseconds since 1970.
pub fn corrected(text: &str, zone: Tz) -> Option<String> {
    let text = text.trim();
    if let Some(date) = of_unix_time(text).or_else(|| with_month_first(text)) {
        return parse(&date, zone).ok().map(|_| date);
    }
    let (date, time) = text.split_at(text.find(['T', 't', ' ']).unwrap_or(text.len()));
    let parts: Vec<&str> = date.split(['/', '.', '-']).collect();
    let (year, month, day) = match *parts {
        [compact] if compact.len() == 8 && compact.is_ascii() => {
            (&compact[..4], &compact[4..6], &compact[6..])
        }
        [year, month, day] if year.len() == 4 => (year, month, day),
        [first, second, year] if year.len() == 4 => {
            let is_month = |text: &str| text.parse().is_ok_and(|month: u32| month <= 12);
            match (is_month(first), is_month(second)) {
                (false, true) => (year, second, first),
                (true, false) => (year, first, second),
                (true, true) if first == second => (year, second, first),
                // Either may be the month.
                _ => return None,
            }
        }
        _ => return None,
    };
    let corrected = format!("{year}-{month:0>2}-{day:0>2}{time}");
    parse(&corrected, zone).ok().map(|_| corrected)
}

/// The instant of a Unix time with ten digits in seconds, or with thirteen in milliseconds. Those from
/// 2033 on begin like years: `2026112014` is rather a day and an hour.
fn of_unix_time(text: &str) -> Option<String> {
    let is_number = matches!(text.len(), 10 | 13) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = is_number && text.starts_with('1');
    let seconds = text.get(..10).filter(|_| is_number)?.parse().ok()?;
    Some(DateTime::from_timestamp(seconds, 0)?.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// The date of `November 20, 2026`, with the time after it.
fn with_month_first(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let month: Month = words.next()?.trim_end_matches('.').parse().ok()?;
    let day = words.next()?.trim_end_matches(',');
    let day = ["st", "nd", "rd", "th"].iter().find_map(|end| day.strip_suffix(end)).unwrap_or(day);
    let year = words.next()?.trim_end_matches(',');
    let date = format!("{year}-{:02}-{day:0>2}", month.number_from_month());
    Some([&*date].into_iter().chain(words).collect::<Vec<_>>().join(" "))
}

/// The two dates that may be meant by `01/02/2026`.
pub fn ambiguous(text: &str, zone: Tz) -> Option<[String; 2]> {
    let text = text.trim();
    let (date, time) = text.split_at(text.find(['T', 't', ' ']).unwrap_or(text.len()));
    let parts: Vec<&str> = date.split(['/', '.', '-']).collect();
    let [first, second, year] = *parts else { return None };
    let date = |month: &str, day: &str| {
        let date = format!("{year}-{month:0>2}-{day:0>2}{time}");
        parse(&date, zone).ok().map(|_| date)
    };
    Some([date(first, second)?, date(second, first)?])
}

/// Parses an integer with this many digits.
fn number(text: &str, what: &str, digits: std::ops::RangeInclusive<usize>) -> Result<u32, String> {
    let is_number = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_number { text.parse().ok() } else { None };
    number.ok_or_else(|| match (digits.start(), text.is_empty()) {
        (_, true) => format!("the {what} is missing"),
        (4, _) => format!("the {what} must have four digits, not `{}`", beginning(text)),
        _ => format!("the {what} must have two digits, not `{}`", beginning(text)),
    })
}

/// The part of a text that is quoted in a message.
fn beginning(text: &str) -> String {
    text.chars().take(30).collect()
}

fn date(year: &str, month: u32, day: &str) -> Result<NaiveDate, String> {
    let year = i32::try_from(number(year, "year", 4..=4)?).expect("four digits are few");
    let day = number(day, "day", 1..=2)?;
    if !is_taken(year) {
        return Err(NO_YEAR.to_owned());
    }
    if !(1..=12).contains(&month) {
        return Err(format!("there is no month {month}"));
    }
    NaiveDate::from_ymd_opt(year, month, day)
        .ok_or_else(|| format!("there is no day {day} in {year:04}-{month:02}"))
}

/// Combines a date with the rest of its text: optionally a time, then optionally a time zone.
fn with_time(date: NaiveDate, rest: &str, zone: Tz) -> Result<ParsedDate, String> {
    let none = || NO_YEAR.to_owned();
    if rest.is_empty() {
        let instant = start_of_day(date, zone).ok_or_else(none)?;
        return Ok(ParsedDate { instant, has_time: false });
    }
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest).trim_start();
    let is_of_time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ',');
    let (time, offset) = rest.split_at(rest.find(|c| !is_of_time(c)).unwrap_or(rest.len()));
    let local = date.and_time(NaiveTime::MIN) + since_midnight(time)?;
    let instant = match offset.trim_start() {
        "" => instant_of(local, zone).ok_or_else(none)?,
        offset => in_zone(local, offset)?,
    };
    Ok(ParsedDate { instant, has_time: true })
}

/// Parses `12:30`, `12:30:05` or `12:30:05.25`. A leap second is the first second of the next
/// minute.
fn since_midnight(time: &str) -> Result<TimeDelta, String> {
    let (clock, fraction) = time.split_once(['.', ',']).map_or((time, None), |(c, f)| (c, Some(f)));
    let (hour, minute, second) = match (clock.split(':').collect::<Vec<_>>().as_slice(), fraction) {
        ([hour, minute], None) => (*hour, *minute, "00"),
        ([hour, minute, second], _) => (*hour, *minute, *second),
        _ => return Err(NO_TIME.to_owned()),
    };
    let part = |text, what, digits, highest| match number(text, what, digits)? {
        number if number > highest => Err(format!("there is no {what} {number}")),
        number => Ok(i64::from(number)),
    };
    let hour = part(hour, "hour", 1..=2, 23)?;
    let minute = part(minute, "minute", 2..=2, 59)?;
    let second = part(second, "second", 2..=2, 60)?;
    let fraction = microseconds(fraction.unwrap_or("0"))?;
    Ok(TimeDelta::seconds((hour * 60 + minute) * 60 + second) + TimeDelta::microseconds(fraction))
}

/// Parses the digits after the decimal point; more than six are cut off.
fn microseconds(fraction: &str) -> Result<i64, String> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the fraction of the second must be digits".to_owned());
    }
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    Ok(digits.parse().expect("these are six digits"))
}

/// The instant of a local time in a zone: `Z`, `UTC`, `GMT`, an offset such as `+02:00`, or a name
/// such as `Europe/Dublin`.
fn in_zone(local: NaiveDateTime, zone: &str) -> Result<DateTime<Utc>, String> {
    if ["Z", "UTC", "GMT"].iter().any(|utc| zone.eq_ignore_ascii_case(utc)) {
        return Ok(local.and_utc());
    }
    let unknown = || {
        let zone = beginning(zone);
        format!("unknown time zone `{zone}`; expected `Z` or an offset such as `+02:00`")
    };
    if let Some(offset) = offset(zone) {
        return Ok(local.and_utc() - offset);
    }
    let zone: Tz = zone.parse().map_err(|_| unknown())?;
    instant_of(local, zone).ok_or_else(unknown)
}

/// Parses `+02:00`, `+0200` or `+02`.
fn offset(text: &str) -> Option<TimeDelta> {
    let digits = text.strip_prefix(['+', '-', '\u{2212}'])?;
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None => digits.split_at_checked(2)?,
    };
    let minutes = if digits.len() == 2 { "00" } else { minutes };
    let part = |text, highest| number(text, "", 2..=2).ok().filter(|part| *part <= highest);
    let minutes = part(hours, 23)? * 60 + part(minutes, 59)?;
    let offset = TimeDelta::minutes(i64::from(minutes));
    Some(if text.starts_with('+') { offset } else { -offset })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DUBLIN: Tz = Tz::Europe__Dublin;

    fn instant(text: &str) -> Result<(String, bool), String> {
        let ParsedDate { instant, has_time } = parse(text, DUBLIN)?;
        Ok((instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true), has_time))
    }

    #[test]
    fn dates_accept_common_formats() {
        for (text, expected) in [
            ("2026-11-20T12:30:00Z", "2026-11-20T12:30:00Z"),
            ("2026-07-20T12:30:00", "2026-07-20T11:30:00Z"),
            ("2026-07-20T12:30", "2026-07-20T11:30:00Z"),
            ("2026-07-20 12:30", "2026-07-20T11:30:00Z"),
            ("  2026-7-2   9:05 ", "2026-07-02T08:05:00Z"),
            ("2018-01-03 06:32:09 -0600", "2018-01-03T12:32:09Z"),
            ("2018-01-03 06:32:09 +0200", "2018-01-03T04:32:09Z"),
            ("2018-01-03T06:32:09+02", "2018-01-03T04:32:09Z"),
            ("2018-01-03 06:32:09-06:00", "2018-01-03T12:32:09Z"),
            ("2018-01-03 06:32:09\u{2212}06:00", "2018-01-03T12:32:09Z"),
            ("2018-01-03 06:32:09 Z", "2018-01-03T06:32:09Z"),
            ("2018-01-03t06:32:09z", "2018-01-03T06:32:09Z"),
            ("2018-07-03 06:32 UTC", "2018-07-03T06:32:00Z"),
            ("2018-07-03 06:32 America/New_York", "2018-07-03T10:32:00Z"),
            ("2026-11-20T12:30Z", "2026-11-20T12:30:00Z"),
            ("2026-11-20T12:30:00.123456789Z", "2026-11-20T12:30:00.123456Z"),
            ("2026-11-20T12:30:00,5Z", "2026-11-20T12:30:00.500Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("Fri, 20 Nov 2026 12:30:00 +0100", "2026-11-20T11:30:00Z"),
            ("20 Nov 2026 12:30:00 GMT", "2026-11-20T12:30:00Z"),
            ("Fri, 20 Nov 2026 12:30 EST", "2026-11-20T17:30:00Z"),
            ("Mon, 20 July 2026 12:30", "2026-07-20T11:30:00Z"),
        ] {
            assert_eq!(instant(text), Ok((expected.to_owned(), true)), "{text}");
        }
        for text in ["2026-07-20", " 2026-7-20 ", "20 Jul 2026"] {
            assert_eq!(instant(text), Ok(("2026-07-19T23:00:00Z".to_owned(), false)), "{text}");
        }
    }

    #[test]
    fn date_error_names_the_wrong_part() {
        for (text, part) in [
            ("2026-13-01", "there is no month 13"),
            ("2026-00-01", "there is no month 0"),
            ("2026-04-31T10:00:00Z", "there is no day 31 in 2026-04"),
            ("2026-02-29 10:00", "there is no day 29 in 2026-02"),
            ("2026-11-20T25:00:00Z", "there is no hour 25"),
            ("2026-11-20 12:60", "there is no minute 60"),
            ("2026-11-20 12:30:61", "there is no second 61"),
            ("2026-11-20 12", NO_TIME),
            ("2026-11-20T", NO_TIME),
            ("2026-11-20 noon", NO_TIME),
            ("2026-11-20Z", "the day must have two digits, not `20Z`"),
            ("2026-11-20 12:30:", "the second is missing"),
            ("2026-11-20 12:3", "the minute must have two digits, not `3`"),
            ("2026-11-20 12:30:05.", "the fraction of the second must be digits"),
            ("2026-11-20 12:30.5", NO_TIME),
            (
                "2026-11-20 12:30 PST",
                "unknown time zone `PST`; expected `Z` or an offset such as `+02:00`",
            ),
            (
                "2026-11-20T12:30:00+24:00",
                "unknown time zone `+24:00`; expected `Z` or an offset such as `+02:00`",
            ),
            (
                "2026-11-20T12:30:00+1:00",
                "unknown time zone `+1:00`; expected `Z` or an offset such as `+02:00`",
            ),
            ("20-11-2026", "the year must have four digits, not `20`"),
            ("99999-01-01", "the year must have four digits, not `99999`"),
            ("0000-01-01", NO_YEAR),
            ("9999-01-01", NO_YEAR),
            ("9998-12-31T23:30:00-01:00", NO_YEAR),
            ("2026--20", "the month is missing"),
            ("2026-1é-20", "the month must have two digits, not `1é`"),
            ("Thu, 20 Nov 2026 12:30:00 +0100", "this day is a Friday"),
            ("Fri, 31 Nov 2026 12:30:00 +0100", "there is no day 31 in 2026-11"),
            ("Fri, 20 Nov 2026 12:61:00 +0100", "there is no minute 61"),
            ("20/11/2026", NO_DATE),
            ("2026/11/20", NO_DATE),
            ("01.02.2026", NO_DATE),
            ("20261120", NO_DATE),
            ("yesterday", NO_DATE),
            ("", NO_DATE),
        ] {
            assert_eq!(instant(text), Err(part.to_owned()), "{text}");
        }
    }

    #[test]
    fn date_is_corrected_if_there_is_one_reading() {
        for (text, expected) in [
            ("2026/11/20", "2026-11-20"),
            ("2026.1.2 10:30", "2026-01-02 10:30"),
            ("20261120T10:30:00Z", "2026-11-20T10:30:00Z"),
            ("20.11.2026", "2026-11-20"),
            ("11/20/2026 9:05", "2026-11-20 9:05"),
            ("05/05/2026", "2026-05-05"),
        ] {
            assert_eq!(corrected(text, DUBLIN).as_deref(), Some(expected), "{text}");
        }
        for text in ["01.02.2026", "31.02.2026", "20.11.26", "2026-13-01", "yesterday", "2026/11"] {
            assert_eq!(corrected(text, DUBLIN), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn date_correction_never_panics(text in "([-0-9/.T: é]){0,16}") {
            let _ = corrected(&text, DUBLIN);
        }

        #[test]
        fn dates_accept_rfc_3339(
            text in "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][012][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,12})?([Zz]|[-+][012][0-9]:[0-5][0-9])",
        ) {
            let by_chrono = DateTime::parse_from_rfc3339(&text).ok();
            let by_chrono = by_chrono.and_then(|time| DateTime::from_timestamp_micros(time.timestamp_micros()));
            prop_assert_eq!(parse(&text, DUBLIN).ok().map(|time| time.instant), by_chrono);
        }

        #[test]
        fn date_parsing_never_panics(text in "([-0-9Tt:., +Z/éa-z]|Nov|\\PC){0,24}") {
            let _ = parse(&text, DUBLIN);
        }
    }
}
