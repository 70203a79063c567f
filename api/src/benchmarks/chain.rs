//! Following a node of the latest edition back through the editions before.

use citygauge_indicators::crosswalk::{Difference, differences};
use citygauge_indicators::{IndicatorSet, NodeIndex};
use citygauge_openapi::{BenchmarkCrossing, BenchmarkCrosswalk, BenchmarkRelation, SetRef};

use super::Edition;

/// How a node is to one of the edition before.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossed {
    /// The node of the edition before.
    pub from: NodeIndex,
    /// How both are to each other.
    pub relation: BenchmarkRelation,
    /// What somebody said, and so that it was said.
    pub stated: Option<Option<String>>,
    /// What changed of that which makes the score.
    pub differences: Vec<Difference>,
}

/// How a node is to one of the version before; none where that has no such node.
///
/// What people say goes before what follows from the sets: same where nothing that makes the score changed, else broken.
pub fn crossed(
    before: &IndicatorSet,
    (after, node): (&IndicatorSet, NodeIndex),
    crosswalk: Option<&BenchmarkCrosswalk>,
) -> Option<Crossed> {
    let code = after.nodes()[node].code.as_str();
    let stated = crosswalk.and_then(|crosswalk| crosswalk.nodes.iter().find(|said| said.to.as_str() == code));
    let from = before.node_index(stated.map_or(code, |said| from_of(said)))?;
    let differences = differences((before, from), (after, node));
    let follows = if differences.is_empty() { BenchmarkRelation::Same } else { BenchmarkRelation::Broken };
    Some(Crossed {
        from,
        relation: stated.map_or(follows, |said| said.relation),
        stated: stated.map(|said| said.note.as_ref().map(ToString::to_string)),
        differences,
    })
}

/// The node of the earlier version of which somebody speaks.
pub(super) fn from_of(said: &BenchmarkCrossing) -> &str {
    said.from.as_ref().unwrap_or(&said.to).as_str()
}

/// What people say of the nodes of two versions.
pub fn between<'w>(crosswalks: &'w [BenchmarkCrosswalk], from: &SetRef, to: &SetRef) -> Option<&'w BenchmarkCrosswalk> {
    crosswalks.iter().find(|crosswalk| crosswalk.from == *from && crosswalk.to == *to)
}

/// A node in every edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Its place in each edition, in the order of time; none where it was not there yet.
    pub nodes: Vec<Option<NodeIndex>>,
    /// How it is to that of the edition before; none in the first edition, where the set is the same, and where it was not
    /// there before.
    pub crossed: Vec<Option<Crossed>>,
}

impl Chain {
    /// Follows a node of the latest edition back.
    pub fn of(editions: &[Edition], crosswalks: &[BenchmarkCrosswalk], node: NodeIndex) -> Self {
        let mut chain = Self { nodes: vec![None; editions.len()], crossed: vec![None; editions.len()] };
        let mut at = Some(node);
        for place in (0..editions.len()).rev() {
            chain.nodes[place] = at;
            let (Some(node), Some(earlier)) = (at, place.checked_sub(1)) else { continue };
            let (before, after) = (&editions[earlier], &editions[place]);
            if before.key == after.key {
                continue;
            }
            let said = between(crosswalks, &before.set_ref(), &after.set_ref());
            let crossed = crossed(&before.set, (&after.set, node), said);
            at = crossed.as_ref().map(|crossed| crossed.from);
            chain.crossed[place] = crossed;
        }
        chain
    }

    /// Whether the series breaks before an edition: the node is another one, or was not there.
    pub fn is_break(&self, place: usize) -> bool {
        match &self.crossed[place] {
            Some(crossed) => crossed.relation == BenchmarkRelation::Broken,
            None => place > 0 && self.nodes[place].is_some() && self.nodes[place - 1].is_none(),
        }
    }

    /// How it is to that of the edition before.
    pub fn relation(&self, place: usize) -> Option<BenchmarkRelation> {
        let earlier = place.checked_sub(1)?;
        self.nodes[place].and(self.nodes[earlier])?;
        Some(self.crossed[place].as_ref().map_or(BenchmarkRelation::Same, |crossed| crossed.relation))
    }

    /// The editions after one, up to another, before which something has to be bridged: the node is not the same there.
    pub fn to_bridge(&self, after: usize, to: usize) -> impl Iterator<Item = usize> {
        let differs = |place: &usize| self.crossed[*place].as_ref().is_some_and(|it| it.relation != BenchmarkRelation::Same);
        (after + 1..=to).filter(differs)
    }
}
