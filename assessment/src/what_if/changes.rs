//! What is supposed: the city it is of, the items and leaves it changes, and the leaves that read them.

use std::collections::BTreeMap;

use citygauge_indicators::formula::Formula;
use citygauge_indicators::{
    Fault, Faults, Imputation, IndicatorSet, Leaf, NodeIndex, Observation, Period, Scoring, Status, Value,
};

use crate::assessment::Assessment;
use crate::error::AssessmentError;
use crate::exact::leaf::Cells;
use crate::observations::{self, Observations};

/// What is supposed of a city in a period.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The value of an item, by its code; missing where there is none.
    Item(String, Option<Value>),
    /// The raw value of a leaf, by the code of the node. Where its formula is one item and nothing else it is the item that changes,
    /// with whatever else reads it; where the formula has more to it, it is the value of the formula.
    Leaf(String, f64),
}

/// Changes that a set admits: items with their numbers, leaves with their raw values.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Admitted {
    pub items: Vec<(usize, Option<f64>)>,
    pub leaves: Vec<(NodeIndex, f64)>,
}

/// The place of the period and of the city in it.
pub(super) fn place(assessment: &Assessment, city: &str, period: Period) -> Result<(usize, usize), AssessmentError> {
    let known: Vec<Period> = assessment.periods().collect();
    let at = assessment.observations.slice_of(period).filter(|_| known.contains(&period));
    let at = at.ok_or_else(|| crate::absent_period(period, &known))?;
    let row = row(&assessment.observations, at, city).ok_or_else(|| unknown_city(city, period))?;
    Ok((at, row))
}

/// The row of a city in a slice.
pub(super) fn row(observations: &Observations, at: usize, city: &str) -> Option<usize> {
    let place = observations.cities.binary_search_by(|known| known.code.as_str().cmp(city)).ok();
    let place = place.or_else(|| observations.cities.iter().position(|known| known.code == city))?;
    observations.slices[at].row_of(place)
}

pub(super) fn unknown_city(city: &str, period: Period) -> Fault {
    Fault::error(
        "what_if.unknown_city",
        format!("{period} 的参评城市中没有“{city}”"),
        format!("there is no city '{city}' in the cohort of {period}"),
    )
    .city(city)
    .period(period.to_string())
    .hint("请核对城市代码", "check the code of the city")
}

/// The changes of a city with their numbers, or all that is wrong with them.
pub(super) fn admitted(set: &IndicatorSet, city: &str, period: Period, changes: &[Change]) -> Result<Admitted, Faults> {
    let mut faults = Faults::default();
    let mut admitted = Admitted::default();
    for change in changes {
        let located = |fault: Fault| fault.city(city).period(period.to_string());
        let found = match change {
            Change::Item(code, value) => item(set, city, period, code, value.clone()).map(|item| admitted.items.push(item)),
            Change::Leaf(code, value) => leaf(set, code, *value).and_then(|(node, leaf)| match single(set, leaf) {
                Some(read) => {
                    let value = Some(Value::Number(*value));
                    item(set, city, period, &set.items()[read].code, value).map(|item| admitted.items.push(item))
                }
                None => {
                    admitted.leaves.push((node, *value));
                    Ok(())
                }
            }),
        };
        faults.0.extend(found.err().map(located));
    }
    let mut seen = Vec::new();
    for &(item, _) in &admitted.items {
        if seen.contains(&item) {
            faults.push(twice(&set.items()[item].code, city, period));
        }
        seen.push(item);
    }
    let mut seen = Vec::new();
    for &(node, _) in &admitted.leaves {
        if seen.contains(&node) {
            faults.push(twice(&set.nodes()[node].code, city, period));
        }
        seen.push(node);
    }
    if faults.is_empty() { Ok(admitted) } else { Err(faults) }
}

fn twice(code: &str, city: &str, period: Period) -> Fault {
    Fault::error("observation.duplicate", "同一数据项或指标改了两次", "the same item or indicator is changed twice")
        .city(city)
        .period(period.to_string())
        .of(code)
        .hint("只保留其中一个", "keep one of them")
}

fn item(set: &IndicatorSet, city: &str, period: Period, code: &str, value: Option<Value>) -> Result<(usize, Option<f64>), Fault> {
    let Some(item) = set.item_index(code) else {
        return Err(Fault::error(
            "observation.unknown_item",
            format!("没有数据项“{code}”"),
            format!("there is no data item '{code}'"),
        )
        .of(code)
        .hint("请核对数据项代码", "check the code of the item"));
    };
    let status = if value.is_some() { Status::Reported } else { Status::Missing };
    let observation = Observation { city: city.into(), period, item: code.into(), value, status };
    observations::number(set, item, &observation).map(|number| (item, number))
}

/// A leaf of which a raw value can be supposed.
fn leaf<'s>(set: &'s IndicatorSet, code: &str, value: f64) -> Result<(NodeIndex, &'s Leaf), Fault> {
    let node = set.node_index(code);
    let Some((node, leaf)) = node.and_then(|node| Some((node, set.nodes()[node].leaf()?))) else {
        let (zh, en) = match node {
            None => (format!("没有指标“{code}”"), format!("there is no indicator '{code}'")),
            Some(_) => (format!("“{code}”不是指标，没有原始值"), format!("'{code}' is no indicator and has no raw value")),
        };
        let hint = ("给出末级指标的代码", "name a leaf of the set");
        return Err(Fault::error("what_if.unknown_indicator", zh, en).of(code).hint(hint.0, hint.1));
    };
    if leaf.formula.is_none() || matches!(leaf.scoring, Scoring::Checklist { .. } | Scoring::Choice { .. }) {
        let items: Vec<&str> = leaf.items.iter().map(|&item| set.items()[item].code.as_str()).collect();
        let items = items.join(" | ");
        return Err(Fault::error(
            "what_if.needs_items",
            format!("“{code}”按选项或清单计分，不能直接假设原始值"),
            format!("'{code}' is scored by options or a checklist; no raw value of it can be supposed"),
        )
        .of(code)
        .expected(items.clone())
        .hint(format!("改为修改其数据项：{items}"), format!("change its items instead: {items}")));
    }
    if !value.is_finite() {
        return Err(Fault::error("observation.wrong_type", "不是有限的数", "not a finite number")
            .of(code)
            .value(value.to_string())
            .hint("给出有限的数", "give a finite number"));
    }
    Ok((node, leaf))
}

/// The item that a leaf's formula is, where it is nothing else.
pub(crate) fn single(set: &IndicatorSet, leaf: &Leaf) -> Option<usize> {
    set.item_index(leaf.formula.as_ref().and_then(Formula::as_item)?)
}

/// Puts admitted changes into rows of a slice.
pub(super) fn put(observations: &mut Observations, at: usize, rows: &[(usize, Admitted)]) {
    let slice = &mut observations.slices[at];
    let mut columns: BTreeMap<usize, Vec<(usize, Option<f64>)>> = BTreeMap::new();
    for (row, admitted) in rows {
        for &(item, value) in &admitted.items {
            columns.entry(item).or_default().push((*row, value));
        }
        slice.supposed.extend(admitted.leaves.iter().map(|&(node, value)| ((node, *row), value)));
    }
    for (item, patches) in columns {
        // What has a value, or is missing, applies.
        if let Some(flags) = slice.not_applicable.get(&item) {
            let mut flags: Vec<Option<bool>> = flags.iter().collect();
            for &(row, _) in &patches {
                flags[row] = flags[row].filter(|is_absent| !is_absent);
            }
            slice.not_applicable.insert(item, flags.into_iter().collect());
        }
        slice.items[item] = crate::numbers::patched(&slice.items[item], patches);
    }
}

/// The leaves that are changed or read a changed item, and those that are imputed from the city's other indicators.
pub(super) fn reading(
    set: &IndicatorSet,
    admitted: &Admitted,
    observations: &Observations,
    at: usize,
    row: usize,
) -> Vec<NodeIndex> {
    let cells = Cells::new(set, observations, at);
    let is_supposed = |node: NodeIndex| admitted.leaves.iter().any(|(leaf, _)| *leaf == node);
    let reads = |leaf: &Leaf| leaf.items.iter().any(|item| admitted.items.iter().any(|(changed, _)| changed == item));
    let follows = |node: NodeIndex, leaf: &Leaf| {
        matches!(leaf.imputation, Imputation::RowMean { .. }) && cells.value(node, row).0.is_none()
    };
    set.leaves().filter(|(node, leaf)| is_supposed(*node) || reads(leaf) || follows(*node, leaf)).map(|(node, _)| node).collect()
}
