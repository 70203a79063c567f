//! The bundle of an assessment: one file that holds everything needed to compute it again, and shows whether anybody has
//! changed a byte of it.
//!
//! It is a ZIP archive without compression, every byte of which follows from its members (`archive`):
//!
//! | Member | Holds |
//! | --- | --- |
//! | `README.md` | what this is, and how to check it with and without this program |
//! | `set.json` | the set document in its canonical form; its SHA-256 is the digest of the set |
//! | `release.parquet` | the observations that were read |
//! | `cities.json` | the cities with the names and attributes that they had |
//! | `options.json` | periods and cohort |
//! | `results/PERIOD/MEASURE.parquet` | the results: a row per city, a column per node |
//! | `weights.json`, `warnings.json` | the weights that were computed with, and the warnings of the engine |
//! | `manifest.json` | what the assessment is, and the SHA-256 of every member above |
//! | `manifest.sig` | the Ed25519 signature (RFC 8032) over the bytes of `manifest.json` |
//! | `signer.pem` | the public key that the signature is checked with |

mod archive;
mod build;
mod compare;
mod open;
mod recompute;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use archive::{Archive, Hashed};
pub(crate) use build::Pieces;
pub use build::build;
pub use open::Bundle;
pub use recompute::Identical;

/// The name of the format; a change that an earlier program would not understand changes it.
pub const FORMAT: &str = "citygauge-bundle-1";

/// The media type of a bundle.
pub const MEDIA_TYPE: &str = "application/zip";

const README: &str = "README.md";
const SET: &str = "set.json";
const RELEASE: &str = "release.parquet";
const CITIES: &str = "cities.json";
const OPTIONS: &str = "options.json";
const WEIGHTS: &str = "weights.json";
const WARNINGS: &str = "warnings.json";
const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.sig";
const SIGNER: &str = "signer.pem";

/// The members that the manifest cannot speak of.
const SEALS: [&str; 3] = [MANIFEST, SIGNATURE, SIGNER];

/// The member that holds a measure of a period.
fn result(period: &str, measure: &str) -> String {
    format!("results/{period}/{measure}.parquet")
}

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The computation.
    pub assessment: Computation,
    /// The set version that was applied.
    pub set: AppliedSet,
    /// What was read.
    pub release: ReadRelease,
    /// Every other member but the seals, by its name.
    pub files: BTreeMap<String, Member>,
}

/// The computation, as the manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Computation {
    /// Its identifier at the service.
    pub id: String,
    /// The version of the engine that computed it.
    pub engine_version: String,
    /// When it was asked for, RFC 3339 in UTC.
    pub created_at: String,
}

/// A set version, as the manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedSet {
    /// Its code.
    pub code: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its canonical form, in hex.
    pub digest: String,
}

/// A release, as the manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadRelease {
    /// Its identifier at the service.
    pub id: String,
    /// The moment whose observations it holds, RFC 3339 in UTC.
    pub as_of: String,
}

/// A member, as the manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}
