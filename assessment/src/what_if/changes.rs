//! What is supposed: the city it is of, the items it changes, and the leaves that read them.

use citygauge_indicators::{Fault, Faults, Imputation, IndicatorSet, Leaf, NodeIndex, Observation, Period, Status, Value};

use crate::assessment::Assessment;
use crate::error::Result;
use crate::exact::leaf::Cells;
use crate::observations::{self, Observations};

/// The place of the period and of the city in it.
pub(super) fn place(assessment: &Assessment, city: &str, period: Period) -> Result<(usize, usize)> {
    let known: Vec<Period> = assessment.periods().collect();
    let at = assessment.observations.slice_of(period).filter(|_| known.contains(&period));
    let at = at.ok_or_else(|| crate::absent_period(period, &known))?;
    let place = assessment.observations.cities.binary_search_by(|known| known.code.as_str().cmp(city)).ok();
    let place = place.or_else(|| assessment.observations.cities.iter().position(|known| known.code == city));
    let row = place.and_then(|place| assessment.observations.slices[at].row_of(place));
    let row = row.ok_or_else(|| {
        Fault::error(
            "what_if.unknown_city",
            format!("{period} 的参评城市中没有“{city}”"),
            format!("there is no city '{city}' in the cohort of {period}"),
        )
        .city(city)
        .period(period.to_string())
        .hint("请核对城市代码", "check the code of the city")
    })?;
    Ok((at, row))
}

/// The changed items with their numbers.
pub(super) fn admitted(
    set: &IndicatorSet,
    city: &str,
    period: Period,
    changes: &[(&str, Option<Value>)],
) -> Result<Vec<(usize, Option<f64>)>> {
    let mut faults = Faults::default();
    let mut items: Vec<(usize, Option<f64>)> = Vec::new();
    for (code, value) in changes {
        let Some(item) = set.item_index(code) else {
            faults.push(
                Fault::error(
                    "observation.unknown_item",
                    format!("没有数据项“{code}”"),
                    format!("there is no data item '{code}'"),
                )
                .of(*code),
            );
            continue;
        };
        if items.iter().any(|(known, _)| *known == item) {
            faults.push(
                Fault::error("observation.duplicate", "同一数据项改了两次", "the same item is changed twice")
                    .city(city)
                    .period(period.to_string())
                    .of(*code),
            );
        }
        let status = if value.is_some() { Status::Reported } else { Status::Missing };
        let observation = Observation { city: city.into(), period, item: (*code).into(), value: value.clone(), status };
        match observations::number(set, item, &observation) {
            Ok(number) => items.push((item, number)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(faults.into()) }
}

/// The leaves that read a changed item, and those that are imputed from the city's other indicators.
pub(super) fn reading(
    set: &IndicatorSet,
    items: &[(usize, Option<f64>)],
    observations: &Observations,
    at: usize,
    row: usize,
) -> Vec<NodeIndex> {
    let cells = Cells::new(set, observations, at);
    let reads = |leaf: &Leaf| leaf.items.iter().any(|item| items.iter().any(|(changed, _)| changed == item));
    let follows = |node: NodeIndex, leaf: &Leaf| {
        matches!(leaf.imputation, Imputation::RowMean { .. }) && cells.value(node, row).0.is_none()
    };
    set.leaves().filter(|(node, leaf)| reads(leaf) || follows(*node, leaf)).map(|(node, _)| node).collect()
}
