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

use crate::assessments::weights::Weights;
use crate::export::number::shortest;
use crate::export::{Cell, Emit, ExportError, Table, paths_columns, scores_columns, weights_columns};

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
