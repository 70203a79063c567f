//! `citygauge plan propose`.

use std::path::PathBuf;

use citygauge_assessment::goals::{Ambition, Asked, Proposal, propose};
use citygauge_assessment::{Assessment, AssessmentError};
use citygauge_indicators::{Fault, Language, Period};
use clap::Args;

use super::page;
use crate::commands::Failed;
use crate::commands::offline::Inputs;
use crate::commands::output::{note, say, tell, write_file};

/// Draft a plan of goals of one city from an ambition.
#[derive(Debug, Args)]
pub(in crate::commands) struct Propose {
    #[command(flatten)]
    inputs: Inputs,
    /// The code of the city.
    #[arg(long, value_name = "CODE")]
    city: String,
    /// What is to be reached: level, level:CODE, score:X, percentile:P, gap:REFERENCE, or given, where --target says it.
    #[arg(long, value_name = "AMBITION")]
    to: String,
    /// The period by whose end it is to be reached.
    #[arg(long, value_name = "PERIOD")]
    by: String,
    /// The code of the plan; made of the city and the deadline unless given.
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// A target of an indicator in its raw unit, in the place of what the ambition asks for, such as L1P1=80; may be repeated.
    #[arg(long = "target", value_name = "NODE=VALUE")]
    targets: Vec<String>,
    /// Into how many stages the years are cut; three, or as many as there are years, unless given.
    #[arg(long, value_name = "COUNT")]
    stages: Option<u32>,
    /// The file to write the plan to, JSON, beside a page of its targets; without it the plan goes to stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Propose {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let wrong = |flag: &str, fault: Fault| Failed::Usage(format!("{flag}: {}", fault.line(language)));
        let ambition: Ambition = self.to.parse().map_err(|fault| wrong("--to", fault))?;
        let by: Period = self.by.parse().map_err(|fault| wrong("--by", fault))?;
        let given = self.targets.iter().map(|text| target(text, language)).collect::<Result<Vec<_>, _>>()?;
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        let loaded = self.inputs.load(language)?;
        loaded.tell_warnings(language);
        let ambition = match ambition {
            Ambition::Gap(against) => Ambition::Gap(super::planned(against, &loaded.set, &self.city)?),
            other => other,
        };
        let assessment = loaded.assess(None)?;
        let code = self.code.clone().unwrap_or_else(|| format!("goals-{}-{by}", self.city));
        let asked = Asked {
            code: &code,
            title: None,
            city: &self.city,
            period: latest(&assessment, &self.city, language)?,
            by,
            ambition: &ambition,
            given: &given,
            peers: None,
            stages: self.stages,
        };
        let proposal = propose(&assessment, &asked).map_err(|error| match error {
            AssessmentError::Refused(faults) => Failed::Input(faults),
            other => Failed::other(other),
        })?;
        let text = serde_json::to_string_pretty(&proposal.plan).map_err(Failed::other)?;
        match &self.out {
            Some(file) => {
                write_file(file, format!("{text}\n").as_bytes())?;
                say(page::proposal(&assessment, &proposal, &ambition, language))?;
            }
            None => say(text)?,
        }
        warn(&assessment, &proposal, &ambition, language);
        note(&loaded.set, language);
        Ok(())
    }
}

/// The latest period in which a city has results.
pub(super) fn latest(assessment: &Assessment, city: &str, language: Language) -> Result<Period, Failed> {
    let observed = |period| assessment.cities_of(period).any(|code| code == city);
    let period = assessment.periods().filter(|&period| observed(period)).last().or_else(|| assessment.periods().last());
    period.ok_or_else(|| Failed::Other(language.pick("没有任何评估结果", "there is no result to compare").to_owned()))
}

/// What a reader must know although there is a plan: where it falls short, and what it leaves out.
fn warn(assessment: &Assessment, proposal: &Proposal, ambition: &Ambition, language: Language) {
    if !proposal.reached {
        let short = |text: fn(f64) -> String| proposal.shortfall.map(text).unwrap_or_default();
        let fault = Fault::warning(
            "goals.falls_short",
            format!("所有目标实现后仍未达到“{ambition}”{}", short(|points| format!("，总分尚差 {points}"))),
            format!(
                "with all targets reached, '{ambition}' is not{}",
                short(|points| format!(": the total falls short by {points}"))
            ),
        );
        tell(fault.line(language));
    }
    for unmoved in &proposal.unmoved {
        let reason = |language| unmoved.reason.get(language).to_owned();
        let fault = Fault::warning("goals.unmoved", reason(Language::Zh), reason(Language::En));
        tell(fault.of(assessment.set().nodes()[unmoved.node].code.clone()).line(language));
    }
}

/// A target as the flag gives it.
fn target(text: &str, language: Language) -> Result<(String, f64), Failed> {
    let parsed = text.rsplit_once('=').and_then(|(node, value)| {
        let value = value.parse::<f64>().ok().filter(|value| value.is_finite())?;
        (!node.is_empty()).then(|| (node.to_owned(), value))
    });
    parsed.ok_or_else(|| {
        Failed::Usage(match language {
            Language::Zh => format!("--target {text}：应为 节点=数值"),
            Language::En => format!("--target {text}: expected NODE=VALUE"),
        })
    })
}
