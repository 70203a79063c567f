//! The operations and functions of formulas over quantities: value, bound and doubt of each.

use citygauge_indicators::formula::{Expr as Part, Function, Operator};
use polars::prelude::*;

use crate::quantity::{EPSILON, Quantity, doubtful, either};

pub(super) fn binary(operator: Operator, right_part: &Part, left: Quantity, right: Quantity) -> Quantity {
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

pub(super) fn call(function: Function, mut arguments: Vec<Quantity>, whole: &Part) -> Quantity {
    let doubts = arguments.iter().map(|argument| argument.doubt.clone()).fold(None, either);
    match function {
        Function::If => {
            let (otherwise, then, condition) = (arguments.remove(2), arguments.remove(1), arguments.remove(0));
            let holds = condition.value.clone().neq(lit(0.0));
            let choose = |yes: Expr, no: Expr| {
                when(condition.value.clone().is_null()).then(lit(NULL)).when(holds.clone()).then(yes).otherwise(no)
            };
            // A computed condition may be 0 although its double is not.
            let near_zero = || doubtful(condition.value.clone().abs().lt_eq(condition.bound.clone()));
            let unsure = if condition.is_decimal { None } else { near_zero() };
            Quantity {
                value: choose(then.value, otherwise.value),
                bound: choose(then.bound, otherwise.bound),
                doubt: either(doubts, unsure),
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
