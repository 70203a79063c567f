//! A moment for which something is shown, given as a day or as a period.

use std::borrow::Cow;

use citygauge_indicators::Period;
use citygauge_openapi::Day;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A day, or the last day of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidAt(String);

impl ValidAt {
    /// The day, `2026-10-31`.
    pub fn day(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ValidAt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        if let Ok(day) = text.parse::<Day>() {
            return Ok(Self(day.to_string()));
        }
        match text.parse::<Period>() {
            Ok(period) => Ok(Self(period.last_day())),
            Err(_) => Err(D::Error::custom("valid_at: expected a day such as 2020-06-30 or a period such as 2020")),
        }
    }
}
