//! Between which ranks cities may stand, by the newest uncertainty analysis of the period.

use citygauge_openapi::Code;

use super::chart::whole;
use super::{Chart, Opened, draw};
use crate::benchmarks::intervals;
use crate::error::Failure;
use crate::export::Column;
use crate::state::State;

/// The rank intervals of the ranked cities, best first; an empty picture where no analysis says any.
pub async fn chart(state: &State, opened: &Opened, city: Option<&Code>) -> Result<Chart, Failure> {
    let found = intervals::latest(state, &opened.stored.request.id, &opened.period).await?;
    let mut cities: Vec<(Option<u64>, String, u64, u64)> = Vec::new();
    for place in 0..opened.result.cities.len() {
        let Some(row) = opened.row(place, 0) else { continue };
        let Some([low, high]) = found.as_ref().and_then(|found| found.of(&opened.result.cities[place])) else { continue };
        cities.push((row.rank, row.city.to_string(), low.floor() as u64, high.ceil() as u64));
    }
    cities.sort_by(|one, other| (one.0.is_none(), one.0, &one.1).cmp(&(other.0.is_none(), other.0, &other.1)));
    let is_marked = |code: &str| city.is_some_and(|city| city.as_str() == code);
    let intervals = draw::Intervals {
        title: opened.heading(),
        replications: found.as_ref().map_or(0, |found| found.replications),
        confidence: "90 %".to_owned(),
        cities: cities
            .iter()
            .map(|(rank, code, low, high)| draw::Interval {
                city: opened.name(code),
                is_marked: is_marked(code),
                rank: *rank,
                low: *low,
                high: *high,
            })
            .collect(),
    };
    let columns = ["city", "name"].map(Column::text).into_iter();
    let columns = columns.chain(["rank", "rank_low", "rank_high"].map(Column::integer)).collect();
    let rows = cities.iter().map(|(rank, code, low, high)| {
        vec![code.clone().into(), opened.name(code).into(), rank.map_or(None::<i64>.into(), whole), whole(*low), whole(*high)]
    });
    Ok(Chart::new("intervals", (columns, rows.collect()), move |style| intervals.svg(style)))
}
