//! Weights by principal components: the squared loadings on the first component of the correlation matrix.
//!
//! Source: *Handbook on Constructing Composite Indicators* (OECD and JRC 2008), section 6.1: a squared loading is the part of
//! the component's unit length that a variable has, so the weights are not negative and add up to 1. Signed loadings are
//! no weights: half of them may be negative.

use super::sample::Sample;
use crate::sample::components;
use crate::sample::correlation::pearson;

/// The squared loadings, and the part of the variance that the component explains.
pub(crate) struct First {
    pub weights: Vec<f64>,
    pub explained: f64,
}

/// The first component of children that all differ; none where the decomposition does not converge.
pub(crate) fn first(sample: &Sample) -> Option<First> {
    let columns = sample.columns();
    let correlation = |one: usize, other: usize| if one == other { Some(1.0) } else { pearson(&columns[one], &columns[other]) };
    let row = |one: usize| (0..columns.len()).map(|other| correlation(one, other)).collect::<Option<Vec<f64>>>();
    let matrix = (0..columns.len()).map(row).collect::<Option<Vec<_>>>()?;
    let components = components::of_correlations(&matrix)?;
    let loadings = components.loadings.first()?;
    Some(First {
        weights: loadings.iter().map(|loading| loading * loading).collect(),
        explained: components.variances.first()? / columns.len() as f64,
    })
}
