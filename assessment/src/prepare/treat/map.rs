//! What a fitted treatment does to a single value.

use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;

use crate::exact::{Failure, real};
use crate::normalise::number;
use crate::quantity::EPSILON;

/// What a fitted treatment does to a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Map {
    /// Values beyond an end are moved to it.
    Clamp { low: Option<RBig>, high: Option<RBig> },
    /// ln(slope x + offset), its sign turned where `turned`.
    Log { slope: RBig, offset: RBig, turned: bool },
    /// ((x + offset)^lambda - 1) / lambda.
    Power { offset: RBig, lambda: f64 },
}

/// A double whose bound exceeds this share of it is made exactly: unrounded results are within 1e-9.
const PRECISE: f64 = 1e-12;

/// How far an unrounded result may lie from the exact one.
const PUBLISHED: f64 = 1e-9;

impl Map {
    /// The treated value.
    ///
    /// # Errors
    /// A value outside the domain, and one whose treated value leaves the range of doubles.
    pub(crate) fn exact(&self, value: &RBig) -> Result<RBig, Failure> {
        let treated = match self {
            Self::Clamp { low, high } => {
                let raised = low.as_ref().map_or_else(|| value.clone(), |low| low.max(value).clone());
                high.as_ref().map_or_else(|| raised.clone(), |high| high.min(&raised).clone())
            }
            Self::Log { slope, offset, turned } => {
                let logarithm = real::ln(&(slope * value + offset))?;
                if *turned { -logarithm } else { logarithm }
            }
            Self::Power { offset, lambda } => {
                let lambda = number(*lambda);
                (real::pow(&(value + offset), &lambda)? - RBig::ONE) / lambda
            }
        };
        if real::overflows(&treated) { Err(Failure::Overflow) } else { Ok(treated) }
    }

    /// The same in doubles, with the bound of what comes out; exactly where the doubles say too little.
    pub(crate) fn apply(
        &self,
        value: f64,
        bound: f64,
        is_decimal: bool,
        exact: impl Fn() -> Result<RBig, Failure>,
    ) -> Result<(f64, f64), Failure> {
        let made = match self {
            Self::Clamp { low, high } => {
                let ends = [low, high].map(|end| end.as_ref().map(nearest_double));
                let raised = ends[0].map_or(value, |low| value.max(low));
                let treated = ends[1].map_or(raised, |high| raised.min(high));
                // Of decimals the nearest doubles are in the order of what they mean.
                let bound = if is_decimal { treated.abs() * f64::EPSILON / 2.0 } else { bound + treated.abs() * EPSILON };
                return Ok((treated, bound));
            }
            Self::Log { slope, offset, turned } => {
                let (slope, offset) = (nearest_double(slope), nearest_double(offset));
                let inner = slope * value + offset;
                let error = slope.abs() * bound + EPSILON * ((slope * value).abs() + offset.abs());
                let logarithm = inner.ln();
                let bound = error / (inner - error) + EPSILON * logarithm.abs();
                (inner > error).then_some((if *turned { -logarithm } else { logarithm }, bound))
            }
            Self::Power { offset, lambda } => {
                let offset = nearest_double(offset);
                let inner = value + offset;
                let error = bound + EPSILON * (value.abs() + offset.abs());
                let power = inner.powf(*lambda);
                // d(ln power) = lambda d(ln inner); the factor 2 covers what is not linear in it.
                let relative = 2.0 * lambda.abs() * error / (inner - error) + EPSILON * (2.0 + (lambda * inner.ln()).abs());
                let bound = (relative * power + EPSILON * (power + 1.0)) / lambda.abs();
                (inner > error && relative < 0.25).then_some(((power - 1.0) / lambda, bound))
            }
        };
        match made.filter(|(treated, bound)| treated.is_finite() && *bound <= PRECISE * (treated.abs() + 1.0)) {
            Some(made) => Ok(made),
            None => {
                let treated = nearest_double(&self.exact(&exact()?)?);
                Ok((treated, treated.abs() * EPSILON + f64::MIN_POSITIVE))
            }
        }
    }

    /// The value that is treated to `treated`; `None` where there is none.
    pub(crate) fn invert(&self, treated: &RBig) -> Option<RBig> {
        match self {
            Self::Clamp { low, high } => {
                // A score that was published as a double may lie next to the one that it stands for, and so may this.
                let slack = |end: &RBig| number(PUBLISHED * (nearest_double(end).abs() + 1.0));
                let above = low.as_ref().is_none_or(|low| low - slack(low) <= *treated);
                let below = high.as_ref().is_none_or(|high| *treated <= high + slack(high));
                (above && below).then(|| self.exact(treated).ok()).flatten()
            }
            Self::Log { slope, offset, turned } => {
                let logarithm = if *turned { -treated.clone() } else { treated.clone() };
                let inner = real::exp(&logarithm).ok()?;
                (*slope != RBig::ZERO).then(|| (inner - offset) / slope)
            }
            Self::Power { offset, lambda } => {
                let lambda = number(*lambda);
                let power = treated * &lambda + RBig::ONE;
                (power > RBig::ZERO).then(|| real::pow(&power, &(RBig::ONE / lambda)).ok().map(|inner| inner - offset)).flatten()
            }
        }
    }

    /// Whether treated decimals are decimals again.
    pub(crate) fn keeps_decimals(&self) -> bool {
        matches!(self, Self::Clamp { .. })
    }
}
