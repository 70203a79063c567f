//! `checklist`: points of the boolean items that hold, over all points.
//!
//! A missing item counts as absent; one that is not applicable leaves and the rest scales up; where nothing is
//! reported there is no score.
//!
//! Source: the yes/no mechanism items (机制类指标) of GB/T 33356 and the conformity checklists of U4SSC.

use citygauge_indicators::IndicatorSet;
use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;
use polars::prelude::*;

use super::{Raw, Scored, number};
use crate::columns;
use crate::observations::Slice;
use crate::quantity::EPSILON;
use crate::sql::{Dialect, Fraction, Quantity, flag, item, whole_parts};

/// A checklist over the frame of a period.
pub(crate) struct Checklist {
    /// Points held over points that apply; null where nothing is reported.
    pub share: Expr,
    /// Points reported over points that apply; null where none applies.
    pub coverage: Expr,
    /// How far the share may lie from the exact one.
    pub bound: f64,
}

pub(crate) fn expression(listed: &[(String, f64)], set: &IndicatorSet, slice: &Slice) -> Checklist {
    let zero = || lit(0.0);
    let sum = |terms: Vec<Expr>| terms.into_iter().reduce(|sum, next| sum + next).expect("a checked checklist has an item");
    let (mut held, mut reported, mut applying) = (Vec::new(), Vec::new(), Vec::new());
    for (code, points) in listed {
        let index = set.item_index(code).expect("a checked checklist names items of the set");
        let value = col(columns::item(index));
        held.push((value.clone() * lit(*points)).fill_null(zero()));
        reported.push(when(value.is_not_null()).then(lit(*points)).otherwise(zero()));
        applying.push(if slice.not_applicable.contains_key(&index) {
            when(col(columns::not_applicable(index))).then(zero()).otherwise(lit(*points))
        } else {
            lit(*points)
        });
    }
    let (held, reported, applying) = (sum(held), sum(reported), sum(applying));
    let over_applying = |part: Expr| when(applying.clone().gt(zero())).then(part / applying.clone()).otherwise(lit(NULL));
    Checklist {
        share: when(reported.clone().gt(zero())).then(over_applying(held)).otherwise(lit(NULL)),
        coverage: over_applying(reported),
        bound: EPSILON * (2.0 * listed.len() as f64 + 2.0),
    }
}

/// A checklist in SQL.
pub(crate) struct ChecklistSql {
    /// Points held over points that apply.
    pub share: Quantity,
    /// Points reported over points that apply.
    pub coverage: String,
    /// Whether an item applies at all, 1 or 0.
    pub applies: String,
}

/// The same in SQL, on points that are whole numbers wherever their decimals allow it.
pub(crate) fn sql(dialect: Dialect, listed: &[(String, f64)], set: &IndicatorSet) -> ChecklistSql {
    let n = |number: f64| dialect.number(number);
    let exact: Vec<RBig> = listed.iter().map(|(_, points)| number(*points)).collect();
    let unit = [1_i64, 10, 100, 1_000, 10_000, 100_000, 1_000_000].into_iter().map(RBig::from);
    let unit = unit.into_iter().find(|unit| exact.iter().all(|points| (points * unit).is_int()));
    let is_whole = unit.is_some() && exact.iter().all(|points| whole_parts(points).is_some());
    let unit = unit.unwrap_or(RBig::ONE);
    let sum = |term: &dyn Fn(usize, String) -> String| {
        let terms = listed.iter().zip(&exact).map(|((code, _), points)| {
            let index = set.item_index(code).expect("a checked checklist names items of the set");
            term(index, n(nearest_double(&(points * &unit))))
        });
        format!("({})", terms.collect::<Vec<_>>().join(" + "))
    };
    let held = sum(&|index, points| format!("COALESCE({} * {points}, {})", item(index), n(0.0)));
    let reported = sum(&|index, points| format!("CASE WHEN {} IS NULL THEN {} ELSE {points} END", item(index), n(0.0)));
    let applying = sum(&|index, points| format!("CASE WHEN {} = 1 THEN {} ELSE {points} END", flag(index), n(0.0)));
    let over = |part: &str| format!("{part} / NULLIF({applying}, {})", n(0.0));
    let value = format!("CASE WHEN {reported} > {} THEN {} END", n(0.0), over(&held));
    let bound = n(EPSILON * (2.0 * listed.len() as f64 + 2.0));
    let fraction = is_whole.then(|| Fraction { numerator: held.clone(), denominator: applying.clone() });
    let share = Quantity { value, bound: Some(bound), doubt: None, fraction };
    let applies = format!("CASE WHEN {applying} > {} THEN 1 ELSE 0 END", n(0.0));
    ChecklistSql { share, coverage: over(&reported), applies }
}

/// The score: the share times the full mark.
pub(crate) fn score(share: Expr, raw: Raw, full_mark: f64) -> Scored {
    let bound = full_mark * (raw.bound + EPSILON);
    Scored { value: share * lit(full_mark), bound, largest: Some(full_mark), doubt: None }
}

/// The share in exact arithmetic, from what each item says: `Some(true)` holds, `None` is missing; items that are not
/// applicable are not among them.
pub(crate) fn exact(applying: &[(f64, Option<bool>)]) -> Option<RBig> {
    if applying.iter().all(|(_, holds)| holds.is_none()) {
        return None;
    }
    let sum = |points: &mut dyn Iterator<Item = f64>| points.map(number).fold(RBig::ZERO, |sum, next| sum + next);
    let all = sum(&mut applying.iter().map(|(points, _)| *points));
    let held = sum(&mut applying.iter().filter(|(_, holds)| *holds == Some(true)).map(|(points, _)| *points));
    Some(held / all)
}
