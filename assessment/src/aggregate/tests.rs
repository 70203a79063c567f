//! Methods by hand, and the numbers on the way to their scores against reference results.
//!
//! The files are not part of the repository; where they are absent, a test says so and passes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use citygauge_indicators::{FuzzyOperator, Ideals, Method, Norm, Penalty, Spread};
use dashu_ratio::RBig;

use super::cohort::{self, City};
use super::copeland;
use super::number::{Number, Why};
use super::{fuzzy, of_city, of_cohort, owa, topsis, vikor};
use crate::normalise::number;

const TOLERANCE: f64 = 1e-9;

fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/oracles").join(name);
    if !folder.is_dir() {
        eprintln!("skipped: the reference results are not at {}", folder.display());
        return None;
    }
    Some(folder)
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("the file is there");
    let header = reader.headers().expect("a header").clone();
    let row = |record: csv::StringRecord| header.iter().zip(record.iter()).map(|(n, t)| (n.to_owned(), t.to_owned())).collect();
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

fn parsed(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().expect("a number")
}

fn near(own: f64, expected: f64, what: &str) {
    assert!((own - expected).abs() <= TOLERANCE * expected.abs().max(1.0), "{what} is {own}, expected {expected}");
}

#[test]
fn distances_and_regrets_are_those_of_the_libraries() {
    let Some(folder) = folder("mcdm") else { return };
    for case in ["small_6x5", "medium_30x12", "large_285x24"] {
        let folder = folder.join(case);
        let criteria = rows(&folder.join("criteria.csv"));
        let weights: Vec<f64> = criteria.iter().map(|row| parsed(row, "weight")).collect();
        let score = |row: &BTreeMap<String, String>, criterion: &BTreeMap<String, String>| {
            parsed(row, &criterion["criterion"]) * parsed(criterion, "direction")
        };
        let data = rows(&folder.join("input.csv"));
        let cities: Vec<City<f64>> =
            data.iter().map(|row| Some(criteria.iter().map(|criterion| Some(score(row, criterion))).collect())).collect();
        let ends = cohort::ends(&cities, weights.len(), Ideals::Cohort, 1.0).expect("doubles decide");
        let norm = |child: usize| cohort::of_child(&cities, child).map(|score| score * score).sum::<f64>();
        let vector: Vec<Option<f64>> = (0..weights.len()).map(|child| Some(norm(child))).collect();
        let span = |child: usize| ends[child].map(|(worst, best)| (best - worst).powi(2));
        let min_max: Vec<Option<f64>> = (0..weights.len()).map(span).collect();
        for (expected, city) in rows(&folder.join("scores_expected.csv")).iter().zip(&cities) {
            let scores = cohort::present(city.as_ref().expect("it has scores")).1;
            for (norms, name) in [(&min_max, "topsis_minmax"), (&vector, "topsis_vector")] {
                let (to_best, to_worst) = topsis::distances(&scores, &weights, &ends, norms).expect("doubles decide");
                near(to_best, parsed(expected, &format!("{name}_dplus")), name);
                near(to_worst, parsed(expected, &format!("{name}_dminus")), name);
            }
            let (sum, greatest) = vikor::regrets(&scores, &weights, &ends).expect("doubles decide");
            near(sum, parsed(expected, "vikor_S_v0.5"), "S");
            near(greatest, parsed(expected, "vikor_R_v0.5"), "R");
        }
    }
}

#[test]
fn memberships_are_those_of_the_reference() {
    let Some(folder) = folder("mcdm") else { return };
    let text = std::fs::read(folder.join("fuzzy.json")).expect("the file is there");
    let expected: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let numbers = |value: &serde_json::Value| -> Vec<f64> {
        value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
    };
    let (grades, scores, weights) =
        (numbers(&expected["grade_centres"]), numbers(&expected["scores"]), numbers(&expected["weights"]));
    for (score, membership) in scores.iter().zip(expected["membership"].as_array().expect("a list")) {
        let own = fuzzy::membership(score, &grades).expect("grades rise");
        own.iter().zip(numbers(membership)).for_each(|(own, expected)| near(*own, expected, "membership"));
    }
    for (operator, key) in [
        (FuzzyOperator::WeightedAverage, "weighted_average"),
        (FuzzyOperator::MaxMin, "max_min"),
        (FuzzyOperator::MaxProduct, "max_product"),
        (FuzzyOperator::BoundedSumMin, "bounded_sum_min"),
    ] {
        let own = fuzzy::memberships(&scores, &weights, &grades, operator).expect("grades rise");
        own.iter().zip(numbers(&expected[key])).for_each(|(own, expected)| near(*own, expected, key));
    }
}

#[test]
fn the_outranking_matrix_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let custom = rows(&folder.join("aggregate/custom_weights.csv"));
    let scores = rows(&folder.join("normalise/n_minmax_1_100.csv"));
    let matrix = rows(&folder.join("aggregate/outrank_matrix_customw_minmax1_100.csv"));
    let level_one: Vec<&BTreeMap<String, String>> = custom.iter().filter(|row| row["Level"] == "1").collect();
    let weights: Vec<f64> = level_one.iter().map(|row| parsed(row, "Weight")).collect();
    let children: Vec<copeland::Places> = level_one
        .iter()
        .map(|row| scores.iter().map(|city| Some(parsed(city, &row["iCode"]))).collect::<Vec<Option<f64>>>())
        .map(|column| f64::places(&column).expect("doubles decide"))
        .collect();
    let all: f64 = weights.iter().sum();
    assert_eq!((level_one.len(), matrix.len()), (49, 51));
    for (one, row) in matrix.iter().enumerate() {
        for (other, city) in scores.iter().enumerate().filter(|(other, _)| *other != one) {
            let (wins, losses) = copeland::weighed(&children, &weights, one, other);
            near((wins + (all - wins - losses) / 2.0) / all, parsed(row, &city["uCode"]), "outranking");
        }
    }
}

#[test]
fn one_formula_gives_the_same_in_doubles_and_in_fractions() {
    let (scores, weights) = ([37.5, 80.0, 12.5, 99.0], [1.0, 2.0, 3.0, 0.5]);
    let exactly = |numbers: &[f64]| -> Vec<RBig> { numbers.iter().map(|&value| number(value)).collect() };
    let mpi = Method::MazziottaPareto {
        penalty: Penalty::Positive,
        standardise: citygauge_indicators::Standardise::None,
        sd: Spread::Sample,
    };
    let methods = [
        Method::Geometric,
        Method::Harmonic,
        Method::Power { p: 2.5 },
        Method::Power { p: -3.0 },
        Method::Minimum,
        Method::Median,
        mpi,
        Method::Topsis { ideals: Ideals::Fixed, norm: Norm::None },
        Method::Vikor { v: 0.3, ideals: Ideals::Fixed },
        Method::GreyRelational { rho: 0.5, ideals: Ideals::Fixed },
        Method::Fuzzy { grades: vec![20.0, 50.0, 90.0], operator: FuzzyOperator::MaxMin },
        Method::Owa { weights: vec![0.1, 0.2, 0.3, 0.4] },
    ];
    for method in methods {
        let double = of_city(&method, &scores, &weights, 100.0).expect("a score");
        let fraction = of_city(&method, &exactly(&scores), &exactly(&weights), 100.0).expect("a score");
        near(double, citygauge_indicators::exact::nearest_double(&fraction), method.word());
    }
}

#[test]
fn a_quantifier_spreads_its_weights_over_fewer_positions() {
    // Half of three positions is one and a half of them.
    let positions: Vec<f64> = owa::positions(&[0.5, 0.3, 0.2], 2).expect("a sum above 0");
    near(positions[0], 0.65, "the better half");
    near(positions[1], 0.35, "the other half");
    assert_eq!(owa::of(&[10.0, 30.0, 20.0], &[1.0, 0.0, 0.0]), Ok(30.0));
}

#[test]
fn copeland_compares_what_both_cities_have() {
    let cities: Vec<City<f64>> = vec![
        Some(vec![Some(9.0), None, Some(1.0)]),
        Some(vec![Some(5.0), Some(5.0), Some(1.0)]),
        None,
        Some(vec![None, Some(7.0), None]),
    ];
    let method = Method::Copeland { scale: citygauge_indicators::CopelandScale::Own };
    let scores = of_cohort(&method, &cities, &[1.0, 1.0, 1.0], 100.0).expect("doubles decide");
    // The first is better on all it has in common with the second, and has nothing in common with the last.
    assert_eq!(scores, [Some(Ok(1.0)), Some(Ok(-2.0)), None, Some(Ok(1.0))]);
}

#[test]
fn what_divides_by_zero_says_so() {
    let same: Vec<City<f64>> = vec![Some(vec![Some(5.0)]), Some(vec![Some(5.0)])];
    let cohort = Ideals::Cohort;
    for method in [
        Method::Topsis { ideals: cohort, norm: Norm::None },
        Method::Vikor { v: 0.5, ideals: cohort },
        Method::GreyRelational { rho: 0.5, ideals: cohort },
    ] {
        let scores = of_cohort(&method, &same, &[1.0], 100.0).expect("doubles decide");
        assert_eq!(scores, [Some(Err(Why::DivisionByZero)), Some(Err(Why::DivisionByZero))], "{}", method.word());
    }
}
