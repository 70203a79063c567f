//! The scores of all cities on a node, with a city's own.

use citygauge_indicators::NodeIndex;
use citygauge_openapi::{Code, ScoreRow};

use super::{Chart, Opened, draw};
use crate::error::Failure;
use crate::export::Column;

/// The distribution on a node.
pub fn chart(opened: &Opened, node: NodeIndex, city: Option<&Code>) -> Result<Chart, Failure> {
    let own = city.map(|city| opened.place(city.as_str())).transpose()?;
    let rows: Vec<ScoreRow> = (0..opened.result.cities.len()).filter_map(|row| opened.row(row, node)).collect();
    let own_score = own.and_then(|place| opened.result.row(&opened.set, place, node).score);
    let distribution = draw::Distribution {
        title: format!("{} · {}", opened.title(node), opened.heading()),
        full_mark: opened.set.full_mark(),
        scores: rows.iter().filter_map(|row| row.score).collect(),
        own: city.zip(own_score).map(|(city, score)| (opened.name(city.as_str()), opened.shown(node, score))),
        without: rows.iter().filter(|row| row.score.is_none()).count() as u64,
    };
    let columns = vec![Column::text("city"), Column::text("name"), Column::number("score"), Column::text("is_own")];
    let rows = rows.iter().map(|row| {
        let is_own = city.is_some_and(|city| *city == row.city);
        let (code, name) = (row.city.to_string(), opened.name(row.city.as_str()));
        vec![code.into(), name.into(), row.score.into(), if is_own { "true" } else { "false" }.into()]
    });
    Ok(Chart::new("distribution", (columns, rows.collect()), move |style| distribution.svg(style)))
}
