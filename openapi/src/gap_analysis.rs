//! Gap analyses: the distance of one city from a reference, node by node.

use citygauge_indicators::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Id, Moment, PeriodCode, SetBasis, SetRef};

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
    /// The reference: `full_mark`, `best`, `peer_median`, `peer_top_quartile`, `level`, `level:CODE`, `city:CODE`, or
    /// `target:PLAN`: the targets of a goal plan, by its code or identifier.
    #[schema(value_type = String, max_length = 110, pattern = "^(full_mark|best|peer_median|peer_top_quartile|level|level:.+|city:.+|target:.+)$", example = "peer_median")]
    pub against: crate::Line,
    /// The peers are the cities of this group; the cohort unless given.
    #[serde(default)]
    pub peer_group: Option<Code>,
    /// The period by which the gap is to close.
    #[serde(default)]
    pub by: Option<PeriodCode>,
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
    /// The change of the raw value that closes the gap.
    #[serde(default)]
    pub gap_value: Option<f64>,
    /// The unit of the raw value.
    #[serde(default)]
    pub unit: Option<String>,
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
