//! The rules that go by the place of a value among the cohort's. How a place turns into a score, their own files say.

use std::sync::Arc;

use dashu_ratio::RBig;
use polars::prelude::*;

use super::super::{Raw, Scored};
use crate::fitted::order::{Order, Standing};
use crate::quantity::doubtful;

/// How a place turns into a score.
pub(super) struct Score {
    /// The score of a place, as a double.
    pub double: Arc<dyn Fn(Place) -> f64 + Send + Sync>,
    /// The same exactly.
    pub exact: Box<dyn Fn(Place) -> RBig>,
    /// How far the double may lie from the exact score.
    pub bound: f64,
    /// Whether a single value has no score.
    pub needs_two: bool,
}

/// A place among the cohort's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// How many values are worse.
    pub worse: usize,
    /// How many are equal, the value itself among them where it is one of the cohort.
    pub equal: usize,
    /// How many values the cohort has.
    pub count: usize,
}

/// A rule with the values it goes by.
pub(super) struct ByStanding {
    pub order: Arc<Order>,
    pub rising: bool,
    /// Whether the cohort is a base period's, so that values of other periods are none of its own.
    pub is_frozen: bool,
    pub score: Score,
}

impl ByStanding {
    /// Whether the rule would divide by zero.
    pub(super) fn is_degenerate(&self) -> bool {
        self.score.needs_two && self.order.len() < 2
    }

    /// The scores of a column. In doubt are the cells whose doubles do not tell what is worse.
    pub(super) fn scored(&self, value: Expr, raw: Raw) -> Scored {
        let order = Arc::clone(&self.order);
        let (count, rising, is_member) = (order.len(), self.rising, !self.is_frozen);
        let standing = move |value: f64| order.standing(value, raw.bound, raw.is_decimal, is_member);
        let doubt = (!self.order.tells(raw.is_decimal)).then(|| {
            let standing = standing.clone();
            let open = value.clone().map(
                move |column| {
                    let open = column.f64()?.iter().map(|value| value.is_some_and(|value| standing(value).is_none()));
                    Ok(open.collect::<BooleanChunked>().with_name(column.name().clone()).into_column())
                },
                |_, field| Ok(Field::new(field.name().clone(), DataType::Boolean)),
            );
            doubtful(open)
        });
        let score = Arc::clone(&self.score.double);
        // What is in doubt is made exactly afterwards.
        let nowhere = Standing { below: 0, equal: 0 };
        let value = value.map(
            move |column| {
                let score = |value| score(place(standing(value).unwrap_or(nowhere), count, rising));
                Ok(column.f64()?.apply_values(score).into_column())
            },
            |_, field| Ok(field.clone()),
        );
        let best = (self.score.double)(Place { worse: count, equal: 0, count });
        Scored { value, bound: self.score.bound, largest: Some(best), doubt: doubt.flatten() }
    }

    /// The score of an exact value, exactly.
    pub(super) fn exact(&self, value: &RBig) -> RBig {
        (self.score.exact)(self.place(value))
    }

    /// The place of an exact value.
    pub(super) fn place(&self, value: &RBig) -> Place {
        place(self.order.exact_standing(value), self.order.len(), self.rising)
    }

    /// The worst of the cohort's values whose score is at least this, the cohort taken as it stands; `None` where not even
    /// the best has it.
    pub(super) fn invert(&self, score: &RBig) -> Option<RBig> {
        let count = self.order.len();
        let from_worst = |at: usize| self.order.exact(if self.rising { at } else { count - 1 - at });
        // Scores rise with the place, so the first that reaches it is found by halves.
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = (low + high) / 2;
            if self.exact(&from_worst(middle)) < *score { low = middle + 1 } else { high = middle }
        }
        (low < count).then(|| from_worst(low))
    }
}

fn place(standing: Standing, count: usize, rising: bool) -> Place {
    let Standing { below, equal } = standing;
    Place { worse: if rising { below } else { count - below - equal }, equal, count }
}
