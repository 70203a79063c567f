//! The trail: who did what, and when.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::Moment;
use crate::page::page_of;

/// One line of the trail; lines are only ever added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEvent {
    /// Its number; later lines have greater ones.
    pub id: i64,
    /// When it happened.
    pub at: Moment,
    /// Who did it: the identifier of a key, `open` for anyone on an open service, `command` for the command line,
    /// `service` for the service itself.
    pub actor: String,
    /// What was done.
    #[schema(example = "replace_city")]
    pub action: String,
    /// What it was done to.
    #[schema(example = "/api/v1/cities/330100")]
    pub subject: String,
    /// What else is worth keeping, depending on the action.
    #[schema(value_type = Object)]
    pub detail: Value,
}

page_of!(
    /// A page of the trail, the newest first.
    AuditEventPage, AuditEvent
);
