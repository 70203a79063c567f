//! Numbers and days that a dossier is made of, each within its limits.

use serde::Serialize;
use serde_json::Value;

use super::outside;
use crate::fault::{Fault, Faults};
use crate::read::Read;

/// A grade from 1 to 5: of urgency, priority or merit, 5 the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Grade(u32);

/// A level of the business architecture (B.1.1): 1 a function of the city, 2 whom it serves, 3 a field with its services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct BusinessLevel(u32);

impl Grade {
    /// A grade; none outside 1 to 5.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        (1..=5).contains(&number).then_some(Self(number))
    }

    /// The number, 1 to 5.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

impl BusinessLevel {
    /// The number, 1 to 3.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

fn within(value: &Value, at: &str, most: u32, faults: &mut Faults) -> Option<u32> {
    let number = u32::read(value, at, faults)?;
    if (1..=most).contains(&number) {
        return Some(number);
    }
    outside(at, number, &format!("1..{most}"), faults);
    None
}

impl Read for Grade {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        within(value, at, 5, faults).map(Self)
    }
}

impl Read for BusinessLevel {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        within(value, at, 3, faults).map(Self)
    }
}

/// A day of the calendar, `2026-10-31`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct CalendarDay(String);

impl CalendarDay {
    /// The day as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Read for CalendarDay {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let text = String::read(value, at, faults)?;
        // The month knows its last day; a day of two digits is compared with it as text.
        let month = text.get(..7).and_then(|month| month.parse::<crate::Period>().ok());
        let day = text.get(8..).filter(|day| day.len() == 2 && day.bytes().all(|byte| byte.is_ascii_digit()) && *day != "00");
        let known = month.zip(day).is_some_and(|(month, day)| text.as_bytes()[7] == b'-' && day <= &month.last_day()[8..]);
        if known && text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[5].is_ascii_digit() {
            return Some(Self(text));
        }
        faults.push(
            Fault::error("planning.not_a_day", "这不是日期", "this is no day of the calendar")
                .at(at)
                .value(text)
                .expected("2026-10-31")
                .hint("请写成 2026-10-31", "write it as 2026-10-31"),
        );
        None
    }
}

/// The limits of the numbers, and the form of a day, as the description of the interface states them.
#[cfg(feature = "schema")]
mod schema {
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
    use utoipa::{PartialSchema, ToSchema};

    use super::{BusinessLevel, CalendarDay, Grade};

    fn whole(most: u32, about: &str) -> RefOr<Schema> {
        let limits = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(most));
        limits.description(Some(about)).into()
    }

    impl PartialSchema for Grade {
        fn schema() -> RefOr<Schema> {
            whole(5, "A grade, 5 the most.")
        }
    }

    impl PartialSchema for BusinessLevel {
        fn schema() -> RefOr<Schema> {
            whole(3, "A level of the business architecture.")
        }
    }

    impl PartialSchema for CalendarDay {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
                .description(Some("A day of the calendar."))
                .examples(["2026-10-31"])
                .into()
        }
    }

    impl ToSchema for Grade {}
    impl ToSchema for BusinessLevel {}
    impl ToSchema for CalendarDay {}
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_day_that_no_calendar_has_is_refused() {
        for (text, holds) in [
            ("2026-10-31", true),
            ("2028-02-29", true),
            ("2026-02-29", false),
            ("2026-00-01", false),
            ("2026-01-00", false),
            ("2026-Q1-01", false),
            ("2026-1-1", false),
            ("2026-01-011", false),
            ("二〇二六", false),
        ] {
            assert_eq!(CalendarDay::read(&json!(text), "", &mut Faults::default()).is_some(), holds, "{text}");
        }
    }

    #[test]
    fn a_grade_lies_within_its_limits() {
        for (number, holds) in [(0, false), (1, true), (5, true), (6, false)] {
            assert_eq!(Grade::read(&json!(number), "", &mut Faults::default()).is_some(), holds, "{number}");
        }
        assert!(BusinessLevel::read(&json!(4), "", &mut Faults::default()).is_none());
    }
}
