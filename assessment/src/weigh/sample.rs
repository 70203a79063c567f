//! What the data-driven methods look at: the values of a node's children in the cities that have all of them.

use crate::sample::order;

/// The values of some children, city by city. Cities stand in the order of their values, so that no sum depends on the
/// order in which they were given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    /// A column per child; all have one value per city.
    columns: Vec<Vec<f64>>,
    cities: usize,
}

impl Sample {
    /// Takes rows, a city each.
    pub(crate) fn new(mut rows: Vec<Vec<f64>>, children: usize) -> Self {
        rows.sort_by(|one, other| {
            let pairs = one.iter().zip(other);
            pairs.map(|(one, other)| one.total_cmp(other)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let columns = (0..children).map(|child| rows.iter().map(|row| row[child]).collect()).collect();
        Self { columns, cities: rows.len() }
    }

    pub(crate) fn cities(&self) -> usize {
        self.cities
    }

    pub(crate) fn children(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }

    /// Whether a child is the same everywhere.
    pub(crate) fn is_constant(&self, child: usize) -> bool {
        self.columns[child].iter().all(|value| *value == self.columns[child][0])
    }

    /// The children that differ between cities.
    pub(crate) fn differing(&self) -> Vec<usize> {
        (0..self.children()).filter(|&child| !self.is_constant(child)).collect()
    }

    /// The same over some of the children.
    pub(crate) fn of(&self, children: &[usize]) -> Self {
        Self { columns: children.iter().map(|&child| self.columns[child].clone()).collect(), cities: self.cities }
    }

    /// Every child between its least and greatest value, 0..1; a child that is the same everywhere is 0 everywhere.
    pub(crate) fn min_max(&self) -> Self {
        let scaled = |column: &Vec<f64>| {
            let sorted = order::sorted(column);
            let (low, high) = (sorted.first().copied().unwrap_or(0.0), sorted.last().copied().unwrap_or(0.0));
            column.iter().map(|value| if high > low { (value - low) / (high - low) } else { 0.0 }).collect()
        };
        Self { columns: self.columns.iter().map(scaled).collect(), cities: self.cities }
    }
}
