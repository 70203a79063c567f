//! Rounds: one evaluation, from the opening of the collection to the published assessment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Cohort, Id, Line, Moment, PeriodCode, SetRef, SubmissionState};

/// How far a round is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// It is being prepared and may still change.
    Draft,
    /// Cities fill and submit.
    Open,
    /// Nothing more is submitted; what was is reviewed.
    Closed,
    /// Its assessment is made, and cities may object.
    Published,
}

/// What is said of a round while it is a draft; one of the titles must be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundProfile {
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// The published version of the set that is reported for.
    pub set: SetRef,
    /// The periods that are reported, each once.
    #[schema(min_items = 1, max_items = 40)]
    pub periods: Vec<PeriodCode>,
    /// The cities that take part; every registered one unless given. The list is drawn up when the round opens.
    #[serde(default)]
    pub cohort: Cohort,
    /// Whether the province reviews what a city has accepted before it is verified.
    #[serde(default)]
    pub province_review: bool,
    /// From when on submissions are taken; from the opening on unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<Moment>,
    /// Until when submissions are on time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
    /// From when on no submission is taken; until the round is closed unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<Moment>,
}

/// A round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Round {
    /// Its code.
    pub code: Code,
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// The published version of the set that is reported for.
    pub set: SetRef,
    /// The periods that are reported.
    pub periods: Vec<PeriodCode>,
    /// The cities that are to take part.
    pub cohort: Cohort,
    /// Whether the province reviews what a city has accepted before it is verified.
    pub province_review: bool,
    /// From when on submissions are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<Moment>,
    /// Until when submissions are on time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
    /// From when on no submission is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<Moment>,
    /// How far it is.
    pub state: RoundState,
    /// The cities that take part, drawn up when it opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cities: Option<Vec<Code>>,
    /// The departments with the items that each reports, drawn up when it opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<Vec<RoundDepartment>>,
    /// The assessment that was published last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Id>,
    /// Every assessment that was published, in the order of time; none of them ever changes.
    pub assessments: Vec<Id>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A department and what it reports in a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoundDepartment {
    /// Its name in the set; empty for the items that name no department.
    pub department: String,
    /// The codes of its data items.
    pub items: Vec<Code>,
}

page_of!(
    /// A page of rounds, by code.
    RoundPage, Round
);

/// Asks for the publication of a round.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundPublication {
    /// Whether it is published although not every submission is verified; `comment` says why.
    #[serde(default)]
    pub incomplete: bool,
    /// What is to be remembered of it.
    #[serde(default)]
    pub comment: Option<crate::Note>,
}

/// By what the completeness of a round is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompletenessBy {
    /// By city.
    #[default]
    City,
    /// By department.
    Department,
    /// By data item.
    Item,
}

/// How complete a city, a department or an item is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CompletenessRow {
    /// The code of the city or item, or the name of the department, which may be empty.
    pub key: String,
    /// Values that were reported.
    pub reported: u64,
    /// Values that were declared missing.
    pub missing: u64,
    /// Values that do not apply.
    pub not_applicable: u64,
    /// Values that were rejected in review.
    pub rejected: u64,
    /// Values of which nothing is known.
    pub blank: u64,
    /// All values that the round asks for.
    pub total: u64,
    /// The part of them that was reported or does not apply, from 0 to 1.
    pub share: f64,
    /// How many submissions are in which state; states without any are left out.
    pub submissions: Vec<SubmissionCount>,
}

/// How many submissions are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubmissionCount {
    /// The state.
    pub state: SubmissionState,
    /// How many.
    pub count: u64,
}

/// A page of the completeness of a round, as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Completeness {
    /// The round.
    pub round: Code,
    /// By what it is counted.
    pub by: CompletenessBy,
    /// The rows, by key.
    pub items: Vec<CompletenessRow>,
    /// Where the next page starts; absent on the last one.
    #[serde(default)]
    pub next: Option<crate::Cursor>,
}
