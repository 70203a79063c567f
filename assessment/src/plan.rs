//! A step of the plan: Polars expressions over the columns that the step before it left.

use polars::prelude::*;

use crate::error::Result;

/// The columns of some expressions over a frame, in their order, each with all of its rows. The expressions are
/// already in the form in which they are to run, so that few optimisations are asked for.
pub(crate) fn run(frame: DataFrame, expressions: Vec<Expr>) -> Result<Vec<Column>> {
    if expressions.is_empty() {
        return Ok(Vec::new());
    }
    let height = frame.height();
    let made = frame.lazy().with_optimizations(OptFlags::TYPE_COERCION).select(expressions).collect()?;
    // Polars keeps a constant column as a single value, and gives a single row where every expression is constant.
    let full = |column: &Column| {
        let series = column.as_materialized_series();
        if series.len() == height { series.clone() } else { series.new_from_index(0, height) }
    };
    Ok(made.columns().iter().map(|column| full(column).into_column()).collect())
}

/// The same where every column holds doubles.
pub(crate) fn numbers(frame: DataFrame, expressions: Vec<Expr>) -> Result<Vec<Float64Chunked>> {
    run(frame, expressions)?.iter().map(|column| Ok(column.f64()?.clone())).collect()
}
