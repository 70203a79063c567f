//! `citygauge lint`: what is wrong with the goals of a plan, from files, without a service.

use std::path::PathBuf;

use citygauge_assessment::goals::lint::{Finding, Ground, Report, lint};
use citygauge_indicators::planning::GoalPlan;
use citygauge_indicators::{Fault, Faults, Language, Severity};
use citygauge_openapi::{Day, Moment};
use clap::Args;

use super::Failed;
use super::offline::{Inputs, Loaded};
use super::output::{note, say};
use super::plan::{rates_page, read_plan};
use crate::clock::Sources;

/// Look through a plan of goals for what clause 7.3.3 of GB/T 36333-2018 asks of goals, from files, without a service.
///
/// The exit status is 1 where a finding refuses the plan.
#[derive(Debug, Args)]
pub(super) struct Lint {
    /// The plan: a JSON file.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[command(flatten)]
    inputs: Inputs,
    /// Another plan of goals of the city, with which this one has to agree; may be repeated.
    #[arg(long = "against", value_name = "PLAN")]
    against: Vec<PathBuf>,
    /// The day from which on deadlines lie ahead, such as 2026-11-28; today unless given.
    #[arg(long, value_name = "DAY")]
    today: Option<String>,
}

impl Lint {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let today = self.today(language)?;
        let (plan, against, loaded) = self.read(language)?;
        loaded.tell_warnings(language);
        let assessment = loaded.assess(None)?;
        let ground = Ground { assessment: &assessment, against: &against, peers: None, requirements: None, today: Some(&today) };
        let report = lint(&plan, &ground);
        for finding in &report.findings {
            say(line(finding, language))?;
        }
        if !report.evidence.is_empty() {
            let evidence = report.evidence.iter().map(|of| (of.goal.as_str(), &of.evidence));
            say(rates_page(&assessment, &plan, evidence, language))?;
        }
        note(&loaded.set, language);
        verdict(&report, &self.plan.display().to_string(), language)
    }

    fn today(&self, language: Language) -> Result<String, Failed> {
        match &self.today {
            None => Ok(Moment::from_ms(Sources::system().now_ms()).to_string().chars().take(10).collect()),
            Some(day) => match day.parse::<Day>() {
                Ok(day) => Ok(day.to_string()),
                Err(_) => Err(Failed::Usage(match language {
                    Language::Zh => format!("--today {day}：应为日期，例如 2026-11-28"),
                    Language::En => format!("--today {day}: expected a day such as 2026-11-28"),
                })),
            },
        }
    }

    /// Everything that is read; the faults of all files at once.
    fn read(&self, language: Language) -> Result<(GoalPlan, Vec<GoalPlan>, Loaded), Failed> {
        let mut faults = Faults::default();
        let mut plan = |file| read_plan(file).map_err(|found: Faults| faults.0.extend(found.0)).ok();
        let own = plan(self.plan.as_path());
        let against: Vec<Option<GoalPlan>> = self.against.iter().map(|file| plan(file)).collect();
        let loaded = match self.inputs.load(language) {
            Err(Failed::Input(found)) => {
                faults.0.extend(found.0);
                return Err(Failed::Input(faults));
            }
            loaded => loaded?,
        };
        match (own, against.into_iter().collect::<Option<Vec<_>>>()) {
            (Some(own), Some(against)) => Ok((own, against, loaded)),
            _ => Err(Failed::Input(faults)),
        }
    }
}

/// A finding as a line: severity, rule, clause, what is found, the quote, and how to mend it.
fn line(finding: &Finding, language: Language) -> String {
    let rule = finding.rule;
    let quote = finding.quote.as_ref().map(|quote| match language {
        Language::Zh => format!("“{}”", quote.get(language)),
        Language::En => format!(" \"{}\"", quote.get(language)),
    });
    let mend = language.pick("　建议：", "  Mend: ");
    format!(
        "{}[{}] {} {}: {}{}{mend}{}",
        rule.severity.word(),
        rule.code,
        rule.clause,
        finding.pointer,
        finding.message.get(language),
        quote.unwrap_or_default(),
        finding.hint.get(language),
    )
}

/// Done, or refused where a finding refuses the plan.
fn verdict(report: &Report, file: &str, language: Language) -> Result<(), Failed> {
    let errors = report.errors().count();
    let warnings = report.findings.iter().filter(|finding| finding.rule.severity == Severity::Warning).count();
    if errors == 0 {
        return say(match language {
            Language::Zh => format!("可以生效：没有错误，{warnings} 条提醒"),
            Language::En => format!("fit to be adopted: no errors, {warnings} warnings"),
        });
    }
    let fault = Fault::error(
        "goal_plan.refused",
        format!("{errors} 条错误，{warnings} 条提醒：计划不能生效"),
        format!("{errors} errors and {warnings} warnings: the plan cannot be adopted"),
    );
    let fault =
        fault.hint("按建议改正，或由专人说明理由后豁免", "mend them, or have somebody answer for them by name and reason");
    Err(Failed::Input(Faults::from(fault).in_file(file)))
}
