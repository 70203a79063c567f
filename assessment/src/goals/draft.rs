//! Writes a plan down: the overall goal, a sub goal per topic and per indicator, and stage goals.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::planning::{
    Goal, GoalLevel, GoalPlan, GoalQuantity, PathPoint, PlanBaseline, PlanPeriod, PlanSet, TargetBound,
};
use citygauge_indicators::{Direction, Language, NodeIndex, Period, Text};

use super::aims::places;
use super::ambition::Ambition;
use super::apply::apply;
use super::evidence::{Evidence, Span};
use super::interpolate::years_between;
use super::propose::{Asked, Proposed, path_periods};
use crate::assessment::{Assessment, Row};
use crate::error::Result;
use crate::normalise::number;
use crate::what_if::Supposed;
use crate::years::Quantity;

/// What a plan is written from.
pub(super) struct Drafting<'a> {
    pub assessment: &'a Assessment,
    pub asked: &'a Asked<'a>,
    pub rows: &'a [Row<'a>],
    pub targets: &'a [(NodeIndex, f64)],
    /// The city with all targets reached.
    pub reached: &'a [Supposed<'a>],
}

pub(super) struct Drafted {
    pub plan: GoalPlan,
    pub targets: Vec<Proposed>,
    pub scores: Vec<(String, Evidence)>,
}

/// The code of the overall goal.
const OVERALL: &str = "O";

/// How many indicators the texts of a stage name.
const NAMED: usize = 8;

pub(super) fn draft(of: &Drafting) -> Result<Drafted> {
    let Drafting { assessment, asked, rows, targets, reached } = of;
    let set = assessment.set();
    let periods = path_periods(asked.period, asked.by);
    let paths: Vec<(NodeIndex, Vec<PathPoint>)> =
        targets.iter().map(|&(node, target)| (node, of.path(node, target, &periods))).collect();
    // The scores on the way are those that the engine gives to what is to be reached by then.
    let mut on_the_way: Vec<Vec<Supposed>> = Vec::new();
    for place in 0..periods.len() - 1 {
        let values: Vec<(NodeIndex, f64)> = paths.iter().map(|(node, path)| (*node, path[place].value)).collect();
        on_the_way.push(apply(assessment, asked.city, asked.period, &values)?.nodes);
    }
    let span = Span { city: asked.city, baseline: asked.period, due: asked.by, peers: asked.peers };
    let mut scores = Vec::new();
    let mut score_goal = |goal: Goal, node: NodeIndex| -> Goal {
        let (Some(baseline), Some(target)) = (rows[node].score, reached[node].score) else { return goal };
        let way = on_the_way.iter().map(|nodes| nodes[node].score).chain([Some(target)]);
        let path = periods.iter().zip(way).filter_map(|(&period, value)| Some(PathPoint { period, value: value? })).collect();
        scores.extend(
            Evidence::of(assessment, Quantity::Score, node, span, baseline, target).map(|found| (goal.code.clone(), found)),
        );
        Goal {
            quantity: Some(GoalQuantity::Score),
            baseline_value: Some(baseline),
            target_value: Some(target),
            bound: Some(TargetBound::AtLeast),
            path,
            ..goal
        }
    };
    let mut goals = vec![of.overall(&mut score_goal)];
    let mut proposed = Vec::new();
    for &top in &set.nodes()[0].children {
        let below: Vec<&(NodeIndex, Vec<PathPoint>)> =
            paths.iter().filter(|(node, _)| is_below(assessment, *node, top)).collect();
        if below.is_empty() {
            continue;
        }
        let is_leaf = set.nodes()[top].leaf().is_some();
        let parent = if is_leaf { OVERALL.to_owned() } else { format!("N-{}", set.nodes()[top].code) };
        if !is_leaf {
            let goal = Goal {
                parent: Some(OVERALL.to_owned()),
                weight: Some(nearest_double(&set.nodes()[top].normalised_weight)),
                node: Some(set.nodes()[top].code.clone()),
                due: Some(asked.by),
                ..Goal::new(parent.clone(), GoalLevel::Sub)
            };
            let goal = score_goal(goal, top);
            goals.push(Goal { statement: of.score_statement(&set.nodes()[top].title, &goal), ..goal });
        }
        for (node, path) in below {
            let goal = of.indicator(*node, path, &parent, if is_leaf { 0 } else { top });
            if let (Some(baseline), Some(target)) = (goal.baseline_value, goal.target_value)
                && let Some(evidence) = Evidence::of(assessment, Quantity::Value, *node, span, baseline, target)
            {
                let (score, score_reached) = (rows[*node].score, reached[*node].score);
                proposed.push(Proposed { goal: goal.code.clone(), evidence, score, score_reached });
            }
            goals.push(goal);
        }
    }
    goals.extend(of.stages(&periods, &paths, &on_the_way));
    let document = set.document();
    let plan = GoalPlan {
        code: asked.code.to_owned(),
        title: asked.title.clone().unwrap_or_else(|| of.title()),
        city: asked.city.to_owned(),
        design: None,
        set: PlanSet { code: document.code.clone(), version: document.version.clone() },
        baseline: PlanBaseline { assessment: None, period: asked.period },
        period: PlanPeriod { from: asked.period.later(1).unwrap_or(asked.by), to: asked.by },
        statements: Vec::new(),
        reference_plans: Vec::new(),
        goals,
    };
    proposed.sort_by_key(|proposed| proposed.evidence.node);
    Ok(Drafted { plan, targets: proposed, scores })
}

fn is_below(assessment: &Assessment, node: NodeIndex, top: NodeIndex) -> bool {
    node == top || assessment.set().nodes()[node].parent.is_some_and(|parent| is_below(assessment, parent, top))
}

impl Drafting<'_> {
    fn title(&self) -> Text {
        let (city, from, to) = (self.asked.city, self.asked.period.later(1).unwrap_or(self.asked.by), self.asked.by);
        Text::both(format!("{city} 智慧城市建设目标（{from}—{to}）"), format!("Goals of {city}, {from} to {to}"))
    }

    /// Linear in the raw unit, with the digits of the target; the last point is the target itself.
    fn path(&self, node: NodeIndex, target: f64, periods: &[Period]) -> Vec<PathPoint> {
        let value = self.rows[node].value.unwrap_or(target);
        let places = self.assessment.set().nodes()[node].leaf().map_or(3, |leaf| places(self.assessment, leaf, value, target));
        let unit = dashu_ratio::RBig::from(10).pow(places);
        let whole = years_between(self.asked.period, self.asked.by);
        let half = dashu_ratio::RBig::ONE / dashu_ratio::RBig::from(2);
        let at = |&period: &Period| {
            if period == self.asked.by {
                return PathPoint { period, value: target };
            }
            let part = years_between(self.asked.period, period) / &whole;
            let exact = number(value) + part * (number(target) - number(value));
            let rounded = dashu_ratio::RBig::from((exact * &unit + &half).floor()) / &unit;
            PathPoint { period, value: nearest_double(&rounded) }
        };
        periods.iter().map(at).collect()
    }

    fn overall(&self, score_goal: &mut impl FnMut(Goal, NodeIndex) -> Goal) -> Goal {
        let total = &self.assessment.set().nodes()[0];
        let goal = Goal { node: Some(total.code.clone()), due: Some(self.asked.by), ..Goal::new(OVERALL, GoalLevel::Overall) };
        let goal = score_goal(goal, 0);
        let statement = self.score_statement(&total.title, &goal);
        if let (Ambition::Level(_), Some(level)) = (self.asked.ambition, self.reached[0].level) {
            let by = self.asked.by;
            let score = goal.target_value.map(|score| score.to_string()).unwrap_or_default();
            let statement = Text::both(
                format!("到 {by} 达到等级“{level}”（总分 {score}）"),
                format!("Reach the level '{level}' by {by} (a total of {score})"),
            );
            let level = Some(level.to_owned());
            return Goal {
                statement,
                quantity: Some(GoalQuantity::Level),
                baseline_value: None,
                target_value: None,
                target_level: level,
                bound: Some(TargetBound::AtLeast),
                path: Vec::new(),
                ..goal
            };
        }
        Goal { statement, ..goal }
    }

    fn score_statement(&self, title: &Text, goal: &Goal) -> Text {
        let by = self.asked.by;
        let number = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |value| value.to_string());
        let (from, to) = (number(goal.baseline_value), number(goal.target_value));
        Text::both(
            format!("到 {by}，{}得分由 {from} 提高到 {to}", title.get(Language::Zh)),
            format!("Raise the score of {} from {from} to {to} by {by}", title.get(Language::En)),
        )
    }

    fn indicator(&self, node: NodeIndex, path: &[PathPoint], parent: &str, top: NodeIndex) -> Goal {
        let set = self.assessment.set();
        let described = &set.nodes()[node];
        let (baseline, target) = (self.rows[node].value, path.last().map(|point| point.value));
        let unit = described.leaf().and_then(|leaf| leaf.unit.clone());
        let shown = unit.as_deref().filter(|unit| *unit != "1").map(|unit| format!(" {unit}")).unwrap_or_default();
        let by = self.asked.by;
        let words = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |value| format!("{value}{shown}"));
        let (from, to) = (words(baseline), words(target));
        let direction = described.leaf().map(|leaf| leaf.direction);
        let is_rise = baseline.zip(target).is_some_and(|(baseline, target)| target > baseline);
        let (zh, en) = if is_rise { ("提高", "Raise") } else { ("降低", "Lower") };
        let item = described.leaf().and_then(|leaf| leaf.items.first()).map(|&item| &set.items()[item]);
        Goal {
            parent: Some(parent.to_owned()),
            statement: Text::both(
                format!("到 {by}，{}由 {from} {zh}到 {to}", described.title.get(Language::Zh)),
                format!("{en} {} from {from} to {to} by {by}", described.title.get(Language::En)),
            ),
            owner: item.and_then(|item| item.department.clone()).unwrap_or_default(),
            weight: Some(nearest_double(&(&described.share / &set.nodes()[top].share)).min(1.0)),
            node: Some(described.code.clone()),
            unit,
            baseline_value: baseline,
            target_value: target,
            bound: match direction {
                Some(Direction::Higher) => Some(TargetBound::AtLeast),
                Some(Direction::Lower) => Some(TargetBound::AtMost),
                _ => Some(if is_rise { TargetBound::AtLeast } else { TargetBound::AtMost }),
            },
            due: Some(by),
            path: path.to_vec(),
            ..Goal::new(format!("I-{}", described.code), GoalLevel::Sub)
        }
    }

    /// Stages of as equal a number of periods as can be, the earlier ones the longer.
    fn stages(&self, periods: &[Period], paths: &[(NodeIndex, Vec<PathPoint>)], on_the_way: &[Vec<Supposed>]) -> Vec<Goal> {
        let wanted = self.asked.stages.map_or(3, |stages| stages as usize).min(periods.len());
        let (each, longer) = (periods.len() / wanted, periods.len() % wanted);
        let mut stages = Vec::new();
        let mut first = 0;
        for stage in 0..wanted {
            let last = first + each + usize::from(stage < longer) - 1;
            // A stage begins where the one before it ends, also where a year has several periods.
            let before = if first == 0 { self.asked.period } else { periods[first - 1] };
            let from = before.later(1).unwrap_or(periods[first]);
            let nodes = on_the_way.get(last).map_or(self.reached, Vec::as_slice);
            stages.push(self.stage(stage + 1, from, periods[last], nodes, &self.milestones(paths, last)));
            first = last + 1;
        }
        stages
    }

    /// What the indicators are to have by the end of a stage, those with most points first.
    fn milestones(&self, paths: &[(NodeIndex, Vec<PathPoint>)], last: usize) -> Vec<(NodeIndex, f64)> {
        let gain = |node: NodeIndex| {
            let change = self.reached[node].score.zip(self.rows[node].score).map_or(0.0, |(after, before)| after - before);
            change * self.assessment.set().nodes()[node].share_f64()
        };
        let mut milestones: Vec<(NodeIndex, f64)> = paths.iter().map(|(node, path)| (*node, path[last].value)).collect();
        milestones.sort_by(|one, other| gain(other.0).total_cmp(&gain(one.0)));
        milestones
    }

    fn stage(&self, stage: usize, from: Period, to: Period, nodes: &[Supposed], milestones: &[(NodeIndex, f64)]) -> Goal {
        let set = self.assessment.set();
        let title = |node: NodeIndex, language| set.nodes()[node].title.get(language).to_owned();
        let named = &milestones[..milestones.len().min(NAMED)];
        let rest = milestones.len() - named.len();
        let more = |language: Language| match (rest, language) {
            (0, _) => String::new(),
            (_, Language::Zh) => format!("；另有 {rest} 项指标"),
            (_, Language::En) => format!("; and {rest} further indicators"),
        };
        let list = |language: Language, with_value: bool| {
            let each = named.iter().map(|&(node, value)| {
                let unit = set.nodes()[node].leaf().and_then(|leaf| leaf.unit.as_deref()).filter(|unit| *unit != "1");
                let unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
                if with_value { format!("{} {value}{unit}", title(node, language)) } else { title(node, language) }
            });
            format!("{}{}", each.collect::<Vec<_>>().join(language.pick("；", "; ")), more(language))
        };
        let tops: Vec<NodeIndex> = set.nodes()[0]
            .children
            .iter()
            .copied()
            .filter(|&top| milestones.iter().any(|(node, _)| is_below(self.assessment, *node, top)))
            .collect();
        let topics =
            |language: Language| tops.iter().map(|&top| title(top, language)).collect::<Vec<_>>().join(language.pick("、", ", "));
        let (baseline, target) = (self.rows[0].score, nodes[0].score);
        let shown = target.map(|score| score.to_string()).unwrap_or_default();
        Goal {
            parent: Some(OVERALL.to_owned()),
            statement: Text::both(
                format!("第 {stage} 阶段（{from}—{to}）：总分达到 {shown}"),
                format!("Stage {stage}, {from} to {to}: reach a total of {shown}"),
            ),
            node: Some(set.nodes()[0].code.clone()),
            quantity: Some(GoalQuantity::Score),
            baseline_value: baseline,
            target_value: target,
            bound: Some(TargetBound::AtLeast),
            due: Some(to),
            from: Some(from),
            to: Some(to),
            tasks: Text::both(format!("推进指标：{}", list(Language::Zh, false)), format!("Move {}", list(Language::En, false))),
            content: Text::both(format!("涉及：{}", topics(Language::Zh)), format!("In {}", topics(Language::En))),
            results: Text::both(format!("达到：{}", list(Language::Zh, true)), format!("Reached: {}", list(Language::En, true))),
            ..Goal::new(format!("S{stage}"), GoalLevel::Stage)
        }
    }
}
