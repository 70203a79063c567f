//! The results of the engine as tables for files and answers.

pub mod benchmarks;
pub mod rounds;
pub mod uncertainty;
pub mod years;

use std::io;
use std::sync::Mutex;

use citygauge_assessment::path::{Outcome, Path, Request};
use citygauge_assessment::{Assessment, Row};
use citygauge_indicators::{IndicatorSet, Language};
use citygauge_openapi as wire;

use crate::assessments::weights::Weights;
use crate::export::number::shortest;
use crate::export::{Cell, Column, Emit, ExportError, Table, paths_columns, scores_columns, weights_columns};

/// The decimals that a workbook shows of scores, where the set rounds its total.
#[must_use]
pub fn places(set: &IndicatorSet) -> Option<u32> {
    set.nodes()[0].places.map(|places| places.places)
}

/// The scores table: one row per city, period and node.
pub fn scores(assessment: &Assessment) -> Table<'_> {
    let columns = scores_columns(places(assessment.set()), assessment.set().imputes());
    Table::streamed("scores", columns, move |emit| emit_scores(assessment, emit))
}

/// The scores table of a result in parts, each of which is let go once its rows are written. The rows can be had once.
pub fn scores_of_parts<'a>(set: &IndicatorSet, parts: impl Iterator<Item = Assessment> + Send + 'a) -> Table<'a> {
    let parts = Mutex::new(parts);
    Table::streamed("scores", scores_columns(places(set), set.imputes()), move |emit| {
        let mut parts = parts.lock().map_err(|_| ExportError::Io(io::Error::other("the parts were given out already")))?;
        parts.try_for_each(|part| emit_scores(&part, emit))
    })
}

fn emit_scores(assessment: &Assessment, emit: &mut Emit<'_>) -> Result<(), ExportError> {
    let columns = SCORES + usize::from(assessment.set().imputes());
    assessment.long().try_for_each(|row| emit(&score_cells(&row)[..columns]))
}

/// How many columns the scores table has; where the set imputes, one more says what was imputed.
pub const SCORES: usize = 12;

/// One row of the scores table, in the order of its columns.
fn score_cells<'r>(row: &Row<'r>) -> [Cell<'r>; SCORES + 1] {
    [
        row.city.into(),
        row.period.to_string().into(),
        row.node.into(),
        row.value.into(),
        row.score.into(),
        row.mark.into(),
        row.points.into(),
        row.coverage.into(),
        row.low.into(),
        row.high.into(),
        row.rank.into(),
        row.level.into(),
        u32::from(row.imputed).into(),
    ]
}

/// The ranking table, in its order.
#[must_use]
pub fn ranking(ranking: &wire::Ranking) -> Table<'_> {
    let columns = vec![
        Column::text("period"),
        Column::text("node"),
        Column::integer("rank"),
        Column::text("city"),
        Column::text("name"),
        Column::number("score"),
        Column::text("level"),
        Column::number("coverage"),
        Column::number("low"),
        Column::number("high"),
    ];
    let rows = ranking.items.iter().map(|item| {
        vec![
            ranking.period.as_str().into(),
            ranking.node.as_str().into(),
            item.rank.and_then(|rank| i64::try_from(rank).ok()).into(),
            item.city.as_str().into(),
            item.name.as_str().into(),
            item.score.into(),
            item.level.as_ref().map(|level| level.as_str()).into(),
            item.coverage.into(),
            item.low.into(),
            item.high.into(),
        ]
    });
    Table::new("ranking", columns, rows.collect())
}

/// A row of results as the scores table has it.
#[must_use]
pub fn row_cells(row: &wire::ScoreRow) -> [Cell<'_>; SCORES + 1] {
    let [value, score, mark, points, coverage, low, high, rank, level, imputed] = result_cells(row);
    let (city, period, node) = (row.city.as_str().into(), row.period.as_str().into(), row.node.as_str().into());
    [city, period, node, value, score, mark, points, coverage, low, high, rank, level, imputed]
}

/// What a row of results says of its node, in the order of the scores table.
fn result_cells(row: &wire::ScoreRow) -> [Cell<'_>; SCORES - 2] {
    [
        row.value.into(),
        row.score.into(),
        row.mark.into(),
        row.points.into(),
        row.coverage.into(),
        row.low.into(),
        row.high.into(),
        row.rank.and_then(|rank| i64::try_from(rank).ok()).into(),
        row.level.as_ref().map(|level| level.as_str()).into(),
        u32::from(row.imputed).into(),
    ]
}

/// The score card of a city as a table, in the order of the set.
#[must_use]
pub fn score_card(card: &wire::ScoreCard) -> Table<'_> {
    let texts = ["city", "period", "node", "parent"].map(Column::text);
    let numbers = ["share", "value", "score", "mark", "points", "coverage", "low", "high"].map(Column::number);
    let columns = texts.into_iter().chain([Column::integer("depth"), Column::text("title"), Column::text("unit")]).chain(numbers);
    let columns = columns.chain([Column::integer("rank"), Column::text("level"), Column::integer("imputed")]);
    let rows = card.nodes.iter().map(|node| {
        let row = &node.result;
        vec![
            row.city.as_str().into(),
            row.period.as_str().into(),
            row.node.as_str().into(),
            node.parent.as_ref().map(|parent| parent.as_str()).into(),
            node.depth.into(),
            node.title.as_str().into(),
            node.unit.as_deref().into(),
            node.share.into(),
        ]
        .into_iter()
        .chain(result_cells(row))
        .collect()
    });
    Table::new("card", columns.collect(), rows.collect())
}

/// The weights table, by period and in the order of the set.
#[must_use]
pub fn weights(weights: &Weights) -> Table<'_> {
    let rows = weights.items.iter().map(|item| {
        vec![
            item.period.as_str().into(),
            item.node.as_str().into(),
            item.parent.as_ref().map(|parent| parent.as_str()).into(),
            item.method.as_str().into(),
            item.weight.into(),
            item.normalised_weight.into(),
            item.share.into(),
            item.statistic.as_deref().into(),
            item.value.into(),
            item.cities.and_then(|count| i64::try_from(count).ok()).into(),
            item.consistency_ratio.into(),
            item.explained_variance.into(),
        ]
    });
    Table::new("weights", weights_columns(), rows.collect())
}

/// The changes of a path, a row per indicator in the order of the set; the effort of a raw value that several indicators share stands on
/// the first of them. A goal that is reached or out of reach has no rows.
#[must_use]
pub fn path<'a>(assessment: &'a Assessment, request: &'a Request, path: &'a Path, language: Language) -> Table<'a> {
    let set = assessment.set();
    let mut rows = Vec::new();
    let changes = match &path.outcome {
        Outcome::Path { changes, .. } => changes.as_slice(),
        Outcome::Reached | Outcome::Unreachable(_) => &[],
    };
    for change in changes {
        let steps: Vec<String> = change.steps.iter().map(|(period, value)| format!("{period}={}", shortest(*value))).collect();
        for (place, gain) in change.leaves.iter().enumerate() {
            let node = &set.nodes()[gain.node];
            rows.push(vec![
                request.city.as_str().into(),
                request.period.to_string().into(),
                request.goal.to_string().into(),
                request.by.to_string().into(),
                node.code.as_str().into(),
                node.title.get(language).into(),
                gain.before.into(),
                gain.after.into(),
                gain.points.into(),
                change.value.into(),
                change.target.into(),
                change.change.into(),
                change.unit.as_deref().into(),
                if place == 0 { change.effort.into() } else { Cell::Empty },
                change.required_rate.into(),
                change.own_rate.into(),
                change.percentiles[0].into(),
                change.percentiles[1].into(),
                change.percentiles[2].into(),
                change.verdict.word().into(),
                change.limit.into(),
                change.stop.map(|stop| stop.word()).into(),
                steps.join("; ").into(),
            ]);
        }
    }
    Table::new("path", paths_columns(places(set)), rows)
}
