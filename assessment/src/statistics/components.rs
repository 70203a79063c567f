//! Principal components of the members of a node: how many things they measure.
//!
//! Source: Jolliffe, *Principal Component Analysis* (2002), chapter 2, on the correlation matrix; OECD and JRC,
//! *Handbook on Constructing Composite Indicators* (2008), step 4. As COINr's `get_PCA`, cities without one of the
//! numbers are left out.

use citygauge_indicators::NodeIndex;

use super::variable::Variable;
use super::{Absence, Members, Of, Statistics};
use crate::error::Result;
use crate::parallel::in_parallel;
use crate::sample::components::of_correlations;
use crate::sample::correlation::pearson;

/// One component.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its variance; over all components they add up to the number of members.
    pub variance: f64,
    /// The same as a share, 0 to 1.
    pub share: f64,
    /// The share of it and of those before it.
    pub cumulative: f64,
    /// The loading of each member; their squares add up to 1, and the largest in magnitude is positive.
    pub loadings: Vec<f64>,
}

/// The components of the members of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Components {
    /// The node.
    pub node: NodeIndex,
    /// Its members, in the order of the set.
    pub members: Vec<NodeIndex>,
    /// The cities in which all of them have a number.
    pub cities: usize,
    /// The components, the one with the largest variance first.
    pub components: Vec<Component>,
    /// Why there are none.
    pub absence: Option<Absence>,
}

impl Statistics<'_> {
    /// The components of every inner node, or of one, in the order of the set.
    ///
    /// # Errors
    /// Only where the engine is at fault.
    pub fn components(&self, members: Members, of: Of, only: Option<NodeIndex>) -> Result<Vec<Components>> {
        let groups = members.groups(self.set(), only);
        let found = groups.into_iter().map(|(node, members)| {
            let variables: Option<Vec<Variable>> = members.iter().map(|&member| self.variable(member, of)).collect();
            let Some(variables) = variables else {
                let absence = Some(Absence::NotNumeric);
                return Ok(Components { node, members, cities: 0, components: Vec::new(), absence });
            };
            let complete = complete(&variables, self.height());
            let cities = complete.first().map_or(0, Vec::len);
            let components = components(&complete)?;
            let absence = components.as_ref().err().copied();
            Ok(Components { node, members, cities, components: components.unwrap_or_default(), absence })
        });
        found.collect()
    }
}

/// The columns over the rows in which all have a number.
fn complete(variables: &[Variable], height: usize) -> Vec<Vec<f64>> {
    let rows: Vec<usize> = (0..height).filter(|&row| variables.iter().all(|variable| variable.has(row))).collect();
    variables.iter().map(|variable| rows.iter().filter_map(|&row| variable.get(row)).collect()).collect()
}

fn components(columns: &[Vec<f64>]) -> Result<std::result::Result<Vec<Component>, Absence>> {
    let cities = columns.first().map_or(0, Vec::len);
    match cities {
        _ if columns.len() < 2 => return Ok(Err(Absence::OneMember)),
        0 => return Ok(Err(Absence::NoValues)),
        1 | 2 => return Ok(Err(Absence::TooFew)),
        _ if columns.iter().any(|column| column.iter().all(|value| *value == column[0])) => return Ok(Err(Absence::Constant)),
        _ => {}
    }
    let lower = in_parallel(None, columns.len(), |one| {
        Ok((0..one).map(|other| pearson(&columns[one], &columns[other])).collect::<Option<Vec<f64>>>())
    })?;
    let Some(lower) = lower.into_iter().collect::<Option<Vec<Vec<f64>>>>() else { return Ok(Err(Absence::Overflow)) };
    let at = |one: usize, other: usize| match one.cmp(&other) {
        std::cmp::Ordering::Equal => 1.0,
        std::cmp::Ordering::Greater => lower[one][other],
        std::cmp::Ordering::Less => lower[other][one],
    };
    let size = columns.len();
    let matrix: Vec<Vec<f64>> = (0..size).map(|one| (0..size).map(|other| at(one, other)).collect()).collect();
    if matrix.iter().flatten().any(|correlation| !correlation.is_finite()) {
        return Ok(Err(Absence::Overflow));
    }
    let Some(found) = of_correlations(&matrix) else { return Ok(Err(Absence::NotConverged)) };
    let mut cumulative = 0.0;
    let components = found.variances.into_iter().zip(found.loadings).map(|(variance, loadings)| {
        let share = variance / size as f64;
        cumulative += share;
        Component { variance, share, cumulative, loadings }
    });
    Ok(Ok(components.collect()))
}
