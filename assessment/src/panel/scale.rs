//! The scale on which experts score: from a least to a greatest score, in steps.

use citygauge_indicators::exact::{Rational, rational};

/// A scale whose steps lead from its least to its greatest score, in exact decimals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    least: Rational,
    greatest: Rational,
    step: Rational,
}

/// Why three numbers make no scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaleFault {
    /// The least score is not below the greatest, or one of the numbers is not finite.
    Empty,
    /// The step is not above zero.
    NoStep,
    /// The steps from the least score do not meet the greatest one.
    Uneven,
}

/// Why a number is no score of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffScale {
    /// It lies below the least or above the greatest score, or is not finite.
    Outside,
    /// It lies between two steps.
    BetweenSteps,
}

impl Scale {
    /// A scale.
    ///
    /// # Errors
    /// As [`ScaleFault`] says.
    pub fn new(least: f64, greatest: f64, step: f64) -> Result<Self, ScaleFault> {
        let [Some(least), Some(greatest), Some(step)] = [least, greatest, step].map(rational) else {
            return Err(ScaleFault::Empty);
        };
        if least >= greatest {
            Err(ScaleFault::Empty)
        } else if step <= Rational::ZERO {
            Err(ScaleFault::NoStep)
        } else if !((&greatest - &least) / &step).is_int() {
            Err(ScaleFault::Uneven)
        } else {
            Ok(Self { least, greatest, step })
        }
    }

    /// Whether a number is a score of this scale.
    ///
    /// # Errors
    /// As [`OffScale`] says.
    pub fn check(&self, score: f64) -> Result<(), OffScale> {
        let score = rational(score).filter(|score| *score >= self.least && *score <= self.greatest);
        let score = score.ok_or(OffScale::Outside)?;
        if ((score - &self.least) / &self.step).is_int() { Ok(()) } else { Err(OffScale::BetweenSteps) }
    }
}
