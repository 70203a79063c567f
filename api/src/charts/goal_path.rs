//! The goals of a plan that can be measured, and what was reached.

use citygauge_assessment::Assessment;
use citygauge_assessment::goals::end_in_years;
use citygauge_assessment::goals::monitor::{Monitored, TOLERANCE, monitor};
use citygauge_indicators::planning::{Goal, GoalPlan, GoalQuantity};
use citygauge_indicators::{Faults, IndicatorSet, Language, Period};

use super::{Chart, draw};
use crate::export::number::shortest;
use crate::export::{Cell, Column};

/// The way of the goals, and with an assessment what it says was reached in its periods.
///
/// # Errors
/// An assessment without the city of the plan, or of another set.
pub fn chart(plan: &GoalPlan, set: &IndicatorSet, assessment: Option<&Assessment>, language: Language) -> Result<Chart, Faults> {
    let standings = assessment.map_or_else(|| Ok(Vec::new()), |assessment| standings(plan, assessment))?;
    let mut goals = Vec::new();
    let mut rows: Vec<Vec<Cell<'static>>> = Vec::new();
    for goal in &plan.goals {
        let Some(line) = line(plan, set, goal, assessment, language) else { continue };
        let standing = standings.iter().find(|monitored| monitored.goal == goal.code);
        let kinds = [("baseline", line.baseline.as_slice()), ("target", &line.targets), ("actual", &line.actuals)];
        for (kind, points) in kinds {
            rows.extend(points.iter().map(|point| {
                let value = point.value.as_ref().map(|shown| shown.value);
                let (code, node) = (goal.code.clone(), goal.node.clone());
                vec![code.into(), node.into(), kind.into(), point.label.clone().into(), value.into(), line.unit.clone().into()]
            }));
        }
        let status = standing.map(|monitored| monitored.standing.title().get(language).to_owned());
        goals.push(draw::GoalLine { status: status.unwrap_or_default(), ..line });
    }
    let columns = ["goal", "node", "kind", "period"].map(Column::text).into_iter();
    let columns = columns.chain([Column::number("value"), Column::text("unit")]).collect();
    let path = draw::GoalPath { title: plan.title.get(language).to_owned(), goals };
    Ok(Chart::new("goal-path", (columns, rows), move |style| path.svg(style)))
}

/// How the goals stand in the latest period of the assessment that is after the baseline, if there is one.
fn standings(plan: &GoalPlan, assessment: &Assessment) -> Result<Vec<Monitored>, Faults> {
    let baseline = end_in_years(plan.baseline.period);
    let latest = assessment.periods().filter(|period| end_in_years(*period) > baseline).last();
    latest.map_or_else(|| Ok(Vec::new()), |period| monitor(plan, assessment, period, TOLERANCE))
}

/// A goal with a value as its target; none of a goal about a level, or about nothing that is measured.
fn line(
    plan: &GoalPlan,
    set: &IndicatorSet,
    goal: &Goal,
    assessment: Option<&Assessment>,
    language: Language,
) -> Option<draw::GoalLine> {
    let node = set.node_index(goal.node.as_deref()?)?;
    let leaf = set.nodes()[node].leaf();
    let quantity = goal.quantity(leaf.is_some());
    let (due, target) = (goal.due.or(goal.to)?, goal.target_value?);
    if quantity == GoalQuantity::Level {
        return None;
    }
    let targets =
        goal.path.iter().map(|point| (point.period, point.value)).filter(|(period, _)| end_in_years(*period) < end_in_years(due));
    let mut targets: Vec<(Period, f64)> = targets.collect();
    targets.sort_by_key(|(period, _)| end_in_years(*period));
    targets.push((due, target));
    let actual = |assessment: &Assessment, period: Period| {
        let rows = assessment.city(&plan.city, period)?;
        let row = rows.get(node)?;
        if quantity == GoalQuantity::Value { row.value } else { row.score }
    };
    let actuals = assessment.iter().flat_map(|assessment| {
        let periods = assessment.periods().filter(|period| end_in_years(*period) >= end_in_years(plan.baseline.period));
        periods.map(|period| dated(period, actual(assessment, period))).collect::<Vec<_>>()
    });
    let title = Some(goal.statement.get(language)).filter(|text| !text.is_empty());
    let unit = match quantity {
        GoalQuantity::Value => leaf.and_then(|leaf| leaf.unit.clone()).unwrap_or_default(),
        _ => language.pick("得分", "score").to_owned(),
    };
    Some(draw::GoalLine {
        title: title.unwrap_or_else(|| set.nodes()[node].title.get(language)).to_owned(),
        unit,
        baseline: goal.baseline_value.map(|value| dated(plan.baseline.period, Some(value))),
        targets: targets.into_iter().map(|(period, value)| dated(period, Some(value))).collect(),
        actuals: actuals.collect(),
        status: String::new(),
    })
}

/// A value at the end of its period.
fn dated(period: Period, value: Option<f64>) -> draw::Dated {
    let value = value.map(|value| draw::Shown { value, text: shortest((value * 1e4).round() / 1e4) });
    draw::Dated { year: end_in_years(period).to_f64().value(), label: period.to_string(), value }
}
