//! Goals are measurable (7.3.3 b): bound to a node of the set, in its unit, from the published baseline to the better side.

use citygauge_indicators::Direction;
use citygauge_indicators::planning::{GoalQuantity, TargetBound};

use super::rule::{
    BASELINE_DIFFERS, BASELINE_MISSING, BOUND, NO_BASELINE, NO_DATA, NO_TARGET, OTHER_SET, UNIT, UNKNOWN_LEVEL, UNKNOWN_NODE,
    WRONG_SIDE,
};
use super::{Finding, Linter, Looked, Report};
use crate::goals::level_place;

pub(super) fn look(linter: &Linter, report: &mut Report) {
    let (set, plan) = (linter.ground.assessment.set(), linter.plan);
    let document = set.document();
    if plan.set.code != document.code || plan.set.version != document.version {
        let said = (
            format!("计划依据 {}@{}，评估依据 {}@{}", plan.set.code, plan.set.version, document.code, document.version),
            format!(
                "the plan is of {}@{}, the assessment of {}@{}",
                plan.set.code, plan.set.version, document.code, document.version
            ),
        );
        report.findings.push(Finding::of_plan(OTHER_SET, "/set", said, ("使用同一版本的指标体系", "use one version of the set")));
    }
    if linter.rows.is_none() {
        let (city, period) = (&plan.city, plan.baseline.period);
        let said =
            (format!("评估中没有“{city}”在 {period} 的结果"), format!("the assessment has no result of '{city}' in {period}"));
        let mend = ("核对城市与基期", "check the city and the period of the baseline");
        report.findings.push(Finding::of_plan(NO_BASELINE, "/baseline/period", said, mend));
    }
    for looked in &linter.goals {
        let Some(code) = &looked.goal.node else { continue };
        match looked.node {
            None => {
                let said = (format!("指标体系中没有节点“{code}”"), format!("the set has no node '{code}'"));
                report.findings.push(looked.finding(UNKNOWN_NODE, "node", said, ("核对节点代码", "check the code of the node")));
            }
            Some(_) if looked.quantity == GoalQuantity::Level => level(linter, looked, report),
            Some(_) => value(linter, looked, report),
        }
    }
}

fn no_target(looked: &Looked, report: &mut Report) {
    let said = ("有指标而没有目标值".to_owned(), "it has an indicator and no target".to_owned());
    report.findings.push(looked.finding(
        NO_TARGET,
        "",
        said,
        ("给出 target_value 或 target_level", "give target_value or target_level"),
    ));
}

fn level(linter: &Linter, looked: &Looked, report: &mut Report) {
    let set = linter.ground.assessment.set();
    let (Some(level), Some(node)) = (&looked.goal.target_level, looked.node) else { return no_target(looked, report) };
    let code = set.nodes()[node].code.as_str();
    let Some(wanted) = level_place(set, level).filter(|_| set.levelled_nodes().contains(&code)) else {
        let said = (format!("节点“{code}”没有等级“{level}”"), format!("there is no level '{level}' on the node '{code}'"));
        report.findings.push(looked.finding(
            UNKNOWN_LEVEL,
            "target_level",
            said,
            ("核对等级代码", "check the code of the level"),
        ));
        return;
    };
    let present = linter.rows.and_then(|rows| rows[node].level);
    if let Some(present) = present.filter(|present| level_place(set, present).is_some_and(|place| place > wanted)) {
        let said = (
            format!("目标等级“{level}”低于现有等级“{present}”"),
            format!("the level '{level}' lies below the present one, '{present}'"),
        );
        report.findings.push(looked.finding(WRONG_SIDE, "target_level", said, ("给出更高的等级", "name a higher level")));
    }
}

fn value(linter: &Linter, looked: &Looked, report: &mut Report) {
    let (goal, set) = (looked.goal, linter.ground.assessment.set());
    let leaf = looked.node.and_then(|node| set.nodes()[node].leaf()).filter(|_| looked.quantity == GoalQuantity::Value);
    if goal.target_value.is_none() {
        no_target(looked, report);
    }
    let unit = leaf.and_then(|leaf| leaf.unit.as_deref());
    if let Some(unit) = unit.filter(|unit| goal.unit.as_deref() != Some(unit)) {
        let given = goal.unit.as_deref().unwrap_or("—");
        let said = (
            format!("单位为“{given}”，指标的单位是“{unit}”"),
            format!("the unit is '{given}', that of the indicator is '{unit}'"),
        );
        report.findings.push(looked.finding(
            UNIT,
            "unit",
            said,
            ("使用指标的单位并换算数值", "give the indicator's unit, and the numbers in it"),
        ));
    }
    baseline(linter, looked, report);
    let direction = direction(linter, looked);
    let against = match (direction, goal.bound) {
        (Direction::Higher, Some(TargetBound::AtMost)) => Some(("越高越好", "more is better", "at_most")),
        (Direction::Lower, Some(TargetBound::AtLeast)) => Some(("越低越好", "less is better", "at_least")),
        _ => None,
    };
    if let Some((zh, en, bound)) = against {
        let said = (format!("指标{zh}，而上下限为 {bound}"), format!("{en}, and the bound is {bound}"));
        report.findings.push(looked.finding(BOUND, "bound", said, ("改正上下限", "correct the bound")));
    }
    let Some((baseline, target)) = goal.baseline_value.or(looked.published).zip(goal.target_value) else { return };
    if is_worse(direction, goal.bound, baseline, target) {
        let said = (
            format!("目标值 {target} 比基期值 {baseline} 更差"),
            format!("the target {target} is worse than the baseline {baseline}"),
        );
        let finding = looked.finding(WRONG_SIDE, "target_value", said, ("核对方向与数值", "check the direction and the numbers"));
        report.findings.push(finding.with(&[("baseline", baseline), ("target", target)]));
    }
}

fn baseline(linter: &Linter, looked: &Looked, report: &mut Report) {
    let goal = looked.goal;
    let period = linter.plan.baseline.period;
    match (goal.baseline_value, looked.published) {
        (_, None) if linter.rows.is_some() => {
            let said = (format!("指标在 {period} 没有数值"), format!("the indicator has no value in {period}"));
            let mend = ("补充基期数据，或改用有数据的指标", "report its data, or take an indicator that has some");
            report.findings.push(looked.finding(NO_DATA, "node", said, mend));
        }
        (None, Some(published)) => {
            let said = (
                format!("没有基期值；{period} 公布的是 {published}"),
                format!("there is no baseline; {published} was published for {period}"),
            );
            let finding = looked.finding(BASELINE_MISSING, "", said, ("填写公布的基期值", "give the published value"));
            report.findings.push(finding.with(&[("published", published)]));
        }
        (Some(given), Some(published)) if (given - published).abs() > 1e-9 * published.abs().max(1e-300) => {
            let said = (
                format!("基期值为 {given}，{period} 公布的是 {published}"),
                format!("the baseline is {given}; {published} was published for {period}"),
            );
            let finding =
                looked.finding(BASELINE_DIFFERS, "baseline_value", said, ("改用公布的基期值", "give the published value"));
            report.findings.push(finding.with(&[("baseline", given), ("published", published)]));
        }
        _ => {}
    }
}

/// Whether a target lies on the worse side of its baseline.
pub(super) fn is_worse(direction: Direction, bound: Option<TargetBound>, baseline: f64, target: f64) -> bool {
    match (direction, bound) {
        (Direction::Higher, _) => target < baseline,
        (Direction::Lower, _) => target > baseline,
        (Direction::Target, Some(TargetBound::AtLeast)) => target < baseline,
        (Direction::Target, Some(TargetBound::AtMost)) => target > baseline,
        (Direction::Target, _) => false,
    }
}

/// Which way what a goal is about is better; a score is the higher the better.
pub(super) fn direction(linter: &Linter, looked: &Looked) -> Direction {
    let leaf = looked.node.and_then(|node| linter.ground.assessment.set().nodes()[node].leaf());
    leaf.filter(|_| looked.quantity == GoalQuantity::Value).map_or(Direction::Higher, |leaf| leaf.direction)
}
