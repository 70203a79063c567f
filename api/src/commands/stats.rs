//! `citygauge stats`: statistics of a set on a cohort, from files, without a service.

mod page;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use citygauge_assessment::AssessmentError;
use citygauge_indicators::Language;
use clap::Args;

use super::Failed;
use super::offline::Inputs;
use super::output::{Target, about, note, say};
use crate::export::Format;
use crate::statistics::asked::{Below, By, Kind, Numbers, Within};
use crate::statistics::{Asked, What, rows, table};

const FORMATS: [Format; 6] = Format::TABLES;

/// Show what a set and its data look like on a cohort, from files, without a service.
#[derive(Debug, Args)]
pub(super) struct Stats {
    #[command(flatten)]
    inputs: Inputs,
    /// The kind of statistics.
    #[arg(long, value_enum, default_value_t = What::Indicators)]
    what: What,
    /// Indicators, correlations and balance below this node; consistency, components and availability of this node.
    #[arg(long, value_name = "CODE")]
    node: Option<String>,
    /// Availability of this city; standings need one.
    #[arg(long, value_name = "CODE")]
    city: Option<String>,
    /// The kind of correlation (correlations, balance); pearson unless given.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Scores, raw values of leaves, or these after imputation and treatment; scores unless given.
    #[arg(long, value_enum)]
    of: Option<Numbers>,
    /// Which nodes are correlated: node (the children of each, the default), leaves, depth:N or depth:N:M.
    #[arg(long, value_name = "WHICH")]
    within: Option<Within>,
    /// Which nodes below a node are looked at together (consistency, components): children, leaves or depth:N.
    #[arg(long, value_name = "WHICH")]
    members: Option<Below>,
    /// Above this correlation sisters are redundant; 0.9 unless given.
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    redundant: Option<f64>,
    /// Below this correlation sisters are opposing; 0 unless given.
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    opposing: Option<f64>,
    /// The least share of data of a city (screening); 0.65 unless given.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    least: Option<f64>,
    /// The least share of its data that are not zero (screening); 0.05 unless given.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    least_nonzero: Option<f64>,
    /// What keeps a city out (screening); missing unless given.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// A city that stays whatever it has (screening); may be repeated.
    #[arg(long, value_name = "CODE")]
    keep: Vec<String>,
    /// A city that goes whatever it has (screening); may be repeated.
    #[arg(long, value_name = "CODE")]
    drop: Vec<String>,
    /// How many strengths and weaknesses (standings); 5 unless given.
    #[arg(long, value_name = "NUMBER")]
    most: Option<u32>,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension. Without it, a page on a terminal and CSV in a
    /// pipe; `-` is CSV on stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Stats {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        let asked = self.asked();
        asked.check().map_err(|faults| {
            let lines: Vec<String> = faults.0.iter().map(|fault| fault.line(language)).collect();
            Failed::Usage(lines.join("\n"))
        })?;
        let loaded = self.inputs.load(language)?;
        loaded.tell_warnings(language);
        let assessment = loaded.assess(None)?;
        let Some(period) = assessment.periods().last() else {
            return Err(Failed::Other(match language {
                Language::Zh => "没有任何评估结果".into(),
                Language::En => "there is no result to describe".into(),
            }));
        };
        let found = rows(&assessment, period, &asked, language).map_err(|error| match error {
            AssessmentError::Refused(faults) => Failed::Input(faults),
            other => Failed::other(other),
        })?;
        if self.out.is_none() && io::stdout().is_terminal() {
            say(page::render(&table(&found), period, asked.what, language).map_err(Failed::other)?)?;
        } else {
            out.write(table(&found), Some(&about(&loaded.set, language)))?.keep()?;
        }
        note(&loaded.set, language);
        Ok(())
    }

    fn asked(&self) -> Asked {
        Asked {
            what: self.what,
            node: self.node.clone(),
            city: self.city.clone(),
            kind: self.kind,
            of: self.of,
            within: self.within,
            members: self.members,
            redundant: self.redundant,
            opposing: self.opposing,
            least: self.least,
            least_nonzero: self.least_nonzero,
            by: self.by,
            keep: self.keep.clone(),
            drop: self.drop.clone(),
            most: self.most,
        }
    }
}

#[cfg(test)]
mod tests;
