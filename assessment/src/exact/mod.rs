//! Exact arithmetic for the cells that doubles leave open, and for explanations.
//!
//! Numbers are fractions. Where roots, logarithms or powers take part, the result is the value rounded to 50
//! significant digits (half to even), from a computation with 80; from there on it is a fraction again.

pub(crate) mod formula;
pub(crate) mod leaf;
pub(crate) mod node;
pub mod real;
pub(crate) mod sums;

pub use dashu_ratio::RBig;

/// Why a formula has no value although nothing it needs is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Failure {
    /// A division by zero.
    DivisionByZero,
    /// A root, logarithm or power outside its domain.
    Domain,
    /// A result beyond the range of doubles.
    Overflow,
}

impl Failure {
    /// The stable code of the warning it leaves.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::DivisionByZero => "formula.division_by_zero",
            Self::Domain => "formula.domain",
            Self::Overflow => "formula.overflow",
        }
    }

    /// The warning it leaves.
    #[must_use]
    pub fn warning(self) -> citygauge_indicators::Fault {
        let (zh, en) = match self {
            Self::DivisionByZero => ("公式中除数为零，原始值按缺失处理", "the formula divides by zero; the raw value is missing"),
            Self::Domain => (
                "公式中的根、对数或幂超出定义域，原始值按缺失处理",
                "a root, logarithm or power is outside its domain; the raw value is missing",
            ),
            Self::Overflow => (
                "公式结果超出数值范围，原始值按缺失处理",
                "the result of the formula is beyond the range of numbers; the raw value is missing",
            ),
        };
        citygauge_indicators::Fault::warning(self.code(), zh, en)
    }
}
