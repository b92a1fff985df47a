//! The proleptic Gregorian calendar as plain arithmetic: days, months, weeks. Day 1 is the first of January of year 1.

pub const MIN_YEAR: i32 = 1;
pub const MAX_YEAR: i32 = 9999;
/// The last day: the ordinal of 31 December 9999.
pub const MAX_ORDINAL: i32 = 3_652_059;
const DAYS_IN_400_YEARS: i32 = 146_097;
const DAYS_IN_100_YEARS: i32 = 36_524;
const DAYS_IN_4_YEARS: i32 = 1_461;
const DAYS: [i32; 13] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_BEFORE: [i32; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// A day by year, month and day of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ymd {
    pub year: i32,
    pub month: i32,
    pub day: i32,
}

pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub fn days_in_month(year: i32, month: i32) -> i32 {
    if month == 2 && is_leap(year) { 29 } else { DAYS[month as usize] }
}

/// Days of the year before the month.
pub fn days_before_month(year: i32, month: i32) -> i32 {
    DAYS_BEFORE[month as usize] + i32::from(month > 2 && is_leap(year))
}

/// Days before 1 January of the year.
pub fn days_before_year(year: i32) -> i32 {
    let y = year - 1;
    y * 365 + y / 4 - y / 100 + y / 400
}

impl Ymd {
    pub fn new(year: i32, month: i32, day: i32) -> Self {
        Ymd { year, month, day }
    }

    pub fn ordinal(self) -> i32 {
        days_before_year(self.year) + days_before_month(self.year, self.month) + self.day
    }

    /// The day of a positive ordinal.
    pub fn from_ordinal(ordinal: i32) -> Self {
        let n = ordinal - 1;
        let (n400, n) = (n / DAYS_IN_400_YEARS, n % DAYS_IN_400_YEARS);
        let (n100, n) = (n / DAYS_IN_100_YEARS, n % DAYS_IN_100_YEARS);
        let (n4, n) = (n / DAYS_IN_4_YEARS, n % DAYS_IN_4_YEARS);
        let (n1, n) = (n / 365, n % 365);
        let year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1;
        if n1 == 4 || n100 == 4 {
            // The last day of a leap year, counted as the 366th.
            return Ymd::new(year - 1, 12, 31);
        }
        let mut month = (n + 50) >> 5;
        if days_before_month(year, month) > n {
            month -= 1;
        }
        Ymd::new(year, month, n - days_before_month(year, month) + 1)
    }

    /// 0 on Monday.
    pub fn weekday(self) -> i32 {
        (self.ordinal() + 6) % 7
    }

    /// The day of the year, from 1.
    pub fn day_of_year(self) -> i32 {
        days_before_month(self.year, self.month) + self.day
    }

    /// Year, week and weekday (1 on Monday) of ISO 8601.
    pub fn iso_week(self) -> (i32, i32, i32) {
        let (mut year, today) = (self.year, self.ordinal());
        let mut monday = iso_week1_monday(year);
        let mut week = (today - monday).div_euclid(7);
        if week < 0 {
            year -= 1;
            monday = iso_week1_monday(year);
            week = (today - monday).div_euclid(7);
        } else if week >= 52 && today >= iso_week1_monday(year + 1) {
            year += 1;
            week = 0;
        }
        let day = (today - iso_week1_monday(year)).rem_euclid(7);
        (year, week + 1, day + 1)
    }
}

/// The ordinal of the Monday that starts the ISO year.
fn iso_week1_monday(year: i32) -> i32 {
    let first = days_before_year(year) + 1;
    let weekday = (first + 6) % 7;
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// What is wrong with an ISO date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsoError {
    Year,
    Week,
    Weekday,
}

/// The day of an ISO year, week and weekday.
pub fn from_iso_week(year: i32, week: i32, day: i32) -> Result<Ymd, IsoError> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(IsoError::Year);
    }
    if !(1..=52).contains(&week) {
        // Only years that begin on a Thursday, or on a Wednesday in leap years, have 53 weeks.
        let first = (days_before_year(year) + 1 + 6) % 7;
        let long = first == 3 || (first == 2 && is_leap(year));
        if week != 53 || !long {
            return Err(IsoError::Week);
        }
    }
    if !(1..=7).contains(&day) {
        return Err(IsoError::Weekday);
    }
    let ordinal = iso_week1_monday(year) + (week - 1) * 7 + day - 1;
    if ordinal < 1 {
        // Before the first year: the caller refuses what this gives.
        return Ok(Ymd::new(0, 12, 31 + ordinal));
    }
    Ok(Ymd::from_ordinal(ordinal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_go_both_ways() {
        for ordinal in (1..=MAX_ORDINAL).step_by(17).chain([MAX_ORDINAL]) {
            assert_eq!(Ymd::from_ordinal(ordinal).ordinal(), ordinal);
        }
        assert_eq!(Ymd::from_ordinal(MAX_ORDINAL), Ymd::new(9999, 12, 31));
        assert_eq!(Ymd::new(2020, 12, 31).iso_week(), (2020, 53, 4));
    }
}
