//! A backup of the embedded mode: database and artifacts as of one moment in one file, made while the service goes on.
//!
//! First the database is copied as of one moment, then the artifacts that its rows name: an artifact is written before the row
//! that names it and never changes, so all of them are there. What the rows of an older schema name is read from a copy that is brought
//! up to date, since only the present schema can be read; the backup has the database as it is. The file is a ZIP archive without compression:
//!
//! | Member | Holds |
//! | --- | --- |
//! | `citygauge.db` | the SQLite database, with the hashes of keys but no key |
//! | `objects/sha256/AB/ABC...` | the artifacts, under the names that they have in the folder |
//! | `signing-key.pem` | the signing key, only where it was asked for |
//! | `manifest.json` | size and SHA-256 of every member above, the migrations of the schema, and how much there is |
//!
//! It is for its owner only, and shows what was damaged, not what was forged: whoever can write it can write its digests.

mod check;
mod make;
mod private;
mod restore;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;

use citygauge_indicators::Faults;
use serde::{Deserialize, Serialize};

use crate::artifacts::ArtifactError;
use crate::bundle::Member;
use crate::store::StoreError;
pub(crate) use private::private;

pub use check::Backup;
pub use make::make;
pub use private::{appear, private_folder};
pub use restore::vacant;

/// The name of the format; a change that an earlier program would not understand changes it.
pub const FORMAT: &str = "citygauge-backup-1";

const DATABASE: &str = "citygauge.db";
const KEY: &str = "signing-key.pem";
const MANIFEST: &str = "manifest.json";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The version of the program that made it.
    pub made_by: String,
    /// When the database was copied, RFC 3339 in UTC.
    pub made_at: String,
    /// The migrations of its schema, oldest first.
    pub migrations: Vec<String>,
    /// How much it holds, by what it is.
    pub holds: BTreeMap<String, u64>,
    /// Every other member, by its name.
    pub files: BTreeMap<String, Member>,
}

/// Why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// What was to be copied is at fault.
    #[error("{0}")]
    Faulty(Faults),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The artifacts.
    #[error(transparent)]
    Artifacts(#[from] ArtifactError),
    /// A copy of the database cannot be brought up to date.
    #[error("the migrations fail on a copy of the database: {0}")]
    Ahead(#[source] StoreError),
    /// A file.
    #[error(transparent)]
    File(#[from] io::Error),
}

/// The member of an artifact.
fn member(digest: &str) -> String {
    format!("objects/sha256/{}/{digest}", digest.get(..2).unwrap_or_default())
}

/// Whether a backup has members of this name: no other is ever written anywhere.
fn is_known(name: &str) -> bool {
    let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    let digest = name.rsplit('/').next().filter(|digest| is_digest(digest));
    matches!(name, DATABASE | KEY) || digest.is_some_and(|digest| name == member(digest))
}
