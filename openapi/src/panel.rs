//! Panels of experts: who scores which items of which cities, what they said, and what comes out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Cursor, Id, Line, Moment, Note, PeriodCode, SetRef};

/// Whether a panel takes scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PanelState {
    /// The experts score; each sees only what it said itself.
    Open,
    /// Nothing more is scored, and the results are shown.
    Closed,
}

/// The scale on which experts score: from the least to the greatest score in steps that meet both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelScale {
    /// The least score.
    pub least: f64,
    /// The greatest score.
    pub greatest: f64,
    /// The distance from one score to the next, above 0.
    pub step: f64,
}

/// An expert of a panel, as it is named for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelMember {
    /// The identifier of the expert's key.
    pub key: Id,
    /// The registered cities that the expert does not score, beside those of its key: its own, a former employer's.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub own_cities: Vec<Code>,
}

/// What is said of a panel; one of the titles must be there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelProfile {
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// The published version of the set that has the items.
    pub set: SetRef,
    /// The period that is scored.
    pub period: PeriodCode,
    /// The data items that are scored, each of them with the provider `expert` and of a kind that may be a mean.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<Code>,
    /// The cities that are scored. Cities times items are 20,000 at most.
    #[schema(min_items = 1, max_items = 2000)]
    pub cities: Vec<Code>,
    /// The scale, which lies within the range of every item.
    pub scale: PanelScale,
    /// The part of the scores that is left out at each end of the sorted scores, from 0 to below 0.5: of n scores, the
    /// product with n rounded down.
    #[serde(default)]
    #[schema(minimum = 0, exclusive_maximum = 0.5)]
    pub trim: f64,
    /// The decimals to which a mean is rounded, half up; not rounded unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 10)]
    pub places: Option<u8>,
    /// How many scores a city and item needs at least to have a result; no more than there are experts.
    #[schema(minimum = 1, maximum = 100)]
    pub least_scores: u32,
    /// The experts.
    #[schema(min_items = 1, max_items = 100)]
    pub experts: Vec<PanelMember>,
}

/// An expert of a panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PanelExpert {
    /// The identifier of its key.
    pub key: Id,
    /// The name of its key.
    pub name: Line,
    /// The cities that it does not score: those named for the panel and those of its key.
    pub own_cities: Vec<Code>,
}

/// A panel of experts. An expert sees itself alone among the experts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Panel {
    /// Its code.
    pub code: Code,
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// The published version of the set that has the items.
    pub set: SetRef,
    /// The period that is scored.
    pub period: PeriodCode,
    /// The data items that are scored.
    pub items: Vec<Code>,
    /// The cities that are scored.
    pub cities: Vec<Code>,
    /// The scale.
    pub scale: PanelScale,
    /// The part of the scores that is left out at each end.
    pub trim: f64,
    /// The decimals to which a mean is rounded, half up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<u8>,
    /// How many scores a city and item needs at least to have a result.
    pub least_scores: u32,
    /// The experts.
    pub experts: Vec<PanelExpert>,
    /// Whether it takes scores.
    pub state: PanelState,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
}

page_of!(
    /// A page of panels, by code.
    PanelPage, Panel
);

/// What an expert says of a city and item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPanelScore {
    /// The city.
    pub city: Code,
    /// The data item.
    pub item: Code,
    /// The score, on the panel's scale.
    pub score: f64,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Note>,
}

/// Scores of one expert, each city and item once. What is not named stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPanelScores {
    /// The scores.
    #[schema(min_items = 1, max_items = 20000)]
    pub scores: Vec<NewPanelScore>,
}

/// What became of the scores that an expert sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PanelScored {
    /// Scores of what the expert had not scored before.
    pub recorded: u64,
    /// Scores that took the place of another one, which the history keeps.
    pub corrected: u64,
    /// Scores that said what was said already.
    pub unchanged: u64,
    /// How many scores the expert has given now.
    pub given: u64,
    /// How many the panel asks of it: its cities without the expert's own, times its items.
    pub asked: u64,
}

/// A score as it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PanelScore {
    /// The city.
    pub city: Code,
    /// The data item.
    pub item: Code,
    /// The key of the expert; an expert sees its own only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expert: Option<Id>,
    /// The name of the expert's key; an expert sees its own only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,
    /// The score.
    pub score: f64,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Note>,
    /// When it was given.
    pub recorded_at: Moment,
    /// When another one took its place, or it was taken out; absent while it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<Moment>,
}

page_of!(
    /// A page of scores, by city and item.
    PanelScorePage, PanelScore
);

/// How far the experts of a panel are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PanelCompleteness {
    /// The panel.
    pub panel: Code,
    /// Its experts, by key; an expert sees itself alone.
    pub experts: Vec<PanelProgress>,
}

/// How far an expert is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PanelProgress {
    /// The key of the expert.
    pub key: Id,
    /// The name of its key.
    pub name: Line,
    /// How many scores it has given.
    pub given: u64,
    /// How many the panel asks of it.
    pub asked: u64,
    /// When it last gave or corrected one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Moment>,
}

/// The result of a city and item. While the panel is open only the counts are shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PanelResult {
    /// The city.
    pub city: Code,
    /// The data item.
    pub item: Code,
    /// How many scores there are.
    pub count: u64,
    /// How many of them are left out at each end.
    pub left_out: u64,
    /// Whether there are as many as the panel asks for.
    pub enough: bool,
    /// The mean of the scores that are not left out, rounded where the panel says so; only where there are enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The least score of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// The median of all scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
    /// The greatest score of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greatest: Option<f64>,
    /// The standard deviation of all scores (divisor n - 1); none of a single one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_deviation: Option<f64>,
}

/// A page of the results of a panel, by city and item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PanelResults {
    /// The panel.
    pub panel: Code,
    /// Whether it takes scores still.
    pub state: PanelState,
    /// The results.
    pub items: Vec<PanelResult>,
    /// Where the next page starts; absent on the last one.
    #[serde(default)]
    pub next: Option<Cursor>,
}

/// Closes a panel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelClosing {
    /// The note of every observation that is written; needed where one corrects what a round has verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// Opens a closed panel again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelReopening {
    /// Why; the trail keeps it.
    pub reason: Note,
}

/// A city and item without a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PanelGap {
    /// The city.
    pub city: Code,
    /// The data item.
    pub item: Code,
    /// How many scores there are.
    pub count: u64,
    /// Whether an observation of an earlier closing stood there, which was declared missing now.
    pub withdrawn: bool,
}

/// A panel that was closed, and what became of its results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PanelClosed {
    /// The panel.
    pub panel: Panel,
    /// Observations that were written, new ones and corrections.
    pub written: u64,
    /// Observations that said the same already.
    pub unchanged: u64,
    /// The cities and items with fewer scores than the panel asks for, of which no result was written.
    pub not_written: Vec<PanelGap>,
}
