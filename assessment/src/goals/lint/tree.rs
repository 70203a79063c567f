//! The plan as a whole: its period (4.3), objectives (4.1.2), principles (4.2), requirements (7.1.1), tree and weights (7.3.1), and what a
//! stage has to say (7.3.2).

use citygauge_indicators::Language;
use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::planning::{BasicPrinciple, GoalLevel, ObjectiveArea};
use dashu_ratio::RBig;

use super::rule::{
    AREAS, CYCLE, LENGTH, NO_GREEN, NO_OVERALL, NO_REQUIREMENT, NO_STAGE, NO_SUB, PARENT_LEVEL, STAGE_FIELDS, UNKNOWN_PARENT,
    UNKNOWN_REQUIREMENT, WEIGHTS,
};
use super::{Finding, Linter, Report};
use crate::goals::interpolate::end_in_years;
use crate::normalise::number;

pub(super) fn look(linter: &Linter, report: &mut Report) {
    length(linter, report);
    principles(linter, report);
    levels(linter, report);
    cycles(linter, report);
    weights(linter, report);
    stages(linter, report);
}

fn length(linter: &Linter, report: &mut Report) {
    let period = linter.plan.period;
    let years = nearest_double(&(end_in_years(period.to) - period.from.in_years()));
    if !(3.0..=5.0).contains(&years) {
        let said = (
            format!("规划期 {} 至 {} 为 {years} 年", period.from, period.to),
            format!("the planning period from {} to {} has {years} years", period.from, period.to),
        );
        let mend = ("一般以 3 至 5 年为周期", "3 to 5 years are usual");
        report.findings.push(Finding::of_plan(LENGTH, "/period", said, mend).with(&[("years", years)]));
    }
}

fn principles(linter: &Linter, report: &mut Report) {
    let goals = &linter.plan.goals;
    let missing: Vec<ObjectiveArea> =
        ObjectiveArea::ALL.into_iter().filter(|area| !goals.iter().any(|goal| goal.objective_areas.contains(area))).collect();
    if !missing.is_empty() {
        let list = |language: Language| missing.iter().map(|area| area.title().get(language).to_owned()).collect::<Vec<_>>();
        let (zh, en) = (list(Language::Zh).join("、"), list(Language::En).join(", "));
        let said = (format!("没有目标推进：{zh}"), format!("no goal brings forward {en}"));
        let mend = ("在相应目标的 objective_areas 中注明，或增加目标", "name them in objective_areas of goals, or add goals");
        report.findings.push(Finding::of_plan(AREAS, "/goals", said, mend));
    }
    if !goals.iter().any(|goal| goal.principles.contains(&BasicPrinciple::GreenDevelopment)) {
        let said = ("没有遵循绿色发展原则的目标".to_owned(), "no goal follows the principle of green development".to_owned());
        let mend = (
            "增加绿色发展目标，并在 principles 中注明 green_development",
            "add a green goal, and say green_development in its principles",
        );
        report.findings.push(Finding::of_plan(NO_GREEN, "/goals", said, mend));
    }
    for looked in linter.goals.iter().filter(|looked| looked.goal.level != GoalLevel::Stage) {
        if linter.upwards(looked).iter().all(|goal| goal.requirements.is_empty()) {
            let said = ("未关联任何需求".to_owned(), "it answers no requirement".to_owned());
            let mend = ("在 requirements 中注明所依据的需求", "name the requirements that it answers");
            report.findings.push(looked.finding(NO_REQUIREMENT, "requirements", said, mend));
        }
    }
    let Some(known) = linter.ground.requirements else { return };
    for looked in &linter.goals {
        let dangling = looked.goal.requirements.iter().enumerate().filter(|(_, code)| !known.contains(code));
        for (place, code) in dangling {
            let said = (format!("所依据的需求“{code}”不在顶层设计中"), format!("the design has no requirement '{code}'"));
            let mend = ("改正代码，或在顶层设计中补充需求", "correct the code, or add the requirement to the design");
            report.findings.push(looked.finding(UNKNOWN_REQUIREMENT, &format!("requirements/{place}"), said, mend));
        }
    }
}

fn levels(linter: &Linter, report: &mut Report) {
    let of = |level: GoalLevel| linter.goals.iter().filter(move |looked| looked.goal.level == level);
    if of(GoalLevel::Overall).next().is_none() {
        let said = ("没有总体目标".to_owned(), "there is no overall goal".to_owned());
        report.findings.push(Finding::of_plan(NO_OVERALL, "/goals", said, ("增加总体目标", "add an overall goal")));
    }
    for looked in of(GoalLevel::Overall) {
        let has_sub = of(GoalLevel::Sub).any(|sub| sub.goal.parent.as_deref() == Some(looked.goal.code.as_str()));
        if !has_sub {
            let said = ("没有细分目标".to_owned(), "it has no sub goal".to_owned());
            report.findings.push(looked.finding(
                NO_SUB,
                "",
                said,
                ("增加以其为上级的细分目标", "add sub goals with it as their parent"),
            ));
        }
    }
    if of(GoalLevel::Stage).next().is_none() {
        let said = ("没有阶段目标".to_owned(), "there is no stage goal".to_owned());
        report.findings.push(Finding::of_plan(NO_STAGE, "/goals", said, ("增加阶段目标", "add stage goals")));
    }
    for looked in &linter.goals {
        match (&looked.goal.parent, looked.goal.level) {
            (Some(parent), _) if linter.plan.goal(parent).is_none() => {
                let said = (format!("上级目标“{parent}”不存在"), format!("its parent '{parent}' is no goal of the plan"));
                report.findings.push(looked.finding(
                    UNKNOWN_PARENT,
                    "parent",
                    said,
                    ("改正上级目标代码", "correct the code of the parent"),
                ));
            }
            (Some(_), GoalLevel::Overall) => {
                let said = ("总体目标不应有上级".to_owned(), "an overall goal has no parent".to_owned());
                report.findings.push(looked.finding(
                    PARENT_LEVEL,
                    "parent",
                    said,
                    ("删除上级，或改为细分目标", "take the parent out, or make it a sub goal"),
                ));
            }
            (None, GoalLevel::Sub | GoalLevel::Stage) => {
                let said = ("没有上级目标".to_owned(), "it has no parent".to_owned());
                report.findings.push(looked.finding(
                    PARENT_LEVEL,
                    "",
                    said,
                    ("注明所属的目标", "name the goal that it is a part of"),
                ));
            }
            _ => {}
        }
    }
}

/// Every cycle once, named from its first goal in the order of the plan.
fn cycles(linter: &Linter, report: &mut Report) {
    let mut told: Vec<&str> = Vec::new();
    for looked in &linter.goals {
        let above = linter.upwards(looked);
        let closes = above.last().and_then(|last| last.parent.as_deref()) == Some(looked.goal.code.as_str());
        if !closes || told.contains(&looked.goal.code.as_str()) {
            continue;
        }
        told.extend(above.iter().map(|goal| goal.code.as_str()));
        let around =
            above.iter().map(|goal| goal.code.as_str()).chain([looked.goal.code.as_str()]).collect::<Vec<_>>().join(" → ");
        let said = (format!("上下级成环：{around}"), format!("its parents form a cycle: {around}"));
        report.findings.push(looked.finding(CYCLE, "parent", said, ("改正其中一个上级", "correct one of the parents")));
    }
}

fn weights(linter: &Linter, report: &mut Report) {
    let mut parents: Vec<Option<&str>> = Vec::new();
    for goal in &linter.plan.goals {
        if !parents.contains(&goal.parent.as_deref()) {
            parents.push(goal.parent.as_deref());
        }
    }
    for parent in parents {
        let sisters = linter.plan.goals.iter().filter(|goal| goal.parent.as_deref() == parent);
        let sum = sisters.filter_map(|goal| goal.weight).map(number).fold(RBig::ZERO, |sum, next| sum + next);
        // The nearest doubles of shares that add up to 1 may add up to a little more.
        if sum > number(1.000_000_001) {
            let sum = nearest_double(&sum);
            let (zh, en) = match parent {
                Some(parent) => (format!("“{parent}”之下"), format!("below '{parent}'")),
                None => ("没有上级的目标".to_owned(), "of goals without a parent".to_owned()),
            };
            let said =
                (format!("{zh}权重之和为 {sum}，超过整体"), format!("the weights {en} add up to {sum}, more than the whole"));
            let mend = ("权重是其在上级中的份额，之和至多为 1", "a weight is a share of the parent: they add up to 1 at most");
            report.findings.push(Finding::of_plan(WEIGHTS, "/goals", said, mend).with(&[("sum", sum)]));
        }
    }
}

fn stages(linter: &Linter, report: &mut Report) {
    for looked in linter.goals.iter().filter(|looked| looked.goal.level == GoalLevel::Stage) {
        let goal = looked.goal;
        let parts =
            [("tasks", &goal.tasks, "主要任务"), ("content", &goal.content, "建设内容"), ("results", &goal.results, "建设成果")];
        let missing: Vec<_> = parts.into_iter().filter(|(_, text, _)| text.is_empty()).collect();
        if !missing.is_empty() {
            let zh = missing.iter().map(|(.., zh)| *zh).collect::<Vec<_>>().join("、");
            let en = missing.iter().map(|(en, ..)| *en).collect::<Vec<_>>().join(", ");
            let said = (format!("缺少{zh}"), format!("{en} are missing"));
            report.findings.push(looked.finding(
                STAGE_FIELDS,
                missing[0].0,
                said,
                ("补充阶段的任务、内容与成果", "say tasks, content and results of the stage"),
            ));
        }
    }
}
