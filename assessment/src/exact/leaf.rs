//! The cells of a period in exact arithmetic: raw values and scores of leaves.

use citygauge_indicators::formula::{Expr, Formula};
use citygauge_indicators::{Fault, IndicatorSet, Leaf, NodeIndex, Scoring};
use dashu_ratio::RBig;

use super::Failure;
use super::formula::{Evaluation, Items};
use crate::fitted::Fitted;
use crate::normalise;
use crate::observations::{Observations, Slice};

/// The cells of one period.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    pub set: &'a IndicatorSet,
    pub slice: &'a Slice,
    pub observations: &'a Observations,
    /// The slice.
    pub at: usize,
}

/// The items of one row.
pub(crate) struct Row<'a> {
    cells: Cells<'a>,
    row: usize,
}

impl Items for Row<'_> {
    fn current(&self, item: &str) -> Option<f64> {
        self.cells.slice.number(self.cells.set.item_index(item)?, self.row)
    }

    fn earlier(&self, item: &str, periods: u32) -> Option<f64> {
        self.cells.slice.earlier(self.cells.set.item_index(item)?, periods, self.row)
    }
}

impl<'a> Cells<'a> {
    pub(crate) fn new(set: &'a IndicatorSet, observations: &'a Observations, at: usize) -> Self {
        Self { set, slice: &observations.slices[at], observations, at }
    }

    /// A finding about a node, placed at the city and period of a row.
    pub(crate) fn located(self, fault: Fault, node: &str, row: usize) -> Fault {
        let city = &self.observations.cities[self.slice.cities[row]];
        fault.city(city.code.clone()).period(self.slice.period.to_string()).of(node)
    }

    /// The items of a row, as a formula reads them.
    pub(crate) fn row(self, row: usize) -> Row<'a> {
        Row { cells: self, row }
    }

    /// The value of a formula in a row, with the failures met.
    pub(crate) fn formula(self, formula: &Formula, row: usize) -> (Option<RBig>, Vec<Failure>) {
        let items = self.row(row);
        let mut evaluation = Evaluation::new(&items, self.set.rounding_mode());
        let value = evaluation.formula(formula.root());
        (value, evaluation.failures)
    }

    /// Every operation of a formula in a row, as it is written and with what comes out, in the order of evaluation.
    pub(crate) fn steps(self, formula: &Formula, row: usize) -> Vec<(String, Option<RBig>)> {
        let items = self.row(row);
        let mut steps = Vec::new();
        formula.root().visit(&mut |part| {
            if !matches!(part, Expr::Number(_) | Expr::Item(_)) {
                let value = Evaluation::new(&items, self.set.rounding_mode()).part(part);
                steps.push((part.to_string(), value));
            }
        });
        // A part is visited before what it is made of; it is evaluated after it.
        steps.reverse();
        steps
    }

    /// The raw value of a leaf in a row, with the failures of its formula.
    pub(crate) fn value(self, node: NodeIndex, row: usize) -> (Option<RBig>, Vec<Failure>) {
        if let Some(supposed) = self.slice.supposed.get(&(node, row)) {
            return (Some(supposed.clone()), Vec::new());
        }
        let leaf = self.leaf(node);
        match (&leaf.formula, &leaf.scoring) {
            (Some(formula), _) => self.formula(formula, row),
            (None, Scoring::Checklist { items }) => (normalise::checklist::exact(&self.checklist(items, row)), Vec::new()),
            (None, _) => (None, Vec::new()),
        }
    }

    /// The attribute of the city of a row that a group shares; none where there is no group.
    pub(crate) fn attribute(self, group: Option<&str>, row: usize) -> Option<&'a str> {
        self.slice.attributes.get(group?)?.get(row)
    }

    /// What each item of a checklist says that applies in a row.
    pub(crate) fn checklist(self, listed: &[(String, f64)], row: usize) -> Vec<(f64, Option<bool>)> {
        let applying = listed.iter().filter_map(|(code, points)| {
            let index = self.set.item_index(code)?;
            let holds = self.slice.number(index, row).map(|value| value != 0.0);
            (!self.slice.is_not_applicable(index, row)).then_some((*points, holds))
        });
        applying.collect()
    }

    /// The score of a leaf in a row; none where it is beyond all use.
    pub(crate) fn score(self, node: NodeIndex, row: usize, fitted: &Fitted) -> Option<RBig> {
        self.unlimited(node, row, fitted).filter(normalise::is_in_use)
    }

    /// The warning that a leaf leaves whose score is beyond all use.
    pub(crate) fn overflow(self, node: NodeIndex, row: usize, fitted: &Fitted) -> Option<Fault> {
        let beyond = self.unlimited(node, row, fitted).is_some_and(|score| !normalise::is_in_use(&score));
        let fault = || {
            Fault::warning(
                "score.overflow",
                "得分的绝对值超过 1e150，按无得分处理",
                "the score lies beyond 1e150 and counts as missing",
            )
            .hint("请检查公式与计分规则的量级", "look at the magnitudes of formula and rule")
        };
        beyond.then(|| self.located(fault(), &self.set.nodes()[node].code, row))
    }

    fn unlimited(self, node: NodeIndex, row: usize, fitted: &Fitted) -> Option<RBig> {
        let leaf = self.leaf(node);
        let value = fitted.value(self, node, row)?;
        if let Scoring::Checklist { .. } = leaf.scoring {
            return Some(value * normalise::number(self.set.full_mark()));
        }
        normalise::exact(leaf, &value, fitted.of(node, self.slice.period), self.set.full_mark())
    }

    fn leaf(self, node: NodeIndex) -> &'a Leaf {
        self.set.nodes()[node].leaf().expect("only leaves have cells")
    }
}
