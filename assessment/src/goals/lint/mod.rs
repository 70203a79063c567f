//! The linter of goal plans: what clause 7.3.3 of GB/T 36333-2018 asks of goals, and its neighbours. Every finding names its clause and
//! the numbers that it rests on.

mod attainable;
mod clear;
mod consistent;
mod measurable;
mod rule;
mod time;
mod tree;
mod vision;

use citygauge_indicators::planning::{Goal, GoalLevel, GoalPlan, GoalQuantity};
use citygauge_indicators::{Fault, NodeIndex, Period, Severity, Text};

pub use rule::{RULES, Rule};

use super::Evidence;
use crate::assessment::{Assessment, Row};

/// What a plan is looked at beside.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The assessment of the baseline.
    pub assessment: &'a Assessment,
    /// Other plans of goals.
    pub against: &'a [GoalPlan],
    /// The peers; the cohort unless given.
    pub peers: Option<&'a [String]>,
    /// The codes of the requirements of the design that the plan belongs to; what a goal answers is not looked up unless given.
    pub requirements: Option<&'a [String]>,
    /// The day from which on a deadline lies ahead, `2026-11-28`; only the baseline is asked unless given.
    pub today: Option<&'a str>,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The code of the goal; none where it is about the plan.
    pub goal: Option<String>,
    /// RFC 6901 pointer into the plan.
    pub pointer: String,
    /// What is found.
    pub message: Text,
    /// How to mend it.
    pub hint: Text,
    /// The numbers that it rests on, by name.
    pub numbers: Vec<(&'static str, f64)>,
    /// The passage of another plan.
    pub quote: Option<Text>,
}

/// What the histories say of the target of a goal.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalEvidence {
    /// The code of the goal.
    pub goal: String,
    /// The rates.
    pub evidence: Evidence,
}

/// What was found in a plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// In the order of the clauses, then of the goals.
    pub findings: Vec<Finding>,
    /// The rates behind every target that has them.
    pub evidence: Vec<GoalEvidence>,
}

impl Report {
    /// The findings with which a plan is not adopted.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.rule.severity == Severity::Error)
    }
}

impl Finding {
    /// The same as a fault, for problem documents and terminals.
    #[must_use]
    pub fn to_fault(&self) -> Fault {
        let (zh, en) = (self.message.zh.clone().unwrap_or_default(), self.message.en.clone().unwrap_or_default());
        let fault = match self.rule.severity {
            Severity::Error => Fault::error(self.rule.code, zh, en),
            Severity::Warning => Fault::warning(self.rule.code, zh, en),
        };
        let fault = fault.at(self.pointer.clone());
        fault.hint(self.hint.zh.clone().unwrap_or_default(), self.hint.en.clone().unwrap_or_default())
    }
}

/// Looks through a plan.
#[must_use]
pub fn lint(plan: &GoalPlan, ground: &Ground) -> Report {
    let rows = ground.assessment.city(&plan.city, plan.baseline.period);
    let goals = plan.goals.iter().enumerate().map(|(place, goal)| Looked::new(place, goal, ground.assessment, rows.as_deref()));
    let linter = Linter { plan, ground, rows: rows.as_deref(), goals: goals.collect() };
    let mut report = Report::default();
    tree::look(&linter, &mut report);
    clear::look(&linter, &mut report);
    measurable::look(&linter, &mut report);
    attainable::look(&linter, &mut report);
    vision::look(&linter, &mut report);
    consistent::look(&linter, &mut report);
    time::look(&linter, &mut report);
    let order = |finding: &Finding| RULES.iter().position(|rule| rule.code == finding.rule.code);
    report.findings.sort_by_key(order);
    report
}

/// A goal with what the set says of it.
struct Looked<'a> {
    place: usize,
    goal: &'a Goal,
    /// Its node, where the set has it.
    node: Option<NodeIndex>,
    quantity: GoalQuantity,
    /// What was published of the node in the period of the baseline.
    published: Option<f64>,
}

impl<'a> Looked<'a> {
    fn new(place: usize, goal: &'a Goal, assessment: &Assessment, rows: Option<&[Row]>) -> Self {
        let node = goal.node.as_deref().and_then(|code| assessment.set().node_index(code));
        let is_leaf = node.is_some_and(|node| assessment.set().nodes()[node].leaf().is_some());
        let quantity = goal.quantity(is_leaf);
        let row = node.and_then(|node| rows?.get(node));
        let published = row.and_then(|row| if quantity == GoalQuantity::Value { row.value } else { row.score });
        Self { place, goal, node, quantity, published }
    }

    /// The deadline; that of a stage is its end unless it says another.
    fn due(&self) -> Option<Period> {
        self.goal.due.or(self.goal.to.filter(|_| self.goal.level == GoalLevel::Stage))
    }

    fn pointer(&self, member: &str) -> String {
        if member.is_empty() { format!("/goals/{}", self.place) } else { format!("/goals/{}/{member}", self.place) }
    }

    /// A finding about the goal.
    fn finding(&self, rule: Rule, member: &str, (zh, en): (String, String), (mend_zh, mend_en): (&str, &str)) -> Finding {
        Finding {
            rule,
            goal: Some(self.goal.code.clone()),
            pointer: self.pointer(member),
            message: Text::both(format!("目标“{}”：{zh}", self.goal.code), format!("goal '{}': {en}", self.goal.code)),
            hint: Text::both(mend_zh, mend_en),
            numbers: Vec::new(),
            quote: None,
        }
    }
}

impl Finding {
    /// A finding about the plan.
    fn of_plan(rule: Rule, pointer: impl Into<String>, (zh, en): (String, String), (mend_zh, mend_en): (&str, &str)) -> Self {
        Self {
            rule,
            goal: None,
            pointer: pointer.into(),
            message: Text::both(zh, en),
            hint: Text::both(mend_zh, mend_en),
            numbers: Vec::new(),
            quote: None,
        }
    }

    fn with(mut self, numbers: &[(&'static str, f64)]) -> Self {
        self.numbers.extend_from_slice(numbers);
        self
    }
}

/// A plan under the eyes of the linter.
struct Linter<'a> {
    plan: &'a GoalPlan,
    ground: &'a Ground<'a>,
    rows: Option<&'a [Row<'a>]>,
    goals: Vec<Looked<'a>>,
}

impl<'a> Linter<'a> {
    /// The goal and those above it, from itself on; a cycle ends where it closes.
    fn upwards(&self, looked: &'a Looked<'a>) -> Vec<&'a Goal> {
        let mut above = vec![looked.goal];
        while let Some((_, parent)) = above.last().and_then(|goal| self.plan.goal(goal.parent.as_deref()?)) {
            if above.iter().any(|known| known.code == parent.code) {
                break;
            }
            above.push(parent);
        }
        above
    }
}
