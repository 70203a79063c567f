//! A number of the query: its double, how far that may lie from the exact number, and what is known beyond the double.
//!
//! The same bounds as in [`crate::quantity`], written as SQL. A bound of 0 says that the double stands for its own
//! decimal, so that comparing doubles compares decimals. Where whole numbers tell a number exactly it has a [`Fraction`],
//! and decisions are made on that.

use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;

use super::Dialect;
use crate::quantity::EPSILON;

/// Below it sums and products of whole numbers are exact in doubles.
const WHOLE: f64 = 9e15;

/// What a number is off by beyond doubt where it stands for one of two decisions, relative to it and on top of their
/// difference: more than what is tolerated of a number that is decided.
pub(crate) const OPEN: f64 = 2e-9;

/// A number as SQL expressions.
#[derive(Debug, Clone)]
pub(crate) struct Quantity {
    /// The double; NULL where it is missing.
    pub value: String,
    /// How far it may lie from the exact number; none where it stands for its decimal.
    pub bound: Option<String>,
    /// Whether a decision on the way to it is open: a condition that is never NULL.
    pub doubt: Option<String>,
    /// The number as a fraction of whole numbers, where that is known.
    pub fraction: Option<Fraction>,
}

/// Two expressions whose quotient is the exact number where both are whole, small enough and the second above 0; where
/// they are not, the fraction says nothing.
#[derive(Debug, Clone)]
pub(crate) struct Fraction {
    pub numerator: String,
    pub denominator: String,
}

impl Quantity {
    /// A number that was read, or is written in the set.
    pub(crate) fn decimal(value: String) -> Self {
        Self { value, bound: None, doubt: None, fraction: None }
    }

    /// Its bound as an expression.
    pub(crate) fn bound(&self, dialect: Dialect) -> String {
        self.bound.clone().unwrap_or_else(|| dialect.number(0.0))
    }

    /// Whether it is at least a threshold (above it, where `strictly`): the condition, and the condition under which that
    /// is open.
    pub(crate) fn reaches(&self, dialect: Dialect, threshold: &RBig, strictly: bool) -> (String, Option<String>) {
        let n = |number: f64| dialect.number(number);
        let sign = if strictly { ">" } else { ">=" };
        let nearest = nearest_double(threshold);
        let by_double = format!("{} {sign} {}", self.value, n(nearest));
        if self.bound.is_none() && crate::normalise::number(nearest) == *threshold {
            return (by_double, None);
        }
        let slack = format!("{} + {}", self.bound(dialect), n(nearest.abs() * EPSILON + f64::MIN_POSITIVE));
        let near = format!("ABS({} - {}) <= {slack}", self.value, n(nearest));
        let Some((fraction, [p, q])) = self.fraction.as_ref().zip(whole_parts(threshold)) else {
            return (by_double, Some(near));
        };
        let Fraction { numerator, denominator } = fraction;
        let told = format!(
            "({denominator} > {} AND ABS({numerator}) * {} + {denominator} * {} < {})",
            n(0.0),
            n(q),
            n(p.abs()),
            n(WHOLE)
        );
        let exactly = format!("{numerator} * {} {sign} {denominator} * {}", n(q), n(p));
        let condition = format!("CASE WHEN {told} THEN {exactly} ELSE {by_double} END");
        (condition, Some(format!("({near} AND NOT COALESCE({told}, FALSE))")))
    }
}

/// Numerator and denominator as doubles, where they are small whole numbers.
pub(crate) fn whole_parts(number: &RBig) -> Option<[f64; 2]> {
    let numerator = RBig::from(number.numerator().clone());
    let denominator = RBig::from(number.denominator().clone());
    let parts = [nearest_double(&numerator), nearest_double(&denominator)];
    parts.iter().all(|part| part.abs() <= 1e9).then_some(parts)
}

/// Either of some conditions, where there are any.
pub(crate) fn any(conditions: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let conditions: Vec<String> = conditions.into_iter().flatten().collect();
    if conditions.is_empty() { None } else { Some(format!("({})", conditions.join(" OR "))) }
}

/// A column rounded to the places of a scale: the rounded number, and its bound. Where the exact number may round
/// otherwise, the bound holds both outcomes, and the value is that of a tie.
pub(crate) struct Rounding<'r> {
    pub dialect: Dialect,
    /// The column; its bound; its fraction.
    pub value: &'r str,
    pub bound: &'r str,
    pub fraction: [&'r str; 2],
    /// Ten to the power of the places; 0 where nothing is rounded.
    pub scale: &'r str,
    /// Whether a half goes to the even neighbour.
    pub to_even: bool,
}

impl Rounding<'_> {
    fn n(&self, number: f64) -> String {
        self.dialect.number(number)
    }

    /// Whether the fraction decides.
    fn is_exact(&self) -> String {
        let [numerator, denominator] = self.fraction;
        format!(
            "({denominator} > {} AND {} * ABS({numerator}) * {} + {denominator} < {})",
            self.n(0.0),
            self.n(2.0),
            self.scale,
            self.n(WHOLE)
        )
    }

    /// Whether the double lies within its bound of a half.
    fn is_near(&self) -> String {
        let scaled = format!("ABS({}) * {}", self.value, self.scale);
        format!(
            "(ABS({scaled} - FLOOR({scaled}) - {}) <= {} * {} + {scaled} * {} OR {scaled} >= {})",
            self.n(0.5),
            self.bound,
            self.scale,
            self.n(EPSILON),
            self.n(4_503_599_627_370_496.0)
        )
    }

    /// The rounded number.
    pub(crate) fn value(&self) -> String {
        let [numerator, denominator] = self.fraction;
        let (zero, half, one, two) = (self.n(0.0), self.n(0.5), self.n(1.0), self.n(2.0));
        let doubled = format!("({two} * ABS({numerator}) * {} + {denominator})", self.scale);
        let exactly = format!("FLOOR({doubled} / ({two} * {denominator}))");
        let scaled = format!("ABS({}) * {}", self.value, self.scale);
        let below = format!("FLOOR({scaled})");
        let (exactly, at_half) = if self.to_even {
            let is_half = format!("{exactly} * {two} * {denominator} = {doubled}");
            let is_odd = format!("{exactly} - {two} * FLOOR({exactly} / {two}) = {one}");
            (
                format!("{exactly} - CASE WHEN {is_half} AND {is_odd} THEN {one} ELSE {zero} END"),
                format!("{two} * FLOOR(({below} + {one}) / {two})"),
            )
        } else {
            (exactly, format!("{below} + {one}"))
        };
        let signed = |sign: &str, digits: &str| {
            format!("CASE WHEN {sign} < {zero} THEN {zero} - ({digits}) / {0} ELSE ({digits}) / {0} END", self.scale)
        };
        let by_double = format!("CASE WHEN {} THEN {at_half} ELSE FLOOR({scaled} + {half}) END", self.is_near());
        format!(
            "CASE WHEN {0} = {zero} OR {1} IS NULL THEN {1}\n      WHEN {2} THEN {3}\n      ELSE {4} END",
            self.scale,
            self.value,
            self.is_exact(),
            signed(numerator, &exactly),
            signed(self.value, &by_double)
        )
    }

    /// How far the rounded number may lie from the exact one.
    pub(crate) fn bound(&self) -> String {
        format!(
            "CASE WHEN {scale} = {zero} THEN {bound} WHEN {} OR {value} IS NULL THEN {zero}\n      WHEN {} THEN {bound} + {} / {scale} + (ABS({value}) + {}) * {} ELSE {zero} END",
            self.is_exact(),
            self.is_near(),
            self.n(1.0),
            self.n(1.0),
            self.n(OPEN),
            scale = self.scale,
            zero = self.n(0.0),
            bound = self.bound,
            value = self.value
        )
    }
}

/// The scale at which a double is a whole number of small decimals; NULL where it has more than ten.
pub(crate) fn grain(dialect: Dialect, value: &str) -> String {
    let n = |number: f64| dialect.number(number);
    let at = |grain: f64| {
        let whole =
            if grain == 1.0 { format!("FLOOR({value})") } else { format!("FLOOR({value} * {0} + {1}) / {0}", n(grain), n(0.5)) };
        format!("WHEN {value} = {whole} AND ABS({value}) < {} THEN {}", n(WHOLE / grain / 10.0), n(grain))
    };
    format!("CASE {} {} {} {} END", at(1.0), at(1e2), at(1e6), at(1e10))
}
