//! `citygauge openapi`: the description of the API.

use std::path::PathBuf;

use clap::Args;

use super::Failed;
use super::output::say;
use crate::app::{Description, describe};

/// Write the description of the API, OpenAPI 3.1.
#[derive(Debug, Args)]
pub(super) struct Openapi {
    /// The file to write; stdout unless given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Openapi {
    pub fn run(self) -> Result<(), Failed> {
        let json = Description::render(&describe()).json;
        match self.out {
            Some(file) => std::fs::write(&file, json).map_err(|error| Failed::Other(format!("{}: {error}", file.display()))),
            None => say(String::from_utf8_lossy(&json).trim_end()),
        }
    }
}
