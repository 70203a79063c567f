//! `citygauge gaps`: what separates one city from a reference, from files, without a service.

mod page;
mod peers;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use citygauge_assessment::Assessment;
use citygauge_assessment::gap::{Asked, GapAnalysis, Reference, Rule, analyse_with};
use citygauge_indicators::{Fault, Language, Period};
use citygauge_openapi::{Code, SetRef};
use clap::{Args, ValueEnum};

use super::Failed;
use super::offline::Inputs;
use super::output::{Target, about, note, say};
use crate::export::Format;
use crate::gaps::{Lists, Origin, Sections, requirements, requirements_table, tables};
use crate::results::places;

const FORMATS: [Format; 6] = Format::TABLES;

/// Compare one city with a reference, node by node, from files, without a service.
#[derive(Debug, Args)]
pub(super) struct Gaps {
    #[command(flatten)]
    inputs: Inputs,
    /// The code of the city.
    #[arg(long, value_name = "CODE")]
    city: String,
    /// The reference: full_mark, best, peer_median, peer_top_quartile, previous, level, level:CODE, city:CODE, or target:PLAN.json, the
    /// targets of a plan of goals.
    #[arg(long, value_name = "REFERENCE")]
    against: String,
    /// The period by which the gaps are to close: of the length of the analysed one, and later.
    #[arg(long, value_name = "PERIOD")]
    by: Option<String>,
    /// The peers: codes of cities with commas between, or a file of cities; the cohort unless given.
    #[arg(long, value_name = "CODES|FILE")]
    peers: Option<String>,
    /// How the priority directions are ranked: points_lost, or u4ssc by the part of the reference that is attained.
    #[arg(long, value_name = "RULE", default_value = "points_lost")]
    rule: String,
    /// What is written: the analysis, or its priority directions as requirements of a design.
    #[arg(long = "as", value_enum, default_value_t = As::Analysis)]
    form: As,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension. Without it, a page on a terminal and CSV in a
    /// pipe; `-` is CSV on stdout. JSON and XLSX hold the four outputs of GB/T 36333 Annex A, the others the table of the gaps.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum As {
    Analysis,
    Requirements,
}

impl Gaps {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        let usage = |flag: &str, fault: Fault| Failed::Usage(format!("{flag}: {}", fault.line(language)));
        let against: Reference = self.against.parse().map_err(|fault| usage("--against", fault))?;
        let by = self.by.as_deref().map(str::parse::<Period>).transpose().map_err(|fault| usage("--by", fault))?;
        let rule: Rule = self.rule.parse().map_err(|fault| usage("--rule", fault))?;
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        let loaded = self.inputs.load(language)?;
        loaded.tell_warnings(language);
        let against = super::plan::planned(against, &loaded.set, &self.city)?;
        let assessment = loaded.assess(None)?;
        let peers = self.peers.as_deref().map(|peers| peers::named(peers, &assessment)).transpose()?;
        // The peers stand beside the city, so what is asked for is its latest period, not the latest of all.
        let observed = |period| assessment.cities_of(period).any(|code| code == self.city);
        let period = assessment.periods().filter(|&period| observed(period)).last().or_else(|| assessment.periods().last());
        let Some(period) = period else {
            return Err(Failed::Other(match language {
                Language::Zh => "没有任何评估结果".into(),
                Language::En => "there is no result to compare".into(),
            }));
        };
        let asked = Asked { peers: peers.as_deref(), by, rule };
        let analysis = analyse_with(&assessment, &self.city, period, &against, asked)?;
        match self.form {
            As::Analysis => self.analysis(&assessment, &analysis, &out, language)?,
            As::Requirements => self.requirements(&assessment, &analysis, &out, language)?,
        }
        note(&loaded.set, language);
        Ok(())
    }

    fn analysis(&self, assessment: &Assessment, found: &GapAnalysis, out: &Target, language: Language) -> Result<(), Failed> {
        if self.out.is_none() && io::stdout().is_terminal() {
            return say(page::render(assessment, found, language));
        }
        let sections = Sections::of(assessment, found).told(language);
        let lists = Lists {
            gaps: &sections.gaps,
            foundations: &sections.foundations,
            strengths: &sections.strengths,
            weaknesses: &sections.weaknesses,
            priorities: &sections.priorities,
            without_data: &sections.without_data,
            without_reference: &sections.without_reference,
            places: places(assessment.set()),
            language,
        };
        out.write_all(&tables(&lists, out.format()), Some(&about(assessment.set(), language)))?.keep()
    }

    fn requirements(&self, assessment: &Assessment, found: &GapAnalysis, out: &Target, language: Language) -> Result<(), Failed> {
        let sections = Sections::of(assessment, found).told(language);
        let document = assessment.set().document();
        let set = SetRef { code: Code::trusted(document.code.clone()), version: Code::trusted(document.version.clone()) };
        let (against, by) = (found.against.to_string(), found.by.map(|by| by.to_string()));
        let origin = Origin { analysis: None, set: &set, against: &against, by: by.as_deref() };
        let items = requirements(&sections.gaps, &sections.titles, &sections.priorities, origin);
        if let (Format::Json, Target::File(file, _)) = (out.format(), out) {
            let bytes = serde_json::to_vec_pretty(&serde_json::json!({ "items": items })).map_err(Failed::other)?;
            return super::output::write_file(file, &bytes);
        }
        out.write(requirements_table(&items), Some(&about(assessment.set(), language)))?.keep()
    }
}
