//! The trail: who did what, and when.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::Moment;
use crate::page::page_of;

/// One line of the trail; lines are only ever added.
///
/// Lines form a chain: `digest` is the SHA-256 of the canonical JSON (RFC 8785) of the members `place`, `at`, `actor`, `action`, `subject`,
/// `detail` and `previous`, so that whoever changes, removes or adds a line has to change every digest after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEvent {
    /// Its number; later lines have greater ones.
    pub id: i64,
    /// When it happened.
    pub at: Moment,
    /// Who did it: the identifier of a key, `<issuer>#<subject>` for the holder of a token of the identity provider, `open` for anyone on an
    /// open service, `command` for the command line, `service` for the service itself.
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
    /// Its place in the chain, from 1 and without gaps. A line of a former version of the service gets it with the next write.
    #[serde(default)]
    pub place: Option<i64>,
    /// The digest of the line before, in hexadecimal; zeros for the first one.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub previous: Option<String>,
    /// The digest of the line.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: Option<String>,
}

page_of!(
    /// A page of the trail, the newest first.
    AuditEventPage, AuditEvent
);

/// How long the trail was at a moment, and its last digest, signed with the key of the service: who keeps it elsewhere can show later that
/// nothing before it was changed, removed or added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditCheckpoint {
    /// The place of the last line; 0 where there is none.
    #[schema(minimum = 0)]
    pub place: i64,
    /// The digest of the last line; zeros where there is none.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// When it was made.
    pub at: Moment,
    /// The Ed25519 signature (RFC 8032), in Base64, over the canonical JSON (RFC 8785) of the three members above.
    #[schema(min_length = 88, max_length = 88)]
    pub signature: String,
    /// The key that the signature is checked with, as PEM; `/signing-key` shows it too.
    pub public_key: String,
}
