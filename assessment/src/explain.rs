//! Explanations: for any city and node, the chain from raw items through formula, rule, weight and share to points,
//! with every intermediate number in exact arithmetic.

mod aggregation;
mod explained;
mod level;
#[cfg(test)]
mod tests;
mod weighting;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::formula::{Expr, Formula};
use citygauge_indicators::{Arithmetic, IndicatorSet, NodeIndex, NodeKind, Period, Scoring, Weighting};
use dashu_ratio::RBig;

use crate::assessment::{Assessment, Row};
use crate::exact::node::{Entered, Nodes};
use crate::normalise::{self, number};
use crate::{adjust, fill, weigh};

pub use explained::{Explained, Filling, ItemRead, Operation};

impl Assessment {
    /// Explains a node of a city in a period, and what stands below it down to `depth` further levels.
    /// `None` where the assessment has no such city, period or node.
    #[must_use]
    pub fn explain(&self, city: &str, period: Period, node: &str, depth: u32) -> Option<Explained<'_>> {
        let rows = self.city(city, period)?;
        let at = self.observations.slice_of(period)?;
        let place = self.observations.cities.iter().position(|known| known.code == city)?;
        let row = self.observations.slices[at].row_of(place)?;
        let index = self.set.node_index(node)?;
        let computed = &self.computed[at];
        let nodes = Nodes::new(self.inputs(at), &computed.applicability, &computed.actual, &computed.actual);
        let explainer = Explainer { assessment: self, nodes, at, row, rows };
        Some(explainer.node(index, explainer.effective_share(index), depth))
    }
}

struct Explainer<'a> {
    assessment: &'a Assessment,
    nodes: Nodes<'a>,
    at: usize,
    row: usize,
    rows: Vec<Row<'a>>,
}

impl<'a> Explainer<'a> {
    /// The set with the weights that hold in the period.
    fn set(&self) -> &'a IndicatorSet {
        self.assessment.weighed.set(self.at)
    }

    fn is_points(&self) -> bool {
        self.set().document().arithmetic == Arithmetic::Points
    }

    /// The effective share of a node: the product of its and its ancestors' weights over the weights that counted.
    fn effective_share(&self, index: NodeIndex) -> Option<RBig> {
        let Some(parent) = self.set().nodes()[index].parent else { return Some(RBig::ONE) };
        let above = self.effective_share(parent)?;
        self.shares(parent, &above).into_iter().find(|(node, _)| *node == index).and_then(|(_, share)| share)
    }

    /// The effective shares of a node's children.
    fn shares(&self, parent: NodeIndex, above: &RBig) -> Vec<(NodeIndex, Option<RBig>)> {
        let entered = self.nodes.entered(parent, self.row);
        if let Some(lights) = self.assessment.computed[self.at].actual.lights.get(&parent) {
            // In its best light every city has shares of its own.
            let of = |child: NodeIndex| lights.share(child, self.row).map(|share| above * number(share));
            let is_there = |child: NodeIndex| entered.iter().any(|entered| entered.node == child && entered.value.is_some());
            let children = &self.set().nodes()[parent].children;
            return children.iter().map(|&child| (child, of(child).filter(|_| is_there(child)))).collect();
        }
        let weight = |child: &Entered| number(self.set().nodes()[child.node].weight);
        let counted = entered.iter().filter(|child| child.value.is_some()).map(weight).fold(RBig::ZERO, |sum, next| sum + next);
        let share = |child: &Entered| child.value.is_some().then(|| above * weight(child) / &counted);
        let of = |child: NodeIndex| {
            // Where leaves enter over the heads of their parents, a branch has the shares of what enters below it.
            let below = entered.iter().filter(|entered| entered.node == child || self.stands_below(entered.node, child));
            below.filter_map(share).reduce(|sum, next| sum + next)
        };
        self.set().nodes()[parent].children.iter().map(|&child| (child, of(child))).collect()
    }

    fn stands_below(&self, node: NodeIndex, above: NodeIndex) -> bool {
        self.set().nodes()[node].parent.is_some_and(|parent| parent == above || self.stands_below(parent, above))
    }

    fn node(&self, index: NodeIndex, share: Option<RBig>, depth: u32) -> Explained<'a> {
        let set = self.set();
        let node = &set.nodes()[index];
        let computed = &self.assessment.computed[self.at];
        let (mut operations, unrounded) = match &node.kind {
            NodeKind::Leaf(_) => self.leaf(index),
            NodeKind::Inner { .. } => self.inner(index),
        };
        self.finish(index, unrounded.as_ref(), &mut operations);
        operations.extend(self.level(index));
        let children = if depth == 0 {
            Vec::new()
        } else {
            let shares = share.as_ref().map(|above| self.shares(index, above)).unwrap_or_default();
            let of = |child: NodeIndex| shares.iter().find(|(node, _)| *node == child).and_then(|(_, share)| share.clone());
            node.children.iter().map(|&child| self.node(child, of(child), depth - 1)).collect()
        };
        let leaf = node.leaf();
        let period = self.rows[index].period;
        let fitted = leaf.and_then(|_| self.assessment.fitted.of(index, period));
        let fitted = fitted.map(|fit| fit.parameter(set, index, Some(period)));
        Explained {
            row: self.rows[index],
            node,
            effective_share: share.as_ref().map(nearest_double),
            unrounded: unrounded.as_ref().map(nearest_double),
            applies: computed.applicability.applies(index, self.row),
            filling: self.filling(index),
            items: self.items(index),
            prepared: self.prepared(index),
            fitted,
            source: leaf.map(|leaf| normalise::source(&leaf.scoring)),
            weighting: node.parent.and_then(|parent| weigh::derived_weighting(set, parent)).map(Weighting::word),
            operations,
            children,
        }
    }

    fn filling(&self, index: NodeIndex) -> Option<Filling> {
        let node = &self.set().nodes()[index];
        let applies = self.assessment.computed[self.at].applicability.applies(index, self.row);
        if self.rows[index].score.is_some() || !applies {
            return None;
        }
        let entered = self.nodes.entered(node.parent?, self.row);
        let entered = entered.into_iter().find(|child| child.node == index);
        let Assessment { observations, computed, .. } = self.assessment;
        // A node of weight 0 does not enter its parent, so nothing is looked for.
        let found = entered.as_ref().and_then(|_| fill::found(index, &node.missing, observations, self.at, self.row, computed));
        Some(Filling {
            rule: node.missing.clone(),
            value: entered.and_then(|child| child.value).as_ref().map(nearest_double),
            of: found.map(|found| found.scores),
            period: found.and_then(|found| found.period),
        })
    }

    fn prepared(&self, index: NodeIndex) -> Option<f64> {
        self.assessment.measured[self.at].prepared.get(&index)?.values.get(self.row)
    }

    fn items(&self, index: NodeIndex) -> Vec<ItemRead> {
        let (set, slice) = (self.set(), &self.assessment.observations.slices[self.at]);
        let Some(leaf) = set.nodes()[index].leaf() else { return Vec::new() };
        let mut read: Vec<ItemRead> = leaf
            .items
            .iter()
            .map(|&item| ItemRead {
                item,
                period: slice.period,
                value: slice.number(item, self.row),
                not_applicable: slice.is_not_applicable(item, self.row),
            })
            .collect();
        if let Some(formula) = &leaf.formula {
            formula.root().visit(&mut |part| {
                if let Expr::Previous { item, periods } = part
                    && let Some(item) = set.item_index(item)
                {
                    let value = slice.earlier(item, *periods, self.row);
                    read.push(ItemRead { item, period: slice.period.earlier(*periods), value, not_applicable: false });
                }
            });
        }
        read
    }

    /// Formula and rule of a leaf; gives the score.
    fn leaf(&self, index: NodeIndex) -> (Vec<Operation>, Option<RBig>) {
        let set = self.set();
        let leaf = set.nodes()[index].leaf().expect("it is a leaf");
        let cells = crate::exact::leaf::Cells::new(set, &self.assessment.observations, self.at);
        let mut operations: Vec<Operation> = leaf.formula.iter().flat_map(|formula| steps(cells, formula, self.row)).collect();
        let (value, failures) = cells.value(index, self.row);
        operations.extend(failures.iter().map(|failure| {
            let warning = failure.warning();
            Operation { text: warning.message, result: None }
        }));
        let prepared = self.assessment.fitted.preparation.told(cells, index, self.row);
        let value = prepared.last().map_or(value, |last| last.result.clone());
        let is_raw = prepared.is_empty();
        operations.extend(
            prepared.into_iter().map(|told| Operation { result: told.result.as_ref().map(nearest_double), text: told.text }),
        );
        let score = cells.score(index, self.row, &self.assessment.fitted);
        let shown = value.as_ref().map_or_else(|| "—".to_owned(), |value| nearest_double(value).to_string());
        let word = leaf.scoring.word();
        let period = self.assessment.observations.slices[self.at].period;
        let fit = self.assessment.fitted.of(index, period);
        let rule = fit.and_then(|fit| normalise::cohort::rule(leaf, fit, set.full_mark()));
        let arithmetic = rule.zip(value.as_ref()).map(|(rule, value)| rule.told(value)).unwrap_or_default();
        let after = |colon: &str, told: Option<String>| told.map(|told| format!("{colon}{told}")).unwrap_or_default();
        let (told_zh, told_en) = (after("：", arithmetic.zh), after(": ", arithmetic.en));
        operations.push(match &leaf.scoring {
            Scoring::Checklist { .. } => Operation::new(
                format!("checklist：成立分值占适用分值之比 {shown} × 满分 {}", set.full_mark()),
                format!("checklist: points that hold over points that apply, {shown}, x full mark {}", set.full_mark()),
                score.as_ref(),
            ),
            _ => Operation::new(
                format!("按规则 {word} 将{}值 {shown} 换算为得分{told_zh}", if is_raw { "原始" } else { "处理后的" }),
                format!("rule {word} turns the {} value {shown} into a score{told_en}", if is_raw { "raw" } else { "prepared" }),
                score.as_ref(),
            ),
        });
        if self.is_points() {
            let mark = self.marked(index, score.as_ref(), &mut operations);
            return (operations, mark);
        }
        (operations, score)
    }

    /// The aggregate of an inner node before rounding.
    fn inner(&self, index: NodeIndex) -> (Vec<Operation>, Option<RBig>) {
        let set = self.set();
        let node = &set.nodes()[index];
        let NodeKind::Inner { aggregation, .. } = &node.kind else { return (Vec::new(), None) };
        let entered = self.nodes.entered(index, self.row);
        let weight = |child: &Entered| number(set.nodes()[child.node].weight);
        let terms: Vec<(RBig, RBig)> = entered.iter().filter_map(|child| Some((weight(child), child.value.clone()?))).collect();
        let made = self.nodes.make(index, self.row);
        let published = if self.is_points() { &made.mark } else { &made.score };
        let mut operations = Vec::new();
        if published.is_none() {
            let (zh, en) = match made.warning {
                Some(warning) => (warning.message.zh.unwrap_or_default(), warning.message.en.unwrap_or_default()),
                None => {
                    ("没有足够的下级得分，该节点无得分".to_owned(), "too few children have a score; the node has none".to_owned())
                }
            };
            operations.push(Operation::new(zh, en, None));
            return (operations, None);
        }
        let derived = self.assessment.weighed.derivation(index, self.rows[index].period);
        operations.extend(derived.map(weighting::derived));
        let listed = |of: &dyn Fn(&(RBig, RBig)) -> String, join: &str| terms.iter().map(of).collect::<Vec<_>>().join(join);
        let shown = |value: &RBig| nearest_double(value).to_string();
        if self.is_points() {
            let all: RBig = entered.iter().map(weight).fold(RBig::ZERO, |sum, next| sum + next);
            let present = terms.iter().fold(RBig::ZERO, |sum, (weight, _)| sum + weight);
            let sum = terms.iter().fold(RBig::ZERO, |sum, (_, mark)| sum + mark) * &all / &present;
            let marks = listed(&|(_, mark)| shown(mark), " + ");
            let scale = if all == present { String::new() } else { format!(" × {}/{}", shown(&all), shown(&present)) };
            operations.push(Operation::new(
                format!("下级分值之和：({marks}){scale}"),
                format!("sum of the children's marks: ({marks}){scale}"),
                Some(&sum),
            ));
            let is_mark = node.parent.is_none() || crate::tree::children_add_up_to_mark(set, node);
            let unrounded = if is_mark { Some(sum) } else { self.marked(index, Some(&sum), &mut operations) };
            return (operations, unrounded);
        }
        if self.assessment.computed[self.at].actual.lights.contains_key(&index) {
            let (operation, score) = self.in_best_light(index);
            operations.push(operation);
            return (operations, score);
        }
        self.aggregated(index, aggregation, &terms)
    }

    /// Adds the step from score to mark under points arithmetic.
    fn marked(&self, index: NodeIndex, score: Option<&RBig>, operations: &mut Vec<Operation>) -> Option<RBig> {
        let node = &self.set().nodes()[index];
        let factor = crate::tree::coefficient(self.set(), node);
        let mark = score.map(|score| &factor * score);
        let (share, shown) =
            (nearest_double(&factor), score.map_or_else(|| "—".to_owned(), |score| nearest_double(score).to_string()));
        operations.push(Operation::new(
            format!("分值 = {share} × 得分 {shown}"),
            format!("mark = {share} x score {shown}"),
            mark.as_ref(),
        ));
        mark
    }

    /// Rounding and adjustments.
    fn finish(&self, index: NodeIndex, unrounded: Option<&RBig>, operations: &mut Vec<Operation>) {
        let set = self.set();
        let node = &set.nodes()[index];
        let Some(made) = unrounded else { return };
        let mut published = made.clone();
        if let Some(places) = node.places {
            published = citygauge_indicators::exact::round(made, places.places, places.mode);
            operations.push(Operation::new(
                format!("四舍五入到 {} 位小数（{}）", places.places, mode(places.mode)),
                format!("rounded to {} places ({})", places.places, mode(places.mode)),
                Some(&published),
            ));
        }
        if index == 0 && !set.document().adjustments.is_empty() {
            let inputs = self.assessment.inputs(self.at);
            let (sums, _) = adjust::sums(inputs, self.row);
            for (adjustment, (value, points)) in set.document().adjustments.iter().zip(&sums.each) {
                let shown = value.as_ref().map_or_else(|| "—".to_owned(), |value| nearest_double(value).to_string());
                let code = &adjustment.code;
                operations.push(Operation::new(
                    format!("调整项 {code}：公式值 {shown} × {}", adjustment.points_per_unit),
                    format!("adjustment {code}: {shown} x {}", adjustment.points_per_unit),
                    Some(points),
                ));
            }
            let adjusted = adjust::adjusted(inputs, published, &sums);
            operations.push(Operation::new(
                format!("总分 + 加分 {} - 扣分 {}", nearest_double(&sums.bonus), nearest_double(&sums.deduction)),
                format!("total + bonus {} - deduction {}", nearest_double(&sums.bonus), nearest_double(&sums.deduction)),
                Some(&adjusted),
            ));
        }
    }
}

fn steps(cells: crate::exact::leaf::Cells, formula: &Formula, row: usize) -> Vec<Operation> {
    cells.steps(formula, row).into_iter().map(|(text, value)| Operation::new(text.clone(), text, value.as_ref())).collect()
}

fn mode(mode: citygauge_indicators::RoundingMode) -> &'static str {
    match mode {
        citygauge_indicators::RoundingMode::HalfUp => "half_up",
        citygauge_indicators::RoundingMode::HalfEven => "half_even",
    }
}
