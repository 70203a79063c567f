//! What the effects of projects are worth in points of the total, as the objective counts them.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Arithmetic, Faults, Method, MissingRule, NodeIndex, NodeKind, Period, Scoring, Text, Weighting};

use super::after::{Base, limits};
use crate::assessment::{Assessment, Row};
use crate::error::Result;
use crate::what_if::with_values;
use citygauge_indicators::planning::Project;

/// How the objective counts what projects do to a leaf.
#[derive(Debug, Clone, PartialEq)]
pub enum Counted {
    /// The effects add up along a line and end where the scale ends.
    Line,
    /// Each project counts with what it gains by itself; how projects act together is in the expected scores only.
    Alone(Text),
}

/// What projects can gain on a leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct LeafGain {
    /// The leaf.
    pub node: NodeIndex,
    /// Its raw value in the base period.
    pub value: f64,
    /// How it is counted.
    pub counted: Counted,
    /// The points of the total per unit of the raw value; of a line only.
    pub points_per_unit: Option<f64>,
    /// The points of the total up to the end of the scale; of a line that ends only.
    pub room: Option<f64>,
    /// The points that are held beyond the end of the scale; 0 where the score is below it.
    pub spare: f64,
}

/// A line with its ends, in scores.
struct Line {
    slope: f64,
    /// The score without the ends.
    score: f64,
    low: f64,
    high: f64,
}

impl<'a> Base<'a> {
    /// The city that these projects change; every effect on what is no leaf, or has no value, is a fault.
    pub(super) fn new(assessment: &'a Assessment, city: &'a str, period: Period, projects: &'a [Project]) -> Result<Self> {
        let Some(rows) = assessment.city(city, period) else {
            return Err(super::faults::unknown_city(city, period).into());
        };
        let set = assessment.set_of(period);
        let mut faults = Faults::default();
        let mut values: Vec<(NodeIndex, f64)> = Vec::new();
        let mut effects = Vec::with_capacity(projects.len());
        for (place, project) in projects.iter().enumerate() {
            let mut of_project = Vec::new();
            for (effect, it) in project.effects.iter().enumerate() {
                let at = format!("/projects/{place}/effects/{effect}/node");
                let node = set.node_index(&it.node).filter(|node| set.nodes()[*node].leaf().is_some());
                let Some(node) = node else {
                    faults.push(super::faults::no_leaf(&it.node, at));
                    continue;
                };
                let scoring = set.nodes()[node].leaf().map(|leaf| &leaf.scoring);
                if matches!(scoring, Some(Scoring::Choice { .. } | Scoring::Checklist { .. })) {
                    faults.push(super::faults::no_number(&it.node, at));
                    continue;
                }
                let value = rows[node].value.filter(|_| rows[node].score.is_some());
                let Some(value) = value else {
                    faults.push(super::faults::no_value(&it.node, city, period, at));
                    continue;
                };
                if !values.iter().any(|(known, _)| *known == node) {
                    values.push((node, value));
                }
                of_project.push((node, it.change));
            }
            effects.push(of_project);
        }
        if rows[0].score.is_none() {
            faults.push(super::faults::no_total(city, period));
        }
        values.sort_by_key(|(node, _)| *node);
        if faults.is_empty() { Ok(Self { assessment, set, city, period, projects, effects, values }) } else { Err(faults.into()) }
    }

    /// How each leaf is counted.
    pub(super) fn gains(&self) -> Vec<LeafGain> {
        let rows = self.assessment.city(self.city, self.period).unwrap_or_default();
        let of_leaf = |&(node, value): &(NodeIndex, f64)| {
            let alone = |reason: Text| LeafGain {
                node,
                value,
                counted: Counted::Alone(reason),
                points_per_unit: None,
                room: None,
                spare: 0.0,
            };
            let coefficient = match self.coefficient(node, &rows) {
                Ok(coefficient) => coefficient,
                Err(reason) => return alone(reason),
            };
            match self.line(node, value, &rows[node]) {
                Ok(line) => LeafGain {
                    node,
                    value,
                    counted: Counted::Line,
                    points_per_unit: Some(line.slope * coefficient),
                    room: line.high.is_finite().then(|| (line.high - line.score).max(0.0) * coefficient),
                    spare: if line.high.is_finite() { (line.score - line.high).max(0.0) * coefficient } else { 0.0 },
                },
                Err(reason) => alone(reason),
            }
        };
        self.values.iter().map(of_leaf).collect()
    }

    /// The points of the total that a point of a leaf's score is, before rounding.
    fn coefficient(&self, leaf: NodeIndex, rows: &[Row]) -> std::result::Result<f64, Text> {
        let nodes = self.set.nodes();
        if self.set.document().arithmetic == Arithmetic::Points {
            return Err(Text::both("指标体系采用计分制", "the set counts points"));
        }
        if !self.set.document().adjustments.is_empty() {
            return Err(Text::both("总分另有加减分", "the total is adjusted"));
        }
        let mut coefficient = 1.0;
        let mut child = leaf;
        while let Some(parent) = nodes[child].parent {
            let NodeKind::Inner { aggregation, weighting } = &nodes[parent].kind else { break };
            let is_mean = aggregation.method == Method::Arithmetic;
            if !is_mean || matches!(weighting, Some(Weighting::BenefitOfTheDoubt { .. })) || rows[parent].score.is_none() {
                let code = &nodes[parent].code;
                return Err(Text::both(format!("“{code}”不是加权算术平均"), format!("'{code}' is no weighted arithmetic mean")));
            }
            let counts = |sister: &NodeIndex| {
                let is_there = rows[*sister].score.is_some() || nodes[*sister].missing != MissingRule::Skip;
                rows[*sister].coverage.is_some() && is_there
            };
            let weight = |node: NodeIndex| nearest_double(&nodes[node].normalised_weight);
            let all: f64 = nodes[parent].children.iter().filter(|sister| counts(sister)).map(|sister| weight(*sister)).sum();
            if all <= 0.0 {
                return Err(Text::both("权重为 0", "it has no weight"));
            }
            coefficient *= weight(child) / all;
            child = parent;
        }
        Ok(coefficient)
    }

    /// The line on which a leaf is scored.
    fn line(&self, node: NodeIndex, value: f64, row: &Row) -> std::result::Result<Line, Text> {
        let full = self.set.full_mark();
        let Some(leaf) = self.set.nodes()[node].leaf() else { return Err(Text::default()) };
        let between = |worst: f64, best: f64, clamp: bool| {
            let (low, high) = if clamp { (0.0, full) } else { (f64::NEG_INFINITY, f64::INFINITY) };
            (full / (best - worst), -worst * full / (best - worst), low, high)
        };
        let (slope, start, low, high) = match &leaf.scoring {
            Scoring::Ratio { cap } => (full, 0.0, 0.0, cap * full),
            Scoring::Goalposts { worst, best, clamp } => between(*worst, *best, *clamp),
            Scoring::Survey { scale: [worst, best] } => between(*worst, *best, true),
            Scoring::Scaled { range: [worst, best] } => between(*worst, *best, false),
            _ => return Err(Text::both("计分规则不是直线", "its rule is no line")),
        };
        if !leaf.treatment.is_empty() || row.imputed {
            return Err(Text::both("原始值经过处理或插补", "its raw value is treated or imputed"));
        }
        let ends = limits(self.set, node);
        let at = |raw: f64| slope * raw + start;
        let (least, greatest) = if slope > 0.0 { (at(ends.0), at(ends.1)) } else { (at(ends.1), at(ends.0)) };
        let line = Line { slope, score: at(value), low: low.max(least), high: high.min(greatest) };
        let losses: f64 =
            self.effects.iter().flatten().filter(|(other, _)| *other == node).map(|(_, change)| (change * slope).min(0.0)).sum();
        if line.score + losses < line.low - 1e-9 * full {
            return Err(Text::both("得分可能低于量程下端", "its score may lie below the lower end of the scale"));
        }
        Ok(line)
    }

    /// What each project gains by itself on the leaves that are counted alone.
    pub(super) fn alone(&self, gains: &[LeafGain]) -> Result<Vec<f64>> {
        let is_alone = |leaf: NodeIndex| gains.iter().any(|gain| gain.node == leaf && matches!(gain.counted, Counted::Alone(_)));
        let of_project = |project: usize| {
            let values = self.values_after(&[project], is_alone);
            if values.is_empty() {
                return Ok(0.0);
            }
            let after = with_values(self.assessment, self.city, self.period, &values)?;
            let total = &after[0];
            match total.before.zip(total.score) {
                Some((before, score)) => Ok(score - before),
                None => Err(super::faults::no_total(self.city, self.period).into()),
            }
        };
        (0..self.projects.len()).map(of_project).collect()
    }
}
