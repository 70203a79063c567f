//! The numbers that a method's formula is written in, once for all: doubles for replications, doubles with a proven
//! bound for scores, fractions for the cells that doubles leave open and for explanations.

use std::cmp::Ordering;
use std::ops::{Add, Mul, Sub};

use dashu_ratio::RBig;

use super::copeland::{self, Places};
use crate::exact::real;
use crate::normalise::number;

/// Why a city has no score although children are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// A score of zero or below where the method needs scores above zero.
    NotPositive,
    /// A score below zero where the method needs scores from zero on.
    Negative,
    /// The formula divides by zero.
    DivisionByZero,
    /// The score is beyond all use.
    Overflow,
    /// Doubles leave a decision open; fractions never do.
    Open,
}

/// Arithmetic as the formulas of methods need it.
pub(crate) trait Number: Clone + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// A number that was read: it means its shortest decimal.
    fn decimal(value: f64) -> Self;

    /// The quotient.
    fn over(self, divisor: Self) -> Result<Self, Why>;

    /// How it compares with zero.
    fn sign(&self) -> Result<Ordering, Why>;

    /// The smaller of two.
    fn least(self, other: Self) -> Self;

    /// The larger of two.
    fn greatest(self, other: Self) -> Self;

    /// The square root of what is not negative.
    fn root(self) -> Self;

    /// What is not negative to a power: above 0, or any where the base is above 0.
    fn power(self, p: f64) -> Self;

    /// What is above 0 to the power of 1 / p; 0 stays 0 where p is above 0.
    fn inverse_power(self, p: f64) -> Self;

    /// The weighted geometric mean of scores above 0.
    fn geometric(scores: &[Self], weights: &[Self]) -> Self;

    /// The places of some scores in their order.
    fn places(scores: &[Option<Self>]) -> Result<Places, Why>;

    /// The number as a fraction, for a weight.
    fn fraction(&self) -> RBig;

    /// The values, the largest first.
    fn falling(values: &[Self]) -> Vec<Self>;

    /// Fewer digits where there are far more than a result needs.
    fn narrowed(self) -> Self {
        self
    }

    /// The digits of a result that roots and powers took part in.
    fn settled(self) -> Self {
        self
    }
}

/// The sum of some numbers.
pub(crate) fn sum<N: Number>(numbers: impl Iterator<Item = N>) -> N {
    numbers.reduce(|sum, next| sum + next).unwrap_or_else(|| N::decimal(0.0))
}

/// Each weight over the sum of all; the weights are above 0.
pub(crate) fn shares<N: Number>(weights: &[N]) -> Result<Vec<N>, Why> {
    let all = sum(weights.iter().cloned());
    weights.iter().map(|weight| weight.clone().over(all.clone())).collect()
}

impl Number for f64 {
    fn decimal(value: f64) -> Self {
        value
    }

    fn over(self, divisor: Self) -> Result<Self, Why> {
        if divisor == 0.0 { Err(Why::DivisionByZero) } else { Ok(self / divisor) }
    }

    fn sign(&self) -> Result<Ordering, Why> {
        self.partial_cmp(&0.0).ok_or(Why::Open)
    }

    fn least(self, other: Self) -> Self {
        self.min(other)
    }

    fn greatest(self, other: Self) -> Self {
        self.max(other)
    }

    fn root(self) -> Self {
        self.sqrt()
    }

    fn power(self, p: f64) -> Self {
        self.powf(p)
    }

    fn inverse_power(self, p: f64) -> Self {
        self.powf(1.0 / p)
    }

    fn geometric(scores: &[Self], weights: &[Self]) -> Self {
        let (mut logarithms, mut all) = (0.0, 0.0);
        for (score, weight) in scores.iter().zip(weights) {
            logarithms += weight * score.ln();
            all += weight;
        }
        (logarithms / all).exp()
    }

    fn places(scores: &[Option<Self>]) -> Result<Places, Why> {
        Ok(copeland::places(scores, Self::total_cmp))
    }

    fn fraction(&self) -> RBig {
        number(*self)
    }

    fn falling(values: &[Self]) -> Vec<Self> {
        let mut values = values.to_vec();
        values.sort_by(|one, other| other.total_cmp(one));
        values
    }
}

impl Number for RBig {
    fn decimal(value: f64) -> Self {
        number(value)
    }

    fn over(self, divisor: Self) -> Result<Self, Why> {
        if divisor == Self::ZERO { Err(Why::DivisionByZero) } else { Ok(self / divisor) }
    }

    fn sign(&self) -> Result<Ordering, Why> {
        Ok(self.cmp(&Self::ZERO))
    }

    fn least(self, other: Self) -> Self {
        self.min(other)
    }

    fn greatest(self, other: Self) -> Self {
        self.max(other)
    }

    fn root(self) -> Self {
        real::wide_root(&self)
    }

    fn power(self, p: f64) -> Self {
        real::wide_power(&self, &number(p))
    }

    fn inverse_power(self, p: f64) -> Self {
        real::wide_power(&self, &(Self::ONE / number(p)))
    }

    fn geometric(scores: &[Self], weights: &[Self]) -> Self {
        let terms: Vec<(Self, Self)> = weights.iter().cloned().zip(scores.iter().cloned()).collect();
        real::geometric_mean(&terms)
    }

    fn places(scores: &[Option<Self>]) -> Result<Places, Why> {
        Ok(copeland::places(scores, Self::cmp))
    }

    fn fraction(&self) -> RBig {
        self.clone()
    }

    fn falling(values: &[Self]) -> Vec<Self> {
        let mut values = values.to_vec();
        values.sort_by(|one, other| other.cmp(one));
        values
    }

    fn narrowed(self) -> Self {
        real::narrowed(self)
    }

    fn settled(self) -> Self {
        real::settled(&self)
    }
}
