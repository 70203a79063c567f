//! Internal consistency: whether the members of a node measure one thing.
//!
//! Source: Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16 (1951), in the form
//! k^2 x the mean covariance of two members / the sum of all variances and covariances.

use citygauge_indicators::NodeIndex;

use super::variable::{Pairs, Variable};
use super::{Absence, Members, Of, Statistics};
use crate::error::Result;
use crate::parallel::in_parallel;
use crate::sample::moments::mean;

/// Cronbach's alpha of the members of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Consistency {
    /// The node.
    pub node: NodeIndex,
    /// How many members it has.
    pub members: usize,
    /// The cities in which all of them have a number. Each covariance is over the cities that have both.
    pub cities: usize,
    /// Alpha: 1 where they go together, about 0 where they have nothing in common, below 0 where they work against each
    /// other. From 0.7 on they are usually said to measure one thing (Nunnally 1978).
    pub alpha: Option<f64>,
    /// Why there is none.
    pub absence: Option<Absence>,
}

impl Statistics<'_> {
    /// Alpha of every inner node, or of one, in the order of the set.
    ///
    /// # Errors
    /// Only where the engine is at fault.
    pub fn consistency(&self, members: Members, of: Of, only: Option<NodeIndex>) -> Result<Vec<Consistency>> {
        let groups = members.groups(self.set(), only);
        let found = groups.into_iter().map(|(node, members)| {
            let variables: Option<Vec<Variable>> = members.iter().map(|&member| self.variable(member, of)).collect();
            let (alpha, cities) = match &variables {
                None => (Err(Absence::NotNumeric), 0),
                Some(variables) => (alpha(variables)?, complete(variables, self.height())),
            };
            Ok(Consistency { node, members: members.len(), cities, alpha: alpha.ok(), absence: alpha.err() })
        });
        found.collect()
    }
}

fn complete(variables: &[Variable], height: usize) -> usize {
    (0..height).filter(|&row| variables.iter().all(|variable| variable.has(row))).count()
}

fn alpha(variables: &[Variable]) -> Result<std::result::Result<f64, Absence>> {
    let k = variables.len();
    if k < 2 {
        return Ok(Err(Absence::OneMember));
    }
    let covariances = in_parallel(None, k, |one| {
        let mut pairs = Pairs::default();
        Ok((0..=one).map(|other| covariance(&variables[one], &variables[other], &mut pairs)).collect::<Vec<_>>())
    })?;
    if variables.iter().any(|variable| variable.count() == 0) {
        return Ok(Err(Absence::NoValues));
    }
    let mut between = 0.0;
    let mut own = 0.0;
    for (one, line) in covariances.iter().enumerate() {
        for (other, covariance) in line.iter().enumerate() {
            let Some(covariance) = covariance else { return Ok(Err(Absence::TooFew)) };
            if one == other { own += covariance } else { between += 2.0 * covariance }
        }
    }
    let all = own + between;
    if variables.iter().all(Variable::is_constant) {
        return Ok(Err(Absence::Constant));
    }
    if !all.is_finite() {
        return Ok(Err(Absence::Overflow));
    }
    // What is left of the covariances where they cancel is their rounding, and no variance.
    if all <= own * k as f64 * f64::EPSILON {
        return Ok(Err(Absence::Indefinite));
    }
    let k = k as f64;
    Ok(Ok(k * k * (between / (k * (k - 1.0))) / all))
}

/// The covariance of the sample over the rows in which both have a number; none of fewer than two.
fn covariance(one: &Variable, other: &Variable, pairs: &mut Pairs) -> Option<f64> {
    one.pairs(other, pairs);
    let (x, y) = (mean(&pairs.x)?, mean(&pairs.y)?);
    let products: f64 = pairs.x.iter().zip(&pairs.y).map(|(one, other)| (one - x) * (other - y)).sum();
    (pairs.x.len() > 1).then(|| products / (pairs.x.len() - 1) as f64)
}
