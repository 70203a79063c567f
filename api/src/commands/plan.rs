//! `citygauge plan`: drafts a plan of goals from files, and compares what was reached with one.

mod document;
mod monitor;
mod page;
mod propose;

use citygauge_indicators::Language;
use clap::Subcommand;

use super::Failed;

pub(super) use document::{planned, read as read_plan};
pub(super) use page::rates as rates_page;

/// Draft a plan of goals from files, and compare what was reached with one; without a service.
#[derive(Debug, Subcommand)]
pub(super) enum Plan {
    /// Draft a plan of goals of one city from an ambition.
    Propose(propose::Propose),
    /// Compare what was reached with a plan of goals.
    Monitor(monitor::Monitor),
}

impl Plan {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Propose(propose) => propose.run(language),
            Self::Monitor(monitor) => monitor.run(language),
        }
    }
}
