//! Cities by nodes, one depth of the tree: who is weak where.

use citygauge_indicators::NodeIndex;
use citygauge_openapi::ScoreRow;

use super::depth::nodes_at;
use super::wheel::told;
use super::{Chart, Opened, draw};
use crate::error::Failure;
use crate::export::{Cell, Column};

/// The heatmap of the nodes of a depth, best total first; of the dimensions unless given, of the leaves beyond them all.
///
/// # Errors
/// A depth that the tree does not have.
pub fn chart(opened: &Opened, depth: Option<u32>) -> Result<Chart, Failure> {
    let nodes = nodes_at(&opened.set, depth)?;
    let mut places: Vec<(Option<u64>, usize)> =
        (0..opened.result.cities.len()).map(|row| (opened.result.row(&opened.set, row, 0).rank, row)).collect();
    places.sort_by(|(one, row), (other, next)| (one.is_none(), one, row).cmp(&(other.is_none(), other, next)));
    let mut cities = Vec::new();
    let mut cells = Vec::new();
    for (_, place) in places {
        let seen: Vec<Option<ScoreRow>> = nodes.iter().map(|&node| opened.row(place, node)).collect();
        let Some(city) = seen.iter().flatten().next().map(|row| row.city.to_string()) else { continue };
        let line = nodes.iter().zip(&seen).map(|(&node, row)| match row {
            Some(row) if row.score.is_none() && row.coverage.is_none() && is_pseudonym(opened, place, node) => {
                draw::State::Missing
            }
            Some(row) => opened.cell(node, row),
            None => draw::State::NotApplicable,
        });
        cells.push(line.collect());
        cities.push(city);
    }
    let map = draw::Heatmap {
        title: opened.heading(),
        full_mark: opened.set.full_mark(),
        cities: cities.iter().map(|city| opened.name(city)).collect(),
        nodes: nodes.iter().map(|&node| opened.title(node)).collect(),
        cells,
    };
    let columns = ["city", "name", "node", "title"].map(Column::text).into_iter();
    let columns = columns.chain([Column::number("score"), Column::text("state")]).collect();
    let mut rows: Vec<Vec<Cell<'static>>> = Vec::with_capacity(cities.len() * nodes.len());
    for (place, city) in cities.iter().enumerate() {
        for (at, &node) in nodes.iter().enumerate() {
            let (score, state) = told(&map.cells[place][at]);
            let code = opened.set.nodes()[node].code.clone();
            rows.push(vec![
                city.clone().into(),
                map.cities[place].clone().into(),
                code.into(),
                map.nodes[at].clone().into(),
                score,
                state,
            ]);
        }
    }
    Ok(Chart::new("heatmap", (columns, rows), move |style| map.svg(style)))
}

/// Whether a row is seen under a pseudonym, of which nobody is told whether a node is applicable.
fn is_pseudonym(opened: &Opened, place: usize, node: NodeIndex) -> bool {
    opened.sight.city(&opened.result.cities[place], (&opened.set, node)).is_some_and(|seen| seen.is_pseudonym)
}
