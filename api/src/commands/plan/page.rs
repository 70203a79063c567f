//! Plans of goals as pages on a terminal.

use citygauge_assessment::Assessment;
use citygauge_assessment::goals::monitor::Monitored;
use citygauge_assessment::goals::{Ambition, Evidence, Proposal};
use citygauge_indicators::planning::GoalPlan;
use citygauge_indicators::{Language, Period};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use crate::commands::shown::{places, shown};
use crate::export::number::shortest;

fn table(header: Vec<&str>, numbers: std::ops::RangeInclusive<usize>) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    for column in numbers {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Six significant digits: a page is for reading, the files hold the number.
fn raw(value: Option<f64>) -> String {
    value.map(|value| shortest(format!("{value:.5e}").parse().unwrap_or(value))).unwrap_or_default()
}

/// What a draft promises, and the numbers behind its targets.
pub(super) fn proposal(assessment: &Assessment, proposal: &Proposal, ambition: &Ambition, language: Language) -> String {
    let places = places(assessment.set());
    let score = |score: Option<f64>| score.map_or_else(|| "—".to_owned(), |score| shown(score, places));
    let (from, to) = (score(proposal.score), score(proposal.score_reached));
    let level = proposal.level_reached.as_deref().map(|level| format!("  {level}")).unwrap_or_default();
    let plan = &proposal.plan;
    let mut page = format!("{}  {} → {}  {ambition}\n", plan.city, plan.baseline.period, plan.period.to);
    page.push_str(&match language {
        Language::Zh => format!("总分 {from} → {to}{level}\n"),
        Language::En => format!("total {from} → {to}{level}\n"),
    });
    let evidence = proposal.targets.iter().map(|target| (target.goal.as_str(), &target.evidence));
    page.push_str(&rates(assessment, plan, evidence, language));
    page
}

/// The targets with the rates behind them.
pub(crate) fn rates<'a>(
    assessment: &Assessment,
    plan: &GoalPlan,
    evidence: impl Iterator<Item = (&'a str, &'a Evidence)>,
    language: Language,
) -> String {
    let header = match language {
        Language::Zh => vec!["目标", "基期值", "目标值", "单位", "每年需", "自身", "P50", "P75", "P90", "判断"],
        Language::En => vec!["goal", "baseline", "target", "unit", "needs a year", "own", "P50", "P75", "P90", "verdict"],
    };
    let mut table = table(header, 1..=8);
    for (goal, evidence) in evidence {
        let node = &assessment.set().nodes()[evidence.node];
        let unit = plan.goal(goal).and_then(|(_, goal)| goal.unit.clone()).unwrap_or_default();
        table.add_row([
            format!("{goal} {}", node.title.get(language)),
            raw(Some(evidence.baseline)),
            raw(Some(evidence.target)),
            unit,
            raw(Some(evidence.required_rate)),
            raw(evidence.own_rate),
            raw(evidence.peers_p50),
            raw(evidence.peers_p75),
            raw(evidence.peers_p90),
            evidence.verdict.title().get(language).to_owned(),
        ]);
    }
    table.to_string()
}

/// How the goals stand.
pub(super) fn monitored(plan: &GoalPlan, found: &[Monitored], period: Period, language: Language) -> String {
    let header = match language {
        Language::Zh => vec!["目标", "应达", "实际", "偏差", "单位", "偏差（年）", "进度 %", "判断"],
        Language::En => vec!["goal", "expected", "actual", "deviation", "unit", "in years", "progress %", "standing"],
    };
    let mut table = table(header, 1..=6);
    for (goal, monitored) in plan.goals.iter().zip(found) {
        table.add_row([
            format!("{} {}", goal.code, goal.statement.get(language)),
            raw(monitored.expected),
            monitored.level.clone().unwrap_or_else(|| raw(monitored.actual)),
            raw(monitored.deviation),
            goal.unit.clone().unwrap_or_default(),
            monitored.deviation_years.map(|years| shown(years, 2)).unwrap_or_default(),
            monitored.progress.map(|part| shown(100.0 * part, 0)).unwrap_or_default(),
            monitored.standing.title().get(language).to_owned(),
        ]);
    }
    format!("{}  {}  {period}\n{table}", plan.city, plan.code)
}
