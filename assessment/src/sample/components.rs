//! Principal components of a correlation matrix.
//!
//! Source: Jolliffe, *Principal Component Analysis*, 2nd edition (2002), chapter 2; R's `prcomp(scale. = TRUE)`.

use nalgebra::{DMatrix, SymmetricEigen};

/// The components of a set of variables, the one with the largest variance first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Components {
    /// The variance of each component; over all variables they add up to their number.
    pub variances: Vec<f64>,
    /// The loadings of each component, one per variable; their squares add up to 1. The sign of a component is
    /// arbitrary; here the loading of largest magnitude is positive, the first of equal ones.
    pub loadings: Vec<Vec<f64>>,
}

/// The components of a correlation matrix, given row by row; none where the decomposition does not converge.
pub(crate) fn of_correlations(matrix: &[Vec<f64>]) -> Option<Components> {
    let size = matrix.len();
    let symmetric = DMatrix::from_fn(size, size, |row, column| matrix[row][column]);
    let eigen = SymmetricEigen::try_new(symmetric, f64::EPSILON, 10_000)?;
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&one, &other| eigen.eigenvalues[other].total_cmp(&eigen.eigenvalues[one]));
    let loadings = order.iter().map(|&component| {
        let loadings: Vec<f64> = eigen.eigenvectors.column(component).iter().copied().collect();
        let magnitude = loadings.iter().fold(0.0_f64, |largest, loading| largest.max(loading.abs()));
        // Of loadings that differ by rounding alone the first decides.
        let largest = loadings.iter().copied().find(|loading| loading.abs() >= magnitude - 1e-10).unwrap_or(1.0);
        loadings.into_iter().map(|loading| if largest < 0.0 { -loading } else { loading }).collect()
    });
    Some(Components {
        variances: order.iter().map(|&component| eigen.eigenvalues[component].max(0.0)).collect(),
        loadings: loadings.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_variables_by_hand() {
        // Eigenvalues 1 + r and 1 - r; loadings at 45 degrees.
        let components = of_correlations(&[vec![1.0, 0.6], vec![0.6, 1.0]]).expect("converges");
        let half = 0.5_f64.sqrt();
        assert!((components.variances[0] - 1.6).abs() < 1e-12 && (components.variances[1] - 0.4).abs() < 1e-12);
        assert!(components.loadings[0].iter().all(|loading| (loading - half).abs() < 1e-12));
    }
}
