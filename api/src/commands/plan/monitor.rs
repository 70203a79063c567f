//! `citygauge plan monitor`.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use citygauge_assessment::goals::monitor::{Monitored, TOLERANCE, monitor};
use citygauge_indicators::planning::GoalPlan;
use citygauge_indicators::{Fault, Language};
use clap::Args;

use super::propose::latest;
use super::{page, read_plan};
use crate::commands::Failed;
use crate::commands::offline::Inputs;
use crate::commands::output::{Target, about, note, say};
use crate::export::{Column, Format, Table};

const FORMATS: [Format; 6] = Format::TABLES;

/// Compare what was reached with a plan of goals.
#[derive(Debug, Args)]
pub(in crate::commands) struct Monitor {
    /// The plan: a JSON file.
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[command(flatten)]
    inputs: Inputs,
    /// How far beside its path a goal may lie and still be on track, in parts of the way from baseline to target.
    #[arg(long, value_name = "PART", default_value_t = TOLERANCE)]
    tolerance: f64,
    /// The file to write: CSV, JSON, NDJSON, XLSX, Parquet or Arrow, by extension. Without it, a page on a terminal and CSV in a
    /// pipe; `-` is CSV on stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Monitor {
    pub fn run(self, language: Language) -> Result<(), Failed> {
        let out = Target::new("--out", self.out.as_deref(), &FORMATS, language)?;
        self.inputs.spare("--out", self.out.as_deref(), language)?;
        let (plan, loaded) = match (read_plan(&self.plan), self.inputs.load(language)) {
            (Err(mut faults), Err(Failed::Input(more))) => {
                faults.0.extend(more.0);
                return Err(Failed::Input(faults));
            }
            (plan, loaded) => (plan?, loaded?),
        };
        if plan.set.code != loaded.set.document().code {
            return Err(other_set(&plan, &loaded.set.document().code).into());
        }
        loaded.tell_warnings(language);
        let assessment = loaded.assess(None)?;
        let period = latest(&assessment, &plan.city, language)?;
        let found = monitor(&plan, &assessment, period, self.tolerance)?;
        if self.out.is_none() && io::stdout().is_terminal() {
            say(page::monitored(&plan, &found, period, language))?;
        } else {
            out.write(rows(&plan, &found, &period.to_string()), Some(&about(&loaded.set, language)))?.keep()?;
        }
        note(&loaded.set, language);
        Ok(())
    }
}

fn other_set(plan: &GoalPlan, code: &str) -> citygauge_indicators::Faults {
    let (zh, en) = (
        format!("计划依据指标体系“{}”，数据依据“{code}”", plan.set.code),
        format!("the plan is of the set '{}', the data of '{code}'", plan.set.code),
    );
    Fault::error("goal_plan.other_set", zh, en).hint("使用同一指标体系", "use one set").into()
}

fn rows<'a>(plan: &'a GoalPlan, found: &'a [Monitored], period: &'a str) -> Table<'a> {
    let columns = vec![
        Column::text("city"),
        Column::text("plan"),
        Column::text("period"),
        Column::text("goal"),
        Column::text("node"),
        Column::text("unit"),
        Column::number("expected"),
        Column::number("actual"),
        Column::number("deviation"),
        Column::number("deviation_years"),
        Column::number("progress"),
        Column::text("level"),
        Column::text("standing"),
    ];
    let rows = plan.goals.iter().zip(found).map(|(goal, monitored)| {
        vec![
            plan.city.as_str().into(),
            plan.code.as_str().into(),
            period.into(),
            goal.code.as_str().into(),
            monitored.node.as_deref().into(),
            goal.unit.as_deref().into(),
            monitored.expected.into(),
            monitored.actual.into(),
            monitored.deviation.into(),
            monitored.deviation_years.into(),
            monitored.progress.into(),
            monitored.level.as_deref().into(),
            monitored.standing.word().into(),
        ]
    });
    Table::new("monitoring", columns, rows.collect())
}
