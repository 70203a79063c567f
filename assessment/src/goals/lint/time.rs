//! Goals have a clear deadline (7.3.3 f), their paths lead there, and stages follow each other.

use citygauge_indicators::Period;
use citygauge_indicators::planning::{GoalLevel, GoalQuantity};

use super::rule::{DUE_OUTSIDE, DUE_PAST, NO_DUE, PATH_END, PATH_ORDER, PATH_WAY, STAGE_HOLE, STAGE_OVERLAP, STAGE_SPAN};
use super::{Finding, Linter, Looked, Report};
use crate::goals::interpolate::end_in_years;

pub(super) fn look(linter: &Linter, report: &mut Report) {
    for looked in &linter.goals {
        due(linter, looked, report);
        path(linter, looked, report);
    }
    stages(linter, report);
}

fn is_within(linter: &Linter, period: Period) -> bool {
    let limits = linter.plan.period;
    period.in_years() >= limits.from.in_years() && end_in_years(period) <= end_in_years(limits.to)
}

fn due(linter: &Linter, looked: &Looked, report: &mut Report) {
    let limits = linter.plan.period;
    let Some(due) = looked.due() else {
        let said = ("没有期限".to_owned(), "it has no deadline".to_owned());
        report.findings.push(looked.finding(NO_DUE, "", said, ("在 due 中给出期限", "give a deadline in due")));
        return;
    };
    if !is_within(linter, due) {
        let (from, to) = (limits.from, limits.to);
        let said = (
            format!("期限 {due} 不在规划期 {from} 至 {to} 内"),
            format!("the deadline {due} lies outside the planning period {from} to {to}"),
        );
        report.findings.push(looked.finding(
            DUE_OUTSIDE,
            "due",
            said,
            ("给出规划期内的期限", "give a deadline within the planning period"),
        ));
    }
    let baseline = linter.plan.baseline.period;
    let past = if end_in_years(due) <= end_in_years(baseline) {
        Some((format!("期限 {due} 不晚于基期 {baseline}"), format!("the deadline {due} is not after the baseline {baseline}")))
    } else {
        // A stage that is over is no fault of a plan that goes on.
        let today = linter.ground.today.filter(|_| looked.goal.level != GoalLevel::Stage);
        let today = today.filter(|today| due.last_day().as_str() < *today);
        today.map(|today| (format!("期限 {due} 在 {today} 已经过去"), format!("the deadline {due} has passed on {today}")))
    };
    if let Some(said) = past {
        report.findings.push(looked.finding(DUE_PAST, "due", said, ("给出将来的期限", "give a deadline that lies ahead")));
    }
}

fn path(linter: &Linter, looked: &Looked, report: &mut Report) {
    let goal = looked.goal;
    let Some(last) = goal.path.last() else { return };
    if looked.quantity == GoalQuantity::Level {
        return;
    }
    let baseline = end_in_years(linter.plan.baseline.period);
    let due = looked.due().map(end_in_years);
    let mut before = baseline;
    for (place, point) in goal.path.iter().enumerate() {
        let end = end_in_years(point.period);
        if end <= before || due.as_ref().is_some_and(|due| end > *due) {
            let at = point.period;
            let said = (
                format!("路径中的 {at} 不在前一点之后，或在期限之后"),
                format!("the {at} of the path is not after the point before it, or lies after the deadline"),
            );
            let finding = looked.finding(
                PATH_ORDER,
                &format!("path/{place}/period"),
                said,
                ("按先后列出基期与期限之间的时期", "name periods between baseline and deadline, in order"),
            );
            report.findings.push(finding);
        }
        before = end;
    }
    let ends = looked.due().is_none_or(|due| end_in_years(due) == end_in_years(last.period));
    let is_target = goal.target_value.is_none_or(|target| target == last.value);
    if !ends || !is_target {
        let due = looked.due().map_or_else(|| "—".to_owned(), |due| due.to_string());
        let target = goal.target_value.map_or_else(|| "—".to_owned(), |target| target.to_string());
        let said = (
            format!("路径止于 {} 的 {}，而目标是 {due} 的 {target}", last.period, last.value),
            format!("the path ends at {} in {}, and the target is {target} in {due}", last.value, last.period),
        );
        let finding = looked.finding(
            PATH_END,
            "path",
            said,
            ("让最后一点为期限时的目标值", "make the last point the target by the deadline"),
        );
        report.findings.push(finding.with(&[("last", last.value)]));
    }
    let (Some(start), Some(target)) = (goal.baseline_value.or(looked.published), goal.target_value) else { return };
    let values: Vec<f64> = std::iter::once(start).chain(goal.path.iter().map(|point| point.value)).collect();
    let turn = values.windows(2).position(|pair| if target >= start { pair[1] < pair[0] } else { pair[1] > pair[0] });
    if let Some(place) = turn {
        let (from, to) = (values[place], values[place + 1]);
        let said = (
            format!("路径由 {from} 到 {to}，背离目标 {target}"),
            format!("the path goes from {from} to {to}, away from the target {target}"),
        );
        let finding =
            looked.finding(PATH_WAY, &format!("path/{place}/value"), said, ("核对路径的数值", "check the values of the path"));
        report.findings.push(finding.with(&[("from", from), ("to", to)]));
    }
}

fn stages(linter: &Linter, report: &mut Report) {
    let mut spans: Vec<(&Looked, Period, Period)> = Vec::new();
    for looked in linter.goals.iter().filter(|looked| looked.goal.level == GoalLevel::Stage) {
        let mend = (
            "在 from 与 to 中给出规划期内的起止时期",
            "give its first and last period in from and to, within the planning period",
        );
        match (looked.goal.from, looked.goal.to) {
            (Some(from), Some(to)) if end_in_years(to) > from.in_years() && is_within(linter, from) && is_within(linter, to) => {
                spans.push((looked, from, to));
            }
            (Some(from), Some(to)) => {
                let said = (
                    format!("阶段 {from} 至 {to} 先后颠倒，或不在规划期内"),
                    format!("the stage from {from} to {to} runs backwards, or lies outside the planning period"),
                );
                report.findings.push(looked.finding(STAGE_SPAN, "from", said, mend));
            }
            _ => {
                let said = ("没有起止时期".to_owned(), "it has no first and last period".to_owned());
                report.findings.push(looked.finding(STAGE_SPAN, "", said, mend));
            }
        }
    }
    spans.sort_by_key(|(_, from, _)| from.in_years());
    // Goals of one stage share its span.
    let is_same = |one: &(&Looked, Period, Period), other: &(&Looked, Period, Period)| {
        one.1.in_years() == other.1.in_years() && end_in_years(one.2) == end_in_years(other.2)
    };
    let mut stages: Vec<(&Looked, Period, Period)> = Vec::new();
    for span in spans {
        if !stages.iter().any(|known| is_same(known, &span)) {
            stages.push(span);
        }
    }
    for pair in stages.windows(2) {
        let ((before, _, end), (looked, start, _)) = (&pair[0], &pair[1]);
        if start.in_years() < end_in_years(*end) {
            let said = (
                format!("始于 {start}，与止于 {end} 的“{}”重叠", before.goal.code),
                format!("it begins in {start} and overlaps with '{}', which ends in {end}", before.goal.code),
            );
            report.findings.push(looked.finding(STAGE_OVERLAP, "from", said, ("让阶段首尾相接", "let stages follow each other")));
        }
    }
    let limits = linter.plan.period;
    let covered = stages.first().is_none_or(|(_, from, _)| from.in_years() <= limits.from.in_years())
        && stages.iter().map(|(.., to)| end_in_years(*to)).max().is_none_or(|end| end >= end_in_years(limits.to))
        && stages.windows(2).all(|pair| pair[1].1.in_years() <= end_in_years(pair[0].2));
    if !covered {
        let said = (
            "阶段没有首尾相接地覆盖规划期".to_owned(),
            "the stages do not follow each other through the planning period".to_owned(),
        );
        report.findings.push(Finding::of_plan(STAGE_HOLE, "/goals", said, ("补足缺少的阶段", "add the missing stage")));
    }
}
