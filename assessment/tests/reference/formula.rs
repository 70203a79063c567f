//! The formula language (4.1), evaluated as it is written.

use citygauge_indicators::RoundingMode;
use citygauge_indicators::formula::{Expr, Formula, Function, Operator};
use num_traits::{Signed, Zero};

use super::irrational::{NoValue, exp, limited, ln, log10, power, sqrt};
use super::number::{Exact, decimal, round, whole};

/// A division whose divisor is zero.
pub const DIVISION_BY_ZERO: &str = "formula.division_by_zero";
/// A root or logarithm of a number that has none, or a power that is not defined.
pub const DOMAIN: &str = "formula.domain";
/// A value beyond all doubles.
pub const OVERFLOW: &str = "formula.overflow";

/// What a formula reads, and what it leaves behind.
pub struct Evaluation<'r> {
    /// The value of an item so many periods earlier, 0 being the period itself.
    pub item: &'r dyn Fn(&str, u32) -> Option<Exact>,
    /// The mode of `round`.
    pub mode: RoundingMode,
    /// The codes of the warnings that were left.
    pub warnings: Vec<&'static str>,
}

impl Evaluation<'_> {
    /// The value of a formula; `None` is missing.
    pub fn formula(&mut self, formula: &Formula) -> Option<Exact> {
        let value = self.part(formula.root())?;
        self.outcome(limited(value))
    }

    fn part(&mut self, part: &Expr) -> Option<Exact> {
        match part {
            Expr::Number(number) => Some(decimal(*number)),
            Expr::Item(item) => (self.item)(item, 0),
            Expr::Previous { item, periods } => (self.item)(item, *periods),
            Expr::Negate(inner) => self.part(inner).map(|value| -value),
            Expr::Binary(operator, left, right) => {
                let (left, right) = (self.part(left), self.part(right));
                self.binary(*operator, &left?, &right?)
            }
            Expr::Call(function, arguments) => self.call(*function, arguments),
        }
    }

    fn binary(&mut self, operator: Operator, left: &Exact, right: &Exact) -> Option<Exact> {
        let truth = |holds: bool| Some(whole(i32::from(holds)));
        match operator {
            Operator::Add => Some(left + right),
            Operator::Subtract => Some(left - right),
            Operator::Multiply => Some(left * right),
            Operator::Divide if right.is_zero() => {
                self.warnings.push(DIVISION_BY_ZERO);
                None
            }
            Operator::Divide => Some(left / right),
            Operator::Power => self.outcome(power(left, right)),
            Operator::Equal => truth(left == right),
            Operator::NotEqual => truth(left != right),
            Operator::Less => truth(left < right),
            Operator::LessEqual => truth(left <= right),
            Operator::Greater => truth(left > right),
            Operator::GreaterEqual => truth(left >= right),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Expr]) -> Option<Exact> {
        match function {
            // Only the branch that is taken is evaluated.
            Function::If => {
                let condition = self.part(&arguments[0])?;
                self.part(&arguments[if condition.is_zero() { 2 } else { 1 }])
            }
            // What stands behind the first argument that is present is not evaluated.
            Function::Coalesce => arguments.iter().find_map(|argument| self.part(argument)),
            Function::Min => self.all(arguments)?.into_iter().min(),
            Function::Max => self.all(arguments)?.into_iter().max(),
            Function::Sum => {
                let present = self.present(arguments);
                (!present.is_empty()).then(|| present.iter().sum())
            }
            Function::Mean => {
                let present = self.present(arguments);
                (!present.is_empty()).then(|| present.iter().sum::<Exact>() / whole(present.len()))
            }
            Function::Abs => self.part(&arguments[0]).map(|value| value.abs()),
            Function::Round => {
                let places = match arguments.get(1) {
                    Some(Expr::Number(places)) => *places as i64,
                    _ => 0,
                };
                self.part(&arguments[0]).map(|value| round(&value, places, self.mode))
            }
            Function::Sqrt => self.applied(sqrt, &arguments[0]),
            Function::Ln => self.applied(ln, &arguments[0]),
            Function::Log10 => self.applied(log10, &arguments[0]),
            Function::Exp => self.applied(exp, &arguments[0]),
        }
    }

    /// All arguments, where none is missing.
    fn all(&mut self, arguments: &[Expr]) -> Option<Vec<Exact>> {
        let values: Vec<Option<Exact>> = arguments.iter().map(|argument| self.part(argument)).collect();
        values.into_iter().collect()
    }

    /// The arguments that are not missing.
    fn present(&mut self, arguments: &[Expr]) -> Vec<Exact> {
        arguments.iter().filter_map(|argument| self.part(argument)).collect()
    }

    fn applied(&mut self, function: fn(&Exact) -> Result<Exact, NoValue>, argument: &Expr) -> Option<Exact> {
        let value = self.part(argument)?;
        self.outcome(function(&value))
    }

    /// A result, or a warning and nothing.
    fn outcome(&mut self, result: Result<Exact, NoValue>) -> Option<Exact> {
        result
            .map_err(|none| {
                self.warnings.push(match none {
                    NoValue::Domain => DOMAIN,
                    NoValue::Overflow => OVERFLOW,
                });
            })
            .ok()
    }
}
