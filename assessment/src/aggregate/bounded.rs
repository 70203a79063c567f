//! A double that carries how far it may lie from the exact value, cell by cell: running error analysis.
//!
//! Source: Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.3, with the margin of
//! [`EPSILON`] for the rounding of the bounds themselves.

use std::cmp::Ordering;
use std::ops::{Add, Mul, Sub};

use dashu_ratio::RBig;

use super::copeland::{self, Places};
use super::number::{Number, Why};
use crate::normalise::number;
use crate::quantity::EPSILON;

/// A score is in doubt whose bound exceeds this part of it, or this where it is below 1: results are within 1e-9.
const PRECISE: f64 = 2e-10;

/// A double and its bound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounded {
    pub value: f64,
    /// How far the double may lie from the exact value.
    pub error: f64,
}

impl Bounded {
    pub(crate) fn new(value: f64, error: f64) -> Self {
        Self { value, error }
    }

    /// A result, with the rounding error of the operation that made it added to what its operands bring.
    fn made(value: f64, brought: f64) -> Self {
        // The smallest normal double stands for what underflow loses.
        Self { value, error: brought + value.abs() * EPSILON + f64::MIN_POSITIVE }
    }

    /// A rising or falling function of what is not negative; its double is off by at most two units in the last place.
    fn through(self, of: impl Fn(f64) -> f64) -> Self {
        let (low, high) = (of((self.value - self.error).max(0.0)), of((self.value + self.error).max(0.0)));
        Self::made(of(self.value.max(0.0)), (high - low).abs() + EPSILON * low.abs().max(high.abs()))
    }

    /// Whether the double is as good as a result has to be.
    pub(crate) fn is_precise(self) -> bool {
        self.value.is_finite() && self.error <= PRECISE * self.value.abs().max(1.0)
    }
}

impl Add for Bounded {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::made(self.value + other.value, self.error + other.error)
    }
}

impl Sub for Bounded {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::made(self.value - other.value, self.error + other.error)
    }
}

impl Mul for Bounded {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let brought = self.error * other.value.abs() + other.error * self.value.abs() + self.error * other.error;
        Self::made(self.value * other.value, brought)
    }
}

impl Number for Bounded {
    fn decimal(value: f64) -> Self {
        Self::new(value, value.abs() * f64::EPSILON / 2.0)
    }

    fn over(self, divisor: Self) -> Result<Self, Why> {
        let margin = divisor.value.abs() - divisor.error;
        if divisor.value == 0.0 && divisor.error == 0.0 {
            return Err(Why::DivisionByZero);
        }
        // Written so that a bound that is no number is open.
        if !matches!(margin.partial_cmp(&0.0), Some(Ordering::Greater)) {
            return Err(Why::Open);
        }
        let quotient = self.value / divisor.value;
        Ok(Self::made(quotient, (self.error + quotient.abs() * divisor.error) / margin))
    }

    fn sign(&self) -> Result<Ordering, Why> {
        match self.value.abs().partial_cmp(&self.error) {
            Some(Ordering::Greater) => Ok(self.value.total_cmp(&0.0)),
            _ if self.value == 0.0 && self.error == 0.0 => Ok(Ordering::Equal),
            _ => Err(Why::Open),
        }
    }

    fn least(self, other: Self) -> Self {
        Self::new(self.value.min(other.value), self.error.max(other.error))
    }

    fn greatest(self, other: Self) -> Self {
        Self::new(self.value.max(other.value), self.error.max(other.error))
    }

    fn root(self) -> Self {
        self.through(f64::sqrt)
    }

    fn power(self, p: f64) -> Self {
        self.through(|base| base.powf(p))
    }

    fn inverse_power(self, p: f64) -> Self {
        let power = self.through(|base| base.powf(1.0 / p));
        // The double nearest to 1 / p is off by half a unit in its last place.
        let off = if self.value > 0.0 { (self.value.ln() / p).abs() * EPSILON } else { 0.0 };
        Self::made(power.value, power.error + off * power.value.abs())
    }

    fn geometric(scores: &[Self], weights: &[Self]) -> Self {
        let all = weights.iter().copied().reduce(Self::add).unwrap_or(Self::decimal(1.0));
        let logarithms = scores.iter().zip(weights).map(|(score, weight)| *weight * score.through(f64::ln));
        let sum = logarithms.reduce(Self::add).unwrap_or(Self::decimal(0.0));
        let mean = sum.over(all).unwrap_or(Self::new(f64::NAN, f64::NAN));
        // A logarithm may be negative, which `through` does not take.
        let (low, high) = ((mean.value - mean.error).exp(), (mean.value + mean.error).exp());
        Self::made(mean.value.exp(), (high - low) + EPSILON * high)
    }

    fn places(scores: &[Option<Self>]) -> Result<Places, Why> {
        let places = copeland::places(scores, |one, other| one.value.total_cmp(&other.value));
        let mut present: Vec<Self> = scores.iter().flatten().copied().collect();
        present.sort_by(|one, other| one.value.total_cmp(&other.value));
        let apart = |pair: &[Self]| (pair[1] - pair[0]).sign().is_ok();
        if present.windows(2).all(apart) { Ok(places) } else { Err(Why::Open) }
    }

    fn fraction(&self) -> RBig {
        number(self.value)
    }

    /// Each place of an order moves no further than the value that moves furthest.
    fn falling(values: &[Self]) -> Vec<Self> {
        let error = values.iter().map(|value| value.error).fold(0.0, f64::max);
        let mut falling: Vec<Self> = values.iter().map(|value| Self::new(value.value, error)).collect();
        falling.sort_by(|one, other| other.value.total_cmp(&one.value));
        falling
    }
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::exact::rational;
    use dashu_ratio::RBig;

    use super::*;

    /// A formula with every operation, in any arithmetic.
    fn formula<N: Number>(x: &N, y: &N) -> Result<N, Why> {
        let (x, y) = (x.clone(), y.clone());
        let quotient = (x.clone() + y.clone()).over(x.clone() * y.clone())?;
        Ok(quotient.power(2.5).root() + (x.clone() - y.clone()).greatest(N::decimal(0.25)).inverse_power(3.0) * x.least(y))
    }

    #[test]
    fn the_exact_value_lies_within_the_bound() {
        for i in 1..200 {
            let (x, y) = (0.37 * f64::from(i), 12.3 / f64::from(i));
            let bounded = formula(&Bounded::decimal(x), &Bounded::decimal(y)).expect("decided");
            let number = |value: f64| rational(value).expect("finite");
            let exact = formula::<RBig>(&number(x), &number(y)).expect("decided");
            let off = exact - number(bounded.value);
            assert!(off <= number(bounded.error) && -off <= number(bounded.error), "{x} {y} {bounded:?}");
            assert!(bounded.is_precise());
        }
    }

    #[test]
    fn what_the_bound_leaves_open_is_not_decided() {
        let near_zero = Bounded::new(1e-17, 1e-16);
        assert_eq!(near_zero.sign(), Err(Why::Open));
        assert!(matches!(Bounded::decimal(1.0).over(near_zero), Err(Why::Open)));
        assert!(matches!(Bounded::decimal(1.0).over(Bounded::decimal(0.0)), Err(Why::DivisionByZero)));
        assert_eq!(Bounded::new(f64::NAN, f64::NAN).sign(), Err(Why::Open));
    }
}
