//! Ranks over periods: those of one assessment, or of the editions of a benchmark, where a change of the set breaks the lines.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::NodeIndex;
use citygauge_openapi::{BenchmarkPoint, Code};

use super::chart::whole;
use super::{Chart, Opened, draw};
use crate::assessments::kept;
use crate::error::Failure;
use crate::export::{Cell, Column};
use crate::state::State;

/// A rank of a city in a period.
struct Held {
    period: String,
    city: String,
    rank: Option<u64>,
}

/// The ranks over the periods of an assessment, of a node.
pub async fn of_assessment(state: &State, opened: &Opened, node: NodeIndex, marked: Option<&Code>) -> Result<Chart, Failure> {
    if let Some(city) = marked {
        opened.place(city.as_str())?;
    }
    let results = kept::open_node(state, &opened.manifest, |_| true, node).await?;
    let mut held = Vec::new();
    let mut cohorts = Vec::with_capacity(results.len());
    for result in &results {
        let rows = (0..result.cities.len()).map(|row| result.row(&opened.set, row, node));
        let rows: Vec<_> = rows.collect();
        cohorts.push(rows.iter().filter(|row| row.rank.is_some()).count() as u64);
        held.extend(rows.into_iter().filter_map(|row| opened.sight.row(row, (&opened.set, node))).map(|row| Held {
            period: result.period.clone(),
            city: row.city.to_string(),
            rank: row.rank,
        }));
    }
    let periods = results.into_iter().map(|result| result.period).collect();
    let title = format!("{} · {}", opened.title(node), opened.set.document().title.get(opened.language));
    Ok(chart(Frame { title, periods, cohorts, breaks: Vec::new() }, &held, marked, |code| opened.name(code)))
}

/// The ranks over the editions of a benchmark.
pub fn of_series(title: String, points: &[BenchmarkPoint], marked: Option<&Code>, name: impl Fn(&str) -> String) -> Chart {
    // Points come city by city, the editions of each in the order of time.
    let mut periods: Vec<String> = Vec::new();
    for point in points {
        if !periods.iter().any(|known| *known == point.period.as_str()) {
            periods.push(point.period.to_string());
        }
    }
    periods.sort_by_key(|period| period.parse::<citygauge_indicators::Period>().map(|period| period.in_years()).ok());
    let cohorts = periods.iter().map(|period| {
        let of_period = points.iter().filter(|point| point.period.as_str() == period);
        of_period.map(|point| point.ranked).max().unwrap_or_default()
    });
    let cohorts = cohorts.collect();
    let breaks = periods.iter().enumerate().filter_map(|(before, period)| {
        let point = points.iter().find(|point| point.is_break && point.period.as_str() == period)?;
        Some(draw::Break { before, text: format!("{}@{}", point.set.code, point.set.version) })
    });
    let breaks = breaks.collect();
    let held: Vec<Held> = points
        .iter()
        .filter_map(|point| {
            Some(Held { period: point.period.to_string(), city: point.city.as_ref()?.to_string(), rank: point.rank })
        })
        .collect();
    chart(Frame { title, periods, cohorts, breaks }, &held, marked, name)
}

/// What stands around the lines.
struct Frame {
    title: String,
    periods: Vec<String>,
    cohorts: Vec<u64>,
    breaks: Vec<draw::Break>,
}

fn chart(frame: Frame, held: &[Held], marked: Option<&Code>, name: impl Fn(&str) -> String) -> Chart {
    let Frame { title, periods, cohorts, breaks } = frame;
    let cities: BTreeSet<&str> = held.iter().map(|held| held.city.as_str()).collect();
    let ranks: BTreeMap<(&str, &str), Option<u64>> =
        held.iter().map(|held| ((held.city.as_str(), held.period.as_str()), held.rank)).collect();
    let line = |city: &str| {
        let ranks = periods.iter().map(|period| ranks.get(&(city, period.as_str())).copied().flatten());
        draw::RankLine {
            city: name(city),
            is_marked: marked.is_some_and(|marked| marked.as_str() == city),
            ranks: ranks.collect(),
        }
    };
    let columns = ["city", "name", "period"].map(Column::text).into_iter();
    let columns = columns.chain([Column::integer("rank")]).chain([Column::text("breaks_before")]).collect();
    let broken = |period: &str| breaks.iter().find(|it| periods[it.before] == period).map(|it| it.text.clone());
    let rows = held.iter().map(|held| {
        vec![
            held.city.clone().into(),
            name(&held.city).into(),
            held.period.clone().into(),
            held.rank.map_or(Cell::Empty, whole),
            broken(&held.period).into(),
        ]
    });
    let rows = rows.collect();
    let lines = cities.into_iter().map(line).collect();
    let ranks = draw::Ranks { title, periods, breaks, cohorts, lines };
    Chart::new("ranks", (columns, rows), move |style| ranks.svg(style))
}
