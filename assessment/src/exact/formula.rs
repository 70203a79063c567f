//! A formula in exact arithmetic, step by step as it is written.

use citygauge_indicators::RoundingMode;
use citygauge_indicators::exact::{nearest_double, rational, round};
use citygauge_indicators::formula::{Expr, Function, Operator};
use dashu_ratio::RBig;

use super::{Failure, real};

/// Where the values of items come from.
pub(crate) trait Items {
    /// The value of an item in the period itself.
    fn current(&self, item: &str) -> Option<f64>;
    /// The value of an item some periods earlier.
    fn earlier(&self, item: &str, periods: u32) -> Option<f64>;
}

/// An evaluation with the failures met on the way and, where asked for, every intermediate number.
pub(crate) struct Evaluation<'i, I> {
    items: &'i I,
    mode: RoundingMode,
    /// The failures, in the order in which they were met.
    pub failures: Vec<Failure>,
}

impl<'i, I: Items> Evaluation<'i, I> {
    pub(crate) fn new(items: &'i I, mode: RoundingMode) -> Self {
        Self { items, mode, failures: Vec::new() }
    }

    /// The value of a whole formula; a value beyond the range of doubles is an overflow.
    pub(crate) fn formula(&mut self, root: &Expr) -> Option<RBig> {
        let value = self.part(root)?;
        self.kept(Ok(value))
    }

    /// The value of a part, missing where an operand is missing or an operation fails.
    pub(crate) fn part(&mut self, part: &Expr) -> Option<RBig> {
        match part {
            Expr::Number(number) => rational(*number),
            Expr::Item(item) => self.items.current(item).and_then(rational),
            Expr::Previous { item, periods } => self.items.earlier(item, *periods).and_then(rational),
            Expr::Negate(inner) => self.part(inner).map(|value| -value),
            Expr::Binary(operator, left, right) => {
                let (left, right) = (self.part(left), self.part(right));
                self.binary(*operator, &left?, &right?)
            }
            Expr::Call(function, arguments) => self.call(*function, arguments),
        }
    }

    fn binary(&mut self, operator: Operator, left: &RBig, right: &RBig) -> Option<RBig> {
        let truth = |holds: bool| Some(if holds { RBig::ONE } else { RBig::ZERO });
        match operator {
            Operator::Add => Some(left + right),
            Operator::Subtract => Some(left - right),
            Operator::Multiply => Some(left * right),
            Operator::Divide if *right == RBig::ZERO => self.kept(Err(Failure::DivisionByZero)),
            Operator::Divide => Some(left / right),
            Operator::Power => {
                let power = real::pow(left, right);
                self.kept(power)
            }
            Operator::Equal => truth(left == right),
            Operator::NotEqual => truth(left != right),
            Operator::Less => truth(left < right),
            Operator::LessEqual => truth(left <= right),
            Operator::Greater => truth(left > right),
            Operator::GreaterEqual => truth(left >= right),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Expr]) -> Option<RBig> {
        match function {
            Function::If => {
                let branch = if self.part(&arguments[0])? == RBig::ZERO { 2 } else { 1 };
                self.part(&arguments[branch])
            }
            Function::Coalesce => arguments.iter().find_map(|argument| self.part(argument)),
            Function::Min | Function::Max => {
                let values: Vec<Option<RBig>> = arguments.iter().map(|argument| self.part(argument)).collect();
                let values: Vec<RBig> = values.into_iter().collect::<Option<_>>()?;
                if function == Function::Min { values.into_iter().min() } else { values.into_iter().max() }
            }
            Function::Sum | Function::Mean => {
                let values: Vec<RBig> = arguments.iter().filter_map(|argument| self.part(argument)).collect();
                let count = values.len();
                let sum = values.into_iter().reduce(|sum, next| sum + next)?;
                Some(if function == Function::Mean { sum / RBig::from(count) } else { sum })
            }
            Function::Abs => self.part(&arguments[0]).map(|value| if value < RBig::ZERO { -value } else { value }),
            Function::Round => {
                let places = match arguments.get(1) {
                    Some(Expr::Number(places)) => *places as u32,
                    _ => 0,
                };
                self.part(&arguments[0]).map(|value| round(&value, places, self.mode))
            }
            Function::Sqrt => self.real(&arguments[0], real::sqrt),
            Function::Ln => self.real(&arguments[0], real::ln),
            Function::Log10 => self.real(&arguments[0], real::log10),
            Function::Exp => self.real(&arguments[0], real::exp),
        }
    }

    fn real(&mut self, argument: &Expr, function: fn(&RBig) -> Result<RBig, Failure>) -> Option<RBig> {
        let value = self.part(argument)?;
        self.kept(function(&value))
    }

    /// Keeps the failure, or the value unless it is beyond the range of doubles.
    fn kept(&mut self, result: Result<RBig, Failure>) -> Option<RBig> {
        match result {
            Ok(value) if nearest_double(&value).is_finite() => Some(value),
            Ok(_) => {
                self.failures.push(Failure::Overflow);
                None
            }
            Err(failure) => {
                self.failures.push(failure);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::formula::Formula;

    use super::*;

    /// Items named by one letter: `a` is 6, `b` is 0.1, `z` is 0, anything else is missing; earlier, `a` was 4.
    struct Letters;

    impl Items for Letters {
        fn current(&self, item: &str) -> Option<f64> {
            match item {
                "a" => Some(6.0),
                "b" => Some(0.1),
                "z" => Some(0.0),
                _ => None,
            }
        }

        fn earlier(&self, item: &str, periods: u32) -> Option<f64> {
            (item == "a" && periods == 1).then_some(4.0)
        }
    }

    fn evaluate(text: &str) -> (Option<f64>, Vec<Failure>) {
        let formula = Formula::parse(text).expect(text);
        let mut evaluation = Evaluation::new(&Letters, RoundingMode::HalfUp);
        let value = evaluation.formula(formula.root());
        (value.map(|value| nearest_double(&value)), evaluation.failures)
    }

    #[test]
    fn operators_and_functions_follow_the_handbook() {
        let cases = [
            ("-2^2", -4.0),
            ("2^3^2", 512.0),
            ("a - b - b", 5.8),
            ("b + b + b == 0.3", 1.0),
            ("a > 6", 0.0),
            ("if(a >= 6, 1, 1/z)", 1.0),
            ("min(a, b)", 0.1),
            ("max(a, b, 7)", 7.0),
            ("abs(-a)", 6.0),
            ("sqrt(a*a)", 6.0),
            ("round(2.5)", 3.0),
            ("round(2.675, 2)", 2.68),
            ("coalesce(m, a)", 6.0),
            ("sum(a, m, b)", 6.1),
            ("mean(a, m)", 6.0),
            ("previous(a, 1)", 4.0),
            ("log10(100)", 2.0),
            ("ln(exp(0))", 0.0),
            ("z^z", 1.0),
        ];
        for (text, expected) in cases {
            assert_eq!(evaluate(text), (Some(expected), vec![]), "{text}");
        }
    }

    #[test]
    fn what_is_missing_makes_the_result_missing_without_a_warning() {
        for text in ["a + m", "m", "min(a, m)", "if(m, 1, 2)", "m < 1", "sum(m)", "previous(a, 2)"] {
            assert_eq!(evaluate(text), (None, vec![]), "{text}");
        }
    }

    #[test]
    fn a_failing_operation_is_missing_and_leaves_its_failure() {
        assert_eq!(evaluate("a / z"), (None, vec![Failure::DivisionByZero]));
        assert_eq!(evaluate("coalesce(a / z, 1)"), (Some(1.0), vec![Failure::DivisionByZero]));
        assert_eq!(evaluate("sqrt(-a)"), (None, vec![Failure::Domain]));
        assert_eq!(evaluate("10^308 * 10"), (None, vec![Failure::Overflow]));
    }
}
