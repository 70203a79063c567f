//! Submissions: what one department of one city reports in a round, and how far its review is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Id, Moment, Note};

/// How far a submission is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionState {
    /// The department fills it.
    Draft,
    /// The department handed it in; its values are locked from here on.
    Submitted,
    /// It was sent back with a comment, and is filled again.
    Returned,
    /// The city's coordinator accepted it.
    Accepted,
    /// The province reviewed it.
    Reviewed,
    /// The evaluation body verified it.
    Verified,
    /// The results are shown to the city, which may object.
    Provisional,
    /// The city objected.
    Objected,
    /// The objection was answered: it was upheld.
    Upheld,
    /// The objection was answered: it was dismissed.
    Dismissed,
    /// Nothing more follows.
    Final,
}

/// What is done to a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionAction {
    /// Hand it in.
    Submit,
    /// Send it back.
    Return,
    /// Accept it for the city.
    Accept,
    /// Review it for the province.
    Review,
    /// Verify it for the evaluation body.
    Verify,
    /// Show the results to the city; done by the publication of the round.
    Announce,
    /// Object to the results.
    Object,
    /// Answer an objection: it is right.
    Uphold,
    /// Answer an objection: it is not right.
    Dismiss,
    /// End it.
    Finalise,
}

/// What one department of one city reports in a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Submission {
    /// Its identifier.
    pub id: Id,
    /// The code of the round.
    pub round: Code,
    /// The code of the city.
    pub city: Code,
    /// The name of the department; empty for the items that name none.
    pub department: String,
    /// How far it is.
    pub state: SubmissionState,
    /// When it was last handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Moment>,
    /// Whether that was after it was due.
    pub late: bool,
    /// When it last changed.
    pub updated_at: Moment,
}

page_of!(
    /// A page of submissions, by city and department.
    SubmissionPage, Submission
);

/// Something that was done to a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubmissionEvent {
    /// When.
    pub at: Moment,
    /// Who did it: the identifier of a key.
    pub actor: String,
    /// What was done.
    pub action: SubmissionAction,
    /// The state before.
    pub from: SubmissionState,
    /// The state after.
    pub to: SubmissionState,
    /// What was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

page_of!(
    /// A page of what was done to a submission, the earliest first.
    SubmissionEventPage, SubmissionEvent
);

/// Asks for something to be done to a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionTransition {
    /// What is to be done.
    pub action: SubmissionAction,
    /// What is to be said; needed to send back, to object, to answer, and to submit what is incomplete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Note>,
    /// For `submit`: whether it is handed in although values are missing without a note; `comment` says why.
    #[serde(default)]
    pub incomplete: bool,
}
