//! What a city wants to reach.

use std::fmt;
use std::str::FromStr;

use citygauge_indicators::Fault;

use crate::gap::Reference;

/// What a city wants to reach.
#[derive(Debug, Clone, PartialEq)]
pub enum Ambition {
    /// A named level, or the next one.
    Level(Option<String>),
    /// A score of TOTAL.
    Score(f64),
    /// Every indicator that lies behind it at this percentile of the peers' scores, 0 to 100.
    Percentile(f64),
    /// Every indicator that lies behind a reference at that reference.
    Gap(Reference),
    /// Targets that somebody gives, such as those of a path.
    Given,
}

impl FromStr for Ambition {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let number = |written: &str| written.parse::<f64>().ok().filter(|number| number.is_finite());
        match text.split_once(':') {
            None if text == "level" => return Ok(Self::Level(None)),
            None if text == "given" => return Ok(Self::Given),
            Some(("level", code)) if !code.is_empty() => return Ok(Self::Level(Some(code.to_owned()))),
            Some(("score", score)) => {
                if let Some(score) = number(score) {
                    return Ok(Self::Score(score));
                }
            }
            Some(("percentile", percentile)) => {
                if let Some(percentile) = number(percentile).filter(|number| (0.0..=100.0).contains(number)) {
                    return Ok(Self::Percentile(percentile));
                }
            }
            Some(("gap", reference)) => return reference.parse().map(Self::Gap),
            _ => {}
        }
        let known = "level | level:CODE | score:X | percentile:0..100 | gap:REFERENCE | given";
        Err(Fault::error("goals.unknown_ambition", format!("没有抱负“{text}”"), format!("there is no ambition '{text}'"))
            .value(text)
            .expected(known)
            .hint(format!("可选：{known}"), format!("one of: {known}")))
    }
}

impl fmt::Display for Ambition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(None) => f.write_str("level"),
            Self::Level(Some(code)) => write!(f, "level:{code}"),
            Self::Score(score) => write!(f, "score:{score}"),
            Self::Percentile(percentile) => write!(f, "percentile:{percentile}"),
            Self::Gap(reference) => write!(f, "gap:{reference}"),
            Self::Given => f.write_str("given"),
        }
    }
}
