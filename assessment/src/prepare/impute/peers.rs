//! The mean or median of other cities' raw values in the period.
//!
//! Source: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), section 3.2, unconditional mean and median
//! imputation; COINr's `i_mean`, `i_median`, `i_mean_grp` and `i_median_grp`.

use std::collections::BTreeMap;

use citygauge_indicators::NodeIndex;
use dashu_ratio::RBig;

use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::number;

/// A statistic of the donors, and how many they are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Peers {
    value: RBig,
    cities: usize,
}

/// The statistic of every group of cities that has a donor.
pub(super) fn fit(
    cells: Cells,
    measured: &Measured,
    node: NodeIndex,
    group: Option<&str>,
    statistic: fn(Vec<RBig>) -> Option<RBig>,
) -> BTreeMap<Option<String>, Peers> {
    let mut donors: BTreeMap<Option<String>, Vec<RBig>> = BTreeMap::new();
    let is_decimal = measured.raw[&node].is_decimal;
    for (row, value) in measured.values[&node].iter().enumerate() {
        let Some(value) = value else { continue };
        let own = cells.attribute(group, row);
        if group.is_some() && own.is_none() {
            continue;
        }
        let exact = if is_decimal { Some(number(value)) } else { cells.value(node, row).0 };
        donors.entry(own.map(str::to_owned)).or_default().extend(exact);
    }
    let of_group = |(group, donors): (_, Vec<RBig>)| {
        let cities = donors.len();
        Some((group, Peers { value: statistic(donors)?, cities }))
    };
    donors.into_iter().filter_map(of_group).collect()
}

/// The statistic for the city of a row, how many cities it is of, and the attribute that they share.
pub(super) fn of(
    cells: Cells,
    row: usize,
    fits: &BTreeMap<Option<String>, Peers>,
    group: Option<&str>,
) -> Option<(RBig, usize, Option<String>)> {
    let own = cells.attribute(group, row).map(str::to_owned);
    if group.is_some() && own.is_none() {
        return None;
    }
    let peers = fits.get(&own)?;
    Some((peers.value.clone(), peers.cities, own))
}

pub(super) fn mean(values: Vec<RBig>) -> Option<RBig> {
    let count = values.len();
    (count > 0).then(|| sum(&values) / RBig::from(count))
}

/// A sum in halves: the denominators of fractions grow with every term, so few additions should see the long ones.
fn sum(values: &[RBig]) -> RBig {
    match values {
        [] => RBig::ZERO,
        [one] => one.clone(),
        _ => {
            let (left, right) = values.split_at(values.len() / 2);
            sum(left) + sum(right)
        }
    }
}

/// Of an even count the mean of the two in the middle.
pub(super) fn median(mut values: Vec<RBig>) -> Option<RBig> {
    values.sort();
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        count if count % 2 == 1 => Some(values[middle].clone()),
        _ => Some((&values[middle - 1] + &values[middle]) / RBig::from(2)),
    }
}
