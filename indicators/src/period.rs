//! Time periods as SDMX writes them: `2026`, `2026-S1`, `2026-Q3`, `2026-09`.

use std::fmt;
use std::str::FromStr;

use dashu_ratio::RBig;

use crate::fault::{Fault, excerpt};

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeriodKind {
    /// A calendar year.
    Year,
    /// Half a year, `S1` or `S2`.
    HalfYear,
    /// A quarter, `Q1` to `Q4`.
    Quarter,
    /// A month, `01` to `12`.
    Month,
}

impl PeriodKind {
    fn per_year(self) -> i32 {
        match self {
            Self::Year => 1,
            Self::HalfYear => 2,
            Self::Quarter => 4,
            Self::Month => 12,
        }
    }
}

/// A period of one kind; periods of one kind are in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    kind: PeriodKind,
    /// Periods of this kind since year 0.
    ordinal: i32,
}

impl Period {
    /// The length of the period.
    #[must_use]
    pub fn kind(self) -> PeriodKind {
        self.kind
    }

    /// The calendar year it lies in.
    #[must_use]
    pub fn year(self) -> i32 {
        self.ordinal.div_euclid(self.kind.per_year())
    }

    /// Where it begins, in years and exactly: 2026-Q3 is 2026.5.
    #[must_use]
    pub fn in_years(self) -> RBig {
        RBig::from(self.ordinal) / RBig::from(self.kind.per_year())
    }

    /// Its last day, `2026-12-31`.
    #[must_use]
    pub fn last_day(self) -> String {
        let year = self.year();
        let months = 12 / self.kind.per_year();
        let month = (self.ordinal.rem_euclid(self.kind.per_year()) + 1) * months;
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let day = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// The period of the same length that lies `count` earlier.
    #[must_use]
    pub fn earlier(self, count: u32) -> Self {
        Self { kind: self.kind, ordinal: self.ordinal.saturating_sub_unsigned(count) }
    }

    /// The period of the same length that lies `count` later; none after the year 9999, which cannot be written.
    #[must_use]
    pub fn later(self, count: u32) -> Option<Self> {
        let later = Self { kind: self.kind, ordinal: self.ordinal.checked_add_unsigned(count)? };
        (later.year() <= 9999).then_some(later)
    }

    /// How many periods of this length lie between `other` and this one, below 0 where `other` is later; `None` where
    /// they are not of one length.
    #[must_use]
    pub fn since(self, other: Self) -> Option<i32> {
        (self.kind == other.kind).then(|| self.ordinal.saturating_sub(other.ordinal))
    }
}

impl FromStr for Period {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        parse(text).ok_or_else(|| {
            let shown = excerpt(text);
            Fault::error("period.invalid", format!("“{shown}”不是时期"), format!("'{shown}' is not a period"))
                .value(text)
                .expected("2026 | 2026-S1 | 2026-Q3 | 2026-09")
                .hint("请写成 2026、2026-S1、2026-Q3 或 2026-09", "write it as 2026, 2026-S1, 2026-Q3 or 2026-09")
        })
    }
}

fn parse(text: &str) -> Option<Period> {
    let (year, rest) = text.split_at_checked(4)?;
    if !text.is_ascii() || !year.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year: i32 = year.parse().ok()?;
    let (kind, index) = match rest.as_bytes() {
        [] => (PeriodKind::Year, 1),
        [b'-', b'S', n @ b'1'..=b'2'] => (PeriodKind::HalfYear, i32::from(n - b'0')),
        [b'-', b'Q', n @ b'1'..=b'4'] => (PeriodKind::Quarter, i32::from(n - b'0')),
        [b'-', a @ b'0'..=b'1', b @ b'0'..=b'9'] => (PeriodKind::Month, i32::from(a - b'0') * 10 + i32::from(b - b'0')),
        _ => return None,
    };
    if !(1..=kind.per_year()).contains(&index) {
        return None;
    }
    Some(Period { kind, ordinal: year * kind.per_year() + index - 1 })
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.year();
        let index = self.ordinal.rem_euclid(self.kind.per_year()) + 1;
        match self.kind {
            PeriodKind::Year => write!(f, "{year:04}"),
            PeriodKind::HalfYear => write!(f, "{year:04}-S{index}"),
            PeriodKind::Quarter => write!(f, "{year:04}-Q{index}"),
            PeriodKind::Month => write!(f, "{year:04}-{index:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_and_print_as_sdmx_writes_them() {
        for text in ["2026", "2026-S1", "2026-Q3", "2026-09", "0001"] {
            assert_eq!(text.parse::<Period>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in ["", "26", "2026-13", "2026-00", "2026-S3", "2026-Q5", "2026-9", "2026Q1", "20二六", "2026-09-01", " 2026"]
        {
            assert_eq!(text.parse::<Period>().expect_err(text).code, "period.invalid");
        }
    }

    #[test]
    fn the_last_day_knows_the_months() {
        for (period, day) in [
            ("2026", "2026-12-31"),
            ("2026-S1", "2026-06-30"),
            ("2026-Q3", "2026-09-30"),
            ("2024-02", "2024-02-29"),
            ("1900-02", "1900-02-28"),
        ] {
            assert_eq!(period.parse::<Period>().expect("it is there").last_day(), day);
        }
    }

    #[test]
    fn earlier_and_later_count_in_periods_of_the_same_length() {
        let earlier = |text: &str, count| text.parse::<Period>().expect(text).earlier(count).to_string();
        assert_eq!(earlier("2026", 2), "2024");
        assert_eq!(earlier("2026-S1", 1), "2025-S2");
        assert_eq!(earlier("2026-02", 3), "2025-11");
        let later = |text: &str, count| text.parse::<Period>().expect(text).later(count).map(|later| later.to_string());
        assert_eq!((later("2025-11", 3).as_deref(), later("9999-S2", 1)), (Some("2026-02"), None));
    }
}
