//! What the report of a round tells.

use serde::Serialize;

use super::{AssessmentFacts, CohortFacts, Count, Method, ReleaseFacts, SetFacts};

/// A round.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundFacts {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its periods, such as `2025、2026`.
    pub periods: String,
    /// How many cities take part.
    pub cities: String,
    /// From when on submissions were taken.
    pub opened: Option<String>,
    /// Until when submissions were on time.
    pub due: Option<String>,
    /// When it was published.
    pub published: Option<String>,
}

/// The results of a class of cities, or of the whole round.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundPart {
    /// What the class is called; `None` in a round without classes.
    pub title: Option<String>,
    /// The period of these results.
    pub period: String,
    /// The assessment that the numbers are of.
    pub assessment: AssessmentFacts,
    /// The set that was applied.
    pub set: SetFacts,
    /// The frozen observations that were read.
    pub release: ReleaseFacts,
    /// The cities that were scored together.
    pub cohort: CohortFacts,
    /// The full mark.
    pub full_mark: String,
    /// The cities by rank; cities without a score stand last.
    pub ranking: Vec<RankedCity>,
    /// How many cities reached each level, the highest first; empty where the set has no levels.
    pub levels: Vec<Count>,
    /// The total first, then the dimensions.
    pub statistics: Vec<NodeStatistics>,
    /// How far the ranking rests on choices; `None` where no uncertainty analysis exists.
    pub uncertainty: Option<Uncertainty>,
    /// How it was computed.
    pub method: Method,
    /// The names of this part's drawings.
    pub figures: PartFigures,
}

/// The names of the drawings of a part; `None` where there is none.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct PartFigures {
    /// The scores of the cities by rank.
    pub ranking: Option<String>,
    /// How many cities reached each level.
    pub levels: Option<String>,
    /// The cities against the dimensions.
    pub heatmap: Option<String>,
    /// The intervals of the ranks.
    pub intervals: Option<String>,
}

/// A city with its place among the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankedCity {
    /// The rank; `None` without a score.
    pub rank: Option<String>,
    /// The code of the city.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The score.
    pub score: Option<String>,
    /// The level.
    pub level: Option<String>,
    /// The share of the weight for which a score exists.
    pub coverage: Option<String>,
    /// The score if every missing indicator had scored 0.
    pub low: Option<String>,
    /// The score if every missing indicator had the full mark.
    pub high: Option<String>,
    /// The interval of the rank, such as `2–5`.
    pub interval: Option<String>,
    /// The group of cities that cannot be told apart.
    pub group: Option<String>,
}

/// The scores of a node over the cities.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeStatistics {
    /// What the node is called.
    pub title: String,
    /// The part of the total that it can contribute.
    pub share: String,
    /// The cities with a score.
    pub cities: String,
    /// The mean.
    pub mean: Option<String>,
    /// The median.
    pub median: Option<String>,
    /// The standard deviation of the sample.
    pub sd: Option<String>,
    /// The smallest score.
    pub min: Option<String>,
    /// The largest score.
    pub max: Option<String>,
    /// The city with the largest.
    pub best: Option<String>,
}

/// An uncertainty analysis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Uncertainty {
    /// Its number among those of the assessment.
    pub number: String,
    /// Its address.
    pub address: String,
    /// How many replications were made.
    pub replications: String,
    /// From what they were drawn.
    pub seed: String,
    /// What was varied, a sentence each.
    pub choices: Vec<String>,
    /// The mean of how far ranks lie from the published ones.
    pub shift: Option<String>,
    /// How two cities are told apart.
    pub rule: String,
    /// The groups of cities that cannot be told apart, from the top, each as their names.
    pub groups: Vec<String>,
}

/// Who reported what in a round.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Completeness {
    /// How many submissions reached each state.
    pub states: Vec<Count>,
    /// The cities, in the order of their codes.
    pub cities: Vec<CityCompleteness>,
}

/// What a city reported.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CityCompleteness {
    /// The code of the city.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How far its submission is.
    pub state: String,
    /// How many data items it was asked for.
    pub asked: String,
    /// How many it reported.
    pub reported: String,
    /// How many do not apply.
    pub not_applicable: String,
    /// How many are missing.
    pub missing: String,
    /// The share that is there or does not apply.
    pub share: String,
}
