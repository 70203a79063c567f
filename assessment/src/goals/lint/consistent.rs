//! Goals agree with other plans of the city (7.3.3 e): same indicator, same time, and what the one demands the other does not exclude.
//!
//! The path of the goal is read at the end of the other plan's period, so that periods of other lengths compare. After its deadline a
//! goal says only that its target is reached.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::planning::{Goal, GoalPlan, GoalQuantity, TargetBound};
use citygauge_indicators::{Direction, NodeIndex, Period, Text};

use super::rule::{CONTRADICTION, NOT_COMPARABLE, QUOTED_NODE};
use super::{Finding, Linter, Looked, Report};
use crate::goals::interpolate::{end_in_years, expected_at};

pub(super) fn look(linter: &Linter, report: &mut Report) {
    quoted(linter, report);
    for other in linter.ground.against {
        against(linter, other, report);
    }
}

/// What another plan demands.
struct Demand<'a> {
    plan: &'a str,
    title: &'a Text,
    period: Period,
    value: f64,
    bound: TargetBound,
    quote: &'a Text,
}

fn quoted(linter: &Linter, report: &mut Report) {
    let set = linter.ground.assessment.set();
    for (place, plan) in linter.plan.reference_plans.iter().enumerate() {
        for (at, target) in plan.targets.iter().enumerate() {
            let Some(node) = set.node_index(&target.node) else {
                let said = (
                    format!("规划“{}”的目标引用了不存在的节点“{}”", plan.code, target.node),
                    format!("a target of the plan '{}' names the node '{}', which the set does not have", plan.code, target.node),
                );
                let pointer = format!("/reference_plans/{place}/targets/{at}/node");
                report.findings.push(Finding::of_plan(
                    QUOTED_NODE,
                    pointer,
                    said,
                    ("核对节点代码", "check the code of the node"),
                ));
                continue;
            };
            let bound = target.bound.unwrap_or_else(|| usual(linter, node));
            let demand = Demand {
                plan: &plan.code,
                title: &plan.title,
                period: target.period,
                value: target.value,
                bound,
                quote: &target.quote,
            };
            let is_leaf = set.nodes()[node].leaf().is_some();
            let quantity = if is_leaf { GoalQuantity::Value } else { GoalQuantity::Score };
            for looked in linter.goals.iter().filter(|looked| looked.node == Some(node) && looked.quantity == quantity) {
                compare(linter, looked, &demand, report);
            }
        }
    }
}

/// How a target limits a node where nobody says it.
fn usual(linter: &Linter, node: NodeIndex) -> TargetBound {
    match linter.ground.assessment.set().nodes()[node].leaf().map(|leaf| leaf.direction) {
        Some(Direction::Lower) => TargetBound::AtMost,
        Some(Direction::Target) => TargetBound::Equal,
        Some(Direction::Higher) | None => TargetBound::AtLeast,
    }
}

fn against(linter: &Linter, other: &GoalPlan, report: &mut Report) {
    let plan = linter.plan;
    if other.city != plan.city || other.set.code != plan.set.code {
        let said = (
            format!("计划“{}”属于“{}”与 {}，无法比较", other.code, other.city, other.set.code),
            format!("the plan '{}' is of '{}' and {}, and does not compare", other.code, other.city, other.set.code),
        );
        report.findings.push(Finding::of_plan(
            NOT_COMPARABLE,
            "",
            said,
            ("只与本城市、同一指标体系的计划比较", "compare plans of one city and set"),
        ));
        return;
    }
    for looked in &linter.goals {
        let Some(node) = looked.node else { continue };
        let is_leaf = linter.ground.assessment.set().nodes()[node].leaf().is_some();
        let same = |goal: &&Goal| goal.node == looked.goal.node && goal.quantity(is_leaf) == looked.quantity;
        for goal in other.goals.iter().filter(same) {
            let theirs = demand(linter, node, goal, &other.code, &other.title);
            if theirs.is_some_and(|theirs| compare(linter, looked, &theirs, report)) {
                continue;
            }
            // Where the other one promises less than this one demands, they contradict each other too.
            let own = demand(linter, node, looked.goal, &other.code, &other.title);
            let (Some(own), Some(value)) = (own, value_at(linter, goal, own_period(looked))) else { continue };
            if excluded(own.bound, own.value, value) {
                let theirs = Demand { value, bound: own.bound, quote: &goal.statement, ..own };
                let said = (
                    format!("{} 要求 {}，计划“{}”届时只到 {value}", own_period_text(looked), own.value, other.code),
                    format!(
                        "it demands {} by {}, where the plan '{}' has {value}",
                        own.value,
                        own_period_text(looked),
                        other.code
                    ),
                );
                push(looked, &theirs, own.value, said, report);
            }
        }
    }
}

fn own_period(looked: &Looked) -> Option<Period> {
    looked.due()
}

fn own_period_text(looked: &Looked) -> String {
    looked.due().map(|due| due.to_string()).unwrap_or_default()
}

/// What a goal demands by its deadline.
fn demand<'a>(linter: &Linter, node: NodeIndex, goal: &'a Goal, plan: &'a str, title: &'a Text) -> Option<Demand<'a>> {
    let bound = goal.bound.unwrap_or_else(|| usual(linter, node));
    Some(Demand { plan, title, period: goal.due.or(goal.to)?, value: goal.target_value?, bound, quote: &goal.statement })
}

/// The points of a goal: baseline, path, target.
fn points(linter: &Linter, goal: &Goal, published: Option<f64>) -> Option<Vec<(Period, f64)>> {
    let (due, target) = (goal.due.or(goal.to)?, goal.target_value?);
    let baseline = goal.baseline_value.or(published).map(|value| (linter.plan.baseline.period, value));
    let mut points: Vec<(Period, f64)> =
        baseline.into_iter().chain(goal.path.iter().map(|point| (point.period, point.value))).collect();
    points.retain(|(period, _)| end_in_years(*period) < end_in_years(due));
    points.push((due, target));
    Some(points)
}

/// What a goal of another plan has at the end of a period, where that is not after its deadline.
fn value_at(linter: &Linter, goal: &Goal, period: Option<Period>) -> Option<f64> {
    let (period, due) = (period?, goal.due.or(goal.to)?);
    if end_in_years(period) > end_in_years(due) {
        return None;
    }
    expected_at(&points(linter, goal, None)?, period)
}

/// Whether a number is one that a bound does not admit.
fn excluded(bound: TargetBound, demanded: f64, value: f64) -> bool {
    let near = 1e-9 * demanded.abs().max(value.abs());
    match bound {
        TargetBound::AtLeast => value < demanded - near,
        TargetBound::AtMost => value > demanded + near,
        TargetBound::Equal => (value - demanded).abs() > near,
    }
}

fn compare(linter: &Linter, looked: &Looked, demand: &Demand, report: &mut Report) -> bool {
    let Some(points) = points(linter, looked.goal, looked.published) else { return false };
    let Some(&(due, target)) = points.last() else { return false };
    let at = end_in_years(demand.period);
    if at <= end_in_years(linter.plan.baseline.period) {
        return false;
    }
    let Some(own) = expected_at(&points, demand.period) else { return false };
    let start = points.first().map_or(target, |(_, value)| *value);
    let is_later = at > end_in_years(due);
    let contradicts = excluded(demand.bound, demand.value, own)
        && (!is_later
            // After the deadline only what goes the other way is excluded.
            || match demand.bound {
                TargetBound::AtMost => target > start,
                TargetBound::AtLeast => target < start,
                TargetBound::Equal => (target > start) == (target > demand.value),
            });
    if contradicts {
        let by = if is_later { due } else { demand.period };
        let words = match demand.bound {
            TargetBound::AtLeast => ("不低于", "at least"),
            TargetBound::AtMost => ("不高于", "at most"),
            TargetBound::Equal => ("等于", "exactly"),
        };
        let said = (
            format!("{by} 为 {own}，而规划“{}”要求 {} {} {}", demand.plan, demand.period, words.0, demand.value),
            format!(
                "it has {own} by {by}, and the plan '{}' demands {} {} by {}",
                demand.plan, words.1, demand.value, demand.period
            ),
        );
        push(looked, demand, own, said, report);
    }
    contradicts
}

fn push(looked: &Looked, demand: &Demand, own: f64, said: (String, String), report: &mut Report) {
    let finding = looked.finding(
        CONTRADICTION,
        "target_value",
        said,
        ("与该规划的责任单位协调，改动其中之一", "settle it with whoever answers for that plan, and change one of them"),
    );
    let quote = if demand.quote.is_empty() { demand.title } else { demand.quote };
    let year = nearest_double(&end_in_years(demand.period));
    let finding = Finding { quote: Some(quote.clone()), ..finding };
    report.findings.push(finding.with(&[("own", own), ("other", demand.value), ("by_end_of", year)]));
}
