//! Applies targets of indicators to a city: finds values of data items that bring each raw value, and has the engine score them.
//!
//! A formula that is a data item takes the target itself. Of any other one, the first item is moved in which it is linear, or else
//! whose reciprocal is; what an item cannot take (half a thing, a share above 1) is not supposed.

use std::collections::{BTreeMap, HashSet};

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::formula::{Expr, Formula};
use citygauge_indicators::{ItemIndex, ItemKind, NodeIndex, Period, Text, Value};
use dashu_ratio::RBig;

use crate::assessment::Assessment;
use crate::error::Result;
use crate::exact::formula::{Evaluation, Items};
use crate::exact::leaf::Cells;
use crate::normalise::number;
use crate::observations;
use crate::what_if::{Supposed, what_if};

/// A city with its targets reached.
#[derive(Debug, Clone)]
pub struct Applied<'a> {
    /// Every node, in the order of the set.
    pub nodes: Vec<Supposed<'a>>,
    /// The data items that were changed, with their values.
    pub items: Vec<(String, f64)>,
    /// The targets that no data item brings, and why.
    pub unmoved: Vec<Unmoved>,
}

/// A target that no data item brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmoved {
    /// The place of the indicator.
    pub node: NodeIndex,
    /// Why.
    pub reason: Text,
}

/// The city with these raw values of indicators, as the engine scores it.
///
/// # Errors
/// A city or period without results, and whatever keeps the engine from supposing it.
pub fn apply<'a>(assessment: &'a Assessment, city: &str, period: Period, targets: &[(NodeIndex, f64)]) -> Result<Applied<'a>> {
    let (items, unmoved) = items(assessment, city, period, targets);
    let set = assessment.set_of(period);
    let changes: Vec<(&str, Option<Value>)> =
        items.iter().map(|(&item, &value)| (set.items()[item].code.as_str(), Some(Value::Number(value)))).collect();
    let nodes = what_if(assessment, city, period, &changes)?;
    let items = items.iter().map(|(&item, &value)| (set.items()[item].code.clone(), value)).collect();
    Ok(Applied { nodes, items, unmoved })
}

/// The values of data items that bring the targets, each item moved for one indicator only.
pub(super) fn items(
    assessment: &Assessment,
    city: &str,
    period: Period,
    targets: &[(NodeIndex, f64)],
) -> (BTreeMap<ItemIndex, f64>, Vec<Unmoved>) {
    let set = assessment.set_of(period);
    let observations = &assessment.observations;
    let place = observations.cities.iter().position(|known| known.code == city);
    let at = observations.slice_of(period);
    let row = place.zip(at).and_then(|(place, at)| Some((at, observations.slices[at].row_of(place)?)));
    let Some((at, row)) = row else { return (BTreeMap::new(), Vec::new()) };
    let cells = Cells::new(set, observations, at);
    let (mut moved, mut unmoved) = (BTreeMap::new(), Vec::new());
    // Whoever has least choice comes first, so that a shared item is left to the indicator that has no other.
    let mut order: Vec<&(NodeIndex, f64)> = targets.iter().collect();
    order.sort_by_key(|(node, _)| set.nodes()[*node].leaf().map_or(0, |leaf| leaf.items.len()));
    let taken: HashSet<ItemIndex> = targets
        .iter()
        .filter_map(|(node, _)| set.nodes()[*node].leaf())
        .filter_map(|leaf| single(leaf.formula.as_ref(), set))
        .collect();
    for &&(node, target) in &order {
        let why = |zh: &str, en: &str| Unmoved { node, reason: Text::both(zh, en) };
        let Some(leaf) = set.nodes()[node].leaf() else {
            unmoved.push(why("该节点不是指标", "the node is no indicator"));
            continue;
        };
        let Some(formula) = leaf.formula.as_ref().filter(|_| leaf.options.is_empty()) else {
            unmoved.push(why("其取值为选项或清单，不是数量", "it is an option or a checklist, and no quantity"));
            continue;
        };
        let own = single(Some(formula), set);
        let wanted = number(target);
        let found = leaf.items.iter().filter(|item| own == Some(**item) || !taken.contains(item)).find_map(|&item| {
            let others = Others { cells, row, moved: &moved, item: &set.items()[item].code, value: None };
            let value = if own == Some(item) { Some(wanted.clone()) } else { solve(formula, &others, &wanted) };
            let value = taken_by(set, item, &value?)?;
            (moved.get(&item).is_none_or(|known: &f64| *known == value)).then_some((item, value))
        });
        match found {
            Some((item, value)) => {
                moved.insert(item, value);
            }
            None => unmoved.push(why("没有数据项能取到使其达到该值的数值", "no data item can take a value that brings it")),
        }
    }
    (moved, unmoved)
}

/// The item that a formula is, where it is nothing else.
fn single(formula: Option<&Formula>, set: &citygauge_indicators::IndicatorSet) -> Option<ItemIndex> {
    match formula?.root() {
        Expr::Item(item) => set.item_index(item),
        _ => None,
    }
}

/// The number as the item can take it: the nearest double, and whole where things are counted.
fn taken_by(set: &citygauge_indicators::IndicatorSet, item: ItemIndex, value: &RBig) -> Option<f64> {
    let value = match set.items()[item].kind {
        ItemKind::Choice => return None,
        ItemKind::Count => nearest_double(&RBig::from((value + RBig::ONE / RBig::from(2)).floor())),
        _ => nearest_double(value),
    };
    observations::refused(set, item, value).is_none().then_some(value)
}

/// The items of a row, one of them with another value.
struct Others<'a> {
    cells: Cells<'a>,
    row: usize,
    moved: &'a BTreeMap<ItemIndex, f64>,
    item: &'a str,
    value: Option<f64>,
}

impl Items for Others<'_> {
    fn current(&self, item: &str) -> Option<f64> {
        if item == self.item && self.value.is_some() {
            return self.value;
        }
        let index = self.cells.set.item_index(item)?;
        self.moved.get(&index).copied().or_else(|| self.cells.slice.number(index, self.row))
    }

    fn earlier(&self, item: &str, periods: u32) -> Option<f64> {
        self.cells.slice.earlier(self.cells.set.item_index(item)?, periods, self.row)
    }
}

/// The value of an item under which a formula gives `wanted`, where it is linear in it or its reciprocal is.
fn solve(formula: &Formula, others: &Others, wanted: &RBig) -> Option<RBig> {
    let start = others.current(others.item)?;
    let step = if start == 0.0 { 1.0 } else { start.abs() / 8.0 };
    let places = [start, start + step, start + 2.0 * step];
    let of = |value: f64| {
        let with = Others { value: Some(value), ..*others };
        let mut evaluation = Evaluation::new(&with, others.cells.set.rounding_mode());
        evaluation.formula(formula.root())
    };
    let made = [of(places[0])?, of(places[1])?, of(places[2])?];
    let linear = |made: &[RBig; 3], wanted: &RBig| {
        let at = places.map(number);
        let slope = (&made[1] - &made[0]) / (&at[1] - &at[0]);
        let again = (&made[2] - &made[1]) / (&at[2] - &at[1]);
        (slope == again && slope != RBig::ZERO).then(|| &at[0] + (wanted - &made[0]) / slope)
    };
    if let Some(value) = linear(&made, wanted) {
        return is_brought(&of, &value, wanted).then_some(value);
    }
    if made.iter().chain([wanted]).any(|value| *value == RBig::ZERO) {
        return None;
    }
    let value = linear(&made.map(|value| RBig::ONE / value), &(RBig::ONE / wanted))?;
    is_brought(&of, &value, wanted).then_some(value)
}

/// Whether a value of the item brings the target, up to the digits that a double has.
fn is_brought(of: &impl Fn(f64) -> Option<RBig>, value: &RBig, wanted: &RBig) -> bool {
    let near = |made: RBig| {
        let (made, wanted) = (nearest_double(&made), nearest_double(wanted));
        (made - wanted).abs() <= 1e-9 * made.abs().max(wanted.abs()).max(1e-300)
    };
    of(nearest_double(value)).is_some_and(near)
}
