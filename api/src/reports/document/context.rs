//! What a report tells: the names that its template uses, and what they hold.
//!
//! Every text is already in the language of the report, and every number is already written as it is to be read (`shown`), with the
//! places of its set: a template never computes. What there is none of is `None`, and a template shows a dash for it.
//!
//! A number that several tables show stands here once for each, taken from the same result, and `assessment`, `change` and `gaps`
//! name where it can be read again.

mod city;
mod round;

pub use city::*;
pub use round::*;

use serde::Serialize;

/// A report of one city in one period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CityReport {
    /// The report itself.
    pub report: Issue,
    /// The city.
    pub city: Named,
    /// The period, such as `2026` or `2026 年`.
    pub period: String,
    /// The round that it belongs to, where it does.
    pub round: Option<Named>,
    /// The assessment that the numbers are of.
    pub assessment: AssessmentFacts,
    /// The set that was applied.
    pub set: SetFacts,
    /// The frozen observations that were read.
    pub release: ReleaseFacts,
    /// The cities that were scored together.
    pub cohort: CohortFacts,
    /// The total.
    pub total: Total,
    /// The levels, the highest first; empty where the set has none.
    pub levels: Vec<LevelBand>,
    /// The nodes right below the total, in the order of the set.
    pub dimensions: Vec<NodeResult>,
    /// Every node, the total first, every parent before its children.
    pub nodes: Vec<NodeResult>,
    /// What changed since the period before; `None` without one.
    pub change: Option<Change>,
    /// The gap analysis; `None` where there is none.
    pub gaps: Option<Gaps>,
    /// How good the data are.
    pub quality: Quality,
    /// How it was computed.
    pub method: Method,
}

/// A report of the cities of a round.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundReport {
    /// The report itself.
    pub report: Issue,
    /// The round.
    pub round: RoundFacts,
    /// The classes of cities, each with its own assessment; a round without classes has one part without a title.
    pub parts: Vec<RoundPart>,
    /// Who reported what; `None` where the round collected nothing through the service.
    pub completeness: Option<Completeness>,
}

/// A report as a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Issue {
    /// Who evaluates.
    pub body: String,
    /// The day it was made, such as `2026-11-30` or `2026 年 11 月 30 日`.
    pub date: String,
    /// Where the service answers, such as `https://citygauge.example`; `None` where it is not configured.
    pub service: Option<String>,
    /// Whether the data are invented or illustrative, so that the report says of no city how it is.
    pub illustrative: bool,
    /// What else a reader must know at once: that a set is a reconstruction, that a later assessment stands in the place of this one.
    pub remarks: Vec<String>,
}

/// A thing with its code.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Named {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub name: String,
}

/// The assessment that numbers are of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AssessmentFacts {
    /// Its identifier.
    pub id: String,
    /// The address at which its numbers are read, such as `https://…/api/v1/assessments/0198…`; a path where the service has no address.
    pub address: String,
    /// When it was computed.
    pub finished: String,
    /// The version of the engine.
    pub engine: String,
    /// The address of the package that recomputes it.
    pub bundle: String,
    /// The digest of that package, where it was made.
    pub bundle_digest: Option<String>,
    /// The assessment in whose place it stands, and why.
    pub supersedes: Option<Superseded>,
}

/// An assessment in whose place another one stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Superseded {
    /// Its identifier.
    pub id: String,
    /// Why it was made anew.
    pub reason: String,
}

/// The set that was applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetFacts {
    /// Its code.
    pub code: String,
    /// Its version.
    pub version: String,
    /// Its title, which says where it is a reconstruction.
    pub title: String,
    /// The SHA-256 digest of its document.
    pub digest: String,
    /// The standard and its edition, such as `GB/T 33356-2016`.
    pub basis: Option<String>,
    /// What a reader must know of that basis.
    pub note: Option<String>,
    /// How many indicators it has.
    pub indicators: String,
    /// The published versions that it derives from, the nearest first, each with its digest.
    pub lineage: Vec<String>,
}

/// The frozen observations that were read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReleaseFacts {
    /// Its identifier.
    pub id: String,
    /// The SHA-256 digest of its file.
    pub digest: String,
    /// The moment whose observations it holds.
    pub as_of: String,
    /// How many observations it holds.
    pub observations: String,
}

/// The cities that were scored together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohortFacts {
    /// How many.
    pub cities: String,
    /// Who they are, such as `所有有观测值的城市` or the name of a peer group.
    pub described: String,
}

/// How it was computed, a sentence each; what a set does not have is `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Method {
    /// How raw values become scores.
    pub scoring: String,
    /// How scores are put together, and whether under score or points arithmetic.
    pub aggregation: String,
    /// Where the weights come from.
    pub weights: String,
    /// What is rounded, to how many places and in which way.
    pub rounding: String,
    /// What happens where a score is missing.
    pub missing: String,
    /// The least coverage.
    pub coverage: Option<String>,
    /// How levels are read, with their gates.
    pub levels: Option<String>,
    /// Bonus and deduction.
    pub adjustments: Option<String>,
}

/// The parts of a round's report, and of a city's, that number the same things: how many of something, and their share.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Count {
    /// Of what.
    pub title: String,
    /// How many.
    pub count: String,
    /// Their share of all, such as `12.5 %`.
    pub share: String,
}
