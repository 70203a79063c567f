//! Statistics of a set on the cities of an assessment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Code, Id, PeriodCode, SetUsed};

/// The statistics of one period of an assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Statistics {
    /// The assessment.
    pub assessment: Id,
    /// The set version.
    pub set: SetUsed,
    /// The period.
    pub period: PeriodCode,
    /// What was asked for.
    pub statistics: StatisticsTable,
}

/// The rows of one kind of statistics; `what` names the kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum StatisticsTable {
    /// Each leaf by itself, raw values and scores.
    Indicators {
        /// In the order of the set.
        items: Vec<StatisticsOfIndicator>,
    },
    /// Correlations of nodes.
    Correlations {
        /// Each pair once, in the order of the set.
        items: Vec<StatisticsCorrelation>,
    },
    /// Cronbach's alpha of nodes.
    Consistency {
        /// In the order of the set.
        items: Vec<StatisticsConsistency>,
    },
    /// Principal components of nodes.
    Components {
        /// By node, component and member.
        items: Vec<StatisticsLoading>,
    },
    /// The data that cities have.
    Availability {
        /// By city, in the order of the set.
        items: Vec<StatisticsAvailability>,
    },
    /// Which cities have enough data.
    Screening {
        /// By city.
        items: Vec<StatisticsScreened>,
    },
    /// Weights against what they do.
    Balance {
        /// In the order of the set.
        items: Vec<StatisticsBalance>,
    },
    /// The strengths and weaknesses of a city by rank.
    Standings {
        /// Strengths, the best first, then weaknesses, the worst first.
        items: Vec<StatisticsStanding>,
    },
}

/// One leaf by itself; what cannot be computed is `null`, and `reason` says why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatisticsOfIndicator {
    /// The code of the leaf.
    pub node: Code,
    /// What it is called, in the caller's language.
    pub title: String,
    /// What the numbers are of: `value`, `prepared` (raw values after imputation and treatment, where there is any) or `score`.
    pub of: String,
    /// The cities to which it applies.
    pub cities: u64,
    /// The cities with a number.
    pub available: u64,
    /// The same as a share, 0 to 1.
    #[serde(default)]
    pub available_share: Option<f64>,
    /// How many numbers are zero.
    pub zeros: u64,
    /// The share of the numbers that are not zero, 0 to 1.
    #[serde(default)]
    pub nonzero_share: Option<f64>,
    /// How many distinct numbers there are.
    pub distinct: u64,
    /// The same as a share of the numbers, 0 to 1.
    #[serde(default)]
    pub distinct_share: Option<f64>,
    /// How often the most frequent number occurs.
    pub most_frequent: u64,
    /// The same as a share of the numbers, 0 to 1.
    #[serde(default)]
    pub most_frequent_share: Option<f64>,
    /// The smallest number.
    #[serde(default)]
    pub min: Option<f64>,
    /// The largest number.
    #[serde(default)]
    pub max: Option<f64>,
    /// The mean.
    #[serde(default)]
    pub mean: Option<f64>,
    /// The median.
    #[serde(default)]
    pub median: Option<f64>,
    /// The standard deviation of the sample.
    #[serde(default)]
    pub sd: Option<f64>,
    /// The skewness, as spreadsheets have it.
    #[serde(default)]
    pub skewness: Option<f64>,
    /// The kurtosis in excess of the normal distribution's, as spreadsheets have it.
    #[serde(default)]
    pub kurtosis: Option<f64>,
    /// Numbers below the lower quartile by more than 1.5 times the distance of the quartiles.
    pub outliers_low: u64,
    /// Numbers above the upper quartile by more than that.
    pub outliers_high: u64,
    /// What gives reason for concern: `low_availability`, `many_zeros`, `few_distinct`, `outliers`,
    /// `does_not_discriminate`.
    pub concerns: Vec<String>,
    /// Why some of it is `null`: `no_values`, `too_few`, `constant`, `not_numeric` or `overflow`.
    #[serde(default)]
    pub reason: Option<String>,
    /// The same as a sentence, in the caller's language.
    #[serde(default)]
    pub note: Option<String>,
}

/// The correlation of two nodes over the cities that have both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatisticsCorrelation {
    /// Their parent, where they have the same.
    #[serde(default)]
    pub parent: Option<Code>,
    /// The one.
    pub one: Code,
    /// The other.
    pub other: Code,
    /// The cities with both numbers.
    pub cities: u64,
    /// The correlation, -1 to 1.
    #[serde(default)]
    pub correlation: Option<f64>,
    /// How likely one as large would be if there were none.
    #[serde(default)]
    pub p_value: Option<f64>,
    /// What it says of two sisters: `redundant` or `opposing`.
    #[serde(default)]
    pub relation: Option<String>,
    /// Why there is none: `no_values`, `too_few`, `constant`, `not_numeric` or `overflow`.
    #[serde(default)]
    pub reason: Option<String>,
    /// The same as a sentence, in the caller's language.
    #[serde(default)]
    pub note: Option<String>,
}

/// Cronbach's alpha of the members of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatisticsConsistency {
    /// The code of the node.
    pub node: Code,
    /// What it is called, in the caller's language.
    pub title: String,
    /// How many members it has.
    pub members: u64,
    /// The cities in which all of them have a number.
    pub cities: u64,
    /// Alpha, at most 1.
    #[serde(default)]
    pub alpha: Option<f64>,
    /// Why there is none: `no_values`, `too_few`, `constant`, `one_member`, `not_numeric`, `indefinite` or
    /// `overflow`.
    #[serde(default)]
    pub reason: Option<String>,
    /// The same as a sentence, in the caller's language.
    #[serde(default)]
    pub note: Option<String>,
}

/// The loading of one member on one component of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatisticsLoading {
    /// The code of the node.
    pub node: Code,
    /// The cities in which all members have a number.
    pub cities: u64,
    /// The component, 1 the one with the largest variance; `null` where there are none.
    #[serde(default)]
    pub component: Option<u64>,
    /// Its variance.
    #[serde(default)]
    pub variance: Option<f64>,
    /// Its share of all variance, 0 to 1.
    #[serde(default)]
    pub share: Option<f64>,
    /// The share of it and of those before it, 0 to 1.
    #[serde(default)]
    pub cumulative: Option<f64>,
    /// The code of the member.
    #[serde(default)]
    pub member: Option<Code>,
    /// The loading, -1 to 1; that of largest magnitude is positive.
    #[serde(default)]
    pub loading: Option<f64>,
    /// Why there are none: `no_values`, `too_few`, `constant`, `one_member`, `not_numeric`, `overflow` or
    /// `not_converged`.
    #[serde(default)]
    pub reason: Option<String>,
    /// The same as a sentence, in the caller's language.
    #[serde(default)]
    pub note: Option<String>,
}

/// The data of one city below one node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatisticsAvailability {
    /// The code of the city.
    pub city: Code,
    /// The code of the node.
    pub node: Code,
    /// The leaves below it that apply to the city.
    pub leaves: u64,
    /// Those without a raw value.
    pub missing: u64,
    /// Those whose raw value is zero.
    pub zeros: u64,
    /// The share of the leaves that have a raw value, 0 to 1.
    #[serde(default)]
    pub available_share: Option<f64>,
    /// The share of the raw values that are not zero, 0 to 1.
    #[serde(default)]
    pub nonzero_share: Option<f64>,
}

/// Whether a city has enough data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatisticsScreened {
    /// The code of the city.
    pub city: Code,
    /// The leaves that apply to it.
    pub leaves: u64,
    /// Those without a raw value.
    pub missing: u64,
    /// Those whose raw value is zero.
    pub zeros: u64,
    /// The share of the leaves that have a raw value, 0 to 1.
    #[serde(default)]
    pub available_share: Option<f64>,
    /// The share of the raw values that are not zero, 0 to 1.
    #[serde(default)]
    pub nonzero_share: Option<f64>,
    /// Whether it has too few data.
    pub low_data: bool,
    /// Whether too many of its data are zero.
    pub low_nonzero: bool,
    /// Whether it stays.
    pub included: bool,
    /// Whether it was named, so that its data decided nothing.
    pub forced: bool,
}

/// The weight of a node against what it moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatisticsBalance {
    /// The code of the node.
    pub node: Code,
    /// What it is called, in the caller's language.
    pub title: String,
    /// Its parent.
    pub parent: Code,
    /// Its weight in the period over the sum of its sisters' weights, 0 to 1; `null` where every city has weights of its own.
    #[serde(default)]
    pub weight: Option<f64>,
    /// The part of the total that it can contribute by the weights of the period, 0 to 1.
    pub share: f64,
    /// The cities in which both it and its parent have a score.
    pub cities: u64,
    /// Its correlation with its parent.
    #[serde(default)]
    pub correlation: Option<f64>,
    /// Its correlation with TOTAL.
    #[serde(default)]
    pub correlation_with_total: Option<f64>,
    /// The squared correlation with its parent, 0 to 1.
    #[serde(default)]
    pub importance: Option<f64>,
    /// The same over the sum of its sisters', to be held against the weight.
    #[serde(default)]
    pub importance_share: Option<f64>,
    /// Why there is none: `no_values`, `too_few`, `constant` or `overflow`.
    #[serde(default)]
    pub reason: Option<String>,
    /// The same as a sentence, in the caller's language.
    #[serde(default)]
    pub note: Option<String>,
}

/// An indicator in which a city ranks best or worst.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatisticsStanding {
    /// The code of the city.
    pub city: Code,
    /// `strength` or `weakness`.
    pub standing: String,
    /// The code of the leaf.
    pub node: Code,
    /// What it is called, in the caller's language.
    pub title: String,
    /// The competition rank, 1 the best.
    pub rank: u64,
    /// How many cities have a rank.
    pub cities: u64,
    /// The raw value.
    #[serde(default)]
    pub value: Option<f64>,
    /// The unit of the raw value.
    #[serde(default)]
    pub unit: Option<String>,
    /// The score.
    #[serde(default)]
    pub score: Option<f64>,
}
