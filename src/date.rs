//! Days of the calendar.

use std::fmt;
use std::str::FromStr;

/// A day: 2027-01-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i64,
    month: u8,
    day: u8,
}

impl Date {
    /// The day that is so many days after 1970-01-01.
    pub fn of_unix_days(days: u64) -> Self {
        let mut left = days as i64;
        let mut year = 1970 + 400 * (left / DAYS_OF_400_YEARS);
        left %= DAYS_OF_400_YEARS;
        while left >= days_of_year(year) {
            left -= days_of_year(year);
            year += 1;
        }
        let mut month = 1;
        while left >= i64::from(days_of_month(year, month)) {
            left -= i64::from(days_of_month(year, month));
            month += 1;
        }
        Self { year, month, day: left as u8 + 1 }
    }
}

/// The calendar repeats itself after so many days.
const DAYS_OF_400_YEARS: i64 = 146_097;

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_year(year: i64) -> i64 {
    365 + i64::from(is_leap(year))
}

fn days_of_month(year: i64, month: u8) -> u8 {
    match month {
        2 => 28 + u8::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A text that is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseDateError;

impl FromStr for Date {
    type Err = ParseDateError;

    /// Reads "2027-01-31", and nothing shorter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_date = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_date {
            return Err(ParseDateError);
        }
        let number = |part: &str| part.parse::<i64>().map_err(|_| ParseDateError);
        let (year, month, day) = (number(&text[..4])?, number(&text[5..7])? as u8, number(&text[8..])? as u8);
        let exists = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
        if exists { Ok(Self { year, month, day }) } else { Err(ParseDateError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        for (days, date) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (19_782, "2024-02-29"),
            (20_088, "2024-12-31"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(Date::of_unix_days(days).to_string(), date);
        }
    }

    #[test]
    fn only_days_that_exist_are_read() {
        for date in ["2027-01-31", "2024-02-29", "0001-12-31"] {
            assert_eq!(date.parse::<Date>().map(|date| date.to_string()), Ok(date.to_owned()));
        }
        for text in ["", "2027-1-31", "2027-13-01", "2027-00-10", "2023-02-29", "2027-01-32", "2027/01/01", "éé-01-01é"]
        {
            assert_eq!(text.parse::<Date>(), Err(ParseDateError), "{text}");
        }
        assert!(Date::of_unix_days(20_453) < Date::of_unix_days(20_454));
    }
}
