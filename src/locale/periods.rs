//! Months and years in the conventions of a language.

use chrono::{Datelike as _, NaiveDate};
use icu::calendar::Gregorian;
use icu::datetime::FixedCalendarDateTimeFormatter;
use icu::datetime::fieldsets::{M, Y, YM};
use icu::locale::Locale;

use super::dates::gregorian;

/// Writes months and years of the Gregorian calendar.
#[derive(Debug)]
pub struct PeriodFormatter {
    year: FixedCalendarDateTimeFormatter<Gregorian, Y>,
    month: FixedCalendarDateTimeFormatter<Gregorian, YM>,
    month_name: FixedCalendarDateTimeFormatter<Gregorian, M>,
}

impl PeriodFormatter {
    pub(super) fn new(locale: &Locale) -> Self {
        Self {
            year: FixedCalendarDateTimeFormatter::try_new(locale.into(), Y::long())
                .expect("the compiled data has a fallback for all languages"),
            month: FixedCalendarDateTimeFormatter::try_new(locale.into(), YM::long())
                .expect("the compiled data has a fallback for all languages"),
            month_name: FixedCalendarDateTimeFormatter::try_new(locale.into(), M::long())
                .expect("the compiled data has a fallback for all languages"),
        }
    }

    /// The year of a date: `2026`.
    pub fn year(&self, date: NaiveDate) -> String {
        self.year.format(&gregorian(date)).to_string()
    }

    /// The month of a date with its year: `November 2026`.
    pub fn month(&self, date: NaiveDate) -> String {
        self.month.format(&gregorian(date)).to_string()
    }

    /// The first and the last month of a range. In one year, only one of them names it: `June` and
    /// `August 2021`, or `2021年6月` and `8月`.
    pub fn months(&self, first: NaiveDate, last: NaiveDate) -> (String, String) {
        let (from, to) = (self.month(first), self.month(last));
        if first.year() != last.year() {
            return (from, to);
        }
        let name = |date: NaiveDate| self.month_name.format(&gregorian(date)).to_string();
        let begins_with_year = from.starts_with(&self.year(first));
        if begins_with_year { (from, name(last)) } else { (name(first), to) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tag::parse;
    use super::*;

    #[test]
    fn range_of_months_names_a_common_year_once() {
        let date = |year, month| NaiveDate::from_ymd_opt(year, month, 9).expect("date");
        for (tag, from, to) in [
            ("en", "June", "August 2021"),
            ("de", "Juni", "August 2021"),
            ("es", "junio", "agosto de 2021"),
            ("ru", "июнь", "август 2021\u{202f}г."),
            ("ja", "2021年6月", "8月"),
            ("ko", "2021년 6월", "8월"),
            ("zh-Hant", "2021年6月", "8月"),
            ("fa", "ژوئن", "اوت ۲۰۲۱"),
        ] {
            let formatter = PeriodFormatter::new(&parse(tag));
            let expected = (from.to_owned(), to.to_owned());
            assert_eq!(formatter.months(date(2021, 6), date(2021, 8)), expected, "{tag}");
        }
        let english = PeriodFormatter::new(&parse("en"));
        let expected = ("June 2020".to_owned(), "August 2021".to_owned());
        assert_eq!(english.months(date(2020, 6), date(2021, 8)), expected);
        assert_eq!(english.year(date(2021, 6)), "2021");
    }
}
