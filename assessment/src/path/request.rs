//! What is asked for: a goal, a deadline, and what the path must keep to.

use std::fmt;
use std::str::FromStr;

use citygauge_indicators::{Fault, Period};

/// What a path leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// The level after the present one.
    NextLevel,
    /// The level with this code.
    Level(String),
    /// At least this score.
    Score(f64),
    /// This rank or a better one, the others staying as they are.
    Rank(u32),
    /// At least the score that this part of the peers (0 to 1) does not exceed; R's type 7.
    Percentile(f64),
}

impl FromStr for Goal {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let goal = match text.split_once(':') {
            None if text == "level" => Some(Self::NextLevel),
            Some(("level", code)) if !code.is_empty() => Some(Self::Level(code.to_owned())),
            Some(("score", number)) => number.parse().ok().filter(|score: &f64| score.is_finite()).map(Self::Score),
            Some(("rank", number)) => number.parse().ok().filter(|rank| *rank > 0).map(Self::Rank),
            Some(("percentile", number)) => number.parse().ok().filter(|p| (0.0..=1.0).contains(p)).map(Self::Percentile),
            _ => None,
        };
        goal.ok_or_else(|| {
            let known = "level | level:CODE | score:NUMBER | rank:1.. | percentile:0..1";
            Fault::error("path.unknown_goal", format!("没有目标“{text}”"), format!("there is no goal '{text}'"))
                .value(text)
                .expected(known)
                .hint(format!("可选：{known}"), format!("one of: {known}"))
        })
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NextLevel => f.write_str("level"),
            Self::Level(code) => write!(f, "level:{code}"),
            Self::Score(score) => write!(f, "score:{score}"),
            Self::Rank(rank) => write!(f, "rank:{rank}"),
            Self::Percentile(p) => write!(f, "percentile:{p}"),
        }
    }
}

/// What limits how far a raw value can go by the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Basis {
    /// The rate per year that a percentile of the peers has really kept, times the years.
    #[default]
    Rates,
    /// The level that a percentile of the peers has really reached in the same period; the deadline plays no part.
    PeerLevel,
}

impl Basis {
    /// The word in requests and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Rates => "rates",
            Self::PeerLevel => "peer_level",
        }
    }
}

/// The evidence on which the limits rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Which evidence.
    pub basis: Basis,
    /// The percentile of the peers, 0.5 to 1 (R's type 7): on the way down the part that stays above.
    pub percentile: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { basis: Basis::Rates, percentile: 0.9 }
    }
}

impl FromStr for Limits {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let (word, percentile) = text.split_once(':').unwrap_or((text, "p90"));
        let basis = [Basis::Rates, Basis::PeerLevel].into_iter().find(|basis| basis.word() == word);
        let percentile = percentile_of(percentile);
        basis.zip(percentile).map(|(basis, percentile)| Self { basis, percentile }).ok_or_else(|| {
            let known = "rates | peer_level, :p50 .. :p100";
            Fault::error("path.unknown_limits", format!("没有限度“{text}”"), format!("there are no limits '{text}'"))
                .value(text)
                .expected(known)
                .hint("例如 rates:p75 或 peer_level:p90", "such as rates:p75 or peer_level:p90")
        })
    }
}

/// A percentile as it is written, `p90` or `0.9`.
#[must_use]
pub fn percentile_of(text: &str) -> Option<f64> {
    let percentile = match text.strip_prefix('p') {
        Some(percent) => percent.parse::<u32>().ok().map(|percent| f64::from(percent) / 100.0),
        None => text.parse().ok(),
    };
    percentile.filter(|percentile| (0.5..=1.0).contains(percentile))
}

/// What the path is the least of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Minimise {
    /// The effort.
    #[default]
    Effort,
    /// The number of raw values that change; among paths of the same number the effort.
    Indicators,
}

impl Minimise {
    /// The word in requests and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Effort => "effort",
            Self::Indicators => "indicators",
        }
    }
}

/// Between what the raw value of a leaf may lie by the deadline. Where there is evidence of peers, the narrower of both holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The code of the leaf.
    pub node: String,
    /// The least raw value.
    pub least: Option<f64>,
    /// The greatest raw value.
    pub greatest: Option<f64>,
}

/// What a unit of the raw value of a leaf costs, in units of effort.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// The code of the leaf.
    pub node: String,
    /// The effort per unit, above 0.
    pub per_unit: f64,
}

/// Asks for a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The code of the city.
    pub city: String,
    /// The period from which the path starts.
    pub period: Period,
    /// Where it leads.
    pub goal: Goal,
    /// The node that the goal is about; TOTAL unless given, for a level the first node on which one is read.
    pub node: Option<String>,
    /// The period by which the goal is to be reached.
    pub by: Period,
    /// What limits the changes.
    pub limits: Limits,
    /// The peers; the cohort unless given. The city itself never is one.
    pub peers: Option<Vec<String>>,
    /// The codes of leaves that stay as they are.
    pub fixed: Vec<String>,
    /// Own limits of single leaves.
    pub bounds: Vec<Bound>,
    /// Own efforts of single leaves.
    pub costs: Vec<Cost>,
    /// What the path is the least of.
    pub minimise: Minimise,
}

impl Request {
    /// A path to a goal with everything else as it is unless given.
    #[must_use]
    pub fn new(city: &str, period: Period, goal: Goal, by: Period) -> Self {
        Self {
            city: city.to_owned(),
            period,
            goal,
            node: None,
            by,
            limits: Limits::default(),
            peers: None,
            fixed: Vec::new(),
            bounds: Vec::new(),
            costs: Vec::new(),
            minimise: Minimise::Effort,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_reads_back_as_it_prints() {
        for text in ["level", "level:growth", "score:80.5", "rank:10", "percentile:0.75"] {
            assert_eq!(text.parse::<Goal>().expect(text).to_string(), text);
        }
        for text in ["levels", "level:", "score:", "score:NaN", "rank:0", "rank:1.5", "percentile:75", ""] {
            assert_eq!(text.parse::<Goal>().expect_err(text).code, "path.unknown_goal");
        }
    }

    #[test]
    fn limits_name_their_evidence_and_its_percentile() {
        assert_eq!("rates".parse::<Limits>().expect("known"), Limits::default());
        let level: Limits = "peer_level:p75".parse().expect("known");
        assert_eq!(level, Limits { basis: Basis::PeerLevel, percentile: 0.75 });
        for text in ["speed", "rates:p40", "rates:p101", "peer_level:"] {
            assert_eq!(text.parse::<Limits>().expect_err(text).code, "path.unknown_limits");
        }
    }
}
