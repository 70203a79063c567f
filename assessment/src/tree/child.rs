//! A child as its parent sees it: its own number, its filling, or nothing.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Aggregation, Arithmetic, MissingRule, NodeIndex};
use polars::prelude::*;

use super::build::{Step, rounded};
use super::{Tree, coefficient};
use crate::aggregate::Term;
use crate::columns;
use crate::quantity::EPSILON;

/// A child with a weight above 0.
pub(super) struct Child {
    pub term: Term,
    /// Whether it has a score of its own.
    own: Expr,
    /// Whether it applies, where it does not to every city.
    applies: Option<Expr>,
    /// Whether its parent has no score where it applies and has none.
    pub blocks: bool,
    /// Whether its filling is rounded one way or the other is open.
    pub doubt: Option<Expr>,
}

impl Child {
    pub(super) fn of(step: &Step, index: NodeIndex, aggregation: &Aggregation, tree: &Tree) -> Self {
        let set = step.inputs.set;
        let node = &set.nodes()[index];
        let points = set.document().arithmetic == Arithmetic::Points;
        let applies = step.applicability.expression(index);
        let score = col(columns::score(index));
        let complete = tree.scores[index].null_count() == 0;
        let own = if complete { lit(true) } else { score.clone().is_not_null() };
        let base = if points { col(columns::mark(index)) } else { score };
        let mut doubt = None;
        let value = match &node.missing {
            _ if complete => base,
            MissingRule::Skip | MissingRule::NoScore => base,
            MissingRule::Zero => base.fill_null(lit(0.0)),
            _ => {
                let fill = col(columns::fill(index));
                let fill = if points {
                    let factor = nearest_double(&coefficient(set, node));
                    let bound = (tree.bounds[index] + EPSILON * tree.largest[index] * step.height() as f64) * factor * 2.0;
                    let mut marked = None;
                    let mark = rounded(node, fill * lit(factor), bound, &mut marked);
                    doubt = marked.map(|marked| marked.and(base.clone().is_null()));
                    mark
                } else {
                    fill
                };
                coalesce(&[base, fill])
            }
        };
        let value = match aggregation.floor {
            Some(floor) => value.clip_min(lit(floor)),
            None => value,
        };
        let value = match &applies {
            Some(applies) if !complete => when(applies.clone()).then(value).otherwise(lit(NULL)),
            _ => value,
        };
        let may_be_absent = !complete && (node.missing != MissingRule::Zero || applies.is_some());
        let term = Term { value, weight: node.weight, may_be_absent };
        Self { term, own, applies, blocks: node.missing == MissingRule::NoScore && !complete, doubt }
    }

    /// Whether it applies and has no score of its own.
    pub(super) fn lacks(&self) -> Expr {
        let lacks = self.own.clone().not();
        match &self.applies {
            Some(applies) => lacks.and(applies.clone()),
            None => lacks,
        }
    }

    /// `weight` where it has a score of its own, 0 elsewhere.
    pub(super) fn present(&self, weight: f64) -> Expr {
        when(self.own.clone()).then(lit(weight)).otherwise(lit(0.0))
    }

    /// `weight` where it applies, 0 elsewhere.
    pub(super) fn applying(&self, weight: f64) -> Expr {
        match &self.applies {
            Some(applies) => when(applies.clone()).then(lit(weight)).otherwise(lit(0.0)),
            None => lit(weight),
        }
    }
}
