//! Rounding of doubles, with the cells in which the double does not decide.
//!
//! The official rounding is ours: a library's `round` has changed its mode between versions. A half is decided
//! on the exact decimal; here a cell is rounded as its double says, and marked where that may be wrong.

use polars::prelude::arity::{binary_elementwise, unary_elementwise_values};
use polars::prelude::*;

use crate::quantity::EPSILON;

/// Beyond it a double has no digits after the point that could be rounded.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// The rounded double, and whether the exact value may round otherwise.
///
/// `bound` is how far the double may lie from the exact value. The rounded double is the nearest double of the
/// decimal as long as its digits are a whole number below 2^52; beyond that the cell is in doubt. The mode plays no
/// part: modes differ on exact halves only, and every exact half is in doubt.
pub(crate) fn number(value: f64, bound: f64, scale: f64) -> (f64, bool) {
    let scaled = value.abs() * scale;
    // Truncation is exact below 2^52, and cheaper than `floor` where the processor has none.
    let below = (scaled as i64) as f64;
    let fraction = scaled - below;
    let uncertain = bound * scale + scaled * EPSILON;
    // Written so that a bound that is no number is in doubt.
    let decided = (fraction - 0.5).abs() > uncertain && scaled < WHOLE;
    let digits = if fraction >= 0.5 { below + 1.0 } else { below };
    let magnitude = digits / scale;
    (if value < 0.0 { 0.0 - magnitude } else { magnitude }, !decided)
}

/// Whether a double tells decimals of so many places apart.
pub(crate) fn tells_decimals(value: f64, places: u32) -> bool {
    value.abs() * scale(places) < WHOLE
}

/// 10 to the power of the places.
pub(crate) fn scale(places: u32) -> f64 {
    10f64.powi(places.try_into().unwrap_or(i32::MAX))
}

/// A column rounded, and the rows in doubt.
pub(crate) fn column(values: &Float64Chunked, bound: f64, places: u32) -> (Float64Chunked, Vec<usize>) {
    let scale = scale(places);
    let mut doubts = Vec::new();
    let mut row = 0;
    let rounded = unary_elementwise_values(values, |value| {
        let (rounded, doubt) = number(value, bound, scale);
        if doubt {
            doubts.push(row);
        }
        row += 1;
        rounded
    });
    // What stands in the place of a missing value has been looked at too.
    doubts.retain(|&row| values.get(row).is_some());
    (rounded, doubts)
}

/// The same over expressions, each cell with a bound of its own: the rounded column, and its doubts.
pub(crate) fn expression(value: Expr, bound: Expr, places: u32) -> (Expr, Expr) {
    let scale = scale(places);
    let rounded = value.clone().map_many(
        move |columns| {
            let [values, bounds] = of_one_height(columns)?;
            let each = |value: Option<f64>, bound: Option<f64>| value.map(|value| number(value, bound.unwrap_or(0.0), scale).0);
            Ok(binary_elementwise::<_, _, Float64Type, _>(&values, &bounds, each).into_column())
        },
        std::slice::from_ref(&bound),
        |_, fields| Ok(Field::new(fields[0].name().clone(), DataType::Float64)),
    );
    let doubt = value.map_many(
        move |columns| {
            let [values, bounds] = of_one_height(columns)?;
            let each = |value: Option<f64>, bound: Option<f64>| value.map(|value| number(value, bound.unwrap_or(0.0), scale).1);
            Ok(binary_elementwise::<_, _, BooleanType, _>(&values, &bounds, each).into_column())
        },
        &[bound],
        |_, fields| Ok(Field::new(fields[0].name().clone(), DataType::Boolean)),
    );
    (rounded, doubt)
}

/// Two columns, a constant one with as many rows as the other.
fn of_one_height(columns: &[Column]) -> PolarsResult<[Float64Chunked; 2]> {
    let height = columns[0].len().max(columns[1].len());
    let full = |column: &Column| {
        let full = if column.len() == height { column.clone() } else { column.new_from_index(0, height) };
        full.cast(&DataType::Float64)?.f64().cloned()
    };
    Ok([full(&columns[0])?, full(&columns[1])?])
}
