//! The raw value that closes a gap, as a number that can be given back: a double stands for its shortest decimal, and the one that is
//! chosen really has a score that is not below the reference.
//!
//! The inverse of a scoring rule is a fraction. Its nearest double may score a digit less than the reference, so its neighbours are
//! asked too: the score of each is computed as the engine computes it, and the one that brings exactly the reference's published score
//! is taken; where no double does (raw values can lie further apart than scores), the least one that brings more.

use citygauge_indicators::exact::{nearest_double, round};
use citygauge_indicators::{Arithmetic, ItemKind, NodeIndex, Scoring};

use crate::assessment::Assessment;
use crate::exact::RBig;
use crate::exact::leaf::Cells;
use crate::normalise::{self, is_in_use, number};
use crate::what_if::single;

/// How many doubles on either side of the nearest one are looked at.
const NEIGHBOURS: usize = 16;

/// How far an unrounded score in doubles may lie from the exact one, relative to it.
const PUBLISHED: f64 = 1e-12;

/// Whether many raw values share a score, so that a neighbour of a threshold says nothing more of it.
fn is_by_steps(scoring: &Scoring) -> bool {
    matches!(
        scoring,
        Scoring::Steps { .. }
            | Scoring::BenchmarkShare { .. }
            | Scoring::Rank { .. }
            | Scoring::Borda { .. }
            | Scoring::PercentileRank { .. }
    )
}

/// A leaf of a city in a period.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub assessment: &'a Assessment,
    pub node: NodeIndex,
    pub at: usize,
    pub row: usize,
}

/// A raw value, and the score that it brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Attained {
    pub value: f64,
    pub score: f64,
}

impl<'a> Place<'a> {
    fn cells(self) -> Cells<'a> {
        let observations = &self.assessment.observations;
        Cells::new(self.assessment.weighed.set(self.at), observations, self.at)
    }

    /// The raw value of the leaf.
    pub fn value(self) -> Option<RBig> {
        self.cells().value(self.node, self.row).0
    }

    /// What its rule scores: the raw value, or what imputation and treatment made of it.
    fn scored(self) -> Option<RBig> {
        self.assessment.fitted.value(self.cells(), self.node, self.row)
    }

    /// The published score of a raw value, what was fitted on the cohort left as it is.
    fn score(self, value: f64) -> Option<f64> {
        let set = self.assessment.weighed.set(self.at);
        let node = &set.nodes()[self.node];
        let (leaf, period) = (node.leaf()?, self.assessment.observations.slices[self.at].period);
        let fitted = &self.assessment.fitted;
        let mut treated = fitted.preparation.applied(self.node, period).iter();
        let prepared = treated.try_fold(number(value), |value, step| step.map.exact(&value).ok())?;
        let score = normalise::exact(leaf, &prepared, fitted.of(self.node, period), set.full_mark()).filter(is_in_use)?;
        let places = node.places.filter(|_| set.document().arithmetic == Arithmetic::Scores);
        Some(nearest_double(&places.map_or(score.clone(), |places| round(&score, places.places, places.mode))))
    }

    /// Whether the item that the leaf is admits a value; a formula admits any.
    fn admits(self, value: f64) -> bool {
        let set = self.assessment.weighed.set(self.at);
        let Some(item) = set.nodes()[self.node].leaf().and_then(|leaf| single(set, leaf)) else { return value.is_finite() };
        crate::observations::is_admitted(set, item, value)
    }

    /// The raw value nearest to the present one that attains a score.
    pub fn attain(self, aim: &RBig) -> Option<Attained> {
        self.attain_at(aim, aim).or_else(|| {
            // A score between two decimals is attained by the upper one.
            let set = self.assessment.weighed.set(self.at);
            let places = set.nodes()[self.node].places.filter(|_| set.document().arithmetic == Arithmetic::Scores)?;
            let near = round(aim, places.places, places.mode);
            let upper = if near < *aim { near + one_in_the_last_place(places.places) } else { near };
            (upper > *aim).then(|| self.attain_at(&upper, aim)).flatten()
        })
    }

    /// The raw value whose score is `score`, if that attains `aim`.
    fn attain_at(self, score: &RBig, aim: &RBig) -> Option<Attained> {
        let set = self.assessment.weighed.set(self.at);
        let leaf = set.nodes()[self.node].leaf()?;
        let period = self.assessment.observations.slices[self.at].period;
        let fitted = &self.assessment.fitted;
        let inverse = normalise::invert(leaf, score, self.scored().as_ref(), fitted.of(self.node, period), set.full_mark())?;
        let exact = fitted.preparation.invert(self.node, period, inverse)?;
        let (aim, present) = (nearest_double(aim), self.value());
        let attained = |value: f64| {
            let score = self.score(value).filter(|score| *score >= aim && self.admits(value))?;
            Some(Attained { value, score })
        };
        let first = nearest_double(&exact);
        let nearest = attained(first);
        if nearest.is_some_and(|nearest| nearest.score == aim || is_by_steps(&leaf.scoring)) {
            return nearest;
        }
        // The present value first, so that the smallest change comes before a greater one.
        let is_above = present.as_ref().is_some_and(|present| *present > exact);
        let mut near: Vec<f64> = vec![first];
        let (mut below, mut above) = (first, first);
        for _ in 0..NEIGHBOURS {
            (below, above) = (below.next_down(), above.next_up());
            near.extend([below, above]);
        }
        near.sort_by(|one, other| if is_above { other.total_cmp(one) } else { one.total_cmp(other) });
        let near: Vec<Attained> = near.into_iter().filter_map(attained).collect();
        let exactly = near.iter().find(|near| near.score == aim).copied().or(nearest).or(near.first().copied());
        exactly.or_else(|| self.whole(&exact).and_then(attained)).or_else(|| self.published(first, aim))
    }

    /// A value whose score lies beside the reference only because an unrounded score was published in doubles, a digit off the exact one.
    fn published(self, value: f64, aim: f64) -> Option<Attained> {
        let score = self.score(value).filter(|_| self.admits(value))?;
        ((score - aim).abs() <= PUBLISHED * aim.abs().max(1.0)).then_some(Attained { value, score })
    }

    /// The next value of an item that is yes or no.
    fn whole(self, exact: &RBig) -> Option<f64> {
        let set = self.assessment.weighed.set(self.at);
        let item = set.nodes()[self.node].leaf().and_then(|leaf| single(set, leaf))?;
        let is_boolean = set.items()[item].kind == ItemKind::Boolean;
        let present = self.value()?;
        (is_boolean && *exact >= RBig::ZERO && *exact <= RBig::ONE).then_some(if present < *exact { 1.0 } else { 0.0 })
    }
}

/// The least step between two decimals with so many places.
fn one_in_the_last_place(places: u32) -> RBig {
    (0..places).fold(RBig::ONE, |step, _| step / RBig::from(10))
}
