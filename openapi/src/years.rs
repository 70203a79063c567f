//! Years: trends of one assessment, and what a change between two came from.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Code, Cursor, Id, PeriodCode, SetUsed};

/// How scores or raw values of an assessment move over its periods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Trends {
    /// The assessment.
    pub assessment: Id,
    /// The set version that the scores rest on.
    pub set: SetUsed,
    /// The members of this page, by city, then node in the order of the set, then length of period.
    pub items: Vec<TrendRow>,
    /// Where the next page starts; absent on the last one. The `Link` header says the same.
    #[serde(default)]
    pub next: Option<Cursor>,
}

/// How one quantity of one city moves; what there is none of is `null`, and `note` says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrendRow {
    /// The code of the city.
    pub city: Code,
    /// The code of the node.
    pub node: Code,
    /// The length of the periods.
    pub frequency: Frequency,
    /// How many periods of this length the assessment has.
    pub periods: u64,
    /// In how many of them there is a value.
    pub points: u64,
    /// The first period with a value.
    #[serde(default)]
    pub first: Option<PeriodCode>,
    /// The value there.
    #[serde(default)]
    pub first_value: Option<f64>,
    /// The latest period with a value.
    #[serde(default)]
    pub latest: Option<PeriodCode>,
    /// The value there.
    #[serde(default)]
    pub latest_value: Option<f64>,
    /// The latest value less the first.
    #[serde(default)]
    pub change: Option<f64>,
    /// The compound annual growth rate, a fraction per year.
    #[serde(default)]
    pub growth_rate: Option<f64>,
    /// The average change per year, in per cent of where the series starts.
    #[serde(default)]
    pub percent_per_year: Option<f64>,
    /// The median of the slopes between all pairs (Theil and Sen), per year.
    #[serde(default)]
    pub slope: Option<f64>,
    /// The two-sided p-value of no trend (Mann and Kendall).
    #[serde(default)]
    pub p_value: Option<f64>,
    /// The share of the way from the base to the target, where a target was asked for.
    #[serde(default)]
    pub progress: Option<f64>,
    /// When the target is reached at the slope, in years: 2030.5 is the middle of 2030.
    #[serde(default)]
    pub reached_in: Option<f64>,
    /// Why something is missing, in the caller's language.
    #[serde(default)]
    pub note: Option<String>,
}

/// The length of periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// Years.
    Year,
    /// Halves of a year.
    HalfYear,
    /// Quarters.
    Quarter,
    /// Months.
    Month,
}

impl Frequency {
    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::HalfYear => "half_year",
            Self::Quarter => "quarter",
            Self::Month => "month",
        }
    }
}

impl From<citygauge_indicators::PeriodKind> for Frequency {
    fn from(kind: citygauge_indicators::PeriodKind) -> Self {
        use citygauge_indicators::PeriodKind;
        match kind {
            PeriodKind::Year => Self::Year,
            PeriodKind::HalfYear => Self::HalfYear,
            PeriodKind::Quarter => Self::Quarter,
            PeriodKind::Month => Self::Month,
        }
    }
}

/// What changed between two assessments, and what it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssessmentDiff {
    /// The earlier assessment.
    pub assessment: Id,
    /// The later assessment.
    pub to: Id,
    /// The set version of the earlier one.
    pub set: SetUsed,
    /// The set version of the later one.
    pub to_set: SetUsed,
    /// The period of the earlier one.
    pub period: PeriodCode,
    /// The period of the later one.
    pub to_period: PeriodCode,
    /// The nodes of the cities of this page: cities in the order of their codes, nodes in the order of the later set.
    pub items: Vec<ScoreChange>,
    /// Where the next page starts; absent on the last one. The `Link` header says the same.
    #[serde(default)]
    pub next: Option<Cursor>,
}

/// The change of one node of one city; what there is none of is `null`, and `note` says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreChange {
    /// The code of the city.
    pub city: Code,
    /// The code of the node.
    pub node: Code,
    /// The earlier score.
    #[serde(default)]
    pub score_before: Option<f64>,
    /// The later score.
    #[serde(default)]
    pub score_after: Option<f64>,
    /// The later less the earlier score, to ten decimals.
    #[serde(default)]
    pub change: Option<f64>,
    /// What came from values that both assessments have. The decimals of the four parts add up to those of the change.
    #[serde(default)]
    pub data: Option<f64>,
    /// What came from weights, rules and structure of the set.
    #[serde(default)]
    pub set: Option<f64>,
    /// What came from the other cities.
    #[serde(default)]
    pub cohort: Option<f64>,
    /// What came from values that only one of the assessments has.
    #[serde(default)]
    pub coverage: Option<f64>,
    /// The earlier rank.
    #[serde(default)]
    pub rank_before: Option<u64>,
    /// The later rank.
    #[serde(default)]
    pub rank_after: Option<u64>,
    /// What each child contributed to the change, where both scores are sums of such contributions.
    pub children: Vec<ChildContribution>,
    /// What rounding and adjustments add; with the children it adds up to the change.
    #[serde(default)]
    pub rest: Option<f64>,
    /// Why something is missing, in the caller's language.
    #[serde(default)]
    pub note: Option<String>,
}

/// What a child contributed to the change of its parent's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChildContribution {
    /// The code of the child.
    pub node: Code,
    /// Points of the parent's score.
    pub change: f64,
}
