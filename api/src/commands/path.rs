//! `citygauge path`: the least effort that brings one city to a goal by a year, from files, without a service.

mod page;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use citygauge_assessment::path::{Goal, Limits, Minimise, Request, find, percentile_of};
use citygauge_indicators::{Fault, Language, Period};
use clap::Args;

use super::Failed;
use super::offline::Inputs;
use super::output::{Target, about, note, say, tell};
use crate::export::Format;
use crate::results;

const FORMATS: [Format; 6] = Format::TABLES;

/// Find the least effort that brings one city to a goal by a year, from files, without a service.
#[derive(Debug, Args)]
pub(super) struct Path {
    #[command(flatten)]
    inputs: Inputs,
    /// The code of the city.
    #[arg(long, value_name = "CODE")]
    city: String,
    /// The goal: level (the next one), level:CODE, score:80, rank:10 or percentile:0.75.
    #[arg(long, value_name = "GOAL")]
    to: String,
    /// The node that the goal is about; TOTAL unless given, for a level the first node on which one is read.
    #[arg(long, value_name = "CODE")]
    node: Option<String>,
    /// The period by which the goal is to be reached.
    #[arg(long, value_name = "PERIOD")]
    by: String,
    /// What limits the changes: rates (that peers have kept) or peer_level (what peers have reached in the same period).
    #[arg(long, value_name = "LIMITS", default_value = "rates")]
    limits: String,
    /// The percentile of the peers that no change exceeds, p50 to p100.
    #[arg(long, value_name = "PERCENTILE", default_value = "p90")]
    rate: String,
    /// An indicator that stays as it is; may be repeated.
    #[arg(long, value_name = "CODE")]
    fixed: Vec<String>,
    /// What is made small: effort, or indicators (the number of changes, then the effort).
    #[arg(long, value_name = "WHAT", default_value = "effort")]
    minimise: String,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension. Without it, a page on a terminal and CSV in a
    /// pipe; `-` is CSV on stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Path {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        let wrong = |flag: &str, fault: &Fault| Failed::Usage(format!("{flag}: {}", fault.line(language)));
        let goal: Goal = self.to.parse().map_err(|fault: Fault| wrong("--to", &fault))?;
        let by: Period = self.by.parse().map_err(|fault: Fault| wrong("--by", &fault))?;
        let mut limits: Limits = self.limits.parse().map_err(|fault: Fault| wrong("--limits", &fault))?;
        if !self.limits.contains(':') {
            limits.percentile =
                percentile_of(&self.rate).ok_or_else(|| unknown("--rate", &self.rate, "p50 .. p100", language))?;
        }
        let minimise = [Minimise::Effort, Minimise::Indicators].into_iter().find(|minimise| minimise.word() == self.minimise);
        let minimise = minimise.ok_or_else(|| unknown("--minimise", &self.minimise, "effort | indicators", language))?;
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        let loaded = self.inputs.load(language)?;
        loaded.tell_warnings(language);
        let assessment = loaded.assess(None)?;
        // Where the city is in none, the latest period of all says so.
        let observed = |period| assessment.cities_of(period).any(|code| code == self.city);
        let period = assessment.periods().filter(|&period| observed(period)).last().or_else(|| assessment.periods().last());
        let Some(period) = period else {
            return Err(Failed::Other(match language {
                Language::Zh => "没有任何评估结果".into(),
                Language::En => "there is no result to start from".into(),
            }));
        };
        let request =
            Request { node: self.node, limits, fixed: self.fixed, minimise, ..Request::new(&self.city, period, goal, by) };
        let path = find(&assessment, &request).map_err(|error| match error {
            citygauge_assessment::AssessmentError::Refused(faults) => Failed::Input(faults),
            other => Failed::other(other),
        })?;
        if self.out.is_none() && io::stdout().is_terminal() {
            say(page::render(&assessment, &request, &path, language))?;
        } else {
            tell(page::headline(&assessment, &request, &path, language));
            out.write(results::path(&assessment, &request, &path, language), Some(&about(&loaded.set, language)))?.keep()?;
        }
        note(&loaded.set, language);
        Ok(())
    }
}

fn unknown(flag: &str, value: &str, known: &str, language: Language) -> Failed {
    Failed::Usage(match language {
        Language::Zh => format!("{flag} {value}：应为 {known}"),
        Language::En => format!("{flag} {value}: expected {known}"),
    })
}
