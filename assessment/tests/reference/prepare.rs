//! What is done to raw values before they are scored (4.1): the missing are imputed, then the cohort's outliers treated.

use std::collections::BTreeSet;

use citygauge_indicators::{Cohort, Direction, Ends, Imputation, Leaf, LogVariant, Period, Treatment, Within};
use num_traits::{One, Signed, Zero};

use super::Warning;
use super::irrational::{NoValue, limited, ln, power};
use super::measure::{Data, Measured, Row};
use super::number::{Exact, decimal, whole};
use super::rules::Raw;

/// A leaf with what was measured of it, row by row.
pub struct Column<'d> {
    /// The place of the node in the set.
    pub index: usize,
    pub leaf: &'d Leaf,
    pub measured: Vec<Measured>,
}

/// What a leaf's rule scores, row by row.
pub struct Prepared {
    pub values: Vec<Option<Raw>>,
    pub is_imputed: Vec<bool>,
}

impl Column<'_> {
    fn number(&self, row: usize) -> Option<&Exact> {
        match &self.measured[row].raw {
            Some(Raw::Number(value)) => Some(value),
            Some(Raw::Option(_)) | None => None,
        }
    }
}

/// Prepares every leaf.
pub fn prepare(data: &Data, columns: &[Column], warnings: &mut BTreeSet<Warning>) -> Vec<Prepared> {
    columns.iter().map(|column| prepared(data, columns, column, warnings)).collect()
}

fn prepared(data: &Data, columns: &[Column], column: &Column, warnings: &mut BTreeSet<Warning>) -> Prepared {
    let code = &data.set.nodes()[column.index].code;
    let mut prepared = Prepared { values: Vec::new(), is_imputed: Vec::new() };
    for (row, measured) in column.measured.iter().enumerate() {
        let is_wanted = measured.raw.is_none() && measured.applies && column.leaf.imputation != Imputation::None;
        let imputed = if is_wanted { imputed(data, columns, column, row) } else { None };
        if is_wanted && imputed.is_none() {
            warnings.insert(Warning::new("imputation.no_donor", &data.rows[row], code));
        }
        prepared.is_imputed.push(imputed.is_some());
        prepared.values.push(measured.raw.clone().or(imputed.map(Raw::Number)));
    }
    for treatment in &column.leaf.treatment {
        treat(data, column, treatment, &mut prepared.values, warnings);
    }
    prepared
}

fn imputed(data: &Data, columns: &[Column], column: &Column, row: usize) -> Option<Exact> {
    let here = &data.rows[row];
    match &column.leaf.imputation {
        Imputation::None => None,
        Imputation::Mean { group } => mean(&donors(data, column, here, group.as_deref())?),
        Imputation::Median { group } => median(donors(data, column, here, group.as_deref())?),
        Imputation::Previous { at_most, ends } => {
            let own = own(data, column, here);
            let before: Vec<_> = own.iter().filter(|(periods, _)| *periods < 0).collect();
            match before.last() {
                Some((periods, value)) => (-periods <= i64::from(*at_most)).then(|| value.clone()),
                None if *ends == Ends::Constant => own.first().map(|(_, value)| value.clone()),
                None => None,
            }
        }
        Imputation::Interpolate { ends } => {
            let own = own(data, column, here);
            let before = own.iter().rev().find(|(periods, _)| *periods < 0);
            let after = own.iter().find(|(periods, _)| *periods > 0);
            match (before, after) {
                (Some((early, low)), Some((late, high))) => {
                    let span = whole(*late) - whole(*early);
                    Some((low * whole(*late) - high * whole(*early)) / span)
                }
                (one, other) if *ends == Ends::Constant => one.or(other).map(|(_, value)| value.clone()),
                _ => None,
            }
        }
        Imputation::RowMean { within } => {
            let (low, high) = extent(data, column, here.period)?;
            let parent = |column: &Column| data.set.nodes()[column.index].parent;
            let sisters = columns.iter().filter(|other| *within == Within::All || parent(other) == parent(column));
            let others = sisters.filter(|other| other.index != column.index && other.leaf.options.is_empty());
            let shares: Vec<Exact> = others
                .filter_map(|other| {
                    let (low, high) = extent(data, other, here.period)?;
                    let share = |value: &Exact| (value - &low) / (&high - &low);
                    let share = if low == high { None } else { Some(share(other.number(row)?)) }?;
                    Some(if is_turned(other) { Exact::one() - share } else { share })
                })
                .collect();
            let share = mean(&shares)?;
            let share = if is_turned(column) { Exact::one() - share } else { share };
            Some(&low + share * (&high - &low))
        }
    }
}

fn is_turned(column: &Column) -> bool {
    column.leaf.direction == Direction::Lower
}

/// The values of the period, of all cities or of those that share an attribute with the city.
fn donors(data: &Data, column: &Column, here: &Row, group: Option<&str>) -> Option<Vec<Exact>> {
    let attribute = |row: &Row| group.map(|name| data.attribute(&row.city, name).map(str::to_owned));
    let own = attribute(here);
    if own == Some(None) {
        return None;
    }
    let is_donor = |other: &Row| other.period == here.period && attribute(other) == own;
    let rows = data.rows.iter().enumerate().filter(|(_, other)| is_donor(other));
    Some(rows.filter_map(|(row, _)| column.number(row).cloned()).collect())
}

/// The values that the city has in periods of the same length, by how many periods they are later than this one.
fn own(data: &Data, column: &Column, here: &Row) -> Vec<(i64, Exact)> {
    let mut own: Vec<(i64, Exact)> = Vec::new();
    for (row, other) in data.rows.iter().enumerate() {
        if other.city != here.city {
            continue;
        }
        let distance = (0..100).find_map(|count| match count {
            _ if here.period.earlier(count) == other.period => Some(-i64::from(count)),
            _ if other.period.earlier(count) == here.period => Some(i64::from(count)),
            _ => None,
        });
        own.extend(distance.zip(column.number(row).cloned()));
    }
    own.sort_by_key(|(periods, _)| *periods);
    own
}

fn extent(data: &Data, column: &Column, period: Period) -> Option<(Exact, Exact)> {
    let rows = data.rows.iter().enumerate().filter(|(_, row)| row.period == period);
    let values: Vec<&Exact> = rows.filter_map(|(row, _)| column.number(row)).collect();
    Some(((*values.iter().min()?).clone(), (*values.iter().max()?).clone()))
}

fn mean(values: &[Exact]) -> Option<Exact> {
    if values.is_empty() { None } else { Some(values.iter().sum::<Exact>() / whole(values.len())) }
}

fn median(mut values: Vec<Exact>) -> Option<Exact> {
    values.sort();
    let (low, high) = (values.len().checked_sub(1)? / 2, values.len() / 2);
    Some((&values[low] + &values[high]) / whole(2))
}

/// Treats the values of a leaf, each group of rows by what is fitted on its cohort.
fn treat(data: &Data, column: &Column, treatment: &Treatment, values: &mut [Option<Raw>], warnings: &mut BTreeSet<Warning>) {
    let code = &data.set.nodes()[column.index].code;
    let before: Vec<Option<Exact>> = values
        .iter()
        .map(|value| match value {
            Some(Raw::Number(value)) => Some(value.clone()),
            Some(Raw::Option(_)) | None => None,
        })
        .collect();
    for (row, value) in before.iter().enumerate() {
        let Some(value) = value else { continue };
        let fitted_on: Option<Period> = match column.leaf.scoring.cohort().expect("only cohort rules are treated") {
            Cohort::Period => Some(data.rows[row].period),
            Cohort::Pooled => None,
            Cohort::Base(base) => Some(base.parse().expect("the check reads the base period")),
        };
        let is_seen = |other: usize| fitted_on.is_none_or(|period| data.rows[other].period == period);
        let sample: Vec<Exact> =
            (0..before.len()).filter(|other| is_seen(*other)).filter_map(|other| before[other].clone()).collect();
        let treated = match fit(treatment, &sample) {
            Fit::Nothing => continue,
            Fit::Constant => {
                let place = Row { city: String::new(), ..data.rows[row].clone() };
                warnings.insert(Warning::new("treatment.constant", &place, code));
                continue;
            }
            Fit::Function(function) => function(value),
        };
        let code_of = |failure: &NoValue| match failure {
            NoValue::Domain => "treatment.domain",
            NoValue::Overflow => "treatment.overflow",
        };
        if let Err(failure) = &treated {
            warnings.insert(Warning::new(code_of(failure), &data.rows[row], code));
        }
        values[row] = treated.ok().map(Raw::Number);
    }
}

type Function = Box<dyn Fn(&Exact) -> Result<Exact, NoValue>>;

/// What a treatment does to any value.
enum Fit {
    Nothing,
    Constant,
    Function(Function),
}

fn fit(treatment: &Treatment, sample: &[Exact]) -> Fit {
    let function = |function: Function| Fit::Function(function);
    let ends = || sample.iter().min().cloned().zip(sample.iter().max().cloned());
    match treatment {
        Treatment::Winsorise { at_most, skewness, kurtosis } => winsorised(sample, *at_most, *skewness, *kurtosis),
        Treatment::Log { variant: LogVariant::Plain } => function(Box::new(ln)),
        Treatment::Log { variant } => {
            let Some((min, max)) = ends() else { return Fit::Nothing };
            let span = &max - &min;
            let shift = &span / whole(100);
            match variant {
                LogVariant::CtOrig => function(Box::new(move |x| ln(&(x - &min + Exact::one())))),
                _ if span.is_zero() => Fit::Constant,
                LogVariant::CtPlus if third_moment(sample).is_negative() => {
                    function(Box::new(move |x| ln(&(&max + &shift - x)).map(|logarithm| -logarithm)))
                }
                LogVariant::Gii => {
                    let factor = (max - Exact::one()) / span;
                    function(Box::new(move |x| ln(&(&factor * (x - &min) + Exact::one()))))
                }
                _ => function(Box::new(move |x| ln(&(x - &min + &shift)))),
            }
        }
        Treatment::BoxCox { lambda } => {
            let Some((min, _)) = ends() else { return Fit::Nothing };
            let lambda = decimal(*lambda);
            function(Box::new(move |x| {
                let shifted = x - &min + Exact::one();
                if lambda.is_zero() { ln(&shifted) } else { limited((power(&shifted, &lambda)? - Exact::one()) / &lambda) }
            }))
        }
        Treatment::TwoStage { first, second, skewness, kurtosis } => {
            if passes(sample, *skewness, *kurtosis) {
                return Fit::Nothing;
            }
            match fit(first, sample) {
                Fit::Function(function) => {
                    let treated: Vec<Exact> = sample.iter().filter_map(|value| function(value).ok()).collect();
                    if passes(&treated, *skewness, *kurtosis) { Fit::Function(function) } else { fit(second, sample) }
                }
                Fit::Nothing | Fit::Constant => fit(second, sample),
            }
        }
    }
}

/// One extreme at a time, ties together, as COINr does it.
fn winsorised(sample: &[Exact], at_most: u32, skewness: f64, kurtosis: f64) -> Fit {
    let mut values = sample.to_vec();
    let (mut above, mut below) = (Vec::new(), Vec::new());
    while above.len() + below.len() < at_most as usize && !passes(&values, skewness, kurtosis) {
        let high = !third_moment(&values).is_negative();
        let extreme = if high { values.iter().max() } else { values.iter().min() }.expect("what fails has values").clone();
        let places: Vec<usize> = (0..values.len()).filter(|place| values[*place] == extreme).collect();
        let others = || values.iter().filter(|value| **value != extreme);
        let next = if high { others().max() } else { others().min() }.expect("what fails differs").clone();
        for place in &places {
            values[*place] = next.clone();
        }
        *(if high { &mut above } else { &mut below }) = places;
    }
    if above.is_empty() && below.is_empty() {
        return Fit::Nothing;
    }
    let (low, high) = (below.first().map(|place| values[*place].clone()), above.first().map(|place| values[*place].clone()));
    // Ends that met are one value.
    Fit::Function(Box::new(move |x| {
        let raised = low.as_ref().map_or_else(|| x.clone(), |low| low.max(x).clone());
        Ok(high.as_ref().map_or_else(|| raised.clone(), |high| high.min(&raised).clone()))
    }))
}

fn distances(values: &[Exact]) -> Vec<Exact> {
    let mean = mean(values).unwrap_or_else(Exact::zero);
    values.iter().map(|value| value - &mean).collect()
}

/// The sum of the cubes of the distances from the mean: it has the sign of the skewness.
fn third_moment(values: &[Exact]) -> Exact {
    distances(values).iter().map(|distance| distance * distance * distance).sum()
}

/// Skewness below a threshold in magnitude, or kurtosis below another; as e1071 writes them, the skewness squared.
fn passes(values: &[Exact], skewness: f64, kurtosis: f64) -> bool {
    let distances = distances(values);
    let sum = |exponent: usize| -> Exact {
        distances.iter().map(|distance| (0..exponent).fold(Exact::one(), |product, _| product * distance)).sum()
    };
    let (second, third, fourth) = (sum(2), sum(3), sum(4));
    if values.len() < 4 || second.is_zero() {
        return true;
    }
    let n = whole(values.len());
    let (one, two, three) = (&n - whole(1), &n - whole(2), &n - whole(3));
    let cubed = &second * &second * &second;
    let squared = &n * &third * &third / cubed * &n * &one / (&two * &two);
    let ratio = &n * fourth / (&second * &second);
    let excess = ((&n + whole(1)) * (ratio - whole(3)) + whole(6)) * one / (two * three);
    let threshold = decimal(skewness);
    squared < &threshold * &threshold || excess < decimal(kurtosis)
}
