//! Assessments: a set version applied to a release, immutable once computed.

use citygauge_indicators::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Digest, Id, Moment, Note, PeriodCode, SetBasis, SetRef, WorkState};

/// Asks for a computation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssessment {
    /// The published version to apply.
    pub set: SetRef,
    /// The periods to score; every period in the data unless given.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 1000)]
    pub periods: Option<Vec<PeriodCode>>,
    /// The cities that are scored together.
    #[serde(default)]
    pub cohort: Cohort,
    /// The release to read; the observations are frozen as they stand unless given.
    #[serde(default)]
    pub release: Option<Id>,
    /// The assessment in whose place it stands: a correction never changes what was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<SupersededAssessment>,
}

/// The assessment in whose place another one stands; it stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupersededAssessment {
    /// Its identifier.
    pub assessment: Id,
    /// Why it was made anew.
    pub reason: Note,
}

/// The cities that are scored together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = AssessmentCohort)]
pub enum Cohort {
    /// Every city with an observation.
    Every(EveryCity),
    /// The cities with these codes.
    Cities(Vec<Code>),
    /// The cities of a peer group.
    PeerGroup {
        /// The code of the group.
        peer_group: Code,
    },
}

/// The word for every city with an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EveryCity {
    /// Every city with an observation.
    All,
}

impl Default for Cohort {
    fn default() -> Self {
        Self::Every(EveryCity::All)
    }
}

/// A computation and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Assessment {
    /// Its identifier.
    pub id: Id,
    /// How far it is.
    pub state: WorkState,
    /// The job that computes it.
    pub job: Id,
    /// The set version.
    pub set: SetRef,
    /// The digest of the set's document.
    pub set_digest: Digest,
    /// The title of the set.
    pub set_title: Text,
    /// What the set is based on, and what a reader must know of it.
    #[serde(default)]
    pub basis: Option<SetBasis>,
    /// The release it read.
    #[serde(default)]
    pub release: Option<Id>,
    /// The periods that were asked for.
    #[serde(default)]
    pub periods: Option<Vec<PeriodCode>>,
    /// The cohort that was asked for.
    pub cohort: Cohort,
    /// The cities that the cohort stood for when it was asked for; absent where it is every city with an observation, and in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cities: Option<Vec<Code>>,
    /// The moment whose observations were frozen; absent where a release was named, and where it was the moment at which it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Moment>,
    /// The round whose publication it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Code>,
    /// The class of the round, where it has classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Code>,
    /// The version of the engine.
    pub engine_version: String,
    /// The result in brief, once there is one.
    #[serde(default)]
    pub summary: Option<AssessmentSummary>,
    /// How many warnings the engine left.
    pub warnings_total: u64,
    /// The assessment in whose place it stands, and why.
    #[serde(default)]
    pub supersedes: Option<SupersededAssessment>,
    /// The latest assessment that has succeeded and stands in its place.
    #[serde(default)]
    pub superseded_by: Option<Id>,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: Moment,
    /// Who asked for it.
    pub created_by: String,
    /// When it was done.
    #[serde(default)]
    pub finished_at: Option<Moment>,
}

/// A result in brief.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct AssessmentSummary {
    /// The periods that were scored, in the order of time.
    pub periods: Vec<PeriodCode>,
    /// How many cities were scored together.
    pub cities: u64,
    /// How many nodes the set has, TOTAL included.
    pub nodes: u64,
    /// How many pairs of city and period have a total.
    pub scored: u64,
    /// How many pairs of city and period reached each level on the total.
    pub levels: Vec<LevelCount>,
}

/// How many reached a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LevelCount {
    /// The code of the level; absent for those that reached none.
    #[serde(default)]
    pub level: Option<Code>,
    /// What it is called.
    #[serde(default)]
    pub title: Option<Text>,
    /// How many.
    pub count: u64,
}

page_of!(
    /// A page of assessments, the newest first.
    AssessmentPage, Assessment
);

/// The result of one node for one city and period; what there is none of is `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreRow {
    /// The code of the city.
    pub city: Code,
    /// The period.
    pub period: PeriodCode,
    /// The code of the node.
    pub node: Code,
    /// The raw value of a leaf.
    #[serde(default)]
    pub value: Option<f64>,
    /// Attainment, from 0 to the full mark.
    #[serde(default)]
    pub score: Option<f64>,
    /// The value in the scale of the weight; only under points arithmetic.
    #[serde(default)]
    pub mark: Option<f64>,
    /// What the node contributes to the total.
    #[serde(default)]
    pub points: Option<f64>,
    /// The share of the node's weight for which a score exists.
    #[serde(default)]
    pub coverage: Option<f64>,
    /// The score if every missing leaf had scored 0.
    #[serde(default)]
    pub low: Option<f64>,
    /// The score if every missing leaf had the full mark.
    #[serde(default)]
    pub high: Option<f64>,
    /// The competition rank in the period within the cohort.
    #[serde(default)]
    pub rank: Option<u64>,
    /// The code of the level, on the nodes that carry levels.
    #[serde(default)]
    pub level: Option<Code>,
    /// Whether the raw value of a leaf is missing and another was imputed in its place; left out where not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imputed: bool,
}

/// A page of scores, by period, city and node in the order of the set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Scores {
    /// The set version that the scores rest on.
    pub set: crate::SetUsed,
    /// The members of this page, in the order of the list.
    pub items: Vec<ScoreRow>,
    /// Where the next page starts; absent on the last one. The `Link` header says the same.
    #[serde(default)]
    pub next: Option<crate::Cursor>,
}

/// A city with its place among the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RankedCity {
    /// The rank; absent without a score.
    #[serde(default)]
    pub rank: Option<u64>,
    /// The code of the city.
    pub city: Code,
    /// Its name, in the caller's language.
    pub name: String,
    /// The score.
    #[serde(default)]
    pub score: Option<f64>,
    /// The score with its places, for display.
    #[serde(default)]
    pub shown: Option<String>,
    /// The code of the level.
    #[serde(default)]
    pub level: Option<Code>,
    /// The share of the weight for which a score exists.
    #[serde(default)]
    pub coverage: Option<f64>,
    /// The score if every missing leaf had scored 0.
    #[serde(default)]
    pub low: Option<f64>,
    /// The score if every missing leaf had the full mark.
    #[serde(default)]
    pub high: Option<f64>,
}

/// The cities by rank on one node in one period; cities without a score stand last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ranking {
    /// The assessment.
    pub assessment: Id,
    /// The period.
    pub period: PeriodCode,
    /// The code of the node.
    pub node: Code,
    /// The title of the set, which says where the set is a reconstruction.
    pub set_title: Text,
    /// The cities.
    pub items: Vec<RankedCity>,
    /// Where the next page starts.
    #[serde(default)]
    pub next: Option<crate::Cursor>,
}

/// Everything about one city in one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreCard {
    /// The assessment.
    pub assessment: Id,
    /// The set version.
    pub set: SetRef,
    /// The title of the set, which says where the set is a reconstruction.
    pub set_title: Text,
    /// The code of the city.
    pub city: Code,
    /// Its name, in the caller's language.
    pub name: String,
    /// The period.
    pub period: PeriodCode,
    /// How many cities were scored together.
    pub cohort: u64,
    /// The nodes, TOTAL first, every parent before its children.
    pub nodes: Vec<CardNode>,
    /// The warnings of the engine about this city and period.
    pub warnings: Vec<crate::Fault>,
}

/// A node on a score card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CardNode {
    /// Its parent; only TOTAL has none.
    #[serde(default)]
    pub parent: Option<Code>,
    /// 0 for TOTAL.
    pub depth: u32,
    /// What it is called, in the caller's language.
    pub title: String,
    /// The part of the total that it can contribute.
    pub share: f64,
    /// The unit of a leaf's raw value.
    #[serde(default)]
    pub unit: Option<String>,
    /// Its result.
    #[serde(flatten)]
    pub result: ScoreRow,
}
