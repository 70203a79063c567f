//! The problem document, RFC 9457: what every failure looks like.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Fault;

/// Why a request was not done, for programs (`type`, `code`, `errors`) and for people (`title`, `detail`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem; a relative reference that is never reused for another kind.
    #[serde(rename = "type")]
    #[schema(example = "/problems/absent")]
    pub kind: String,
    /// The kind of problem in a few words, in the caller's language.
    #[schema(example = "There is no such thing")]
    pub title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time and what would help, in the caller's language.
    pub detail: String,
    /// Names this one request; the service's log has more under the same name.
    #[schema(example = "/requests/0190d9a2-7c00-7000-8000-000000000001")]
    pub instance: String,
    /// The kind of problem as one stable word.
    #[schema(example = "absent")]
    pub code: String,
    /// Every fault that was found; empty where the problem is not in the input.
    #[serde(default)]
    pub errors: Vec<Fault>,
}
