//! Levels and ranks (4.7), read on the published scores.

use citygauge_indicators::{Band, Edge, Gate, IndicatorSet, Levels, NodeIndex, Requirement, RoundingMode, Stage, TOTAL};

use super::measure::{Data, Row};
use super::number::{Exact, decimal, round};
use super::tree::{Attained, RowIndex, Table};

/// What levels are read on.
pub struct Classified<'c> {
    pub data: &'c Data<'c>,
    pub published: &'c Table<Attained>,
}

impl Classified<'_> {
    fn set(&self) -> &IndicatorSet {
        self.data.set
    }

    fn score(&self, node: &str, row: RowIndex) -> Option<&Exact> {
        let index = self.set().node_index(node).expect("the check knows every node that a level names");
        self.published.get(index, row).score.as_ref()
    }

    /// The level of a node in a row, where levels are read on it.
    pub fn level(&self, node: NodeIndex, row: RowIndex) -> Option<String> {
        let levels = self.set().levels()?;
        let code = self.set().nodes()[node].code.as_str();
        let is_levelled = if levels.of.is_empty() { code == TOTAL } else { levels.of.iter().any(|of| of == code) };
        if !is_levelled {
            return None;
        }
        if !levels.staged.is_empty() {
            return self.stage(levels, node, row).map(|place| levels.staged[place].code.clone());
        }
        let mut reached = band(levels, self.score(code, row)?)?;
        for gate in levels.gates.iter().filter(|gate| gate.of.is_empty() || gate.of.iter().any(|of| of == code)) {
            let guarded = place_of(&levels.bands, &gate.level);
            if !self.opens(gate, levels, row) && reached >= guarded {
                // Just below the level that the gate guards; below the lowest there is no level.
                reached = guarded.checked_sub(1)?;
            }
        }
        Some(levels.bands[reached].code.clone())
    }

    fn opens(&self, gate: &Gate, levels: &Levels, row: RowIndex) -> bool {
        gate.require.iter().all(|requirement| self.holds(requirement, levels, row))
    }

    fn holds(&self, requirement: &Requirement, levels: &Levels, row: RowIndex) -> bool {
        let Levels { bands, .. } = levels;
        match requirement {
            Requirement::Node { node, at_least } => self.score(node, row).is_some_and(|score| *score >= decimal(*at_least)),
            Requirement::Item { item, at_least } => {
                let row = &self.data.rows[row];
                self.data.number(&row.city, row.period, item).is_some_and(|value| value >= decimal(*at_least))
            }
            Requirement::Nodes { nodes, reach, count } => {
                let reaches = |node: &&String| match levels.staged.is_empty() {
                    true => {
                        let reached = self.score(node, row).and_then(|score| band(levels, score));
                        reached.is_some_and(|reached| reached >= place_of(bands, reach))
                    }
                    false => {
                        let wanted = levels.staged.iter().position(|stage| stage.code == *reach);
                        let index = self.set().node_index(node).expect("the check knows every node that a level names");
                        self.stage(levels, index, row).is_some_and(|reached| Some(reached) >= wanted)
                    }
                };
                nodes.iter().filter(reaches).count() >= *count as usize
            }
        }
    }

    /// The highest stage whose requirements on a node hold, and those of every stage below it. A node of which no
    /// requirement speaks is read as TOTAL is: by all of them.
    fn stage(&self, levels: &Levels, node: NodeIndex, row: RowIndex) -> Option<usize> {
        let everything = levels.staged.iter().flat_map(|stage| &stage.require);
        let is_whole = node == 0 || !everything.clone().any(|requirement| self.is_about(requirement, node));
        let concerns = |requirement: &&Requirement| is_whole || self.is_about(requirement, node);
        let holds = |stage: &Stage| stage.require.iter().filter(concerns).all(|it| self.holds(it, levels, row));
        levels.staged.iter().take_while(|stage| holds(stage)).count().checked_sub(1)
    }

    /// Whether a requirement speaks of a node: by its name or one below it, by an item that a leaf there reads, or by
    /// counting nodes that all stand below it.
    fn is_about(&self, requirement: &Requirement, node: NodeIndex) -> bool {
        let below = self.below(node);
        let place = |code: &String| self.set().node_index(code).expect("the check knows every node that a level names");
        match requirement {
            Requirement::Node { node: named, .. } => place(named) == node || below.contains(&place(named)),
            Requirement::Item { item, .. } => below.iter().chain([&node]).any(|&at| {
                let leaf = self.set().nodes()[at].leaf();
                leaf.is_some_and(|leaf| leaf.items.iter().any(|&read| self.set().items()[read].code == *item))
            }),
            Requirement::Nodes { nodes, .. } => nodes.iter().all(|code| below.contains(&place(code))),
        }
    }

    fn below(&self, node: NodeIndex) -> Vec<NodeIndex> {
        let children = &self.set().nodes()[node].children;
        children.iter().flat_map(|&child| [vec![child], self.below(child)].concat()).collect()
    }

    /// The competition ranks of a node, row by row, among the rows of the same period: one more than those ahead.
    pub fn ranks(&self, node: NodeIndex) -> Vec<Option<u64>> {
        let rows = &self.data.rows;
        let as_ranked = |row| self.published.get(node, row).score.as_ref().map(|score| round(score, 10, RoundingMode::HalfUp));
        let scores: Vec<Option<Exact>> = (0..rows.len()).map(as_ranked).collect();
        let mut ranks = Vec::new();
        for (row, own) in rows.iter().zip(&scores) {
            // A row without a score has no rank and is ahead of nobody.
            let Some(own) = own else {
                ranks.push(None);
                continue;
            };
            let ahead = |(other, score): &(&Row, &Option<Exact>)| {
                other.period == row.period && score.as_ref().is_some_and(|score| score > own)
            };
            ranks.push(Some(1 + rows.iter().zip(&scores).filter(ahead).count() as u64));
        }
        ranks
    }
}

/// The place of the band that a score lies in, before any gate.
fn band(levels: &Levels, score: &Exact) -> Option<usize> {
    let reached = |(place, band): &(usize, &Band)| {
        let from = decimal(band.from);
        match levels.edge {
            Edge::LowerInclusive => from <= *score,
            Edge::UpperInclusive => from < *score || (*place == 0 && from == *score),
        }
    };
    levels.bands.iter().enumerate().filter(reached).map(|(place, _)| place).next_back()
}

fn place_of(bands: &[Band], code: &str) -> usize {
    bands.iter().position(|band| band.code == code).expect("the check knows every level that is named")
}
