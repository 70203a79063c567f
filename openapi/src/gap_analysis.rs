//! Gap analyses: the distance of one city from a reference, node by node.

use citygauge_indicators::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Id, Moment, PeriodCode, SetBasis, SetRef};

/// How the priority directions are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapRule {
    /// By points of the total lost, then by verdict.
    #[default]
    PointsLost,
    /// By the part of the reference that is attained, in the ranges of U4SSC, then by points lost.
    U4ssc,
}

/// Asks for a gap analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGapAnalysis {
    /// The assessment to derive it from.
    pub assessment: Id,
    /// The city.
    pub city: Code,
    /// The period; the latest one of the assessment unless given.
    #[serde(default)]
    pub period: Option<PeriodCode>,
    /// The reference: `full_mark`, `best`, `peer_median`, `peer_top_quartile`, `previous` (the same city in its latest earlier period
    /// of the same length), `level`, `level:CODE`, `city:CODE`, or `target:PLAN`: the targets of a goal plan, by its code or
    /// identifier.
    #[schema(value_type = String, max_length = 110, pattern = "^(full_mark|best|peer_median|peer_top_quartile|previous|level|level:.+|city:.+|target:.+)$", example = "peer_median")]
    pub against: crate::Line,
    /// The peers are the cities of this group; the cohort unless given.
    #[serde(default)]
    pub peer_group: Option<Code>,
    /// The period by which the gap is to close: of the length of the analysed one, and later.
    #[serde(default)]
    pub by: Option<PeriodCode>,
    /// How the priority directions are ranked.
    #[serde(default)]
    pub rule: GapRule,
}

/// What the rates of a row are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapRateOf {
    /// The raw value, in its unit per year.
    Value,
    /// The score, in its points per year.
    Score,
}

/// What the rates say of the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// There is no gap.
    Reached,
    /// The city's own rate is enough.
    OnTrack,
    /// The rate does not exceed the peers' 75th percentile.
    Attainable,
    /// The rate does not exceed the peers' 90th percentile.
    Stretch,
    /// Fewer than a tenth of the peers have moved that fast.
    Unprecedented,
    /// Neither the city's own rate nor enough peers speak for it.
    NoEvidence,
}

/// The distance of one node from the reference; what does not apply is `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GapRow {
    /// The code of the city.
    pub city: Code,
    /// The period.
    pub period: PeriodCode,
    /// The code of the node.
    pub node: Code,
    /// What it is called, in the caller's language.
    pub title: String,
    /// The reference.
    pub against: String,
    /// The reference's score.
    #[serde(default)]
    pub reference: Option<f64>,
    /// The city's score.
    #[serde(default)]
    pub score: Option<f64>,
    /// The distance in the score, from 0; below 0 the city is ahead.
    #[serde(default)]
    pub gap_score: Option<f64>,
    /// The distance in points of the total.
    #[serde(default)]
    pub gap_points: Option<f64>,
    /// The raw value of a leaf.
    #[serde(default)]
    pub value: Option<f64>,
    /// The nearest raw value that closes the gap.
    #[serde(default)]
    pub target_value: Option<f64>,
    /// The score that this raw value brings: the reference's, or more where no value brings exactly that.
    #[serde(default)]
    pub target_score: Option<f64>,
    /// The change of the raw value that closes the gap.
    #[serde(default)]
    pub gap_value: Option<f64>,
    /// The unit of the raw value.
    #[serde(default)]
    pub unit: Option<String>,
    /// What the rates are about.
    #[serde(default)]
    pub rate_of: Option<GapRateOf>,
    /// The change per year that closes the gap by the deadline.
    #[serde(default)]
    pub required_rate: Option<f64>,
    /// The city's own change per year (Theil-Sen) over its periods of this length.
    #[serde(default)]
    pub own_rate: Option<f64>,
    /// The median of the peers' changes per year.
    #[serde(default)]
    pub p50: Option<f64>,
    /// Their 75th percentile on the way to the reference.
    #[serde(default)]
    pub p75: Option<f64>,
    /// Their 90th percentile on the way to the reference.
    #[serde(default)]
    pub p90: Option<f64>,
    /// How many peers have a rate.
    #[serde(default)]
    pub peers_with_rate: Option<u64>,
    /// What the rates say of the deadline; without one, whether the reference is reached.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// What else a reader should know, in the caller's language.
    #[serde(default)]
    pub note: Option<String>,
}

/// A node that deserves attention, with its place in the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GapDirection {
    /// 1 is the first.
    pub priority: u64,
    /// The code of the node.
    pub node: Code,
    /// What it is called, in the caller's language.
    pub title: String,
    /// The points of the total that are lost to the reference.
    pub points_lost: f64,
    /// How much of the reference's score is attained, under the rule of U4SSC: `0-33%`, `33-66%`, `66-95%` or `95%+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
}

/// One of the four outputs that Annex A of GB/T 36333-2018 names for the assessment of the present state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GapOutput {
    /// `situation`, `foundations`, `strengths_and_weaknesses` or `priorities`.
    pub output: String,
    /// Its name, in Chinese that of the annex.
    pub title: Text,
    /// The members of the analysis that hold it.
    pub members: Vec<String>,
}

/// One of a requirement's origins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GapRequirementOrigin {
    /// A gap of an analysis.
    Gap {
        /// The analysis.
        analysis: Id,
        /// The code of the node.
        node: Code,
    },
    /// An indicator of a set.
    Indicator {
        /// The code of the set.
        set: Code,
        /// Its version.
        version: Code,
        /// The code of the node.
        node: Code,
    },
}

/// A priority direction as a requirement of a design (GB/T 36333-2018, 6.5.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GapRequirement {
    /// Its code in this analysis.
    pub code: Code,
    /// Which of the ten kinds of 6.5.2 it is: `goal`.
    pub kind: String,
    /// What it is called.
    pub title: Text,
    /// What is required: the indicator, its value and target, the deadline, the points lost and the verdict.
    pub text: Text,
    /// What it follows from.
    pub origins: Vec<GapRequirementOrigin>,
    /// How urgent it is, 1 to 5, 5 the most urgent: by the points lost (the first fifth of all that are lost is 5), under the rule of
    /// U4SSC by range (5, 4, 3 and 2).
    pub urgency: u32,
}

/// The priority directions of an analysis as requirements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GapRequirements {
    /// The analysis.
    pub analysis: Id,
    /// The requirements, the first direction first.
    pub items: Vec<GapRequirement>,
    /// The same as elements of a dossier, which a design takes as they are.
    #[schema(value_type = Vec<citygauge_indicators::planning::Element>)]
    pub elements: Vec<serde_json::Value>,
}

/// A gap analysis: the four outputs that Annex A of GB/T 36333 names for the assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GapAnalysis {
    /// Its identifier.
    pub id: Id,
    /// The assessment it was derived from.
    pub assessment: Id,
    /// The set version.
    pub set: SetRef,
    /// The title of the set, which says where the set is a reconstruction.
    pub set_title: Text,
    /// What the set is based on, and what a reader must know of it.
    #[serde(default)]
    pub basis: Option<SetBasis>,
    /// The city.
    pub city: Code,
    /// The period.
    pub period: PeriodCode,
    /// The reference.
    pub against: String,
    /// The peers, where they are not the cohort.
    #[serde(default)]
    pub peer_group: Option<Code>,
    /// The cities of that group, as they were found when the analysis was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<Code>,
    /// The period by which the gap is to close.
    #[serde(default)]
    pub by: Option<PeriodCode>,
    /// The period of the reference `previous`.
    #[serde(default)]
    pub reference_period: Option<PeriodCode>,
    /// How the priority directions are ranked.
    #[serde(default)]
    pub ranked_by: GapRule,
    /// The four outputs of Annex A of GB/T 36333-2018 by name.
    #[serde(default)]
    pub outputs: Vec<GapOutput>,
    /// The gaps, in the order of the set (评估结果).
    pub gaps: Vec<GapRow>,
    /// The nodes that carry the city (建设基础).
    pub foundations: Vec<Code>,
    /// The nodes ahead of the reference (优势).
    pub strengths: Vec<Code>,
    /// The nodes behind the reference (劣势).
    pub weaknesses: Vec<Code>,
    /// Where most points are lost (重点提升方向).
    pub priorities: Vec<GapDirection>,
    /// The nodes without data.
    pub without_data: Vec<Code>,
    /// The nodes for which the reference says nothing.
    pub without_reference: Vec<Code>,
    /// How the lists were made, in the caller's language.
    pub rule: String,
    /// When it was made.
    pub created_at: Moment,
    /// Who asked for it.
    pub created_by: String,
}

page_of!(
    /// A page of gap analyses, the newest first.
    GapAnalysisPage, GapAnalysis
);
