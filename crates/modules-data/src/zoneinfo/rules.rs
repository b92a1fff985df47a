//! Rules of summer time in a POSIX TZ string (RFC 9636, section 3.3): `EST5EDT,M3.2.0,M11.1.0`.

use crate::datetime::calendar::{Ymd, days_in_month};

/// The ordinal of 1970-01-01.
pub const EPOCH: i64 = 719_163;

/// What is wrong with a string.
pub type Complaint = &'static str;

/// Standard time, and its difference from UTC in seconds.
#[derive(Debug, PartialEq, Eq)]
pub struct Parsed {
    pub standard: (String, i64),
    pub summer: Option<Summer>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Summer {
    pub name: String,
    pub offset: i64,
    pub begin: Moment,
    pub end: Moment,
}

/// The day of a year on which something changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    /// Leap days have no number.
    Julian(i64),
    /// Counted as CPython counts: day 1 is 1 January.
    OfYear(i64),
    /// The n-th weekday of a month, 0 being Sunday; the fifth is the last.
    OfMonth { month: i32, week: i32, weekday: i32 },
}

/// A day and the seconds since it began, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    day: Day,
    seconds: i64,
}

impl Moment {
    /// Seconds from 1970 in local time.
    pub fn in_year(self, year: i32) -> i64 {
        let before = i64::from(Ymd::new(year, 1, 1).ordinal()) - EPOCH - 1;
        let is_leap = days_in_month(year, 2) == 29;
        let days = match self.day {
            Day::Julian(day) => before + day + i64::from(is_leap && day >= 60),
            Day::OfYear(day) => before + day,
            Day::OfMonth { month, week, weekday } => {
                let first = Ymd::new(year, month, 1);
                // Days from the first of the month to the first such weekday; Monday is 0 in the calendar.
                let ahead = (weekday - (first.weekday() + 1)).rem_euclid(7);
                let mut day = ahead + (week - 1) * 7;
                if day >= days_in_month(year, month) {
                    day -= 7;
                }
                i64::from(first.ordinal() + day) - EPOCH
            }
        };
        days * 86400 + self.seconds
    }
}

/// What is left of a string.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn next(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.next() == Some(byte);
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    /// The bytes for which `belongs` holds, of which there has to be one.
    fn run(&mut self, belongs: impl Fn(u8) -> bool) -> Option<&[u8]> {
        let length = self.0.iter().position(|&byte| !belongs(byte)).unwrap_or(self.0.len());
        let (run, rest) = self.0.split_at(length);
        self.0 = rest;
        (length > 0).then_some(run)
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(digits.iter().fold(0, |value, byte| value * 10 + i64::from(byte - b'0')))
    }

    /// A name: letters, or anything of use in angle brackets.
    fn name(&mut self) -> Option<String> {
        let quoted = self.skip(b'<');
        let belongs = |byte: u8| match quoted {
            true => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'),
            false => byte.is_ascii_alphabetic(),
        };
        let name = String::from_utf8_lossy(self.run(belongs)?).into_owned();
        (!quoted || self.skip(b'>')).then_some(name)
    }

    /// Hours, and perhaps minutes and seconds, in seconds.
    fn time(&mut self, most_hours: i64) -> Option<i64> {
        let is_negative = self.skip(b'-');
        if !is_negative {
            self.skip(b'+');
        }
        let hours = self.digits(1, 3).filter(|&hours| hours <= most_hours)?;
        let mut total = hours * 3600;
        if self.skip(b':') {
            total += self.digits(2, 2)? * 60;
            if self.skip(b':') {
                total += self.digits(2, 2)?;
            }
        }
        Some(if is_negative { -total } else { total })
    }

    /// How far local time is ahead: the string says how far it is behind.
    fn offset(&mut self) -> Option<i64> {
        self.time(24).map(|seconds| -seconds)
    }

    fn moment(&mut self) -> Option<Moment> {
        let day = if self.skip(b'M') {
            let month = self.digits(1, 2).filter(|month| (1..=12).contains(month))?;
            let week = self.skip(b'.').then(|| self.digits(1, 1))?.filter(|week| (1..=5).contains(week))?;
            let weekday = self.skip(b'.').then(|| self.digits(1, 1))?.filter(|&weekday| weekday <= 6)?;
            Day::OfMonth { month: month as i32, week: week as i32, weekday: weekday as i32 }
        } else if self.skip(b'J') {
            Day::Julian(self.digits(1, 3).filter(|day| (1..=365).contains(day))?)
        } else {
            Day::OfYear(self.digits(1, 3).filter(|&day| day <= 365)?)
        };
        let seconds = if self.skip(b'/') { self.time(167)? } else { 2 * 3600 };
        Some(Moment { day, seconds })
    }
}

/// Reads a string.
///
/// # Errors
///
/// What is wrong with it, as CPython says it.
pub fn parse(text: &[u8]) -> Result<Parsed, Complaint> {
    // A zero byte ends it.
    let mut rest = Rest(text.split(|&byte| byte == 0).next().unwrap_or_default());
    let name = rest.name().ok_or("Invalid STD format in")?;
    let offset = rest.offset().ok_or("Invalid STD offset in")?;
    let mut parsed = Parsed { standard: (name, offset), summer: None };
    if rest.next().is_none() {
        return Ok(parsed);
    }
    let name = rest.name().ok_or("Invalid DST format in")?;
    let offset = match rest.next() {
        Some(b',') => offset + 3600,
        _ => rest.offset().ok_or("Invalid DST offset in")?,
    };
    let mut moment = || {
        if !rest.skip(b',') {
            return Err("Missing transition rules in TZ string:");
        }
        rest.moment().ok_or("Malformed transition rule in TZ string:")
    };
    let (begin, end) = (moment()?, moment()?);
    if rest.next().is_some() {
        return Err("Extraneous characters at end of TZ string:");
    }
    parsed.summer = Some(Summer { name, offset, begin, end });
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found() {
        let summer = parse(b"EST5EDT,M3.2.0,M11.1.0/1:30").unwrap().summer.unwrap();
        let day = |year, month, day| (i64::from(Ymd::new(year, month, day).ordinal()) - EPOCH) * 86400;
        assert_eq!(summer.begin.in_year(2020), day(2020, 3, 8) + 7200);
        assert_eq!(summer.end.in_year(2021), day(2021, 11, 7) + 5400);
        let summer = parse(b"<-03>3<-02>,J60/0,M10.5.6/-1").unwrap().summer.unwrap();
        assert_eq!(summer.begin.in_year(2024), day(2024, 3, 1));
        assert_eq!(summer.begin.in_year(2023), day(2023, 3, 1));
        assert_eq!(summer.end.in_year(2023), day(2023, 10, 28) - 3600);
        assert_eq!(summer.offset, -7200);
        assert_eq!(parse(b"UTC0").unwrap().standard, ("UTC".into(), 0));
        assert!(parse(b"UTC25").is_err() && parse(b"<UTC3").is_err() && parse(b"").is_err());
    }
}
