//! `citygauge assess`: scores, levels and ranks from files, without a service.

mod varied;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use citygauge_indicators::{Faults, Language};
use citygauge_openapi::Fault;
use clap::Args;

use super::Failed;
use super::offline::Inputs;
use super::output::{Target, about, note, tell};
use crate::export::{Format, faults};
use crate::results;

/// What scores are written as; NDJSON comes along with JSON.
const FORMATS: [Format; 5] = [Format::Csv, Format::Json, Format::NdJson, Format::Xlsx, Format::Parquet];

/// Score cities from files, without a service: one row per city, period and node.
#[derive(Debug, Args)]
pub(super) struct Assess {
    #[command(flatten)]
    inputs: Inputs,
    /// The file to write: CSV, JSON, NDJSON, XLSX or Parquet, by extension; CSV on stdout unless given, or with `-`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the warnings to this file, CSV or JSON by extension, instead of stderr.
    #[arg(long, value_name = "FILE")]
    warnings: Option<PathBuf>,
    /// How many threads the work is spread over, as many as there are cores unless given; the results are the same.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    #[command(flatten)]
    varied: varied::Varied,
}

impl Assess {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        let warnings_out = match &self.warnings {
            None => None,
            Some(file) => Some(Target::new("--warnings", Some(file), &[Format::Csv, Format::Json], language)?),
        };
        for (flag, file) in [("--out", &self.out), ("--warnings", &self.warnings)] {
            self.inputs.spare(flag, file.as_deref(), language)?;
        }
        let analysis = self.varied.analysis(super::offline::period(self.inputs.period.as_deref(), language)?, language)?;
        let loaded = self.inputs.load(language)?;
        let assessment = loaded.assess(self.threads)?;
        let mut warnings = loaded.set.warnings().clone();
        warnings.0.extend_from_slice(assessment.warnings());

        let analysis = match analysis {
            Some(analysis) => analysis.run(&assessment, self.threads, &out, language)?,
            None => Vec::new(),
        };
        let is_varied = !analysis.is_empty();
        for written in analysis {
            written.keep()?;
        }
        if is_varied {
            print(&warnings, language);
            note(&loaded.set, language);
            return Ok(());
        }
        let scores = out.write(results::scores(&assessment, |_| true), Some(&about(&loaded.set, language)))?;
        match warnings_out {
            Some(target) => {
                // Both are complete before either takes its place.
                let listed = target.write(faults(&Fault::list(&warnings, language)), None)?;
                scores.keep()?;
                listed.keep()?;
            }
            None => {
                scores.keep()?;
                print(&warnings, language);
            }
        }
        note(&loaded.set, language);
        Ok(())
    }
}

fn print(warnings: &Faults, language: Language) {
    for warning in &warnings.0 {
        tell(warning.line(language));
    }
}
