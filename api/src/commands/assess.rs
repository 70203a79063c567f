//! `citygauge assess`: scores, levels and ranks from files, without a service.

mod in_parts;
mod varied;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use citygauge_indicators::{Faults, Language};
use citygauge_openapi::Fault;
use clap::Args;

use super::Failed;
use super::offline::Inputs;
use super::output::{Target, Written, about, note, tell};
use crate::export::{Format, faults};

/// What scores are written as; NDJSON comes along with JSON.
const FORMATS: [Format; 6] = Format::TABLES;

/// Score cities from files, without a service: one row per city, period and node.
#[derive(Debug, Args)]
pub(super) struct Assess {
    #[command(flatten)]
    inputs: Inputs,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension; CSV on stdout unless given, or with `-`.
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
        let written = [("--out", &self.out), ("--warnings", &self.warnings)];
        for (flag, file) in written.into_iter().chain(self.varied.files()) {
            self.inputs.spare(flag, file.as_deref(), language)?;
        }
        let analysis = self.varied.analysis(super::offline::period(self.inputs.period.as_deref(), language)?, language)?;
        let loaded = self.inputs.load(language)?;
        let mut warnings = loaded.warnings.clone();
        warnings.0.extend_from_slice(&loaded.set.warnings().0);

        let about = about(&loaded.set, language);
        let (mut written, of_engine) = match analysis {
            Some(analysis) => {
                let assessment = loaded.assess(self.threads)?;
                let written = analysis.run(&assessment, self.threads, &out, &about, language)?;
                (written, assessment.warnings().to_vec())
            }
            None => {
                let (written, of_engine) = in_parts::write(&loaded, self.threads, &out, &about)?;
                (vec![written], of_engine)
            }
        };
        warnings.0.extend(of_engine);
        match &warnings_out {
            Some(target) => written.push(target.write(faults(&Fault::list(&warnings, language)), None)?),
            None => print(&warnings, language),
        }
        // All are complete before any takes its place.
        written.into_iter().try_for_each(Written::keep)?;
        note(&loaded.set, language);
        Ok(())
    }
}

fn print(warnings: &Faults, language: Language) {
    for warning in &warnings.0 {
        tell(warning.line(language));
    }
}
