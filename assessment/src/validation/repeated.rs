//! One value that stands again and again: copied from the year before, from another city, or down the form.
//!
//! Values are equal where their decimals are. Zeros do not count: they are often true.
//!
//! Source: over items this is the long string of equal answers that survey research counts (Johnson, "Ascertaining the
//! validity of individual protocols from Web-based personality inventories", *Journal of Research in Personality* 39,
//! 2005); over periods and cities the same count runs along another axis.

use std::collections::BTreeMap;

use citygauge_indicators::{ItemIndex, Period, RepeatedOver};

use super::Panel;
use super::finding::Found;

pub(super) fn find(items: &[ItemIndex], panel: &Panel, over: RepeatedOver, at_least: usize) -> Vec<Found> {
    match over {
        RepeatedOver::Periods => items.iter().flat_map(|&item| over_periods(item, panel, at_least)).collect(),
        RepeatedOver::Cities => items.iter().flat_map(|&item| over_cities(item, panel, at_least)).collect(),
        RepeatedOver::Items => over_items(items, panel, at_least),
    }
}

/// Runs of equal values in consecutive periods, each found in its last period.
fn over_periods(item: ItemIndex, panel: &Panel, at_least: usize) -> Vec<Found> {
    let columns: Vec<(Period, &[Option<f64>])> = panel.of_item(item).collect();
    let mut findings = Vec::new();
    for city in 0..panel.cities().len() {
        let goes_on = |&(before, earlier): &(Period, &[Option<f64>]), &(after, later): &(Period, &[Option<f64>])| {
            after.since(before) == Some(1) && earlier[city].is_some_and(|value| value != 0.0) && earlier[city] == later[city]
        };
        for run in columns.chunk_by(goes_on).filter(|run| run.len() >= at_least) {
            let (Some(&(since, column)), Some(&(period, _))) = (run.first(), run.last()) else { continue };
            let Some(value) = column[city] else { continue };
            let zh = format!("自 {since} 起连续 {} 期均为 {value}", run.len());
            let en = format!("is {value} in {} periods in a row since {since}", run.len());
            findings.push(found(city, since, period, vec![item], value, at_least, (zh, en)));
        }
    }
    findings
}

/// The same value in several cities of a period, found in each of them.
fn over_cities(item: ItemIndex, panel: &Panel, at_least: usize) -> Vec<Found> {
    let mut findings = Vec::new();
    for (period, column) in panel.of_item(item) {
        let valued = column.iter().enumerate().filter_map(|(city, value)| Some((city, (*value)?)));
        for (value, cities) in alike(valued, at_least) {
            let zh = format!("= {value}，共 {} 个城市相同", cities.len());
            let en = format!("= {value} is the same in {} cities", cities.len());
            for city in cities {
                findings.push(found(city, period, period, vec![item], value, at_least, (zh.clone(), en.clone())));
            }
        }
    }
    findings
}

/// The same value in several items of a city and period.
fn over_items(items: &[ItemIndex], panel: &Panel, at_least: usize) -> Vec<Found> {
    let mut findings = Vec::new();
    for period in panel.periods_of(items) {
        for city in 0..panel.cities().len() {
            let valued = items.iter().filter_map(|&item| Some((item, panel.value(item, period, city)?)));
            for (value, items) in alike(valued, at_least) {
                let (zh, en) = (format!("同为 {value}"), format!("are all {value}"));
                findings.push(found(city, period, period, items, value, at_least, (zh, en)));
            }
        }
    }
    findings
}

/// The values other than 0 that at least so many have, in the order of the values.
fn alike(valued: impl Iterator<Item = (usize, f64)>, at_least: usize) -> Vec<(f64, Vec<usize>)> {
    let mut by_value: BTreeMap<u64, (f64, Vec<usize>)> = BTreeMap::new();
    for (place, value) in valued.filter(|(_, value)| *value != 0.0) {
        by_value.entry(value.to_bits()).or_insert_with(|| (value, Vec::new())).1.push(place);
    }
    let mut alike: Vec<(f64, Vec<usize>)> = by_value.into_values().filter(|(_, places)| places.len() >= at_least).collect();
    alike.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    alike
}

fn found(
    city: usize,
    since: Period,
    period: Period,
    items: Vec<ItemIndex>,
    value: f64,
    at_least: usize,
    (zh, en): (String, String),
) -> Found {
    let expected = format!("< {at_least}");
    Found { city, since, period, items, value: value.to_string(), expected, zh, en }
}
