//! The benchmarking wheel of a city: every node below the total, ring by ring.

use citygauge_openapi::{Code, path_segment};

use super::{Chart, Opened, draw};
use crate::assessments::kept;
use crate::assessments::weights::Weights;
use crate::error::Failure;
use crate::export::{Cell, Column};
use crate::state::State;

/// The wheel of a city. The angle of a node is its share of the total, as it was computed with.
pub async fn chart(state: &State, opened: &Opened, city: &Code) -> Result<Chart, Failure> {
    let place = opened.place(city.as_str())?;
    let derived = opened.set.derives_weights();
    let weights = if derived { kept::weights(state, &opened.manifest).await? } else { Weights::default() };
    let shares = weights.shares(&opened.period);
    let segments = opened.set.nodes().iter().enumerate().skip(1).map(|(index, node)| draw::Segment {
        title: opened.title(index),
        // Places count from the first node below TOTAL.
        parent: node.parent.and_then(|parent| parent.checked_sub(1)),
        share: shares.get(node.code.as_str()).copied().unwrap_or_else(|| node.share_f64()),
        state: opened.cell(index, &opened.result.row(&opened.set, place, index)),
    });
    let wheel = draw::Wheel {
        title: format!("{} · {}", opened.name(city.as_str()), opened.heading()),
        full_mark: opened.set.full_mark(),
        nodes: segments.collect(),
    };
    let columns = ["node", "parent", "title"].map(Column::text).into_iter();
    let columns = columns.chain([Column::number("share"), Column::number("score"), Column::text("state")]).collect();
    let rows = opened.set.nodes().iter().skip(1).zip(&wheel.nodes).map(|(node, segment)| {
        let parent = node.parent.filter(|parent| *parent > 0).map(|parent| opened.set.nodes()[parent].code.clone());
        let (score, state) = told(&segment.state);
        vec![node.code.clone().into(), parent.into(), segment.title.clone().into(), segment.share.into(), score, state]
    });
    let numbers = (columns, rows.collect());
    Ok(Chart::new(format!("wheel-{}", path_segment(city.as_str())), numbers, move |style| wheel.svg(style)))
}

/// A score, or why there is none.
pub(super) fn told(state: &draw::State) -> (Cell<'static>, Cell<'static>) {
    match state {
        draw::State::Scored(shown) => (shown.value.into(), "scored".into()),
        draw::State::Missing => (Cell::Empty, "missing".into()),
        draw::State::NotApplicable => (Cell::Empty, "not_applicable".into()),
    }
}
