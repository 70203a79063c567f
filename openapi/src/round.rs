//! Rounds: one evaluation, from the opening of the collection to the published assessment.

use citygauge_indicators::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{AttributeCondition, Code, Cohort, Cursor, Digest, Id, Line, Moment, PeriodCode, SetRef, SubmissionState};

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
    /// The published version of the set that is reported for; needed unless there are classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<SetRef>,
    /// The periods that are reported, each once.
    #[schema(min_items = 1, max_items = 40)]
    pub periods: Vec<PeriodCode>,
    /// The cities that take part; every registered one unless given. The list is drawn up when the round opens.
    #[serde(default)]
    pub cohort: Cohort,
    /// Classes of cities, each with a set version of its own, in place of `set`; every city of the cohort belongs to one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 50)]
    pub classes: Vec<RoundClass>,
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
    /// Who sees the results, beside those who see all results.
    #[serde(default)]
    pub visibility: RoundVisibility,
    /// From when on the results are public; needed where they become so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_from: Option<Moment>,
}

/// Who sees the published results of a round, beside those who may read all scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundVisibility {
    /// Each city its own.
    #[default]
    Private,
    /// Each city its own, and those of the other cities under pseudonyms.
    Participants,
    /// From `public_from` on anybody, also without a key; before, each city its own.
    Public,
}

/// A class of cities that reports for a set version of its own; one of the titles must be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundClass {
    /// Its code.
    pub code: Code,
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// The published version of the set that its cities report for.
    pub set: SetRef,
    /// Its cities: a list, or those of the cohort that belong to a peer group or have a value of an attribute.
    pub cities: ClassCities,
}

/// The cities of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ClassCities {
    /// The cities with these codes, which belong to the cohort.
    Cities(Vec<Code>),
    /// The cities of the cohort that belong to a peer group.
    PeerGroup {
        /// The code of the group.
        peer_group: Code,
    },
    /// The cities of the cohort whose attribute has one of these values on the last day of the latest period.
    Attribute(AttributeCondition),
}

/// A class of a round, as it was drawn up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoundClassShown {
    /// Its code.
    pub code: Code,
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// The published version of the set that its cities report for.
    pub set: SetRef,
    /// Its cities as they were asked for.
    pub members: ClassCities,
    /// Its cities, drawn up when the round opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cities: Option<Vec<Code>>,
    /// Its departments with the items that each reports, drawn up when the round opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<Vec<RoundDepartment>>,
    /// Its assessment that was published last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Id>,
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
    /// The published version of the set that is reported for; absent in a round with classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<SetRef>,
    /// The periods that are reported.
    pub periods: Vec<PeriodCode>,
    /// The cities that are to take part.
    pub cohort: Cohort,
    /// The classes, each with a set version of its own; none in a round with one set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub classes: Vec<RoundClassShown>,
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
    /// Who sees the results, beside those who see all results.
    #[serde(default)]
    pub visibility: RoundVisibility,
    /// From when on the results are public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_from: Option<Moment>,
    /// How far it is.
    pub state: RoundState,
    /// The cities that take part, drawn up when it opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cities: Option<Vec<Code>>,
    /// The departments with the items that each reports, drawn up when it opened; with classes, what any of them reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departments: Option<Vec<RoundDepartment>>,
    /// The assessment that was published last; with classes there is one in each of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Id>,
    /// Every assessment that was published, in the order of time and of the classes; none of them ever changes.
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
    pub next: Option<Cursor>,
}

/// A page of the ranking of a round: class by class, or over the classes where that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoundRanking {
    /// The round.
    pub round: Code,
    /// Which publication it is, from 1.
    pub publication: u64,
    /// The period.
    pub period: PeriodCode,
    /// The node.
    pub node: Code,
    /// Whether the classes are ranked together.
    pub across_classes: bool,
    /// What a reader must know of a ranking over classes: their scores are not the same measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// What each part of the ranking was computed from: one per class.
    pub parts: Vec<RoundRankingPart>,
    /// The cities: class by class, in each by rank; over the classes by rank. Those without a score stand last.
    pub items: Vec<RoundRankedCity>,
    /// Where the next page starts; absent on the last one. The `Link` header says the same.
    #[serde(default)]
    pub next: Option<Cursor>,
}

/// What the results of a class were computed from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoundRankingPart {
    /// The class; absent in a round without classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Code>,
    /// The assessment.
    pub assessment: Id,
    /// The set version.
    pub set: SetRef,
    /// The digest of the set's document.
    pub set_digest: Digest,
    /// The title of the set, which says where it is a reconstruction.
    pub set_title: Text,
    /// The release that was read.
    #[serde(default)]
    pub release: Option<Id>,
    /// The version of the engine.
    pub engine_version: String,
    /// How many cities have a rank in the class.
    pub ranked: u64,
}

/// A city of the ranking of a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoundRankedCity {
    /// The class; absent in a round without classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Code>,
    /// The rank: in the class, or over the classes where that was asked for; competition ranks (1 2 2 4).
    #[serde(default)]
    pub rank: Option<u64>,
    /// The rank in the class, where `rank` is one over the classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_rank: Option<u64>,
    /// The code of the city, or its pseudonym.
    pub city: Code,
    /// Its name; of a pseudonym the pseudonym.
    pub name: String,
    /// Whether `city` is a pseudonym.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub is_pseudonym: bool,
    /// The score.
    #[serde(default)]
    pub score: Option<f64>,
    /// The score as text with the decimal places of the set.
    #[serde(default)]
    pub shown: Option<String>,
    /// The level.
    #[serde(default)]
    pub level: Option<Code>,
    /// The coverage, 0 to 1; not told of a pseudonym.
    #[serde(default)]
    pub coverage: Option<f64>,
}
