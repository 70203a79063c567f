//! The analytic hierarchy process: priorities out of judgements of pairs, and how far the judgements contradict each
//! other.
//!
//! Source: T. L. Saaty, *The Analytic Hierarchy Process* (McGraw-Hill 1980), chapters 1 and 7; several experts by the
//! geometric mean of their judgements: J. Aczél and T. L. Saaty, "Procedures for synthesizing ratio judgements", Journal of
//! Mathematical Psychology 27 (1983), 93-102.

/// The mean consistency index of random matrices of 1, 2, 3 ... objects (Saaty 1980; 11 to 15 from the same table).
const RANDOM_INDEX: [f64; 15] = [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59];

/// The greatest number of objects for which a random index is known.
pub const LARGEST: usize = RANDOM_INDEX.len();

/// The principal eigenvector of a matrix of judgements, with its consistency.
#[derive(Debug, Clone, PartialEq)]
pub struct Priorities {
    /// The weights of the objects; they add up to 1.
    pub weights: Vec<f64>,
    /// The principal eigenvalue; the number of objects where nothing contradicts itself.
    pub lambda_max: f64,
    /// (lambda_max - n) / (n - 1).
    pub consistency_index: f64,
    /// The consistency index over that of random judgements; 0 for one or two objects.
    pub consistency_ratio: f64,
}

/// The priorities of a positive square matrix of at most [`LARGEST`] objects, to the last digits of a double: power
/// iteration, which converges for positive matrices (Perron).
#[must_use]
pub fn priorities(matrix: &[Vec<f64>]) -> Priorities {
    let n = matrix.len();
    let mut weights = vec![1.0 / n as f64; n];
    for _ in 0..10_000 {
        let next = scaled(product(matrix, &weights));
        let moved = next.iter().zip(&weights).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
        weights = next;
        if moved <= f64::EPSILON / 4.0 {
            break;
        }
    }
    // (A w)_i / w_i is lambda for every i; their mean is the steadiest.
    let lambda_max = product(matrix, &weights).iter().zip(&weights).map(|(image, weight)| image / weight).sum::<f64>() / n as f64;
    // Two judgements that are reciprocal cannot contradict each other.
    let consistency_index = if n > 2 { (lambda_max - n as f64) / (n as f64 - 1.0) } else { 0.0 };
    let random = RANDOM_INDEX.get(n - 1).copied().unwrap_or_default();
    let consistency_ratio = if random > 0.0 { consistency_index / random } else { 0.0 };
    Priorities { weights, lambda_max, consistency_index, consistency_ratio }
}

/// The judgements of a group: the geometric mean of each judgement over the experts, which keeps them reciprocal.
#[must_use]
pub fn group(matrices: &[Vec<Vec<f64>>]) -> Vec<Vec<f64>> {
    let [only] = matrices else {
        let n = matrices.first().map_or(0, Vec::len);
        let experts = matrices.len() as f64;
        let mean = |i: usize, j: usize| (matrices.iter().map(|matrix| matrix[i][j].ln()).sum::<f64>() / experts).exp();
        return (0..n).map(|i| (0..n).map(|j| mean(i, j)).collect()).collect();
    };
    only.clone()
}

fn product(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(vector).map(|(judgement, weight)| judgement * weight).sum()).collect()
}

fn scaled(vector: Vec<f64>) -> Vec<f64> {
    let sum: f64 = vector.iter().sum();
    vector.into_iter().map(|value| value / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judgements_without_contradiction_give_their_ratios() {
        let found = priorities(&[vec![1.0, 2.0, 4.0], vec![0.5, 1.0, 2.0], vec![0.25, 0.5, 1.0]]);
        for (weight, expected) in found.weights.iter().zip([4.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0]) {
            assert!((weight - expected).abs() < 1e-15);
        }
        assert!((found.lambda_max - 3.0).abs() < 1e-14 && found.consistency_ratio.abs() < 1e-14);
        assert_eq!(priorities(&[vec![1.0]]).weights, [1.0]);
    }

    #[test]
    fn a_group_judges_by_the_geometric_mean() {
        let found = group(&[vec![vec![1.0, 2.0], vec![0.5, 1.0]], vec![vec![1.0, 8.0], vec![0.125, 1.0]]]);
        assert!((found[0][1] - 4.0).abs() < 1e-14 && (found[1][0] - 0.25).abs() < 1e-15);
        assert!((priorities(&found).weights[0] - 0.8).abs() < 1e-14);
    }

    /// Every matrix of a file of reference results, where it is there.
    #[test]
    fn weights_and_ratios_are_those_of_ahp_json() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/oracles/mcdm/ahp.json");
        let Ok(text) = std::fs::read_to_string(&file) else {
            eprintln!("skipped: the reference results are not at {}", file.display());
            return;
        };
        let cases: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).expect("JSON");
        assert_eq!(cases.len(), 13);
        for (name, case) in cases {
            let matrix: Vec<Vec<f64>> = serde_json::from_value(case["matrix"].clone()).expect("a matrix");
            let weights: Vec<f64> = serde_json::from_value(case["weights_eigenvector"].clone()).expect("weights");
            let found = priorities(&matrix);
            let near = |own: f64, expected: f64| (own - expected).abs() <= 1e-12;
            assert!(found.weights.iter().zip(&weights).all(|(own, expected)| near(*own, *expected)), "{name}");
            for (own, expected) in [
                (found.lambda_max, "lambda_max"),
                (found.consistency_index, "consistency_index"),
                (found.consistency_ratio, "consistency_ratio"),
            ] {
                assert!(near(own, case[expected].as_f64().expect("a number")), "{name}: {expected} is {own}");
            }
        }
    }
}
