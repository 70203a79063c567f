//! The targets of a plan of goals as a reference: the city with its targets reached, as the engine scores it.

use std::collections::{BTreeMap, HashMap};

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::planning::{GoalLevel, GoalPlan, GoalQuantity};
use citygauge_indicators::{Fault, Faults, IndicatorSet, NodeIndex, Period, Text};
use dashu_ratio::RBig;

use super::reference::{Targets, meant};
use crate::assessment::{Assessment, Row};
use crate::error::AssessmentError;
use crate::goals::{apply, end_in_years};
use crate::normalise::number;

/// Targets that somebody has set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlannedTargets {
    /// What they are named by: the code of a plan, or its file.
    pub name: String,
    /// Raw values of indicators, by code.
    values: BTreeMap<String, RBig>,
    /// Scores of nodes, by code.
    scores: BTreeMap<String, RBig>,
}

impl PlannedTargets {
    /// Targets of which only the name is known yet.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The targets of the overall and sub goals of a plan; of several for one node the one that is due last. Levels are no number, and
    /// are left out.
    ///
    /// # Errors
    /// A plan of another city or set.
    pub fn of(self, plan: &GoalPlan, set: &IndicatorSet, city: &str) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        if plan.city != city {
            let (zh, en) = (format!("计划属于城市“{}”", plan.city), format!("the plan is of the city '{}'", plan.city));
            faults.push(
                Fault::error("gap.plan_of_other_city", zh, en).city(city).hint("选择该城市的计划", "choose a plan of the city"),
            );
        }
        let code = &set.document().code;
        if plan.set.code != *code {
            let (zh, en) = (
                format!("计划依据指标体系“{}”，评估依据“{code}”", plan.set.code),
                format!("the plan is of the set '{}', the assessment of '{code}'", plan.set.code),
            );
            faults.push(
                Fault::error("goal_plan.other_set", zh, en).hint("选择同一指标体系的计划", "choose a plan of the same set"),
            );
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut goals: Vec<_> = plan.goals.iter().filter(|goal| goal.level != GoalLevel::Stage).collect();
        goals.sort_by_key(|goal| goal.due.map(end_in_years));
        let mut targets = self;
        for goal in goals {
            let Some((code, target)) = goal.node.as_ref().zip(goal.target_value) else { continue };
            let Some(node) = set.node_index(code) else { continue };
            match goal.quantity(set.nodes()[node].leaf().is_some()) {
                GoalQuantity::Value => targets.values.insert(code.clone(), number(target)),
                GoalQuantity::Score => targets.scores.insert(code.clone(), number(target)),
                GoalQuantity::Level => continue,
            };
        }
        Ok(targets)
    }

    /// The reference's scores: those of the indicators with a target and of the nodes above them, unless a goal names a score.
    pub(super) fn reference(&self, assessment: &Assessment, own: &[Row], period: Period) -> Result<Targets, Faults> {
        let set = assessment.set();
        if self.values.is_empty() && self.scores.is_empty() {
            let (zh, en) =
                (format!("计划“{}”没有目标值", self.name), format!("the plan '{}' has no targets that are numbers", self.name));
            return Err(Fault::error("gap.no_targets", zh, en).hint("选择有目标值的计划", "choose a plan with targets").into());
        }
        let values: Vec<(NodeIndex, f64)> =
            self.values.iter().filter_map(|(code, value)| Some((set.node_index(code)?, nearest_double(value)))).collect();
        let reached = apply(assessment, own[0].city, period, &values).map_err(|error| match error {
            AssessmentError::Refused(faults) => faults,
            other => {
                let (zh, en) = (
                    format!("无法推算目标实现后的得分：{other}"),
                    format!("the scores with the targets reached cannot be made: {other}"),
                );
                Fault::error("gap.targets_not_scored", zh, en).hint("请改用其他参照", "choose another reference").into()
            }
        })?;
        let notes: HashMap<NodeIndex, Text> =
            reached.unmoved.iter().map(|unmoved| (unmoved.node, unmoved.reason.clone())).collect();
        let mut scores = HashMap::new();
        for &(leaf, _) in values.iter().filter(|(node, _)| !notes.contains_key(node)) {
            let mut next = Some(leaf);
            while let Some(node) = next {
                if let Some(score) = reached.nodes[node].score {
                    scores.insert(node, meant(set, node, score));
                }
                next = set.nodes()[node].parent;
            }
        }
        scores.extend(self.scores.iter().filter_map(|(code, score)| Some((set.node_index(code)?, score.clone()))));
        Ok(Targets { scores, notes, period: None })
    }
}
