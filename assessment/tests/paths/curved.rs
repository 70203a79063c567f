//! Means that are no sums: the least path meets the conditions of Karush, Kuhn and Tucker, solved here by bisection.

use citygauge_assessment::path::{Goal, Minimise, Outcome, Request, find};
use citygauge_indicators::Observation;
use serde_json::{Value as Json, json};

use super::cases::{Draws, assessed, checked, leaf, observed, panel, peer_rate, period, value};

const ITEMS: [&str; 3] = ["x", "y", "z"];
const YEARS: f64 = 3.0;

/// What one indicator, whose raw value is its score, can do.
struct Indicator {
    share: f64,
    now: f64,
    most: f64,
    cost: f64,
}

fn indicators(observations: &[Observation], weights: &[f64; 3]) -> Vec<Indicator> {
    let all: f64 = weights.iter().sum();
    let of = |(item, weight): (&&str, &f64)| {
        let (now, rate) = (value(observations, "A", "2022", item).unwrap(), peer_rate(observations, item, 1.0, 0.9));
        Indicator { share: weight / all, now, most: (now + rate * YEARS).min(100.0), cost: 1.0 / rate }
    };
    ITEMS.iter().zip(weights).map(of).collect()
}

/// The scores that reach `wanted` with the least effort. `sum` adds up what the mean is made of, `grown` gives the score at which a
/// unit of effort adds so much to it; both rise.
fn least(indicators: &[Indicator], reaches: impl Fn(&[f64]) -> bool, grown: impl Fn(&Indicator, f64) -> f64) -> Option<Vec<f64>> {
    let at = |price: f64| -> Vec<f64> { indicators.iter().map(|own| grown(own, price).clamp(own.now, own.most)).collect() };
    let (mut low, mut high) = (1e-12, 1e12);
    if !reaches(&at(high)) {
        return None;
    }
    for _ in 0..300 {
        let middle = f64::sqrt(low * high);
        if reaches(&at(middle)) { high = middle } else { low = middle }
    }
    Some(at(high))
}

fn effort(indicators: &[Indicator], scores: &[f64]) -> f64 {
    indicators.iter().zip(scores).map(|(own, score)| (score - own.now) * own.cost).sum()
}

fn set(weights: &[f64; 3], aggregation: &Json) -> Json {
    let scoring = json!({"rule": "scaled", "range": [0, 100]});
    let nodes: Vec<Json> = ["X", "Y", "Z"]
        .iter()
        .zip(weights)
        .map(|(code, weight)| leaf(code, "TOTAL", *weight, "siblings", scoring.clone(), "higher"))
        .collect();
    json!({"code": "small", "version": "1", "title": {"en": "S"}, "aggregation": aggregation, "nodes": nodes,
        "items": ITEMS.map(|code| json!({"code": code}))})
}

#[test]
fn under_concave_means_the_least_path_is_the_one_that_marginal_returns_lead_to() {
    let (mut paths, mut unreachable) = (0, 0);
    for seed in 0..24 {
        let mut draws = Draws(1000 + seed);
        let weights: [f64; 3] = std::array::from_fn(|_| draws.between(1, 4));
        let observations = panel(&mut draws, &ITEMS, (10, 60), &[true; 3]);
        let own = indicators(&observations, &weights);
        // The exponent of the power mean; 0 is the geometric.
        let (aggregation, p) = match seed % 4 {
            0 => (json!("geometric"), 0.0),
            1 => (json!("harmonic"), -1.0),
            2 => (json!({"method": "power", "p": 0.5}), 0.5),
            _ => (json!({"method": "power", "p": -2}), -2.0),
        };
        let mean = |scores: &[f64]| {
            let terms = own.iter().zip(scores);
            match p {
                0.0 => terms.map(|(own, score)| own.share * score.ln()).sum::<f64>().exp(),
                p => terms.map(|(own, score)| own.share * score.powf(p)).sum::<f64>().powf(1.0 / p),
            }
        };
        let now: Vec<f64> = own.iter().map(|own| own.now).collect();
        let wanted = ((mean(&now) + draws.between(1, 24)) * 100.0).round() / 100.0;
        // Of sum w s^p / p, whose derivative w s^(p - 1) over the cost is the price of a unit.
        let grown = |own: &Indicator, price: f64| (own.share * price / own.cost).powf(1.0 / (1.0 - p));
        let expected = least(&own, |scores| mean(scores) >= wanted, grown);
        let assessment = assessed(&checked(&set(&weights, &aggregation)), &observations);
        let request = Request::new("A", period("2022"), Goal::Score(wanted), period("2025"));
        let path = find(&assessment, &request).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        match (&path.outcome, expected) {
            (Outcome::Path { effort: found, after, .. }, Some(scores)) => {
                let expected = effort(&own, &scores);
                assert!((found - expected).abs() <= 1e-9 * expected.max(1.0), "seed {seed} {aggregation}: {found}, {expected}");
                assert!(after.score.unwrap() >= wanted, "seed {seed}: {after:?}");
                paths += 1;
            }
            (Outcome::Unreachable(_), None) => unreachable += 1,
            (outcome, expected) => panic!("seed {seed}: {outcome:?}, {expected:?}"),
        }
    }
    assert!(paths >= 12 && unreachable >= 2, "{paths} {unreachable}");
}

#[test]
fn under_the_minimum_every_child_below_is_raised_and_no_other() {
    let mut draws = Draws(7);
    let observations = panel(&mut draws, &ITEMS, (20, 60), &[true; 3]);
    let own = indicators(&observations, &[1.0; 3]);
    let wanted = own.iter().map(|own| own.now).fold(f64::MAX, f64::min) + 3.0;
    let assessment = assessed(&checked(&set(&[1.0; 3], &json!("minimum"))), &observations);
    for minimise in [Minimise::Effort, Minimise::Indicators] {
        let request = Request { minimise, ..Request::new("A", period("2022"), Goal::Score(wanted), period("2025")) };
        let path = find(&assessment, &request).unwrap();
        let Outcome::Path { effort: found, changes, .. } = path.outcome else { panic!("{:?}", path.outcome) };
        let expected: Vec<f64> = own.iter().map(|own| own.now.max(wanted)).collect();
        assert!((found - effort(&own, &expected)).abs() < 1e-9);
        assert_eq!(changes.len(), own.iter().filter(|own| own.now < wanted).count());
    }
}

#[test]
fn a_floor_hides_what_lies_below_it_until_it_is_passed() {
    // X stands at 2, below the floor of 10: under the geometric mean a path through X pays for eight points before it gains.
    let mut observations = Vec::new();
    for (place, city) in super::cases::CITIES.iter().enumerate() {
        for (at, year) in ["2020", "2021", "2022"].iter().zip(0..) {
            let x = if place == 0 { 2.0 } else { 20.0 + 10.0 * f64::from(year) };
            observations.push(observed(city, at, "x", x));
            observations.push(observed(city, at, "y", 30.0 + f64::from(year)));
            observations.push(observed(city, at, "z", 50.0));
        }
    }
    let document = set(&[1.0, 1.0, 1.0], &json!({"method": "geometric", "floor": 10}));
    let assessment = assessed(&checked(&document), &observations);
    // Peers move X by 10 a year and Y by 1; Z has no precedent. 10 x 32 x 50 is 16000, wanted is 20 x 32 x 50 = 32000.
    let wanted = 31.748;
    let request = Request::new("A", period("2022"), Goal::Score(wanted), period("2025"));
    let path = find(&assessment, &request).unwrap();
    let Outcome::Path { effort: found, changes, after, .. } = path.outcome else { panic!("{:?}", path.outcome) };
    assert!(after.score.unwrap() >= wanted);
    // The least over the grid of Y, X following from it.
    let by_grid = (0..=300_000).map(|step| {
        let y = 32.0 + f64::from(step) / 1e5;
        let x = wanted.powi(3) / 50.0 / y;
        let x_effort = if x <= 10.0 { 0.0 } else { (x - 2.0) / 10.0 };
        x_effort + (y - 32.0)
    });
    let expected = by_grid.fold(f64::MAX, f64::min);
    assert!((found - expected).abs() < 1e-4 && found <= expected + 1e-9, "{found} {expected} {changes:?}");
    assert_eq!(changes[0].value, 2.0);
}
