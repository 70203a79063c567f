//! The radar of a city: its dimensions beside the peers' median and best, and a plan's targets.

use std::collections::BTreeMap;

use citygauge_assessment::benchmark::median;
use citygauge_indicators::NodeIndex;
use citygauge_openapi::{Code, path_segment};

use super::draw::RingKind;
use super::{Chart, Opened, draw};
use crate::error::Failure;
use crate::export::{Cell, Column};
use crate::rounds::visibility::Sight;

/// With what a city is compared.
#[derive(Debug, Default)]
pub struct Beside<'a> {
    /// What is seen of the scores of other cities, of which a median and a maximum are made; none where that is nothing.
    pub sight: Option<Sight>,
    /// The codes of the peers, where they are not the whole cohort.
    pub peers: Option<&'a [String]>,
    /// The targets of a plan, where one was named: its title and the score of each node that it has one for.
    pub targets: Option<(String, BTreeMap<NodeIndex, f64>)>,
}

/// The radar of a city.
pub fn chart(opened: &Opened, city: &Code, beside: Beside<'_>) -> Result<Chart, Failure> {
    let axes = opened.dimensions().to_vec();
    let radar = radar(opened, city, &axes, beside)?;
    let mut columns = vec![Column::text("node"), Column::text("title")];
    columns.extend(radar.rings.iter().map(|ring| Column::number(word(ring.kind))));
    let rows = axes.iter().enumerate().map(|(place, &node)| {
        let mut row: Vec<Cell<'static>> = vec![opened.set.nodes()[node].code.clone().into(), radar.axes[place].clone().into()];
        row.extend(radar.rings.iter().map(|ring| Cell::from(ring.scores[place].as_ref().map(|score| score.value))));
        row
    });
    let numbers = (columns, rows.collect());
    Ok(Chart::new(format!("radar-{}", path_segment(city.as_str())), numbers, move |style| radar.svg(style)))
}

/// The word of a ring in tables.
fn word(kind: RingKind) -> &'static str {
    match kind {
        RingKind::City => "city",
        RingKind::PeerMedian => "peer_median",
        RingKind::Best => "best",
        RingKind::Target => "target",
    }
}

fn radar(opened: &Opened, city: &Code, axes: &[NodeIndex], beside: Beside<'_>) -> Result<draw::Radar, Failure> {
    let place = opened.place(city.as_str())?;
    let ring = |kind: RingKind, name: String, score: &dyn Fn(NodeIndex) -> Option<f64>| {
        let scores = axes.iter().map(|&node| score(node).map(|score| opened.shown(node, score)));
        draw::Ring { kind, name, scores: scores.collect() }
    };
    let say = |zh: &str, en: &str| opened.language.pick(zh, en).to_owned();
    let own = |node| opened.result.row(&opened.set, place, node).score;
    let mut rings = vec![ring(RingKind::City, opened.name(city.as_str()), &own)];
    if let Some(sight) = &beside.sight {
        let is_peer = |row: &usize| {
            let code = &opened.result.cities[*row];
            *row != place && beside.peers.is_none_or(|peers| peers.contains(code))
        };
        let peers: Vec<usize> = (0..opened.result.cities.len()).filter(is_peer).collect();
        let scores = |node: NodeIndex| {
            let seen = peers.iter().filter(|&&row| sight.city(&opened.result.cities[row], (&opened.set, node)).is_some());
            let scores = seen.filter_map(|&row| opened.result.row(&opened.set, row, node).score);
            scores.collect::<Vec<f64>>()
        };
        if !peers.is_empty() {
            rings.push(ring(RingKind::PeerMedian, say("对标中位数", "peer median"), &|node| median(&scores(node))));
            let best = |node| scores(node).into_iter().reduce(f64::max);
            rings.push(ring(RingKind::Best, say("对标最佳", "best peer"), &best));
        }
    }
    if let Some((title, targets)) = &beside.targets {
        rings.push(ring(RingKind::Target, title.clone(), &|node| targets.get(&node).copied()));
    }
    let title = format!("{} · {}", opened.name(city.as_str()), opened.heading());
    let axes = axes.iter().map(|&node| opened.title(node)).collect();
    Ok(draw::Radar { title, full_mark: opened.set.full_mark(), axes, rings })
}
