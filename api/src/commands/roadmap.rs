//! `citygauge roadmap`: the best schedule of a city's projects, from files, without a service.

mod page;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use citygauge_assessment::AssessmentError;
use citygauge_assessment::roadmap::plan;
use citygauge_indicators::planning::{Document, Roadmap as Asked};
use citygauge_indicators::{Fault, Faults, Language};
use clap::{Args, ValueEnum};
use serde_json::Value;

use super::Failed;
use super::offline::{Inputs, bytes_of};
use super::output::{Target, about, note, say};
use crate::export::Format;
use crate::roadmaps;

const FORMATS: [Format; 6] = Format::TABLES;

/// The tables of a roadmap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum TableName {
    #[default]
    Schedule,
    Spend,
    Expected,
}

/// Schedule the projects of one city from files, without a service: which begin when, to gain most within the budget.
#[derive(Debug, Args)]
pub(super) struct Roadmap {
    /// The roadmap document (JSON): years, budget, projects with their effects and dependencies; see docs/roadmaps.md.
    #[arg(value_name = "ROADMAP.json")]
    document: PathBuf,
    #[command(flatten)]
    inputs: Inputs,
    /// The code of the city; that of the document unless given.
    #[arg(long, value_name = "CODE")]
    city: Option<String>,
    /// Have only this part of the budget, 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    budget_share: f64,
    /// The table that is written: schedule (a row per project), spend (a row per year) or expected (a row per year and node).
    #[arg(long, value_name = "TABLE", value_enum, default_value_t, hide_possible_values = true)]
    table: TableName,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension. Without it, a page on a terminal and CSV in a
    /// pipe; `-` is CSV on stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Roadmap {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        if !(0.0..=1.0).contains(&self.budget_share) {
            return Err(Failed::Usage(match language {
                Language::Zh => format!("--budget-share {}：应在 0 到 1 之间", self.budget_share),
                Language::En => format!("--budget-share {}: expected 0 to 1", self.budget_share),
            }));
        }
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        self.spare_document(language)?;
        let file = self.document.display().to_string();
        let (asked, loaded) = match (read(&self.document), self.inputs.load(language)) {
            (Ok(asked), Ok(loaded)) => (asked, loaded),
            (Err(mut faults), Err(Failed::Input(others))) => {
                faults.0.extend(others.0);
                return Err(Failed::Input(faults));
            }
            (Err(faults), _) => return Err(Failed::Input(faults)),
            (_, Err(failed)) => return Err(failed),
        };
        loaded.tell_warnings(language);
        let Some(city) = self.city.as_ref().or(asked.city.as_ref()) else {
            let fault = Fault::error("set.missing_key", "缺少“city”", "'city' is missing").at("").expected("city");
            let fault = fault.hint("请补上“city”，或用 --city 给出", "add 'city', or give --city");
            return Err(Failed::Input(Faults::from(fault).in_file(&file)));
        };
        let assessment = loaded.assess(None)?;
        let observed = |period| assessment.cities_of(period).any(|code| code == city);
        let latest = || assessment.periods().filter(|&period| observed(period)).last().or_else(|| assessment.periods().last());
        let Some(period) = asked.period.or_else(latest) else {
            return Err(Failed::Other(match language {
                Language::Zh => "没有任何评估结果".into(),
                Language::En => "there is no result to set out from".into(),
            }));
        };
        let made = plan(&assessment, city, period, &asked.projects, &asked.terms, self.budget_share);
        let made = made.map_err(|error| match error {
            AssessmentError::Refused(faults) => Failed::Input(faults.in_file(&file)),
            other => Failed::other(other),
        })?;
        let set = assessment.set();
        let roadmap = roadmaps::plan(set, city, period, &asked, &made);
        if self.out.is_none() && io::stdout().is_terminal() {
            say(page::render(&roadmap, &asked, set, language))?;
        } else {
            let table = match self.table {
                TableName::Schedule => roadmaps::schedule(&roadmap, language),
                TableName::Spend => roadmaps::spend(&roadmap),
                TableName::Expected => roadmaps::expected(&roadmap),
            };
            out.write(table, Some(&about(&loaded.set, language)))?.keep()?;
        }
        note(&loaded.set, language);
        Ok(())
    }

    /// Refuses to write over the document.
    fn spare_document(&self, language: Language) -> Result<(), Failed> {
        let whole = |file: &Path| file.canonicalize().ok();
        match self.out.as_deref().and_then(whole) {
            Some(out) if whole(&self.document).as_ref() == Some(&out) => Err(Failed::Usage(match language {
                Language::Zh => format!("--out {}：这是本命令读取的文件，请写到别处", out.display()),
                Language::En => format!("--out {}: the command reads this file; write to another one", out.display()),
            })),
            _ => Ok(()),
        }
    }
}

fn read(file: &Path) -> Result<Asked, Faults> {
    let name = file.display().to_string();
    let value: Value = serde_json::from_slice(&bytes_of(file)?).map_err(|error| {
        let fault = Fault::error("file.json", format!("不是有效的 JSON：{error}"), format!("this is no JSON: {error}"));
        Faults::from(fault.hint("检查括号、引号与逗号", "check brackets, quotes and commas")).in_file(&name)
    })?;
    Asked::read_at(&value, "").map_err(|faults| faults.in_file(&name))
}
