//! Each indicator by itself: how much of it is there, where it lies, how it is shaped, and whether it tells cities apart.

use citygauge_indicators::NodeIndex;
use citygauge_indicators::exact::rational;
use dashu_ratio::RBig;

use super::variable::Variable;
use super::{Absence, Of, Statistics, finite, settled, share};
use crate::error::Result;
use crate::parallel::in_parallel;
use crate::sample::moments;
use crate::sample::order::quantile;

/// From where on an indicator gives reason for concern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndicatorLimits {
    /// The least share of cities with a value. 0.65 is the rule of thumb of JRC's COIN tool (2019).
    pub available: f64,
    /// The least share of values that are not zero.
    pub nonzero: f64,
    /// The least share of distinct values.
    pub distinct: f64,
    /// The largest share of equal values with which cities still are told apart.
    pub equal: f64,
    /// The least standard deviation over the range with which they are.
    pub spread: f64,
    /// The skewness, either way, beyond which a kurtosis beyond its limit speaks of outliers.
    pub skewness: f64,
    /// The kurtosis beyond which a skewness beyond its limit speaks of outliers.
    pub kurtosis: f64,
}

impl Default for IndicatorLimits {
    fn default() -> Self {
        Self { available: 0.65, nonzero: 0.5, distinct: 0.5, equal: 0.9, spread: 0.05, skewness: 2.0, kurtosis: 3.5 }
    }
}

/// What gives reason for concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// Too few cities have a value.
    LowAvailability,
    /// Too many values are zero.
    ManyZeros,
    /// Too few values are distinct.
    FewDistinct,
    /// Skewness and kurtosis speak of outliers.
    Outliers,
    /// Constant, nearly constant, or squeezed by a few extremes: cities are hardly told apart.
    DoesNotDiscriminate,
}

impl Concern {
    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::LowAvailability => "low_availability",
            Self::ManyZeros => "many_zeros",
            Self::FewDistinct => "few_distinct",
            Self::Outliers => "outliers",
            Self::DoesNotDiscriminate => "does_not_discriminate",
        }
    }
}

/// Values beyond the quartiles by more than 1.5 times their distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outliers {
    /// Below the lower quartile.
    pub low: usize,
    /// Above the upper quartile.
    pub high: usize,
}

/// The statistics of the raw values or the scores of one leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorStatistics {
    /// The leaf.
    pub node: NodeIndex,
    /// Which numbers these are of.
    pub of: Of,
    /// The cities to which it applies.
    pub cities: usize,
    /// The cities with a number.
    pub available: usize,
    /// The same as a share, 0 to 1.
    pub available_share: Option<f64>,
    /// How many numbers are zero.
    pub zeros: usize,
    /// The share of the numbers that are not zero.
    pub nonzero_share: Option<f64>,
    /// How many distinct numbers there are.
    pub distinct: usize,
    /// The same as a share of the numbers.
    pub distinct_share: Option<f64>,
    /// How often the most frequent number occurs.
    pub most_frequent: usize,
    /// The same as a share of the numbers.
    pub most_frequent_share: Option<f64>,
    /// The smallest number.
    pub min: Option<f64>,
    /// The largest number.
    pub max: Option<f64>,
    /// The mean.
    pub mean: Option<f64>,
    /// The median.
    pub median: Option<f64>,
    /// The standard deviation of the sample.
    pub sd: Option<f64>,
    /// The skewness, as spreadsheets have it.
    pub skewness: Option<f64>,
    /// The kurtosis in excess of the normal distribution's, as spreadsheets have it.
    pub kurtosis: Option<f64>,
    /// Values far from the quartiles.
    pub outliers: Outliers,
    /// What gives reason for concern.
    pub concerns: Vec<Concern>,
    /// Why some of it is none.
    pub absence: Option<Absence>,
}

impl Statistics<'_> {
    /// Every leaf by itself: its raw values, what was made of them before scoring where it is imputed or treated, and its
    /// scores; in the order of the set.
    ///
    /// # Errors
    /// Only where the engine is at fault.
    pub fn indicators(&self, limits: &IndicatorLimits) -> Result<Vec<IndicatorStatistics>> {
        let is_shown = |node: NodeIndex, of: Of| of != Of::Prepared || self.measured().prepared.contains_key(&node);
        let of_leaf = |(node, _)| Of::ALL.into_iter().filter(move |&of| is_shown(node, of)).map(move |of| (node, of));
        let wanted: Vec<(NodeIndex, Of)> = self.set().leaves().flat_map(of_leaf).collect();
        in_parallel(None, wanted.len(), |place| {
            let (node, of) = wanted[place];
            let cities = (0..self.height()).filter(|&row| self.computed.applicability.applies(node, row)).count();
            let described =
                self.variable(node, of).map(|variable| described(node, of, cities, &variable, self.tolerance(node, of), limits));
            Ok(described.unwrap_or_else(|| IndicatorStatistics {
                absence: Some(Absence::NotNumeric),
                ..described_nothing(node, of, cities)
            }))
        })
    }

    /// By how much, relative to them, two numbers may differ and still be one: a reported value is its decimal, a quotient
    /// and another of the same value may differ in their last bits.
    fn tolerance(&self, node: NodeIndex, of: Of) -> f64 {
        let is_decimal = match of {
            Of::Value => self.measured().raw.get(&node).is_some_and(|raw| raw.is_decimal),
            Of::Prepared | Of::Score => false,
        };
        if is_decimal { 0.0 } else { 4.0 * f64::EPSILON }
    }
}

fn described_nothing(node: NodeIndex, of: Of, cities: usize) -> IndicatorStatistics {
    IndicatorStatistics {
        node,
        of,
        cities,
        available: 0,
        available_share: None,
        zeros: 0,
        nonzero_share: None,
        distinct: 0,
        distinct_share: None,
        most_frequent: 0,
        most_frequent_share: None,
        min: None,
        max: None,
        mean: None,
        median: None,
        sd: None,
        skewness: None,
        kurtosis: None,
        outliers: Outliers::default(),
        concerns: Vec::new(),
        absence: None,
    }
}

fn described(
    node: NodeIndex,
    of: Of,
    cities: usize,
    variable: &Variable,
    tolerance: f64,
    limits: &IndicatorLimits,
) -> IndicatorStatistics {
    let sorted = variable.sorted();
    let n = sorted.len();
    let zeros = sorted.iter().filter(|value| **value == 0.0).count();
    let is_same = |one: &f64, other: &f64| other - one <= tolerance * one.abs().max(other.abs());
    let runs = sorted.chunk_by(is_same).map(<[f64]>::len);
    let (distinct, most_frequent) = runs.fold((0, 0), |(distinct, most), run| (distinct + 1, most.max(run)));
    let mut statistics = IndicatorStatistics {
        available: n,
        available_share: share(n, cities),
        zeros,
        nonzero_share: share(n - zeros, n),
        distinct,
        distinct_share: share(distinct, n),
        most_frequent,
        most_frequent_share: share(most_frequent, n),
        min: sorted.first().copied(),
        max: sorted.last().copied(),
        mean: finite(moments::mean(&sorted)),
        median: finite(quantile(&sorted, 0.5)),
        // Equal values have none, whatever the rounding of their mean makes of it.
        sd: finite(if distinct == 1 && n > 1 { Some(0.0) } else { moments::sd(&sorted) }),
        skewness: finite(if distinct > 1 { moments::skewness(&sorted) } else { None }),
        kurtosis: finite(if distinct > 1 { moments::kurtosis(&sorted) } else { None }),
        outliers: outliers(&sorted),
        ..described_nothing(node, of, cities)
    };
    statistics.absence = absence(&statistics);
    statistics.concerns = concerns(&statistics, limits);
    statistics
}

fn absence(of: &IndicatorStatistics) -> Option<Absence> {
    match of {
        _ if of.available == 0 => Some(Absence::NoValues),
        _ if of.mean.is_none() => Some(Absence::Overflow),
        _ if of.distinct == 1 && of.available > 1 => Some(Absence::Constant),
        _ if of.available < 4 => Some(Absence::TooFew),
        _ if of.sd.is_none() || of.kurtosis.is_none() => Some(Absence::Overflow),
        _ => None,
    }
}

fn concerns(of: &IndicatorStatistics, limits: &IndicatorLimits) -> Vec<Concern> {
    let beyond = |value: Option<f64>, limit: f64| value.is_some_and(|value| settled(value.abs()) > limit);
    let below = |value: Option<f64>, limit: f64| value.is_some_and(|value| value < limit);
    let spread = of.sd.zip(of.min.zip(of.max)).map(|(sd, (min, max))| sd / (max - min)).filter(|spread| spread.is_finite());
    let squeezed = spread.is_some_and(|spread| settled(spread) < limits.spread);
    let equal = of.available > 1 && of.most_frequent_share.is_some_and(|share| share > limits.equal);
    let found = [
        (below(of.available_share, limits.available), Concern::LowAvailability),
        (below(of.nonzero_share, limits.nonzero), Concern::ManyZeros),
        (below(of.distinct_share, limits.distinct), Concern::FewDistinct),
        (
            beyond(of.skewness, limits.skewness) && of.kurtosis.is_some_and(|kurtosis| settled(kurtosis) > limits.kurtosis),
            Concern::Outliers,
        ),
        (equal || squeezed, Concern::DoesNotDiscriminate),
    ];
    found.into_iter().filter(|(is, _)| *is).map(|(_, concern)| concern).collect()
}

/// How many values lie further than 1.5 times the distance of the quartiles (type 7) beyond them.
///
/// Source: Tukey, *Exploratory Data Analysis* (1977), section 2E. A value near a fence is compared exactly.
fn outliers(sorted: &[f64]) -> Outliers {
    let fences = quartile(sorted, 1).zip(quartile(sorted, 3)).map(|(lower, upper)| {
        let reach = (&upper - &lower) * RBig::from_parts(3.into(), 2u8.into());
        (lower - &reach, upper + reach)
    });
    let Some((low, high)) = fences else { return Outliers::default() };
    let (low_double, high_double) = (low.to_f64().value(), high.to_f64().value());
    let near = |value: f64, fence: f64| (value - fence).abs() <= 4.0 * f64::EPSILON * fence.abs().max(value.abs());
    let is_low = |value: f64| match near(value, low_double) {
        true => rational(value).is_some_and(|value| value < low),
        false => value < low_double,
    };
    let is_high = |value: f64| match near(value, high_double) {
        true => rational(value).is_some_and(|value| value > high),
        false => value > high_double,
    };
    Outliers {
        low: sorted.iter().take_while(|value| is_low(**value)).count(),
        high: sorted.iter().rev().take_while(|value| is_high(**value)).count(),
    }
}

/// A quartile of type 7, exactly; none of fewer than four values.
fn quartile(sorted: &[f64], quarter: usize) -> Option<RBig> {
    if sorted.len() < 4 {
        return None;
    }
    let at = (sorted.len() - 1) * quarter;
    let below = rational(sorted[at / 4])?;
    let above = rational(sorted[(at / 4 + 1).min(sorted.len() - 1)])?;
    let part = RBig::from_parts((at % 4).into(), 4u8.into());
    Some(&below + (above - &below) * part)
}
