//! Where a city stands in each indicator: its strengths and weaknesses by rank.
//!
//! Source: COINr's `get_str_weak`: the indicators in which a city ranks best, and those in which it ranks worst.

use citygauge_indicators::{Direction, Fault, Faults, NodeIndex};

use super::{Of, Statistics};

/// A leaf in which the city has a rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The leaf.
    pub node: NodeIndex,
    /// The competition rank, 1 the best.
    pub rank: u32,
    /// How many cities have a rank.
    pub cities: u32,
    /// The raw value.
    pub value: Option<f64>,
    /// The score.
    pub score: Option<f64>,
}

/// The strengths and weaknesses of a city.
#[derive(Debug, Clone, PartialEq)]
pub struct Standings<'a> {
    /// The code of the city.
    pub city: &'a str,
    /// The best ranks first; equal ones in the order of the set.
    pub strengths: Vec<Standing>,
    /// The worst ranks first; equal ones in the reverse order of the set. No strength stands here again.
    pub weaknesses: Vec<Standing>,
}

impl<'a> Statistics<'a> {
    /// The leaves in which a city ranks best and worst, `most` of each, by score or by raw value in the direction of the
    /// indicator. Raw values that are best inside an interval have no rank.
    ///
    /// # Errors
    /// A city that the period does not have.
    pub fn standings(&self, city: &str, of: Of, most: usize) -> Result<Standings<'a>, Faults> {
        let Some(row) = (0..self.height()).find(|&row| self.city(row) == city) else {
            let fault = Fault::error("statistics.unknown_city", "该时期没有此城市", "the period has no such city");
            return Err(fault.city(city).hint("检查城市代码与时期", "check the code of the city and the period").into());
        };
        let leaves = self.set().leaves();
        let mut standings: Vec<Standing> = leaves.filter_map(|(node, _)| self.standing(node, row, of)).collect();
        standings.sort_by_key(|standing| standing.rank);
        let strengths: Vec<Standing> = standings.iter().take(most).copied().collect();
        let weaknesses = standings.iter().skip(strengths.len()).rev().take(most).copied().collect();
        Ok(Standings { city: self.city(row), strengths, weaknesses })
    }

    fn standing(&self, node: NodeIndex, row: usize, of: Of) -> Option<Standing> {
        let (rank, cities) = match of {
            // The published rank, which decides ties exactly.
            Of::Score => {
                let ranks = self.scores.ranks.get(node)?;
                (ranks.get(row)?, (ranks.len() - ranks.null_count()) as u32)
            }
            Of::Value | Of::Prepared => {
                let values = self.column(node, of)?;
                let own = values.get(row)?;
                let is_ahead = |value: f64| match self.set().nodes()[node].leaf().map(|leaf| leaf.direction) {
                    Some(Direction::Higher) => Some(value > own),
                    Some(Direction::Lower) => Some(value < own),
                    _ => None,
                };
                is_ahead(own)?;
                let ahead = values.iter().flatten().filter(|&value| is_ahead(value) == Some(true)).count();
                (ahead as u32 + 1, (values.len() - values.null_count()) as u32)
            }
        };
        let get = |of| self.column(node, of).and_then(|column| column.get(row));
        Some(Standing { node, rank, cities, value: get(Of::Value), score: get(Of::Score) })
    }
}
