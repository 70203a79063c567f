//! Measure: a formula over data items becomes steps of a plan, each with its bound (section 4.1 of the method).
//!
//! Every operation of a formula is a step with columns of its own for value, bound and doubt; a bound mentions its
//! operands several times, and nested expressions would grow with every level.

use std::collections::BTreeMap;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::formula::{Expr as Part, Formula, Function, Operator};
use citygauge_indicators::{Fault, IndicatorSet, NodeIndex, Scoring};
use polars::prelude::*;

use crate::columns;
use crate::error::Result;
use crate::exact::leaf::Cells;
use crate::normalise::{Raw, checklist};
use crate::numbers::{extent, patched};
use crate::observations::Observations;
use crate::plan;
use crate::prepare::Prepared;
use crate::quantity::{EPSILON, Quantity, doubtful, either};

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

fn binary(operator: Operator, right_part: &Part, left: Quantity, right: Quantity) -> Quantity {
    match operator {
        Operator::Add => {
            let doubt = either(left.doubt, right.doubt);
            Quantity::rounded(left.value + right.value, left.bound + right.bound, doubt)
        }
        Operator::Subtract => {
            let doubt = either(left.doubt, right.doubt);
            Quantity::rounded(left.value - right.value, left.bound + right.bound, doubt)
        }
        Operator::Multiply => multiply(left, right),
        Operator::Divide => divide(left, right),
        Operator::Power => power(right_part, left, right),
        comparison => compare(comparison, left, right),
    }
}

fn multiply(left: Quantity, right: Quantity) -> Quantity {
    let bound = left.value.clone().abs() * right.bound.clone()
        + right.value.clone().abs() * left.bound.clone()
        + left.bound * right.bound;
    Quantity::rounded(left.value * right.value, bound, either(left.doubt, right.doubt))
}

/// In doubt where the divisor may be zero: there the exact evaluation divides, or leaves the warning.
fn divide(left: Quantity, right: Quantity) -> Quantity {
    let margin = right.value.clone().abs() - right.bound.clone();
    let maybe_zero = doubtful(margin.clone().lt_eq(lit(0.0)));
    let quotient = left.value / right.value;
    let bound = (left.bound + quotient.clone().abs() * right.bound) / margin;
    Quantity::rounded(quotient, bound, either(either(left.doubt, right.doubt), maybe_zero))
}

/// A small whole exponent is repeated multiplication; any other power is evaluated exactly in every cell.
fn power(exponent: &Part, base: Quantity, exponent_value: Quantity) -> Quantity {
    match exponent {
        Part::Number(n) if n.fract() == 0.0 && (1.0..=4.0).contains(n) => {
            (1..*n as u32).fold(base.clone(), |product, _| multiply(product, base.clone()))
        }
        _ => {
            let value = base.value.clone().pow(exponent_value.value.clone());
            let both = base.value.is_not_null().and(exponent_value.value.is_not_null());
            let doubt = either(either(base.doubt, exponent_value.doubt), Some(both));
            Quantity { bound: value.clone() * lit(0.0), value, doubt, is_decimal: false }
        }
    }
}

/// 1 or 0; in doubt where neither side is a decimal and they lie within their bounds.
fn compare(operator: Operator, left: Quantity, right: Quantity) -> Quantity {
    let holds = match operator {
        Operator::Equal => left.value.clone().eq(right.value.clone()),
        Operator::NotEqual => left.value.clone().neq(right.value.clone()),
        Operator::Less => left.value.clone().lt(right.value.clone()),
        Operator::LessEqual => left.value.clone().lt_eq(right.value.clone()),
        Operator::Greater => left.value.clone().gt(right.value.clone()),
        _ => left.value.clone().gt_eq(right.value.clone()),
    };
    let too_close = if left.is_decimal && right.is_decimal {
        None
    } else {
        doubtful((left.value - right.value).abs().lt_eq(left.bound + right.bound))
    };
    let doubt = either(either(left.doubt, right.doubt), too_close);
    let value = holds.cast(DataType::Float64);
    // 0 or 1 exactly; null where the value is, so that `coalesce` chooses bounds as it chooses values.
    Quantity { bound: value.clone() * lit(0.0), value, doubt, is_decimal: true }
}

fn call(function: Function, mut arguments: Vec<Quantity>, whole: &Part) -> Quantity {
    let doubts = arguments.iter().map(|argument| argument.doubt.clone()).fold(None, either);
    match function {
        Function::If => {
            let (otherwise, then, condition) = (arguments.remove(2), arguments.remove(1), arguments.remove(0));
            let holds = condition.value.clone().neq(lit(0.0));
            let choose = |yes: Expr, no: Expr| {
                when(condition.value.clone().is_null()).then(lit(NULL)).when(holds.clone()).then(yes).otherwise(no)
            };
            Quantity {
                value: choose(then.value, otherwise.value),
                bound: choose(then.bound, otherwise.bound),
                doubt: doubts,
                is_decimal: then.is_decimal && otherwise.is_decimal,
            }
        }
        Function::Min | Function::Max => extreme(function, arguments, doubts),
        Function::Abs => {
            let inner = arguments.remove(0);
            Quantity { value: inner.value.abs(), ..inner }
        }
        Function::Sqrt => {
            let inner = arguments.remove(0);
            let margin = inner.value.clone() - inner.bound.clone();
            let root = inner.value.clone().sqrt();
            let bound = inner.bound / (margin.clone().sqrt() + root.clone());
            Quantity::rounded(root, bound, either(doubts, doubtful(margin.lt_eq(lit(0.0)))))
        }
        Function::Ln => logarithm(arguments.remove(0), std::f64::consts::E, doubts),
        Function::Log10 => logarithm(arguments.remove(0), 10.0, doubts),
        Function::Exp => {
            let inner = arguments.remove(0);
            let result = inner.value.exp();
            let wide = doubtful(inner.bound.clone().gt(lit(0.5)));
            let bound = result.clone() * inner.bound * lit(2.0);
            Quantity::rounded(result, bound, either(doubts, wide))
        }
        Function::Round => round(arguments.remove(0), places_of(whole), doubts),
        Function::Coalesce => Quantity {
            value: coalesce(&arguments.iter().map(|argument| argument.value.clone()).collect::<Vec<_>>()),
            bound: coalesce(&arguments.iter().map(|argument| argument.bound.clone()).collect::<Vec<_>>()),
            doubt: doubts,
            is_decimal: arguments.iter().all(|argument| argument.is_decimal),
        },
        Function::Sum => sum(arguments, doubts).0,
        Function::Mean => {
            let (total, count) = sum(arguments, doubts);
            let bound = total.bound / count.clone();
            Quantity::rounded(total.value / count, bound, total.doubt)
        }
    }
}

/// Smallest or largest; missing where any argument is.
fn extreme(function: Function, arguments: Vec<Quantity>, doubt: Option<Expr>) -> Quantity {
    let any_missing =
        arguments.iter().map(|argument| argument.value.clone().is_null()).reduce(Expr::or).expect("one argument at least");
    let is_decimal = arguments.iter().all(|argument| argument.is_decimal);
    let values: Vec<Expr> = arguments.iter().map(|argument| argument.value.clone()).collect();
    let bounds: Vec<Expr> = arguments.into_iter().map(|argument| argument.bound).collect();
    let chosen = if function == Function::Min {
        polars::lazy::dsl::min_horizontal(values)
    } else {
        polars::lazy::dsl::max_horizontal(values)
    };
    let unless_missing = |expr: Expr| when(any_missing.clone()).then(lit(NULL)).otherwise(expr);
    let value = unless_missing(chosen.expect("one argument at least"));
    let bound = unless_missing(polars::lazy::dsl::max_horizontal(bounds).expect("one argument at least"));
    Quantity { value, bound, doubt, is_decimal }
}

fn logarithm(inner: Quantity, base: f64, doubts: Option<Expr>) -> Quantity {
    let margin = inner.value.clone() - inner.bound.clone();
    let result = inner.value.log(lit(base));
    let bound = inner.bound / margin.clone() + lit(EPSILON);
    Quantity::rounded(result, bound, either(doubts, doubtful(margin.lt_eq(lit(0.0)))))
}

/// The sum of what is there, and how many are there; both null where nothing is.
fn sum(arguments: Vec<Quantity>, doubt: Option<Expr>) -> (Quantity, Expr) {
    let terms = arguments.len() as f64;
    let present = arguments.iter().map(|argument| argument.value.clone().is_not_null().cast(DataType::Float64));
    let count = present.reduce(|sum, next| sum + next).expect("one argument at least");
    let count = when(count.clone().gt(lit(0.0))).then(count).otherwise(lit(NULL));
    let filled = |expr: &Expr| expr.clone().fill_null(lit(0.0));
    let total =
        arguments.iter().map(|argument| filled(&argument.value)).reduce(|sum, next| sum + next).expect("one argument at least");
    let magnitude = arguments
        .iter()
        .map(|argument| filled(&argument.value).abs())
        .reduce(|sum, next| sum + next)
        .expect("one argument at least");
    let bounds =
        arguments.iter().map(|argument| filled(&argument.bound)).reduce(|sum, next| sum + next).expect("one argument at least");
    let value = when(count.clone().is_null()).then(lit(NULL)).otherwise(total);
    (Quantity::rounded(value, bounds + magnitude * lit(EPSILON * terms), doubt), count)
}

/// The places of `round(x, n)`; 0 for `round(x)`.
fn places_of(whole: &Part) -> u32 {
    match whole {
        Part::Call(Function::Round, arguments) => match arguments.get(1) {
            Some(Part::Number(places)) => *places as u32,
            _ => 0,
        },
        _ => 0,
    }
}

fn round(inner: Quantity, places: u32, doubts: Option<Expr>) -> Quantity {
    let (value, doubt) = crate::round::expression(inner.value, inner.bound, places);
    Quantity { doubt: either(doubts, doubtful(doubt)), ..Quantity::decimal(value) }
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
        Ok(measured)
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
