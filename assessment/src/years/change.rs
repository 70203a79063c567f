//! What the change of a score between two assessments came from: data, set, cohort and coverage, adding up exactly.
//!
//! Each factor can be taken of either assessment (`observations::blend` says what that means for every cell), which makes sixteen
//! states; the scores of the two that mix nothing are the published ones, the others are assessed. The part of a factor is
//! its Shapley value (`shapley`) on the published decimals.

use std::collections::{BTreeSet, HashMap};

use citygauge_indicators::{Fault, Faults, Period, Text};
use dashu_ratio::RBig;

use super::children::{self, Spot};
use super::shapley::Swapped;
use super::{decimals, reads, shapley};
use crate::assess::{Options, Outputs, assess};
use crate::assessment::Assessment;
use crate::error::{AssessmentError, Result};
use crate::normalise::number;
use crate::observations::absent_period;
use crate::observations::blend::{Blend, Origin, Side, State};

/// A period of an assessment that is compared.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// The assessment.
    pub assessment: &'a Assessment,
    /// The period.
    pub period: Period,
}

/// The change of one node of one city.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The code of the city.
    pub city: String,
    /// The code of the node.
    pub node: String,
    /// The earlier score.
    pub before: Option<f64>,
    /// The later score.
    pub after: Option<f64>,
    /// The later less the earlier score, with ten decimals.
    pub change: Option<f64>,
    /// What it came from; the decimals add up to those of the change.
    pub parts: Option<Parts>,
    /// What each child contributed, where both scores are sums of such contributions.
    pub children: Vec<ChildChange>,
    /// What rounding and adjustments add to the children's contributions.
    pub rest: Option<f64>,
    /// The earlier rank.
    pub rank_before: Option<u32>,
    /// The later rank.
    pub rank_after: Option<u32>,
    /// Why something is missing.
    pub note: Option<Text>,
}

/// The parts of a change, in points of the score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    /// The values of cells that both assessments have.
    pub data: f64,
    /// Weights, rules and structure, and items that only one set knows.
    pub set: f64,
    /// The other cities, and what is fitted on them.
    pub cohort: f64,
    /// Cells that only one assessment has.
    pub coverage: f64,
}

/// What a child contributed to the change of its parent.
#[derive(Debug, Clone, PartialEq)]
pub struct ChildChange {
    /// The code of the child.
    pub node: String,
    /// Points of the parent's score.
    pub change: f64,
}

/// The factors, in the order of the bits of a state.
const FACTORS: usize = 4;
const ALL: Swapped = (1 << FACTORS) - 1;
const DATA: Swapped = 1;
const SET: Swapped = 2;
const COHORT: Swapped = 4;
const COVERAGE: Swapped = 8;

/// Compares two assessments for these cities: every node of either set, in the order of the later one, then those that only the
/// earlier one has. `progress` is told the part that is done (0 to 1); `false` cancels.
///
/// Where a score depends on other cities, every city needs up to fourteen assessments of its own.
///
/// # Errors
/// A period without results, a city that neither assessment has; a cancellation.
pub fn compare(
    before: Compared,
    after: Compared,
    cities: &[&str],
    progress: Option<&(dyn Fn(f64) -> bool + Sync)>,
) -> Result<Vec<Change>> {
    let faults = absent(before, after, cities);
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let comparison = Comparison::new(before, after);
    let in_both: Vec<&str> = cities.iter().copied().filter(|city| comparison.is_in_both(city)).collect();
    // Without other cities' influence all can be looked at in one assessment per state.
    let groups: Vec<&[&str]> = match comparison.are_cities_alone {
        true => vec![&in_both],
        false => in_both.chunks(1).collect(),
    };
    let mut parts: HashMap<(&str, usize), Attribution> = HashMap::new();
    for (done, group) in groups.iter().enumerate() {
        if progress.is_some_and(|progress| !progress(done as f64 / groups.len() as f64)) {
            return Err(AssessmentError::Cancelled);
        }
        comparison.attribute(group, &mut parts)?;
    }
    Ok(cities.iter().flat_map(|city| comparison.changes(city, &parts)).collect())
}

/// Whether a score of one of the sets may depend on other cities, so that [`compare`] looks at every city by itself.
#[must_use]
pub fn depends_on_others(before: &Assessment, after: &Assessment) -> bool {
    [before, after].into_iter().any(|assessment| reads::other_cities(&assessment.set))
}

fn absent(before: Compared, after: Compared, cities: &[&str]) -> Faults {
    let mut faults = Faults::default();
    for side in [before, after] {
        let known: Vec<Period> = side.assessment.periods().collect();
        if !known.contains(&side.period) {
            faults.push(absent_period(side.period, &known));
        }
    }
    let has = |side: Compared, city: &str| side.assessment.cities_of(side.period).any(|known| known == city);
    for city in cities.iter().filter(|city| !has(before, city) && !has(after, city)) {
        faults.push(
            Fault::error(
                "diff.unknown_city",
                format!("两次评估都没有城市“{city}”"),
                format!("neither assessment has a city '{city}'"),
            )
            .city(*city)
            .hint("检查城市代码", "check the code of the city"),
        );
    }
    faults
}

/// The exact parts of one change, by factor, and how large it is; or why there are none.
enum Attribution {
    Parts(Vec<RBig>),
    None(Text),
}

struct Comparison<'a> {
    before: Compared<'a>,
    after: Compared<'a>,
    blend: Blend<'a>,
    /// The nodes of both sets: code, place in the earlier and in the later set.
    shared: Vec<(&'a str, [usize; 2])>,
    are_cities_alone: bool,
    is_set_swapped: bool,
    is_cohort_swapped: bool,
}

impl<'a> Comparison<'a> {
    fn new(before: Compared<'a>, after: Compared<'a>) -> Self {
        let sets = [before.assessment.set(), after.assessment.set()];
        let side =
            |of: Compared<'a>| Side { set: &of.assessment.set, observations: &of.assessment.observations, period: of.period };
        let lookback = sets.map(reads::lookback).into_iter().max().unwrap_or(0);
        let blend = Blend::new(side(before), side(after), lookback, sets.into_iter().any(reads::whole_timeline));
        let are_cities_alone = !sets.into_iter().any(reads::other_cities);
        let is_cohort_swapped = !are_cities_alone && !blend.same_cohort();
        let later = sets[1].nodes().iter().enumerate();
        let shared = later.filter_map(|(place, node)| Some((node.code.as_str(), [sets[0].node_index(&node.code)?, place])));
        let (shared, is_set_swapped) = (shared.collect(), sets[0].digest() != sets[1].digest());
        Self { before, after, blend, shared, are_cities_alone, is_set_swapped, is_cohort_swapped }
    }

    fn is_in_both(&self, city: &str) -> bool {
        self.place(self.before, city).is_some() && self.place(self.after, city).is_some()
    }

    /// Slice and row of a city.
    fn place(&self, of: Compared, city: &str) -> Option<(usize, usize)> {
        let observations = &of.assessment.observations;
        let at = observations.slice_of(of.period)?;
        let place = observations.cities.iter().position(|known| known.code == city)?;
        Some((at, observations.slices[at].row_of(place)?))
    }

    /// The factors that differ for a city.
    fn active(&self, city: &str) -> Swapped {
        let differing = self.blend.differing(city);
        let of = |differs: bool, factor: Swapped| if differs { factor } else { 0 };
        of(differing.data, DATA)
            | of(self.is_set_swapped, SET)
            | of(self.is_cohort_swapped, COHORT)
            | of(differing.coverage, COVERAGE)
    }

    /// Assesses the states of some cities and shares their changes out.
    fn attribute<'c>(&self, cities: &[&'c str], parts: &mut HashMap<(&'c str, usize), Attribution>) -> Result<()> {
        let active: Vec<Swapped> = cities.iter().map(|city| self.active(city)).collect();
        let any = active.iter().fold(0, |all, active| all | active);
        let is_needed =
            |swapped: &Swapped| active.iter().any(|&active| swapped & !active == 0 && *swapped != 0 && *swapped != active);
        let needed: Vec<Swapped> = (1..=ALL).filter(|swapped| swapped & !any == 0).filter(is_needed).collect();
        let mut states: HashMap<Swapped, Option<Assessment>> = HashMap::new();
        for swapped in needed {
            states.insert(swapped, self.assessed(swapped, cities)?);
        }
        for (city, active) in cities.iter().zip(active) {
            for (shared, (_, places)) in self.shared.iter().enumerate() {
                parts.insert((city, shared), self.shares(city, active, *places, &states));
            }
        }
        Ok(())
    }

    /// A state that mixes both; none where it cannot be assessed.
    fn assessed(&self, swapped: Swapped, cities: &[&str]) -> Result<Option<Assessment>> {
        let origin = |factor: Swapped| if swapped & factor == 0 { Origin::Before } else { Origin::After };
        let state = State { data: origin(DATA), set: origin(SET), cohort: origin(COHORT), coverage: origin(COVERAGE) };
        let (set, cohort) = (self.blend.side(state.set).set, self.blend.side(state.cohort));
        let observations = self.blend.observations(state, cities);
        let options = Options { periods: Some(vec![cohort.period]), outputs: Outputs::Scores, ..Options::default() };
        match assess(set, &observations, &options) {
            Ok(assessment) => Ok(Some(assessment)),
            Err(AssessmentError::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn shares(
        &self,
        city: &str,
        active: Swapped,
        places: [usize; 2],
        states: &HashMap<Swapped, Option<Assessment>>,
    ) -> Attribution {
        let published = |of: Compared, node: usize| {
            let (at, row) = self.place(of, city)?;
            of.assessment.computed[at].actual.score(node, row)
        };
        let (Some(before), Some(after)) = (published(self.before, places[0]), published(self.after, places[1])) else {
            return Attribution::None(Text::both("其中一次评估没有得分", "one of the assessments has no score"));
        };
        let factors: Vec<Swapped> = (0..FACTORS).map(|bit| 1 << bit).filter(|factor| active & factor != 0).collect();
        let value = |chosen: Swapped| {
            let swapped = factors.iter().enumerate().filter(|(bit, _)| chosen & (1 << bit) != 0);
            let swapped = swapped.fold(0, |all, (_, factor)| all | factor);
            let score = match swapped {
                0 => before,
                all if all == active => after,
                _ => {
                    let assessment = states.get(&swapped)?.as_ref()?;
                    let period = if swapped & COHORT == 0 { self.before.period } else { self.after.period };
                    let node = places[usize::from(swapped & SET != 0)];
                    let (at, row) = self.place(Compared { assessment, period }, city)?;
                    assessment.computed[at].actual.score(node, row)?
                }
            };
            Some(number(score))
        };
        if factors.is_empty() && before != after {
            return Attribution::None(Text::both(
                "两次评估的输入相同而得分不同，无法分解",
                "the scores differ although nothing that was read does",
            ));
        }
        match shapley::parts(factors.len(), value) {
            None => Attribution::None(Text::both(
                "各替换次序都经过没有得分的中间状态，无法分解",
                "every order of swaps passes through a state without a score",
            )),
            Some(found) => {
                let mut parts = vec![RBig::ZERO; FACTORS];
                for (factor, part) in factors.iter().zip(found) {
                    parts[factor.trailing_zeros() as usize] = part;
                }
                Attribution::Parts(parts)
            }
        }
    }

    /// Every node of a city.
    fn changes(&self, city: &str, parts: &HashMap<(&str, usize), Attribution>) -> Vec<Change> {
        let spot = |of: Compared<'a>, node: usize| {
            self.place(of, city).map(|(at, row)| Spot { assessment: of.assessment, at, row, node })
        };
        let codes = |of: Compared<'a>| of.assessment.set.nodes().iter().map(|node| node.code.as_str());
        let mut seen = BTreeSet::new();
        let nodes: Vec<&str> = codes(self.after).chain(codes(self.before)).filter(|code| seen.insert(*code)).collect();
        let rank = |spot: Option<Spot>| {
            let spot = spot?;
            let period = spot.assessment.periods.iter().find(|period| period.at == spot.at)?;
            period.ranks.get(spot.node)?.get(spot.row)
        };
        let score =
            |spot: Option<Spot>| spot.and_then(|spot| spot.assessment.computed[spot.at].actual.score(spot.node, spot.row));
        let one = |code: &str| {
            let of = |side: Compared<'a>| side.assessment.set.node_index(code).and_then(|node| spot(side, node));
            let (earlier, later) = (of(self.before), of(self.after));
            let (before, after) = (score(earlier), score(later));
            let mut change = Change {
                city: city.to_owned(),
                node: code.to_owned(),
                before,
                after,
                change: None,
                parts: None,
                children: Vec::new(),
                rest: None,
                rank_before: rank(earlier),
                rank_after: rank(later),
                note: self.reason(city, code),
            };
            let (Some(before), Some(after)) = (before, after) else { return change };
            let difference = number(after) - number(before);
            let shared = self.shared.iter().position(|(known, _)| *known == code);
            match shared.and_then(|shared| parts.get(&(city, shared))) {
                Some(Attribution::Parts(exact)) => {
                    let (shown, each) = decimals::adding_up(&difference, exact);
                    change.change = Some(shown);
                    change.parts = Some(Parts { data: each[0], set: each[1], cohort: each[2], coverage: each[3] });
                }
                Some(Attribution::None(why)) => {
                    change.change = Some(decimals::adding_up(&difference, &[]).0);
                    change.note = Some(why.clone());
                }
                None => {}
            }
            if let (Some(earlier), Some(later)) = (earlier, later)
                && let Some((children, rest)) = children::changes(earlier, later, &difference)
            {
                (change.children, change.rest) = (children, Some(rest));
            }
            change
        };
        nodes.into_iter().map(one).collect()
    }

    /// Why a node of a city has no change.
    fn reason(&self, city: &str, node: &str) -> Option<Text> {
        for (side, zh, en) in [(self.before, "前一次", "earlier"), (self.after, "后一次", "later")] {
            if side.assessment.set.node_index(node).is_none() {
                return Some(Text::both(format!("{zh}评估的指标体系没有该节点"), format!("the {en} set has no such node")));
            }
            let Some((at, row)) = self.place(side, city) else {
                return Some(Text::both(format!("{zh}评估没有该城市"), format!("the {en} assessment has no such city")));
            };
            let place = side.assessment.set.node_index(node).unwrap_or_default();
            if side.assessment.computed[at].actual.score(place, row).is_none() {
                return Some(Text::both(format!("{zh}评估没有得分"), format!("the {en} assessment has no score")));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
