//! `citygauge assess --uncertainty N`: how far the ranking rests on its choices.

use std::path::{Path, PathBuf};

use citygauge_assessment::uncertainty::{Replay, Run, Uncertainty, uncertainty};
use citygauge_assessment::{Assessment, AssessmentError};
use citygauge_indicators::{Fault, Faults, Language, Period, UncertaintyRequest};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::super::Failed;
use super::super::offline::bytes_of;
use super::super::output::{Target, Written};
use crate::export::{About, Format};
use crate::results;

const FORMATS: [Format; 6] = Format::TABLES;

/// What is varied.
#[derive(Debug, Args)]
pub(super) struct Varied {
    /// Instead of the scores, write how far ranks and scores rest on choices, over so many replications.
    #[arg(long, value_name = "N")]
    uncertainty: Option<u32>,
    /// The seed of the replications; the same seed gives the same digits.
    #[arg(long, value_name = "SEED", requires = "uncertainty")]
    seed: Option<u64>,
    /// The choices that are varied, a JSON file (see docs/methods/uncertainty.md); unless given, the weights of all inner
    /// nodes, plus or minus 25 %.
    #[arg(long, value_name = "FILE", requires = "uncertainty")]
    choices: Option<PathBuf>,
    /// Take the parameters of the replications from this CSV file of an earlier run instead of drawing them.
    #[arg(long, value_name = "FILE", requires = "uncertainty")]
    replay: Option<PathBuf>,
    /// Write the drawn parameters of every replication to this file.
    #[arg(long, value_name = "FILE", requires = "uncertainty")]
    parameters: Option<PathBuf>,
    /// Write the sensitivity indices of every choice to this file; the choices ask for them with "sobol": true.
    #[arg(long, value_name = "FILE", requires = "uncertainty")]
    sensitivity: Option<PathBuf>,
}

/// An analysis to be made, and where its tables go.
pub(super) struct Analysis {
    request: UncertaintyRequest,
    replay: Option<Replay>,
    parameters: Option<Target>,
    sensitivity: Option<Target>,
}

impl Varied {
    /// The files that are written, by flag.
    pub(super) fn files(&self) -> [(&'static str, &Option<PathBuf>); 2] {
        [("--parameters", &self.parameters), ("--sensitivity", &self.sensitivity)]
    }

    /// The analysis that is asked for, if one is.
    pub(super) fn analysis(&self, period: Option<Period>, language: Language) -> Result<Option<Analysis>, Failed> {
        let Some(replications) = self.uncertainty else { return Ok(None) };
        let mut request = match &self.choices {
            Some(file) => {
                UncertaintyRequest::parse(&bytes_of(file)?).map_err(|faults| faults.in_file(&file.display().to_string()))?
            }
            None => UncertaintyRequest::parse(b"{}")?,
        };
        if !(1..=100_000).contains(&replications) {
            return Err(Failed::Usage(match language {
                Language::Zh => "--uncertainty：应为 1 到 100000".to_owned(),
                Language::En => "--uncertainty: 1 to 100000 replications".to_owned(),
            }));
        }
        request.replications = replications;
        request.seed = self.seed.unwrap_or(request.seed);
        request.period = period.or(request.period);
        let target = |flag: &str, file: &Option<PathBuf>| {
            file.as_deref().map(|file| Target::new(flag, Some(file), &FORMATS, language)).transpose()
        };
        Ok(Some(Analysis {
            request,
            replay: self.replay.as_deref().map(read).transpose()?,
            parameters: target("--parameters", &self.parameters)?,
            sensitivity: target("--sensitivity", &self.sensitivity)?,
        }))
    }
}

/// A table of parameters as an earlier run has written it.
fn read(file: &Path) -> Result<Replay, Faults> {
    let bytes = bytes_of(file)?;
    let named = |faults: Faults| faults.in_file(&file.display().to_string());
    let wrong = |error: csv::Error| {
        named(Fault::error("file.not_csv", format!("不是 CSV 文件：{error}"), format!("this is no CSV file: {error}")).into())
    };
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let columns = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| Ok(record.map_err(wrong)?.iter().map(str::to_owned).collect()));
    Ok(Replay { columns, rows: rows.collect::<Result<_, Faults>>()? })
}

impl Analysis {
    /// Runs it with a progress bar on a terminal, and writes its tables; the one of the cities goes to `out`.
    pub(super) fn run(
        self,
        assessment: &Assessment,
        threads: Option<std::num::NonZeroUsize>,
        out: &Target,
        about: &About,
        language: Language,
    ) -> Result<Vec<Written>, Failed> {
        let bar = ProgressBar::new(1_000);
        let template = match language {
            Language::Zh => "重复计算 {bar:40} {percent} %",
            Language::En => "replications {bar:40} {percent} %",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let progress = |done: f64| {
            bar.set_position((done * 1_000.0) as u64);
            true
        };
        let options = Run { replay: self.replay.as_ref(), threads, progress: Some(&progress) };
        let result = uncertainty(assessment, &self.request, &options);
        bar.finish_and_clear();
        let result: Uncertainty = result.map_err(|error| match error {
            AssessmentError::Refused(faults) => Failed::Input(faults),
            other => Failed::other(other),
        })?;
        let mut written = vec![out.write(results::uncertainty::cities(&result), Some(about))?];
        if let Some(target) = &self.parameters {
            written.push(target.write(results::uncertainty::parameters(&result), Some(about))?);
        }
        if let Some(target) = &self.sensitivity {
            written.push(target.write(results::uncertainty::sensitivity(&result), Some(about))?);
        }
        Ok(written)
    }
}
