//! Measure: a formula over data items becomes steps of a plan, each with its bound (section 4.1 of the method).
//!
//! Every operation of a formula is a step with columns of its own for value, bound and doubt; a bound mentions its
//! operands several times, and nested expressions would grow with every level.

mod operations;

use std::collections::BTreeMap;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::formula::{Expr as Part, Formula};
use citygauge_indicators::{Fault, IndicatorSet, NodeIndex, Scoring};
use polars::prelude::*;

use crate::columns;
use crate::error::Result;
use crate::exact::leaf::Cells;
use crate::normalise::{Raw, checklist};
use crate::numbers::{extent, patched};
use crate::observations::{Observations, Slice};
use crate::plan;
use crate::prepare::Prepared;
use crate::quantity::{Quantity, doubtful, either};
use operations::{binary, call};

/// The steps of the formulas of a set, by the level at which each can be taken.
struct Steps<'s> {
    set: &'s IndicatorSet,
    levels: Vec<Vec<Expr>>,
    taken: usize,
}

impl<'s> Steps<'s> {
    fn new(set: &'s IndicatorSet) -> Self {
        Self { set, levels: Vec::new(), taken: 0 }
    }

    /// Adds the steps of a formula; gives its value over the frame after all steps.
    fn formula(&mut self, formula: &Formula) -> Quantity {
        self.part(formula.root()).0
    }

    /// Adds the steps of a part; gives its value, and how many levels of steps must be taken before.
    fn part(&mut self, part: &Part) -> (Quantity, usize) {
        let set = self.set;
        let index = |code: &str| set.item_index(code).expect("a checked formula names items of the set");
        match part {
            Part::Number(number) => (Quantity::decimal(lit(*number)), 0),
            Part::Item(code) => (Quantity::decimal(col(columns::item(index(code)))), 0),
            Part::Previous { item, periods } => (Quantity::decimal(col(columns::previous(index(item), *periods))), 0),
            Part::Negate(inner) => {
                let (inner, level) = self.part(inner);
                self.step(Quantity { value: lit(0.0) - inner.value, ..inner }, level)
            }
            Part::Binary(operator, left, right) => {
                let ((left, left_level), (right_value, right_level)) = (self.part(left), self.part(right));
                self.step(binary(*operator, right, left, right_value), left_level.max(right_level))
            }
            Part::Call(function, arguments) => {
                let (arguments, levels): (Vec<Quantity>, Vec<usize>) =
                    arguments.iter().map(|argument| self.part(argument)).unzip();
                self.step(call(*function, arguments, part), levels.into_iter().max().unwrap_or(0))
            }
        }
    }

    /// Makes columns of an operation whose operands are there after `level` levels.
    fn step(&mut self, made: Quantity, level: usize) -> (Quantity, usize) {
        if self.levels.len() <= level {
            self.levels.resize(level + 1, Vec::new());
        }
        let number = self.taken;
        self.taken += 1;
        let plan = &mut self.levels[level];
        plan.push(made.value.cast(DataType::Float64).alias(columns::step("value", number)));
        plan.push(made.bound.cast(DataType::Float64).alias(columns::step("bound", number)));
        let doubt = made.doubt.map(|doubt| {
            plan.push(doubt.fill_null(lit(false)).alias(columns::step("doubt", number)));
            col(columns::step("doubt", number))
        });
        let value = col(columns::step("value", number));
        let bound =
            if made.is_decimal { value.clone().abs() * lit(f64::EPSILON / 2.0) } else { col(columns::step("bound", number)) };
        (Quantity { value, bound, doubt, is_decimal: made.is_decimal }, level + 1)
    }

    /// Takes all steps on a frame.
    fn take(self, frame: DataFrame) -> Result<DataFrame> {
        self.levels.into_iter().try_fold(frame, |mut frame, level| {
            frame.hstack_mut(&plan::run(frame.clone(), level)?)?;
            Ok(frame)
        })
    }
}

/// The raw values of every leaf in one period.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    /// The raw values of each leaf.
    pub values: BTreeMap<NodeIndex, Float64Chunked>,
    /// What is known of each column.
    pub raw: BTreeMap<NodeIndex, Raw>,
    /// The coverage of each checklist: points reported over points that apply.
    pub checklist_coverage: BTreeMap<NodeIndex, Float64Chunked>,
    /// What is scored instead of the raw values, where a leaf is imputed or treated.
    pub prepared: BTreeMap<NodeIndex, Prepared>,
    /// The warnings that failing formulas, imputation and treatment left.
    pub warnings: Vec<Fault>,
}

impl Measured {
    /// The values of a leaf that its rule scores, with what is known of them: the raw ones unless it is imputed or
    /// treated.
    pub(crate) fn to_score(&self, node: NodeIndex) -> (&Float64Chunked, Raw) {
        match self.prepared.get(&node) {
            Some(prepared) => (&prepared.values, prepared.raw),
            None => (&self.values[&node], self.raw[&node]),
        }
    }

    /// Where the value of a leaf was imputed; `None` where it was nowhere.
    pub(crate) fn imputed(&self, node: NodeIndex) -> Option<&BooleanChunked> {
        self.prepared.get(&node)?.imputed.as_ref()
    }

    /// Whether the value of a leaf was imputed in a row.
    pub(crate) fn is_imputed(&self, node: NodeIndex, row: usize) -> bool {
        self.imputed(node).is_some_and(|imputed| imputed.get(row) == Some(true))
    }
}

impl Measured {
    /// Measures every leaf of a set in one period: one plan, then the exact repair of the cells in doubt. A formula
    /// that is an item and nothing else is the item's column itself.
    pub(crate) fn of(set: &IndicatorSet, observations: &Observations, at: usize) -> Result<Self> {
        let slice = &observations.slices[at];
        let mut measured = Self::planned(set, observations, at)?;
        for (node, leaf) in set.leaves() {
            let item = leaf.formula.as_ref().and_then(Formula::as_item).and_then(|item| set.item_index(item));
            if let Some(item) = item {
                measured.values.insert(node, slice.items[item].clone());
                measured.raw.insert(node, Raw::decimal(slice.extents[item]));
            }
        }
        measured.suppose(slice);
        Ok(measured)
    }

    /// Puts what is supposed of leaves in the place of what was measured.
    fn suppose(&mut self, slice: &Slice) {
        for (&(node, row), &value) in &slice.supposed {
            let (Some(values), Some(raw)) = (self.values.get_mut(&node), self.raw.get_mut(&node)) else { continue };
            *values = patched(values, [(row, Some(value))]);
            // The double stands for its decimal, so it lies within half a unit in its last place of it.
            let bound = raw.bound.max(value.abs() * f64::EPSILON / 2.0);
            *raw = if raw.is_decimal { Raw::decimal(extent(values)) } else { Raw::new(extent(values), bound) };
        }
    }

    /// The leaves that need a plan.
    fn planned(set: &IndicatorSet, observations: &Observations, at: usize) -> Result<Self> {
        let slice = &observations.slices[at];
        let mut measured = Self {
            values: BTreeMap::new(),
            raw: BTreeMap::new(),
            checklist_coverage: BTreeMap::new(),
            prepared: BTreeMap::new(),
            warnings: Vec::new(),
        };
        let mut steps = Steps::new(set);
        let mut expressions = Vec::new();
        let mut made = Vec::new();
        for (node, leaf) in set.leaves() {
            match (&leaf.formula, &leaf.scoring) {
                (Some(read), _) if read.as_item().is_some() => {}
                (Some(read), _) => {
                    let quantity = steps.formula(read);
                    expressions.push(quantity.value.clone().cast(DataType::Float64).alias(columns::value(node)));
                    expressions.push(quantity.bound.clone().cast(DataType::Float64).alias(columns::bound(node)));
                    expressions.push(open(quantity).fill_null(lit(false)).alias(columns::doubt(node)));
                    made.push((node, Planned::Formula));
                }
                (None, Scoring::Checklist { items }) => {
                    let checklist = checklist::expression(items, set, slice);
                    expressions.push(checklist.share.cast(DataType::Float64).alias(columns::value(node)));
                    expressions.push(checklist.coverage.cast(DataType::Float64).alias(columns::bound(node)));
                    made.push((node, Planned::Checklist { bound: checklist.bound }));
                }
                (None, _) => unreachable!("a checked leaf has a formula unless it is a checklist"),
            }
        }
        if made.is_empty() {
            return Ok(measured);
        }
        let mut columns = plan::run(steps.take(slice.frame()?)?, expressions)?.into_iter();
        let mut next = || columns.next().expect("every leaf has its columns in the plan");
        let cells = Cells::new(set, observations, at);
        for (node, planned) in made {
            let (values, beside) = (next().f64()?.clone(), next().f64()?.clone());
            let (values, bound) = match planned {
                Planned::Formula => measured.repaired(node, &values, &beside, next().bool()?, cells),
                Planned::Checklist { bound } => {
                    measured.checklist_coverage.insert(node, beside);
                    (values, bound)
                }
            };
            measured.raw.insert(node, Raw::new(extent(&values), bound));
            measured.values.insert(node, values);
        }
        Ok(measured)
    }

    /// Evaluates the cells in doubt exactly; gives the column and the greatest bound that remains in it.
    fn repaired(
        &mut self,
        node: NodeIndex,
        values: &Float64Chunked,
        bounds: &Float64Chunked,
        doubts: &BooleanChunked,
        cells: Cells,
    ) -> (Float64Chunked, f64) {
        let mut greatest: f64 = 0.0;
        let mut exact = Vec::new();
        for (row, ((value, bound), doubt)) in values.iter().zip(bounds.iter()).zip(doubts.iter()).enumerate() {
            if doubt == Some(true) {
                let (value, failures) = cells.value(node, row);
                let value = value.as_ref().map(nearest_double);
                greatest = greatest.max(value.unwrap_or(0.0).abs() * f64::EPSILON + f64::MIN_POSITIVE);
                let code = &cells.set.nodes()[node].code;
                self.warnings.extend(failures.into_iter().map(|failure| cells.located(failure.warning(), code, row)));
                exact.push((row, value));
            } else if value.is_some() {
                greatest = greatest.max(bound.unwrap_or(0.0));
            }
        }
        (if exact.is_empty() { values.clone() } else { patched(values, exact) }, greatest)
    }
}

/// A leaf whose raw value is computed.
enum Planned {
    Formula,
    Checklist {
        /// How far its share may lie from the exact one.
        bound: f64,
    },
}

/// Whether the exact value of a formula is needed.
fn open(quantity: Quantity) -> Expr {
    // What is not finite has overflowed or was divided by zero: the exact value decides.
    let not_finite = doubtful(quantity.value.clone().is_finite().not());
    // Unrounded results are within 1e-9; where cancellation has left less, the exact value decides too.
    let precise = (quantity.value.abs() + lit(1.0)) * lit(1e-10);
    let imprecise = doubtful(quantity.bound.gt(precise));
    either(either(quantity.doubt, imprecise), not_finite).expect("one doubt at least")
}
