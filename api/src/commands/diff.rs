//! `citygauge diff`: what changed between two assessments and what it came from, from files, without a service.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use citygauge_assessment::Assessment;
use citygauge_assessment::years::{Compared, compare};
use citygauge_indicators::{Fault, Language, Period};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failed;
use super::offline::Inputs;
use super::output::{Target, about, note};
use crate::export::Format;
use crate::results::years;

const FORMATS: [Format; 6] = Format::TABLES;

/// Compare two assessments, from files, without a service: what changed, and what came from data, set, cohort and coverage.
#[derive(Debug, Args)]
pub(super) struct Diff {
    #[command(flatten)]
    before: Inputs,
    /// The set of the later assessment; the same unless given.
    #[arg(long, value_name = "SET")]
    to_set: Option<String>,
    /// The observations of the later assessment; the same unless given.
    #[arg(long, value_name = "FILE")]
    to_data: Option<PathBuf>,
    /// The cities of the later assessment; the same unless given.
    #[arg(long, value_name = "FILE")]
    to_cities: Option<PathBuf>,
    /// The period of the later assessment; the latest one unless given.
    #[arg(long, value_name = "PERIOD")]
    to_period: Option<String>,
    /// The code of a city; every city unless given.
    #[arg(long, value_name = "CODE")]
    city: Option<String>,
    /// The code of a node; every node unless given.
    #[arg(long, value_name = "CODE")]
    node: Option<String>,
    /// Write what each child contributed to the change of its parent instead.
    #[arg(long)]
    children: bool,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension; CSV on stdout unless given, or with `-`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Diff {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        let later = Inputs {
            set: self.to_set.clone().unwrap_or_else(|| self.before.set.clone()),
            data: self.to_data.clone().unwrap_or_else(|| self.before.data.clone()),
            cities: self.to_cities.clone().or_else(|| self.before.cities.clone()),
            mapping: self.before.mapping.clone(),
            period: self.to_period.clone(),
        };
        for inputs in [&self.before, &later] {
            inputs.spare("--out", self.out.as_deref(), language)?;
        }
        // The faults of both sides are told at once.
        let (earlier, later) = match (self.before.load(language), later.load(language)) {
            (Err(Failed::Input(mut faults)), Err(Failed::Input(more))) => {
                let known = faults.0.clone();
                faults.0.extend(more.0.into_iter().filter(|fault| !known.contains(fault)));
                return Err(Failed::Input(faults));
            }
            (earlier, later) => (earlier?, later?),
        };
        let (before, after) = (earlier.assess(None)?, later.assess(None)?);
        if let Some(node) =
            self.node.as_deref().filter(|node| [&before, &after].iter().all(|of| of.set().node_index(node).is_none()))
        {
            super::trends::known_node(after.set(), node)?;
        }
        let (period, to_period) = (latest(&before)?, latest(&after)?);
        let cities: Vec<&str> = match self.city.as_deref() {
            Some(city) => vec![city],
            None => {
                let codes = before.cities_of(period).chain(after.cities_of(to_period));
                codes.collect::<std::collections::BTreeSet<&str>>().into_iter().collect()
            }
        };
        let bar = bar(cities.len());
        let report = |done: f64| {
            bar.set_position((done * cities.len() as f64) as u64);
            true
        };
        let found = compare(
            Compared { assessment: &before, period },
            Compared { assessment: &after, period: to_period },
            &cities,
            Some(&report),
        );
        bar.finish_and_clear();
        let mut found = found.map_err(|error| match error {
            citygauge_assessment::AssessmentError::Refused(faults) => Failed::Input(faults),
            other => Failed::other(other),
        })?;
        found.retain(|change| self.node.as_deref().is_none_or(|node| node == change.node));
        let table = match self.children {
            true => years::contributions(&found),
            false => years::changes(after.set(), &found, language),
        };
        out.write(table, Some(&about(after.set(), language)))?.keep()?;
        note(before.set(), language);
        if before.set().digest() != after.set().digest() {
            note(after.set(), language);
        }
        Ok(())
    }
}

fn latest(assessment: &Assessment) -> Result<Period, Failed> {
    let none = || Fault::error("period.absent", "没有任何评估结果", "there is no result to compare");
    assessment.periods().last().ok_or_else(|| Failed::Input(none().into()))
}

/// Progress over the cities, on a terminal only.
fn bar(cities: usize) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(cities as u64).with_style(style)
}

#[cfg(test)]
mod tests;
