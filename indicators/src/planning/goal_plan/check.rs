//! What is wrong with the form of a plan of goals. What is wrong with the goals themselves is for the linter to say.

use std::collections::HashSet;

use super::GoalPlan;
use crate::fault::{Fault, Faults};
use crate::text::Text;

/// The most goals that a plan has.
pub const MOST_GOALS: usize = 2_000;
/// The most other plans, statements, points of a path and links of one goal.
pub const MOST_PARTS: usize = 200;
/// The longest text, in characters.
pub const LONGEST_TEXT: usize = 4_000;
/// The longest code, in characters.
pub const LONGEST_CODE: usize = 100;

pub(super) fn check(plan: &GoalPlan, at: &str, faults: &mut Faults) {
    code(&plan.code, &format!("{at}/code"), faults);
    code(&plan.city, &format!("{at}/city"), faults);
    if let Some(design) = &plan.design {
        code(design, &format!("{at}/design"), faults);
    }
    if let Some(assessment) = &plan.baseline.assessment {
        code(assessment, &format!("{at}/baseline/assessment"), faults);
    }
    text(&plan.title, &format!("{at}/title"), faults);
    if plan.title.is_empty() {
        let fault = Fault::error("goal_plan.no_title", "没有标题", "there is no title");
        faults.push(fault.at(format!("{at}/title")).hint("请填写 zh 或 en", "give zh or en"));
    }
    period(plan, at, faults);
    size(plan.goals.len(), 1..=MOST_GOALS, &format!("{at}/goals"), faults);
    unique(plan.goals.iter().map(|goal| goal.code.as_str()), &format!("{at}/goals"), faults);
    for (list, codes) in [
        ("statements", plan.statements.iter().map(|statement| statement.code.as_str()).collect::<Vec<_>>()),
        ("reference_plans", plan.reference_plans.iter().map(|other| other.code.as_str()).collect()),
    ] {
        size(codes.len(), 0..=MOST_PARTS, &format!("{at}/{list}"), faults);
        unique(codes.into_iter(), &format!("{at}/{list}"), faults);
    }
    for (place, statement) in plan.statements.iter().enumerate() {
        text(&statement.text, &format!("{at}/statements/{place}/text"), faults);
    }
    for (place, other) in plan.reference_plans.iter().enumerate() {
        let at = format!("{at}/reference_plans/{place}");
        text(&other.title, &format!("{at}/title"), faults);
        text(&other.relation, &format!("{at}/relation"), faults);
        size(other.targets.len(), 0..=MOST_PARTS, &format!("{at}/targets"), faults);
        for (place, target) in other.targets.iter().enumerate() {
            text(&target.quote, &format!("{at}/targets/{place}/quote"), faults);
        }
    }
    goals(plan, at, faults);
}

fn goals(plan: &GoalPlan, at: &str, faults: &mut Faults) {
    for (place, goal) in plan.goals.iter().enumerate() {
        let at = format!("{at}/goals/{place}");
        for (member, said) in [
            ("statement", &goal.statement),
            ("owner", &goal.owner),
            ("deliverable", &goal.deliverable),
            ("tasks", &goal.tasks),
            ("content", &goal.content),
            ("results", &goal.results),
        ] {
            text(said, &format!("{at}/{member}"), faults);
        }
        for (member, count) in
            [("path", goal.path.len()), ("serves", goal.serves.len()), ("requirements", goal.requirements.len())]
        {
            size(count, 0..=MOST_PARTS, &format!("{at}/{member}"), faults);
        }
        let named = [("parent", &goal.parent), ("node", &goal.node), ("target_level", &goal.target_level)];
        for (member, name) in named.into_iter().filter_map(|(member, name)| Some((member, name.as_ref()?))) {
            code(name, &format!("{at}/{member}"), faults);
        }
        if let (Some(_), Some(_)) = (&goal.target_value, &goal.target_level) {
            let fault = Fault::error(
                "goal.two_targets",
                "目标值与目标等级只能给出一个",
                "a goal has a value or a level as its target, not both",
            );
            faults.push(fault.at(at).hint("删除其中一个", "take one of them out"));
        }
    }
}

fn period(plan: &GoalPlan, at: &str, faults: &mut Faults) {
    let (from, to) = (plan.period.from, plan.period.to);
    if from.last_day() > to.last_day() || from.in_years() > to.in_years() {
        let fault = Fault::error(
            "goal_plan.period_backwards",
            format!("规划期自 {from} 至 {to}，先后颠倒"),
            format!("the planning period from {from} to {to} runs backwards"),
        );
        faults.push(fault.at(format!("{at}/period")).hint("请调换起止时期", "exchange the two periods"));
    }
}

fn code(code: &str, at: &str, faults: &mut Faults) {
    let count = code.chars().count();
    if !(1..=LONGEST_CODE).contains(&count) || code.trim() != code || code.chars().any(char::is_control) {
        let fault = Fault::error("goal_plan.code", "这里应为代码", "expected a code here").at(at).value(code);
        let fault = fault.expected(format!("1..{LONGEST_CODE}"));
        faults.push(fault.hint("不含首尾空格与控制字符", "without blanks around it and without control characters"));
    }
}

fn text(text: &Text, at: &str, faults: &mut Faults) {
    for said in [&text.zh, &text.en].into_iter().flatten() {
        let count = said.chars().count();
        if count > LONGEST_TEXT {
            let fault = Fault::error(
                "goal_plan.text_too_long",
                format!("文本有 {count} 个字符，过长"),
                format!("the text has {count} characters, which is too many"),
            );
            faults.push(fault.at(at).expected(format!("0..{LONGEST_TEXT}")).hint("请缩短文本", "shorten it"));
        }
    }
}

fn size(count: usize, limits: std::ops::RangeInclusive<usize>, at: &str, faults: &mut Faults) {
    if !limits.contains(&count) {
        let fault =
            Fault::error("goal_plan.size", format!("这里有 {count} 项，数量不合适"), format!("{count} entries do not fit here"));
        let fault = fault.at(at).expected(format!("{}..{}", limits.start(), limits.end()));
        faults.push(fault.hint("请增减条目", "add entries, or take some out"));
    }
}

fn unique<'a>(codes: impl Iterator<Item = &'a str>, at: &str, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (place, known) in codes.enumerate() {
        let at = format!("{at}/{place}/code");
        code(known, &at, faults);
        if !seen.insert(known) {
            let fault = Fault::error(
                "goal_plan.duplicate",
                format!("代码“{known}”重复"),
                format!("the code '{known}' stands there twice"),
            );
            faults.push(fault.at(at).value(known).hint("请改用其他代码", "give another code"));
        }
    }
}
