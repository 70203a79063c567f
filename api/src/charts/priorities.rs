//! Gap against weight, and how hard it is to close: what first.

use citygauge_indicators::{IndicatorSet, Language};
use citygauge_openapi::{GapAnalysis, Verdict};

use super::draw::Difficulty;
use super::waterfall::against;
use super::{Chart, draw};
use crate::export::Column;

/// The priority matrix of an analysis: its indicators with a gap, most points first.
#[must_use]
pub fn chart(analysis: &GapAnalysis, set: &IndicatorSet, city: &str, language: Language) -> Chart {
    let rows = analysis.gaps.iter().filter_map(|row| {
        let node = &set.nodes()[set.node_index(row.node.as_str())?];
        let (gap, points) = (row.gap_score.filter(|gap| *gap > 0.0)?, row.gap_points?);
        node.leaf()?;
        let item = draw::Priority {
            title: row.title.clone(),
            gap,
            share: node.share_f64(),
            points,
            difficulty: difficulty(row.verdict),
        };
        Some((row, item))
    });
    let mut found: Vec<_> = rows.collect();
    found.sort_by(|(_, one), (_, other)| other.points.total_cmp(&one.points));
    let columns = ["node", "title"].map(Column::text).into_iter();
    let columns =
        columns.chain(["gap_score", "share", "gap_points"].map(Column::number)).chain([Column::text("verdict")]).collect();
    let numbers = found.iter().map(|(row, item)| {
        vec![
            row.node.to_string().into(),
            item.title.clone().into(),
            item.gap.into(),
            item.share.into(),
            item.points.into(),
            word(item.difficulty).into(),
        ]
    });
    let numbers = (columns, numbers.collect());
    let title = format!("{city} · {} · {}", analysis.period, against(&analysis.against, language));
    let matrix = draw::Priorities { title, items: found.into_iter().map(|(_, item)| item).collect() };
    Chart::new("priorities", numbers, move |style| matrix.svg(style))
}

fn difficulty(verdict: Option<Verdict>) -> Difficulty {
    match verdict {
        Some(Verdict::Reached) => Difficulty::Reached,
        Some(Verdict::OnTrack) => Difficulty::OnTrack,
        Some(Verdict::Attainable) => Difficulty::Attainable,
        Some(Verdict::Stretch) => Difficulty::Stretch,
        Some(Verdict::Unprecedented) => Difficulty::Unprecedented,
        Some(Verdict::NoEvidence) | None => Difficulty::NoEvidence,
    }
}

fn word(difficulty: Difficulty) -> &'static str {
    match difficulty {
        Difficulty::Reached => "reached",
        Difficulty::OnTrack => "on_track",
        Difficulty::Attainable => "attainable",
        Difficulty::Stretch => "stretch",
        Difficulty::Unprecedented => "unprecedented",
        Difficulty::NoEvidence => "no_evidence",
    }
}
