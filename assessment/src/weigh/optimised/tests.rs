use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;
use crate::sample::correlation::pearson;

#[test]
fn two_children_of_the_same_spread_are_balanced_by_equal_weights() {
    let sample = Sample::new(vec![vec![1.0, 4.0], vec![2.0, 1.0], vec![3.0, 3.0], vec![4.0, 2.0]], 2);
    let found = search(&sample, Aim::Balance, &[1.0, 1.0]).expect("found");
    assert!(found.weights.iter().all(|weight| (weight - 0.5).abs() < 1e-6), "{:?}", found.weights);
    assert!((found.correlations[0] - found.correlations[1]).abs() < 1e-6);
    let tilted = search(&sample, Aim::Balance, &[2.0, 1.0]).expect("found");
    assert!((tilted.correlations[0] / tilted.correlations[1] - 2.0).abs() < 1e-4, "{:?}", tilted.correlations);
}

#[test]
fn the_same_sample_gives_the_same_digits() {
    let rows: Vec<Vec<f64>> =
        (0..30).map(|i| vec![f64::from(i * 7 % 11), f64::from(i * 5 % 13), f64::from(i * 3 % 17)]).collect();
    let found = |rows: &[Vec<f64>]| search(&Sample::new(rows.to_vec(), 3), Aim::Infomax, &[]).expect("found").weights;
    let mut turned = rows.clone();
    turned.reverse();
    assert_eq!(found(&rows), found(&turned));
}

/// The eight pillars of ASEM in the order of their weights; the first five stand under one sub-index, the others under a
/// second, and both weigh the same.
const CODES: [&str; 8] = ["Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin"];

/// The scores of the pillars.
struct Asem {
    pillars: Vec<Vec<f64>>,
}

fn rows(path: &PathBuf) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let header = reader.headers().expect("a header").clone();
    let row = |record: csv::StringRecord| header.iter().zip(&record).map(|(name, cell)| (name.into(), cell.into())).collect();
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

impl Asem {
    fn read() -> Option<(PathBuf, Self)> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/oracles/asem");
        if !folder.is_dir() {
            eprintln!("skipped: the reference results are not at {}", folder.display());
            return None;
        }
        let aggregated = rows(&folder.join("pipeline/Aggregated.csv"));
        let column = |code: &str| aggregated.iter().map(|row| row[code].parse().expect("a score")).collect::<Vec<f64>>();
        Some((folder, Self { pillars: CODES.map(column).to_vec() }))
    }

    fn correlations(&self, weights: &[f64]) -> Vec<f64> {
        let mean = |places: std::ops::Range<usize>, city: usize| {
            let sum: f64 = places.clone().map(|place| weights[place]).sum();
            places.map(|place| weights[place] * self.pillars[place][city]).sum::<f64>() / sum
        };
        let index: Vec<f64> = (0..self.pillars[0].len()).map(|city| (mean(0..5, city) + mean(5..8, city)) / 2.0).collect();
        self.pillars.iter().map(|pillar| pearson(pillar, &index).unwrap_or(0.0)).collect()
    }
}

/// `asem/analysis/opt_weights_{balance,infomax}_L2.csv` and `..._corr.csv`: our correlations under COINr's weights are its
/// own, and our search ends where COINr's does, or at a better place by COINr's own objective.
#[test]
fn correlations_under_optimised_weights_are_those_of_coinr() {
    let Some((folder, asem)) = Asem::read() else { return };
    for (name, aim) in [("balance", Aim::Balance), ("infomax", Aim::Infomax)] {
        let reached = rows(&folder.join(format!("analysis/opt_weights_{name}_L2_corr.csv")));
        let column = |of: &str| reached.iter().map(|row| row[of].parse().expect("a number")).collect::<Vec<f64>>();
        let listed = rows(&folder.join(format!("analysis/opt_weights_{name}_L2.csv")));
        let listed = listed.iter().filter(|row| row["Level"] == "2").map(|row| row["Weight"].parse::<f64>().expect("a weight"));
        let weights: Vec<f64> = listed.collect();
        assert_eq!(weights, column("OptWeight"));
        let shown = |correlations: &[f64]| -> Vec<f64> {
            let sum: f64 = if aim == Aim::Balance { correlations.iter().sum() } else { 1.0 };
            correlations.iter().map(|correlation| correlation / sum).collect()
        };
        let own = asem.correlations(&weights);
        // The file lists what was obtained by the pillars' names, and from a step before the last one.
        let mut by_name: Vec<(&str, f64)> = CODES.into_iter().zip(shown(&own)).collect();
        by_name.sort_by_key(|(code, _)| *code);
        for ((code, own), expected) in by_name.into_iter().zip(column("Obtained")) {
            assert!((own - expected).abs() <= 1e-3, "{name}: {code} {own} where COINr has {expected}");
        }
        let targets = [1.0; 8];
        let coinr = cost(&own, aim, &targets);
        let found = minimised(vec![0.125; 8], |weights| cost(&asem.correlations(weights), aim, &targets)).expect("found");
        let ours = asem.correlations(&found);
        println!("{name}: cost {} where COINr reached {coinr}; {:?}", cost(&ours, aim, &targets), shown(&ours));
        assert!(cost(&ours, aim, &targets) <= coinr + 1e-2, "{name}");
    }
}
