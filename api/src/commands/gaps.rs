//! `citygauge gaps`: what separates one city from a reference, from files, without a service.

mod page;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use citygauge_assessment::gap::{Reference, analyse};
use citygauge_indicators::{Fault, Language};
use clap::Args;

use super::Failed;
use super::offline::Inputs;
use super::output::{Target, about, note, say};
use crate::export::Format;
use crate::results;

const FORMATS: [Format; 5] = [Format::Csv, Format::Json, Format::NdJson, Format::Xlsx, Format::Parquet];

/// Compare one city with a reference, node by node, from files, without a service.
#[derive(Debug, Args)]
pub(super) struct Gaps {
    #[command(flatten)]
    inputs: Inputs,
    /// The code of the city.
    #[arg(long, value_name = "CODE")]
    city: String,
    /// The reference: full_mark, best, peer_median, peer_top_quartile, level, level:CODE, city:CODE, or target:PLAN.json, the
    /// targets of a plan of goals.
    #[arg(long, value_name = "REFERENCE")]
    against: String,
    /// The file to write: CSV, JSON, NDJSON, XLSX or Parquet, by extension. Without it, a page on a terminal and CSV in a
    /// pipe; `-` is CSV on stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Gaps {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        let against: Reference =
            self.against.parse().map_err(|fault: Fault| Failed::Usage(format!("--against: {}", fault.line(language))))?;
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        let loaded = self.inputs.load(language)?;
        loaded.tell_warnings(language);
        let against = super::plan::planned(against, &loaded.set, &self.city)?;
        let assessment = loaded.assess(None)?;
        // The peers stand beside the city, so what is asked for is its latest period, not the latest of all.
        let observed = |period| assessment.cities_of(period).any(|code| code == self.city);
        let period = assessment.periods().filter(|&period| observed(period)).last().or_else(|| assessment.periods().last());
        let Some(period) = period else {
            return Err(Failed::Other(match language {
                Language::Zh => "没有任何评估结果".into(),
                Language::En => "there is no result to compare".into(),
            }));
        };
        let analysis = analyse(&assessment, &self.city, period, &against, None)?;
        if self.out.is_none() && io::stdout().is_terminal() {
            say(page::render(&assessment, &analysis, language))?;
        } else {
            out.write(results::gaps(&assessment, &analysis, language), Some(&about(&loaded.set, language)))?.keep()?;
        }
        note(&loaded.set, language);
        Ok(())
    }
}
