//! The weighted arithmetic mean.
//!
//! Source: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), section 6.1, linear aggregation; weights are
//! rescaled over what is there, as COINr's `a_amean`.

use polars::prelude::*;

use super::Term;
use super::number::{Number, Why, sum};
use crate::numbers::accumulate;
use crate::quantity::EPSILON;
use crate::sql::{Dialect, MethodSql};

/// sum(w x) / sum(w) over the children that are there; null where none is.
pub(crate) fn expression(terms: &[Term]) -> Expr {
    let weights: Vec<f64> = terms.iter().map(|term| term.weight).collect();
    over_children(terms, move |columns| mean(columns, &weights))
}

/// sum(w x) / sum(w) of scores that are there.
pub(crate) fn of<N: Number>(scores: &[N], weights: &[N]) -> Result<N, Why> {
    let products = scores.iter().cloned().zip(weights).map(|(score, weight)| score * weight.clone());
    sum(products).over(sum(weights.iter().cloned()))
}

/// sum(m) x (all weights) / (weights that are there), the sum of marks under points arithmetic; null where none is.
pub(crate) fn scaled_sum(terms: &[Term]) -> Expr {
    let weights: Vec<f64> = terms.iter().map(|term| term.weight).collect();
    over_children(terms, move |columns| {
        let ones = vec![1.0; weights.len()];
        let all: f64 = weights.iter().sum();
        combined(columns, &ones, &weights, |sum, present| if present == all { sum } else { sum * all / present })
    })
}

/// sum(w x) / sum(w) over columns of one height.
pub(crate) fn mean(columns: &[Float64Chunked], weights: &[f64]) -> Float64Chunked {
    combined(columns, weights, weights, |sum, present| sum / present)
}

/// A function of sum(factor x value) and sum(weight), both over what is there; null where nothing is.
fn combined(columns: &[Float64Chunked], factors: &[f64], weights: &[f64], of: impl Fn(f64, f64) -> f64) -> Float64Chunked {
    let height = columns.iter().map(Float64Chunked::len).max().unwrap_or(0);
    let (mut sums, mut present) = (vec![0.0; height], vec![0.0; height]);
    for ((column, &factor), &weight) in columns.iter().zip(factors).zip(weights) {
        accumulate(column, factor, weight, &mut sums, &mut present);
    }
    // Nothing is there where no child is; weights of 0 do not take part.
    let anywhere_empty = present.contains(&0.0);
    for (sum, &weight) in sums.iter_mut().zip(&present) {
        *sum = of(*sum, weight);
    }
    if anywhere_empty {
        sums.into_iter().zip(present).map(|(value, weight)| (weight != 0.0).then_some(value)).collect()
    } else {
        Float64Chunked::from_vec(PlSmallStr::EMPTY, sums)
    }
}

/// One pass over the columns of the children, as an expression.
fn over_children(terms: &[Term], of: impl Fn(&[Float64Chunked]) -> Float64Chunked + Send + Sync + 'static) -> Expr {
    let values: Vec<Expr> = terms.iter().map(|term| term.value.clone()).collect();
    let (first, others) = values.split_first().expect("a branch has children");
    first.clone().map_many(
        move |columns| {
            let columns = columns.iter().map(|column| column.as_materialized_series().f64().cloned());
            Ok(of(&columns.collect::<PolarsResult<Vec<_>>>()?).into_column())
        },
        others,
        |_, fields| Ok(Field::new(fields[0].name().clone(), DataType::Float64)),
    )
}

/// A mean is no further off than the worst of its terms; products, sums and the division round.
pub(crate) fn bound(children: f64, largest: f64, count: usize) -> f64 {
    children + largest * EPSILON * (count as f64 + 6.0)
}

/// The mean in SQL.
pub(crate) fn sql(dialect: Dialect, key: usize) -> MethodSql {
    let sum = format!("sum_{key}");
    MethodSql {
        gathered: vec![(sum.clone(), "SUM(w * x)".to_owned())],
        value: format!("{sum} / NULLIF(sum_w, {})", dialect.number(0.0)),
        bound: format!("err + top * (count_x + {}) * {}", dialect.number(6.0), dialect.number(EPSILON)),
        doubt: None,
    }
}
