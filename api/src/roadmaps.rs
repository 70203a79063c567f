//! Roadmaps as they are answered and written.

use citygauge_assessment::roadmap::{Counted, Expected, Plan, Reason};
use citygauge_indicators::planning::Roadmap;
use citygauge_indicators::{IndicatorSet, Language, Period};
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use crate::export::{Column, Table};

/// What a plan of the engine says, in the words of the contract.
pub fn plan(set: &IndicatorSet, city: &str, period: Period, asked: &Roadmap, plan: &Plan) -> wire::RoadmapPlan {
    let projects = &asked.projects;
    let code = |place: &usize| projects[*place].code.clone();
    let codes = |places: &[usize]| places.iter().map(code).collect::<Vec<_>>();
    let expected = |it: &Expected| wire::RoadmapExpectation {
        node: Code::trusted(set.nodes()[it.node].code.clone()),
        value: it.value,
        score: it.score,
        points: it.points,
        level: it.level.clone(),
    };
    let schedule = projects.iter().enumerate().map(|(place, project)| {
        let dropped = plan.dropped.iter().find(|dropped| dropped.project == place).map(|dropped| reason(&dropped.reason));
        let last = |start: usize| asked.year(start + project.duration_years.saturating_sub(1) as usize);
        wire::RoadmapProject {
            project: project.code.clone(),
            title: project.title.clone(),
            start: plan.starts[place].map(|start| asked.year(start)),
            end: plan.starts[place].map(last),
            cost: project.cost,
            dropped: dropped.map(|(reason, _)| reason),
            because_of: dropped.and_then(|(_, other)| other).map(|other| projects[other].code.clone()),
            order: plan.sequence.iter().position(|other| *other == place).map_or(0, |order| order as u64 + 1),
            critical: plan.critical.chain.contains(&place),
            slack_years: plan.critical.slack[place].map(|years| years as u64),
        }
    });
    let spend = plan.spend.iter().map(|spend| wire::RoadmapSpend {
        year: spend.year,
        budget: spend.budget,
        available: spend.available,
        spent: spend.spent,
    });
    let years = plan.states.iter().map(|state| wire::RoadmapYear {
        year: state.year,
        at_work: codes(&state.at_work),
        points_gained: state.gained,
        score: state.nodes.first().and_then(|total| total.score),
        level: state.nodes.first().and_then(|total| total.level.clone()),
        nodes: state.nodes.iter().map(expected).collect(),
    });
    let stages = plan.stages.iter().map(|stage| {
        let nodes = &plan.states[stage.goal].nodes;
        wire::RoadmapStageGoal {
            title: stage.stage.title.clone(),
            from: stage.stage.from,
            to: stage.stage.to,
            begins: codes(&stage.begins),
            ends: codes(&stage.ends),
            tasks: stage.stage.tasks.clone(),
            score: nodes.first().and_then(|total| total.score),
            level: nodes.first().and_then(|total| total.level.clone()),
            targets: plan.leaves.iter().map(|leaf| expected(&nodes[leaf.node])).collect(),
        }
    });
    let shrunk = plan.shrunk.iter().map(|shrunk| wire::RoadmapShrunk {
        share: shrunk.share,
        feasible: shrunk.is_feasible,
        points: shrunk.points,
        optimal: shrunk.is_optimal,
        bound: shrunk.bound,
        dropped: codes(&shrunk.dropped),
    });
    let indicators = plan.leaves.iter().map(|leaf| {
        let (counted, why) = match &leaf.counted {
            Counted::Line => ("line", None),
            Counted::Alone(why) => ("alone", Some(why.clone())),
        };
        wire::RoadmapIndicator {
            node: Code::trusted(set.nodes()[leaf.node].code.clone()),
            value: leaf.value,
            counted: counted.to_owned(),
            why,
            points_per_unit: leaf.points_per_unit,
            room: leaf.room,
        }
    });
    let document = set.document();
    wire::RoadmapPlan {
        set: wire::SetRef { code: Code::trusted(document.code.clone()), version: Code::trusted(document.version.clone()) },
        city: Code::trusted(city),
        period: period.into(),
        document: json!(asked),
        points: plan.points,
        objective: plan.objective,
        bound: plan.bound,
        optimal: plan.is_optimal,
        schedule: schedule.collect(),
        spend: spend.collect(),
        spend_after: plan.spend_after,
        years: years.collect(),
        stages: stages.collect(),
        critical_path: codes(&plan.critical.chain),
        critical_years: plan.critical.years as u64,
        shrunk: shrunk.collect(),
        indicators: indicators.collect(),
    }
}

fn reason(reason: &Reason) -> (wire::RoadmapReason, Option<usize>) {
    match reason {
        Reason::Horizon => (wire::RoadmapReason::Horizon, None),
        Reason::Dependency(other) => (wire::RoadmapReason::Dependency, Some(*other)),
        Reason::Exclusive(other) => (wire::RoadmapReason::Exclusive, Some(*other)),
        Reason::Budget => (wire::RoadmapReason::Budget, None),
        Reason::NoGain => (wire::RoadmapReason::NoGain, None),
    }
}

/// The word of a reason in files.
pub fn word(reason: wire::RoadmapReason) -> &'static str {
    match reason {
        wire::RoadmapReason::Horizon => "horizon",
        wire::RoadmapReason::Dependency => "dependency",
        wire::RoadmapReason::Exclusive => "exclusive",
        wire::RoadmapReason::Budget => "budget",
        wire::RoadmapReason::NoGain => "no_gain",
    }
}

/// The schedule as a table, a row per project.
pub fn schedule(roadmap: &wire::RoadmapPlan, language: Language) -> Table<'_> {
    let columns = vec![
        Column::text("project"),
        Column::text("title"),
        Column::integer("start"),
        Column::integer("end"),
        Column::number("cost"),
        Column::text("dropped"),
        Column::text("because_of"),
        Column::integer("order"),
        Column::text("critical"),
        Column::integer("slack_years"),
    ];
    let rows = roadmap.schedule.iter().map(|it| {
        vec![
            it.project.as_str().into(),
            it.title.get(language).into(),
            it.start.into(),
            it.end.into(),
            it.cost.into(),
            it.dropped.map(word).into(),
            it.because_of.as_deref().into(),
            i64::try_from(it.order).ok().into(),
            (if it.critical { "true" } else { "false" }).into(),
            it.slack_years.and_then(|years| i64::try_from(years).ok()).into(),
        ]
    });
    Table::new("schedule", columns, rows.collect())
}

/// What is spent as a table, a row per year.
pub fn spend(roadmap: &wire::RoadmapPlan) -> Table<'_> {
    let columns = vec![Column::integer("year"), Column::number("budget"), Column::number("available"), Column::number("spent")];
    let rows = roadmap.spend.iter().map(|it| vec![it.year.into(), it.budget.into(), it.available.into(), it.spent.into()]);
    Table::new("spend", columns, rows.collect())
}

/// What is expected as a table, a row per year and node.
pub fn expected(roadmap: &wire::RoadmapPlan) -> Table<'_> {
    let columns = vec![
        Column::text("city"),
        Column::integer("year"),
        Column::text("node"),
        Column::number("value"),
        Column::number("score"),
        Column::number("points"),
        Column::text("level"),
    ];
    let rows = roadmap.years.iter().flat_map(|year| year.nodes.iter().map(move |it| (year.year, it)));
    let rows = rows.map(|(year, it)| {
        vec![
            roadmap.city.as_str().into(),
            year.into(),
            it.node.as_str().into(),
            it.value.into(),
            it.score.into(),
            it.points.into(),
            it.level.as_deref().into(),
        ]
    });
    Table::new("expected", columns, rows.collect())
}
