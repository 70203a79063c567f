//! What an explanation says of a node, of what it read, and of each operation.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{MissingRule, Period, SetNode, Text};
use dashu_ratio::RBig;

use crate::assessment::Row;
use crate::fitted::Parameter;

/// How the result of one node came about, with everything below it down to the depth asked for.
#[derive(Debug, Clone)]
pub struct Explained<'a> {
    /// Its row of the scores table.
    pub row: Row<'a>,
    /// The node in the set.
    pub node: &'a SetNode,
    /// The part of the total that it has for this city after its missing sisters were left out; effective shares of
    /// sisters add up to their parent's. `None` where it was left out itself.
    pub effective_share: Option<f64>,
    /// The result before rounding: the score, under points arithmetic the mark.
    pub unrounded: Option<f64>,
    /// Whether it applies to this city at all.
    pub applies: bool,
    /// What its parent counted instead of the score it does not have.
    pub filling: Option<Filling>,
    /// What a leaf read.
    pub items: Vec<ItemRead>,
    /// The value that the leaf's rule scores, where imputation or treatment changed the cohort's values.
    pub prepared: Option<f64>,
    /// What was fitted on the cohort for the leaf's rule.
    pub fitted: Option<Parameter>,
    /// Where the leaf's rule is defined.
    pub source: Option<&'static str>,
    /// How its parent derived its weight; `None` where it was given.
    pub weighting: Option<&'static str>,
    /// What was done, in order.
    pub operations: Vec<Operation>,
    /// Its children, in the order of the set.
    pub children: Vec<Explained<'a>>,
}

/// How a missing score was treated in the parent.
#[derive(Debug, Clone, PartialEq)]
pub struct Filling {
    /// The rule of the node.
    pub rule: MissingRule,
    /// What was counted, a mark under points arithmetic; `None` where the node was left out.
    pub value: Option<f64>,
    /// How many scores the value was made of, for the rules that look for scores elsewhere.
    pub of: Option<usize>,
    /// The earlier period that the score is of, for `previous`.
    pub period: Option<Period>,
}

/// A data item as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemRead {
    /// The place of the item in the set.
    pub item: usize,
    /// The period it was read in.
    pub period: Period,
    /// Its value; the place of the option for a choice.
    pub value: Option<f64>,
    /// Whether it is not applicable.
    pub not_applicable: bool,
}

/// One step of the arithmetic.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What was done.
    pub text: Text,
    /// What came out.
    pub result: Option<f64>,
}

impl Operation {
    pub(super) fn new(zh: impl Into<String>, en: impl Into<String>, result: Option<&RBig>) -> Self {
        Self { text: Text::both(zh, en), result: result.map(nearest_double) }
    }
}
