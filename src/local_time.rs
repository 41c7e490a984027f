//! Converts local dates and times to instants, across changes of the clock.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// The instant of a local time. Of a repeated time it is the earlier one; a skipped time moves on
/// by the length of the gap. `None` at the ends of the calendar.
pub fn instant_of(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let after_gap = || {
        let (_, offset) = GapInfo::new(&local, &zone)?.begin?;
        Some(local.checked_sub_offset(offset.fix())?.and_utc())
    };
    zone.from_local_datetime(&local).earliest().map(|time| time.to_utc()).or_else(after_gap)
}

/// The first instant of a day: midnight, or the end of the gap if clocks skip midnight.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    match GapInfo::new(&midnight, &zone) {
        Some(GapInfo { end: Some(end), .. }) => Some(end.to_utc()),
        _ => instant_of(midnight, zone),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> Tz {
        name.parse().expect(name)
    }

    #[test]
    fn start_of_day_when_midnight_is_skipped() {
        for (name, day, start) in [
            ("Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00"),
            ("Africa/Cairo", "2026-04-25", "2026-04-25T00:00:00+03:00"),
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),
            ("Asia/Beirut", "2026-03-29", "2026-03-29T01:00:00+03:00"),
            // The skipped hour begins before midnight.
            ("America/Toronto", "1919-03-31", "1919-03-31T00:30:00-04:00"),
            // The whole day was skipped.
            ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),
            // Midnight occurs twice.
            ("America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"),
        ] {
            let found = start_of_day(day.parse().expect(day), zone(name));
            assert_eq!(found, Some(start.parse().expect(start)), "{name} {day}");
        }
    }

    #[test]
    fn local_time_in_gap_moves_on_and_ambiguous_one_is_earlier() {
        for (name, local, instant) in [
            ("Africa/Cairo", "2026-04-24T00:30:00", "2026-04-24T01:30:00+03:00"),
            ("Europe/Dublin", "2026-03-29T01:59:59", "2026-03-29T02:59:59+01:00"),
            ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-04T02:45:00+11:00"),
            ("America/Toronto", "1919-03-31T00:00:00", "1919-03-31T01:00:00-04:00"),
            ("Europe/Dublin", "2026-10-25T01:30:00", "2026-10-25T01:30:00+01:00"),
            ("Europe/Dublin", "2026-07-01T12:00:00", "2026-07-01T12:00:00+01:00"),
        ] {
            let found = instant_of(local.parse().expect(local), zone(name));
            assert_eq!(found, Some(instant.parse().expect(instant)), "{name} {local}");
        }
    }

    proptest! {
        #[test]
        fn start_of_day_exists_in_every_time_zone(day in 0..80_000_u64, zone in 0..chrono_tz::TZ_VARIANTS.len()) {
            let day = NaiveDate::from_ymd_opt(1850, 1, 1).expect("day") + chrono::Days::new(day);
            let zone = chrono_tz::TZ_VARIANTS[zone];
            let start = start_of_day(day, zone).expect("instant");
            let date = |instant: DateTime<Utc>| instant.with_timezone(&zone).date_naive();
            prop_assert!(date(start) >= day);
            prop_assert!(date(start - chrono::TimeDelta::microseconds(1)) < day);
        }
    }
}
