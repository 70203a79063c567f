//! The key that a service signs with.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The public key that checks the signatures of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SigningKey {
    /// The algorithm: always `Ed25519` (RFC 8032).
    #[schema(example = "Ed25519")]
    pub algorithm: String,
    /// Its short name: the first sixteen hexadecimal digits of the SHA-256 of the key's 32 bytes.
    #[schema(example = "1f0c2ab34d5e6f70")]
    pub id: String,
    /// The key in PEM (`SubjectPublicKeyInfo`, RFC 8410).
    pub public_key: String,
}
