//! What the report of a city tells.

use serde::Serialize;

use super::{Count, Named};

/// The total of a city.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Total {
    /// The score; `None` where there is none.
    pub score: Option<String>,
    /// The full mark.
    pub full_mark: String,
    /// What the level is called; `None` below the lowest, and where the set has no levels.
    pub level: Option<String>,
    /// The rank within the cohort.
    pub rank: Option<String>,
    /// The share of the weight for which a score exists, such as `96.4 %`.
    pub coverage: Option<String>,
    /// The score if every missing indicator had scored 0.
    pub low: Option<String>,
    /// The score if every missing indicator had the full mark.
    pub high: Option<String>,
    /// The interval of the rank, where an uncertainty analysis exists.
    pub interval: Option<RankInterval>,
}

/// How far a rank rests on choices that could have been made otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankInterval {
    /// The 5th percentile of the ranks.
    pub from: String,
    /// The 95th percentile of the ranks.
    pub to: String,
    /// How many replications were made.
    pub replications: String,
    /// The address of the analysis.
    pub address: String,
}

/// A level of the set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelBand {
    /// What it is called.
    pub title: String,
    /// The scores that it takes, such as `60 ≤ 得分 < 80`.
    pub range: String,
    /// Whether it is the level of this city.
    pub reached: bool,
}

/// The result of a node.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeResult {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// 0 for the total, 1 for a dimension.
    pub depth: u32,
    /// Whether it is an indicator.
    pub leaf: bool,
    /// The raw value of an indicator.
    pub value: Option<String>,
    /// The unit of that value.
    pub unit: Option<String>,
    /// The score.
    pub score: Option<String>,
    /// What it contributes to the total.
    pub points: Option<String>,
    /// The part of the total that it can contribute, such as `12.5 %`.
    pub share: String,
    /// The share of its weight for which a score exists.
    pub coverage: Option<String>,
    /// The rank within the cohort.
    pub rank: Option<String>,
    /// The level, on the nodes that have one.
    pub level: Option<String>,
}

/// What changed since the period before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The period before.
    pub period: String,
    /// The assessment of that period.
    pub assessment: String,
    /// The address of the comparison.
    pub address: String,
    /// What a reader must know of it, such as that the edition of the set differs.
    pub note: Option<String>,
    /// The total first, then the dimensions.
    pub rows: Vec<ChangeRow>,
}

/// The change of a node; its four parts add up to `change`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeRow {
    /// What the node is called.
    pub title: String,
    /// The earlier score.
    pub before: Option<String>,
    /// The later score.
    pub after: Option<String>,
    /// The later less the earlier, with its sign.
    pub change: Option<String>,
    /// What came from values.
    pub data: Option<String>,
    /// What came from the set.
    pub set: Option<String>,
    /// What came from the other cities.
    pub cohort: Option<String>,
    /// What came from values that only one of the assessments has.
    pub coverage: Option<String>,
    /// The earlier rank.
    pub rank_before: Option<String>,
    /// The later rank.
    pub rank_after: Option<String>,
}

/// A gap analysis: three of the four outputs of Annex A (the first is the result itself).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gaps {
    /// Its identifier.
    pub id: String,
    /// Its address.
    pub address: String,
    /// The reference, such as `对标组中位数`.
    pub against: String,
    /// The peers, such as `参评城市（不含本市）`.
    pub peers: String,
    /// The period by which gaps are to close.
    pub by: Option<String>,
    /// How the lists are made, as the analysis says it.
    pub rule: String,
    /// 建设基础: the nodes that carry the city.
    pub foundations: Vec<Standing>,
    /// 优势: the nodes ahead of the reference.
    pub strengths: Vec<Standing>,
    /// 劣势: the nodes behind it.
    pub weaknesses: Vec<Standing>,
    /// 重点提升方向: where most points are lost, the first direction first.
    pub priorities: Vec<Direction>,
    /// How many directions the analysis has; the report may show fewer.
    pub priorities_total: String,
    /// How many points are lost in all.
    pub points_lost: Option<String>,
    /// The indicators without data.
    pub without_data: Vec<Named>,
    /// The nodes for which the reference says nothing.
    pub without_reference: Vec<Named>,
}

/// A node against the reference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What its dimension is called.
    pub dimension: String,
    /// The score.
    pub score: Option<String>,
    /// The score of the reference.
    pub reference: Option<String>,
    /// The score less the reference, with its sign: above 0 the city is ahead.
    pub lead: Option<String>,
    /// The part of the total that it can contribute.
    pub share: String,
    /// The rank within the cohort.
    pub rank: Option<String>,
}

/// A priority direction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Direction {
    /// 1 is the first.
    pub priority: String,
    /// The code of the node.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// The score.
    pub score: Option<String>,
    /// The score of the reference.
    pub reference: Option<String>,
    /// The points of the total that are lost.
    pub points: String,
    /// The raw value.
    pub value: Option<String>,
    /// The nearest raw value that closes the gap.
    pub target: Option<String>,
    /// The unit of both.
    pub unit: Option<String>,
    /// The change per year that closes the gap by the deadline.
    pub required: Option<String>,
    /// The city's own change per year.
    pub own: Option<String>,
    /// The verdict, such as `可实现`.
    pub verdict: Option<String>,
    /// What else a reader should know.
    pub note: Option<String>,
}

/// How good the data of a city are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// How many data items the set reads.
    pub items: String,
    /// By status: reported, missing, not applicable, rejected.
    pub statuses: Vec<Count>,
    /// By quality grade; empty where no grades were reported.
    pub grades: Vec<Count>,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// What does not apply, with its reason.
    pub not_applicable: Vec<NotApplicable>,
    /// The warnings of the engine about this city and period.
    pub warnings: Vec<Warning>,
    /// How many warnings there are; the report may show fewer.
    pub warnings_total: String,
}

/// A data item without a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missing {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Who reports it.
    pub department: Option<String>,
    /// The indicators that lack it, such as `L1P1、L2P3`.
    pub indicators: String,
}

/// A data item that does not apply.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NotApplicable {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Why it does not apply.
    pub reason: Option<String>,
}

/// A warning of the engine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Warning {
    /// Its code.
    pub code: String,
    /// The node or data item it is about.
    pub subject: Option<String>,
    /// What it says.
    pub message: String,
}
