//! The section `objects`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where the service keeps uploads, releases and results.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Objects {
    /// The folder; `objects` in the data folder unless given.
    pub dir: Option<PathBuf>,
}
