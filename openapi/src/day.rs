//! A day of the calendar.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// A day of the calendar, written as RFC 3339 writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day before; none before the first day of the calendar.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        self.0.yesterday().ok().map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let day = Self(Date::strptime("%Y-%m-%d", text)?);
        // `strptime` takes years before 0 and fewer digits than the form has.
        if day.to_string() == text { Ok(day) } else { Err(jiff::Error::from_args(format_args!("expected {day}, found {text}"))) }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("expected a day such as 2026-10-31"))
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .description(Some("A day, RFC 3339."))
            .examples(["2026-10-31"])
            .into()
    }
}

impl ToSchema for Day {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_ten_characters_and_is_written_as_it_was_read() {
        assert_eq!("2024-02-29".parse::<Day>().expect("a day").to_string(), "2024-02-29");
        for text in ["2026-2-28", "2026-02-29", "-999-01-01", "20260228", "2026-02-28T00:00:00", "2026-02-28 ", "２026-02-28", ""]
        {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }
}
