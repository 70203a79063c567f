//! Small panels, and what the test knows of them by its own means.

use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{IndicatorSet, Observation, Period, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

/// A stream of numbers that is the same on every run.
pub struct Draws(pub u64);

impl Draws {
    /// A whole number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// A decimal of one place between two whole numbers.
    pub fn between(&mut self, low: i64, high: i64) -> f64 {
        (low * 10 + self.below(((high - low) * 10 + 1) as u64) as i64) as f64 / 10.0
    }
}

/// The cities; the first is the one that a path is for.
pub const CITIES: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

pub fn period(text: &str) -> Period {
    text.parse().unwrap()
}

pub fn checked(document: &Json) -> IndicatorSet {
    SetDocument::check_value(document).unwrap_or_else(|faults| panic!("{faults}\n{document}"))
}

pub fn observed(city: &str, at: &str, item: &str, value: f64) -> Observation {
    let value = Some(Value::Number(value));
    Observation { city: city.into(), period: period(at), item: item.into(), value, status: Status::Reported }
}

pub fn assessed(set: &IndicatorSet, observations: &[Observation]) -> Assessment {
    let observations = Observations::from_long(set, observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    assess(set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// A panel over 2020, 2021 and 2022: each city moves each item at its own steady rate.
pub fn panel(draws: &mut Draws, items: &[&str], start: (i64, i64), rising: &[bool]) -> Vec<Observation> {
    let mut observations = Vec::new();
    for city in CITIES {
        for (item, &rising) in items.iter().zip(rising) {
            let (from, rate) = (draws.between(start.0, start.1), draws.between(1, 6));
            let rate = if rising { rate } else { -rate };
            for (at, year) in ["2020", "2021", "2022"].iter().zip(0..) {
                observations.push(observed(city, at, item, round(from + rate * f64::from(year))));
            }
        }
    }
    observations
}

/// The nearest number of ten decimals.
pub fn round(value: f64) -> f64 {
    (value * 1e10).round() / 1e10
}

/// The value of an item of a city in a period.
pub fn value(observations: &[Observation], city: &str, at: &str, item: &str) -> Option<f64> {
    let found = observations.iter().find(|seen| seen.city == city && seen.period == period(at) && seen.item == item)?;
    match found.value {
        Some(Value::Number(value)) => Some(value),
        _ => None,
    }
}

/// The median of the slopes between all pairs of a series of years and values.
pub fn theil_sen(series: &[(f64, f64)]) -> Option<f64> {
    let mut slopes: Vec<f64> = Vec::new();
    for (late, (year, value)) in series.iter().enumerate() {
        slopes.extend(series[..late].iter().map(|(before, earlier)| (value - earlier) / (year - before)));
    }
    slopes.sort_by(f64::total_cmp);
    let middle = slopes.len() / 2;
    match slopes.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(slopes[middle]),
        _ => Some(f64::midpoint(slopes[middle - 1], slopes[middle])),
    }
}

/// R's type 7.
pub fn quantile(values: &[f64], p: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = (values.len() - 1) as f64 * p;
    let (below, above) = (values[at.floor() as usize], values[at.ceil() as usize]);
    below + (above - below) * at.fract()
}

/// The rate per year of the peers of A in an item, on the way (1 up, -1 down).
pub fn peer_rate(observations: &[Observation], item: &str, sign: f64, p: f64) -> f64 {
    let rate = |city: &&str| {
        let years = ["2020", "2021", "2022"].iter().zip([2020.0, 2021.0, 2022.0]);
        let series: Vec<(f64, f64)> = years.filter_map(|(at, year)| Some((year, value(observations, city, at, item)?))).collect();
        theil_sen(&series).map(|rate| rate * sign)
    };
    quantile(&CITIES[1..].iter().filter_map(rate).collect::<Vec<_>>(), p)
}

/// A leaf that reads the item of its own name in small letters.
pub fn leaf(code: &str, parent: &str, weight: f64, weight_of: &str, scoring: Json, direction: &str) -> Json {
    json!({"code": code, "parent": parent, "title": {"en": code}, "weight": weight, "weight_of": weight_of,
        "indicator": {"formula": code.to_lowercase(), "direction": direction, "scoring": scoring}})
}
