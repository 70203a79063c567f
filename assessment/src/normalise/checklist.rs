//! `checklist`: points of the boolean items that hold, over all points.
//!
//! A missing item counts as absent; one that is not applicable leaves and the rest scales up; where nothing is
//! reported there is no score.
//!
//! Source: the yes/no mechanism items (机制类指标) of GB/T 33356 and the conformity checklists of U4SSC.

use citygauge_indicators::IndicatorSet;
use dashu_ratio::RBig;
use polars::prelude::*;

use super::{Raw, Scored, number};
use crate::columns;
use crate::observations::Slice;
use crate::quantity::EPSILON;

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
