//! Whether a formula holds, decided in doubles wherever their error cannot turn the answer.
//!
//! Every part of the formula is known [nearly](near): as a double with a bound of its error. Where two numbers are closer
//! than their errors, and for powers, roots, logarithms and roundings, the answer is left open and the cell is evaluated
//! exactly.

mod near;
#[cfg(test)]
mod tests;

use citygauge_indicators::formula::{Expr, Function, Operator};
use citygauge_indicators::{IndicatorSet, ItemIndex, Period};

use self::near::{Known, Near, Open};
use super::Panel;

/// A formula with its items found, ready to be decided city by city.
pub(super) struct Decider {
    root: Part,
    /// The items that it reads, and how many periods earlier.
    cells: Vec<(ItemIndex, u32)>,
}

/// What doubles say of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// It has a value that is not 0.
    Holds,
    /// Its value is 0.
    Fails,
    /// It has no value.
    Silent,
    /// They cannot tell.
    Open,
}

/// A column of the panel for each cell of the formula; none where the panel has none.
pub(super) type Columns<'p> = Vec<Option<&'p [Option<f64>]>>;

enum Part {
    Number(f64),
    Cell(usize),
    Negate(Box<Self>),
    Binary(Operator, Box<Self>, Box<Self>),
    Call(Function, Vec<Self>),
}

impl Decider {
    /// None where the formula names an item that the set does not have.
    pub(super) fn new(root: &Expr, set: &IndicatorSet) -> Option<Self> {
        let mut cells = Vec::new();
        let root = Part::new(root, set, &mut cells)?;
        Some(Self { root, cells })
    }

    /// What it reads in a period.
    pub(super) fn columns<'p>(&self, panel: &'p Panel, period: Period) -> Columns<'p> {
        self.cells.iter().map(|&(item, back)| panel.column(item, period.earlier(back))).collect()
    }

    pub(super) fn decide(&self, columns: &Columns<'_>, city: usize) -> Decision {
        match self.root.evaluate(columns, city) {
            Err(Open) => Decision::Open,
            Ok(None) => Decision::Silent,
            Ok(Some(near)) => match near.is_zero() {
                Ok(true) => Decision::Fails,
                Ok(false) => Decision::Holds,
                Err(Open) => Decision::Open,
            },
        }
    }
}

impl Part {
    fn new(part: &Expr, set: &IndicatorSet, cells: &mut Vec<(ItemIndex, u32)>) -> Option<Self> {
        let mut cell = |item: &str, back: u32| {
            let wanted = (set.item_index(item)?, back);
            let place = cells.iter().position(|known| *known == wanted);
            Some(Self::Cell(place.unwrap_or_else(|| {
                cells.push(wanted);
                cells.len() - 1
            })))
        };
        match part {
            Expr::Number(number) => Some(Self::Number(*number)),
            Expr::Item(item) => cell(item, 0),
            Expr::Previous { item, periods } => cell(item, *periods),
            Expr::Negate(inner) => Some(Self::Negate(Box::new(Self::new(inner, set, cells)?))),
            Expr::Binary(operator, left, right) => {
                let (left, right) = (Self::new(left, set, cells)?, Self::new(right, set, cells)?);
                Some(Self::Binary(*operator, Box::new(left), Box::new(right)))
            }
            Expr::Call(function, arguments) => {
                let arguments = arguments.iter().map(|argument| Self::new(argument, set, cells)).collect::<Option<_>>()?;
                Some(Self::Call(*function, arguments))
            }
        }
    }

    fn evaluate(&self, columns: &Columns<'_>, city: usize) -> Known {
        match self {
            Self::Number(number) => Near::decimal(*number).map(Some),
            Self::Cell(cell) => columns[*cell].and_then(|column| column[city]).map(Near::decimal).transpose(),
            Self::Negate(inner) => Ok(inner.evaluate(columns, city)?.map(|near| Near { value: -near.value, ..near })),
            Self::Binary(operator, left, right) => match (left.evaluate(columns, city), right.evaluate(columns, city)) {
                // What is missing makes the result missing, whatever the other operand is.
                (Ok(None), _) | (_, Ok(None)) => Ok(None),
                (Ok(Some(left)), Ok(Some(right))) => left.binary(*operator, right),
                _ => Err(Open),
            },
            Self::Call(function, arguments) => {
                let values = arguments.iter().map(|argument| argument.evaluate(columns, city));
                match function {
                    Function::If => {
                        let Some(condition) = arguments[0].evaluate(columns, city)? else { return Ok(None) };
                        arguments[if condition.is_zero()? { 2 } else { 1 }].evaluate(columns, city)
                    }
                    Function::Coalesce => values.filter_map(Result::transpose).next().transpose(),
                    Function::Min => extreme(values, f64::min),
                    Function::Max => extreme(values, f64::max),
                    Function::Sum => Ok(sum(values)?.map(|(sum, _)| sum)),
                    Function::Mean => match sum(values)? {
                        Some((sum, count)) => sum.divided_by(Near { value: count, error: 0.0 }),
                        None => Ok(None),
                    },
                    Function::Abs => {
                        let value = arguments[0].evaluate(columns, city)?;
                        Ok(value.map(|near| Near { value: near.value.abs(), ..near }))
                    }
                    Function::Sqrt | Function::Ln | Function::Log10 | Function::Exp | Function::Round => {
                        match arguments[0].evaluate(columns, city)? {
                            None => Ok(None),
                            Some(_) => Err(Open),
                        }
                    }
                }
            }
        }
    }
}

/// The smallest or largest: the error of either is at most the greatest of the errors.
fn extreme(values: impl Iterator<Item = Known>, choose: fn(f64, f64) -> f64) -> Known {
    let (mut chosen, mut is_open): (Option<Near>, bool) = (None, false);
    for value in values {
        match value {
            Err(Open) => is_open = true,
            Ok(None) => return Ok(None),
            Ok(Some(near)) => {
                chosen = Some(
                    chosen.map_or(near, |best| Near { value: choose(best.value, near.value), error: best.error.max(near.error) }),
                );
            }
        }
    }
    if is_open { Err(Open) } else { Ok(chosen) }
}

/// The sum of what is not missing, and of how many it is.
fn sum(values: impl Iterator<Item = Known>) -> Result<Option<(Near, f64)>, Open> {
    let mut sum: Option<(Near, f64)> = None;
    for value in values {
        let Some(next) = value? else { continue };
        sum = Some(match sum {
            None => (next, 1.0),
            Some((sum, count)) => (sum.plus(next)?, count + 1.0),
        });
    }
    Ok(sum)
}
