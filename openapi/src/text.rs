//! Texts with bounds: each is checked where it enters and carries the bound in its schema.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use citygauge_indicators::Period;
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// Why a text is not what the contract asks for; the sentence names what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct BadText(&'static str);

/// Defines a text type from its bounds and the test that enforces them.
macro_rules! bounded {
    ($(#[$about:meta])* $name:ident, $min:literal..=$max:literal, $pattern:literal, $expected:literal, $example:literal, $holds:expr) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// A text that was checked where it entered, such as one read back from the store.
            #[must_use]
            pub fn trusted(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text, given away.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = BadText;

            fn from_str(text: &str) -> Result<Self, BadText> {
                let holds: fn(&str) -> bool = $holds;
                let length = text.chars().count();
                if ($min..=$max).contains(&length) && holds(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadText($expected))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .description(Some(concat!("Text: ", $expected, ".")))
                    .min_length(Some($min))
                    .max_length(Some($max))
                    .pattern(Some($pattern))
                    .examples([$example])
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

bounded!(
    /// A code: of a city, an item, a node, a set, a version, a peer group.
    Code, 1..=100,
    r"^[^\s`\x00-\x1f\x7f-\x9f]([^`\x00-\x1f\x7f-\x9f]*[^\s`\x00-\x1f\x7f-\x9f])?$",
    "1 to 100 characters without control characters, backticks or blanks at the ends",
    "330100",
    |text| text.trim() == text && !text.chars().any(|c| c.is_control() || c == '`')
);

bounded!(
    /// A single line that people read: a name, a title, the name of a file.
    Line, 1..=200,
    r"^[^\x00-\x1f\x7f-\x9f]+$",
    "1 to 200 characters without control characters",
    "Hangzhou",
    |text| !text.chars().any(char::is_control)
);

bounded!(
    /// A text of several lines that people read.
    Note, 0..=2000,
    r"^[^\x00]*$",
    "up to 2000 characters without NUL",
    "Taken from the statistical yearbook.",
    |text| !text.contains('\0')
);

bounded!(
    /// An address on the network.
    Address, 1..=2000,
    r"^[^\s<>\x00-\x1f\x7f-\x9f]+$",
    "an address of 1 to 2000 characters without blanks, control characters, '<' or '>'",
    "https://data.example.cn/2026.csv",
    |text| !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>'))
);

bounded!(
    /// The identifier of something that the service has made; identifiers sort in the order of their making.
    Id, 36..=36,
    r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "a UUID in lower case",
    "0190d9a2-7c00-7000-8000-000000000001",
    |text| text.char_indices().all(|(at, c)| match at {
        8 | 13 | 18 | 23 => c == '-',
        _ => matches!(c, '0'..='9' | 'a'..='f'),
    })
);

bounded!(
    /// A SHA-256 digest in lower-case hexadecimal.
    Digest, 64..=64,
    r"^[0-9a-f]{64}$",
    "64 hexadecimal digits in lower case",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    |text| text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
);

bounded!(
    /// A period as SDMX writes it.
    PeriodCode, 4..=7,
    r"^[0-9]{4}(-S[12]|-Q[1-4]|-0[1-9]|-1[0-2])?$",
    "a period: 2026, 2026-S1, 2026-Q3 or 2026-09",
    "2026",
    |text| text.parse::<Period>().is_ok()
);

impl From<&PeriodCode> for Period {
    fn from(code: &PeriodCode) -> Self {
        code.0.parse().expect("a PeriodCode is made of text that reads as a period only")
    }
}

impl From<Period> for PeriodCode {
    fn from(period: Period) -> Self {
        Self(period.to_string())
    }
}

/// A moment, written as RFC 3339 in UTC and precise to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// From milliseconds since 1970; moments beyond the year 9999 are moved to its end.
    #[must_use]
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(0, 253_402_207_200_000))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn as_ms(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = Timestamp::from_millisecond(self.0).expect("the constructor keeps it within what a calendar knows");
        write!(f, "{moment}")
    }
}

impl FromStr for Moment {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        text.parse::<Timestamp>()
            .map(|moment| Self::from_ms(moment.as_millisecond()))
            .map_err(|_| BadText("a moment such as 2026-11-22T08:00:00Z"))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A moment, RFC 3339."))
            .examples(["2026-11-22T08:00:00Z"])
            .into()
    }
}

impl ToSchema for Moment {}

/// One segment of a path, with everything escaped that could end or change it.
#[must_use]
pub fn path_segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') || (byte == b'.' && text.len() > 2) {
            segment.push(char::from(byte));
        } else {
            segment.push_str(&format!("%{byte:02X}"));
        }
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_no_control_characters_and_no_blanks_at_its_ends() {
        for good in ["1.10", "新型", "a b", "L1P1-A1", "."] {
            assert!(good.parse::<Code>().is_ok(), "{good:?}");
        }
        for bad in ["", " a", "a\0b", "a`b", &"x".repeat(101)] {
            assert!(bad.parse::<Code>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_id_is_a_uuid_in_lower_case() {
        assert!("0190d9a2-7c00-7000-8000-000000000001".parse::<Id>().is_ok());
        assert!("0190D9A2-7c00-7000-8000-000000000001".parse::<Id>().is_err());
        assert!("é190d9a2-7c00-7000-8000-00000000000".parse::<Id>().is_err());
    }

    #[test]
    fn a_moment_prints_as_it_reads() {
        let moment: Moment = "2026-11-22T08:00:00.5Z".parse().expect("a moment");
        assert_eq!(moment.to_string(), "2026-11-22T08:00:00.5Z");
        assert!(Moment::from_ms(i64::MAX).to_string().starts_with("9999-12-30"));
    }

    #[test]
    fn a_path_segment_cannot_leave_its_place() {
        assert_eq!(path_segment("a/b ?"), "a%2Fb%20%3F");
        assert_eq!(path_segment(".."), "%2E%2E");
        assert_eq!(path_segment("1.10"), "1.10");
    }
}
