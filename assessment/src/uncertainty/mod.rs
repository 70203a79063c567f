//! Uncertainty and sensitivity (section 4.8 of the method): how far a result rests on choices that could have been made
//! otherwise.
//!
//! A replication makes every stated choice anew and scores the cohort again. The scores of leaves under every alternative
//! are made once, by the engine itself (`variants`); the tree above them is led over plain slices (`ground`), of which a
//! replication computes only what its weights reach.
//!
//! Source: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), step 7; Saisana, Saltelli and Tarantola,
//! *Uncertainty and sensitivity analysis techniques as tools for the quality assessment of composite indicators*, Journal
//! of the Royal Statistical Society A 168 (2005), 307-323; COINr's `get_sensitivity`.

mod draw;
mod ground;
mod parameters;
mod plan;
mod rounding;
mod sobol;
mod summary;
mod variants;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use citygauge_indicators::{Arithmetic, Fault, Faults, IndicatorSet, MissingRule, Period, UncertaintyRequest, WeightOf};

pub use parameters::{Cell, Replay, Table};
pub use sobol::Indices;
pub use summary::{CityUncertainty, INDISTINCT, RankShare, Spread};

use crate::assessment::Assessment;
use crate::error::{AssessmentError, Result};
use crate::parallel::in_parallel;
use draw::{Drawn, Row};
use ground::{Columns, Ground, Layers, Structure};
use plan::{Planned, Way};
use summary::{Outcome, Published, Runs};
use variants::Variants;

/// The greatest number of results (replications x cities) of one analysis; its memory is 12 bytes for each.
const MOST_RESULTS: usize = 50_000_000;
/// How many replications one thread makes before it looks for more.
const AT_ONCE: usize = 64;

/// The sensitivity of the result to one choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// The name of the choice.
    pub choice: String,
    /// Its indices; none where nothing varies.
    pub indices: Option<Indices>,
}

/// The result of an uncertainty analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// The period.
    pub period: Period,
    /// What the replications say of each city, in the order of the assessment.
    pub cities: Vec<CityUncertainty>,
    /// The share of the replications in which each city holds each rank.
    pub ranks: Vec<RankShare>,
    /// The sensitivity to each choice, of the mean shift of the ranks; empty without a Sobol design.
    pub sensitivity: Vec<Sensitivity>,
    /// What every replication drew, and by how much it moved the ranks.
    pub parameters: Table,
    runs: Runs,
}

impl Uncertainty {
    /// How many replications there are.
    #[must_use]
    pub fn replications(&self) -> usize {
        self.runs.replications()
    }

    /// Score and rank of a city in a replication, both counted from 0.
    #[must_use]
    pub fn result(&self, replication: usize, city: usize) -> (Option<f64>, Option<u32>) {
        self.runs.result(replication, city)
    }
}

/// How an analysis is run.
#[derive(Clone, Copy, Default)]
pub struct Run<'o> {
    /// Parameters to take instead of drawn ones, a row per replication.
    pub replay: Option<&'o Replay>,
    /// How many threads the work is spread over; as many as there are cores unless given. The results are the same.
    pub threads: Option<NonZeroUsize>,
    /// Called as the work goes on, with the part that is done (0 to 1); `false` cancels.
    pub progress: Option<&'o (dyn Fn(f64) -> bool + Sync)>,
}

/// Varies the choices of a request and scores one period of an assessment again and again.
///
/// # Errors
/// Everything about the request that does not fit the set, at once; an alternative that cannot be computed; a
/// cancellation.
pub fn uncertainty(assessment: &Assessment, request: &UncertaintyRequest, options: &Run) -> Result<Uncertainty> {
    let period = match request.period.or(assessment.periods().last()) {
        Some(period) if assessment.periods().any(|known| known == period) => period,
        wanted => {
            let known: Vec<Period> = assessment.periods().collect();
            let fault = wanted.map_or_else(nothing_scored, |period| crate::absent_period(period, &known));
            return Err(fault.at("/period").into());
        }
    };
    let at = assessment.observations.slice_of(period).ok_or_else(|| AssessmentError::Engine("a period without data".into()))?;
    let set = assessment.set_of(period);
    let planned = plan::plan(set, request)?;
    let rows = match options.replay {
        Some(replay) => {
            let rows = draw::replayed(set, &planned, replay)?;
            if request.sobol && rows.len() % (planned.len() + 2) != 0 {
                return Err(not_a_design(rows.len(), planned.len()).into());
            }
            rows
        }
        None if request.sobol => draw::sobol(set, &planned, request.seed, request.replications as usize),
        None => draw::independent(set, &planned, request.seed, request.replications as usize),
    };
    let cities = assessment.observations.slices[at].height();
    if rows.len().saturating_mul(cities) > MOST_RESULTS {
        return Err(too_large(rows.len(), cities).into());
    }
    let published = published(assessment, at, period);
    let (mut runs, outcomes) = run(assessment, at, &planned, &rows, &published, options)?;
    if request.sobol {
        runs.independent = rows.len() / (planned.len() + 2) * 2;
    }
    let sensitivity = if request.sobol { sensitivity(&planned, &outcomes, request.seed) } else { Vec::new() };
    let (cities, ranks) = summary::cities(&runs, &published, options.threads)?;
    let parameters = parameters::table(set, &planned, &rows, &outcomes);
    Ok(Uncertainty { period, cities, ranks, sensitivity, parameters, runs })
}

/// City, score and rank of TOTAL as they are published.
fn published(assessment: &Assessment, at: usize, period: Period) -> Vec<Published> {
    let totals = &assessment.computed[at].actual.scores[0];
    let of_period = assessment.periods.iter().find(|scores| scores.at == at);
    let rank = |row: usize| of_period.and_then(|scores| scores.ranks.first()).and_then(|ranks| ranks.get(row));
    let cities = assessment.cities_of(period).enumerate();
    cities.map(|(row, city)| Published { city: city.to_owned(), score: totals.get(row), rank: rank(row) }).collect()
}

/// Scores every row.
fn run(
    assessment: &Assessment,
    at: usize,
    planned: &[Planned],
    rows: &[Row],
    published: &[Published],
    options: &Run,
) -> Result<(Runs, Vec<Outcome>)> {
    let set = assessment.weighed.set(at);
    let variants = Variants::of(assessment, at, planned, options.threads)?;
    let alternatives = planned.iter().filter_map(|choice| match &choice.way {
        Way::Missing { rules, .. } => Some(rules.iter()),
        _ => None,
    });
    let rules: Vec<&MissingRule> = set.nodes().iter().map(|node| &node.missing).chain(alternatives.flatten()).collect();
    let ground = Ground::new(assessment.inputs(at), &rules);
    let weighed = planned.iter().flat_map(|choice| match &choice.way {
        Way::Weights { nodes, .. } => nodes.clone(),
        Way::WeightSets { sets } => sets.iter().flatten().map(|(node, _)| *node).collect(),
        _ => Vec::new(),
    });
    let is_own = ground.reached_by(&weighed.collect::<Vec<_>>());
    let done = AtomicUsize::new(0);
    let units = units(planned, rows);
    let made = in_parallel(options.threads, units.len(), |unit| {
        let unit = Unit { set, planned, rows, variants: &variants, ground: &ground, is_own: &is_own, of: &units[unit] };
        unit.run(|| {
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            match options.progress {
                Some(progress) if !progress(done as f64 / rows.len() as f64) => Err(AssessmentError::Cancelled),
                _ => Ok(()),
            }
        })
    })?;
    let cities = ground.height;
    let mut runs = Runs::of(cities, rows.len());
    let mut outcomes = vec![Outcome::default(); rows.len()];
    for Made { row, scores, ranks } in made.into_iter().flatten() {
        outcomes[row] = summary::outcome(&ranks, published);
        runs.put(row, &scores, &ranks);
    }
    Ok((runs, outcomes))
}

/// The rows in parts that differ in nothing but weights.
fn units(planned: &[Planned], rows: &[Row]) -> Vec<Vec<usize>> {
    let key = |row: &Row| {
        let drawn = planned.iter().zip(row).filter(|(choice, _)| !matches!(choice.way, Way::WeightSets { .. }));
        drawn.map(|(_, drawn)| drawn.alternative()).collect::<Vec<_>>()
    };
    let mut alike: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        alike.entry(key(row)).or_default().push(i);
    }
    alike.into_values().flat_map(|rows| rows.chunks(AT_ONCE).map(<[usize]>::to_vec).collect::<Vec<_>>()).collect()
}

/// What a row came to.
struct Made {
    row: usize,
    scores: Vec<f64>,
    ranks: Vec<u32>,
}

/// Some rows that differ in nothing but weights.
struct Unit<'a> {
    set: &'a IndicatorSet,
    planned: &'a [Planned],
    rows: &'a [Row],
    variants: &'a Variants,
    ground: &'a Ground<'a>,
    is_own: &'a [bool],
    of: &'a [usize],
}

impl Unit<'_> {
    /// Scores and ranks of TOTAL, row by row; `finished` is called after each.
    fn run(&self, finished: impl Fn() -> Result<()>) -> Result<Vec<Made>> {
        let Some(&first) = self.of.first() else { return Ok(Vec::new()) };
        let structure = self.structure(&self.rows[first]);
        let published: Vec<f64> = self.set.nodes().iter().map(|node| node.weight).collect();
        let leaf = |node: usize| {
            let is_leaf = self.set.nodes()[node].children.is_empty();
            is_leaf.then(|| self.variants.leaf(node, |choice| self.rows[first][choice].alternative()))
        };
        let count = self.set.nodes().len();
        let (mut shared, nothing) = (Columns::of(count), Columns::of(count));
        let mut layers = Layers { shared: &nothing, own: &mut shared, is_own: &vec![true; count] };
        for &node in self.ground.bottom_up.iter().filter(|&&node| !self.is_own[node]) {
            self.ground.make(node, leaf(node), &structure, &published, &mut layers);
        }
        let mut own = Columns::of(count);
        let mut results = Vec::with_capacity(self.of.len());
        for &row in self.of {
            let weights = self.weights(&published, &self.rows[row]);
            let mut layers = Layers { shared: &shared, own: &mut own, is_own: self.is_own };
            for &node in self.ground.bottom_up.iter().filter(|&&node| self.is_own[node]) {
                self.ground.make(node, leaf(node), &structure, &weights, &mut layers);
            }
            let scores = layers.scores(0).to_vec();
            let mut ranks = vec![0; scores.len()];
            summary::ranks(&scores, &mut ranks);
            results.push(Made { row, scores, ranks });
            finished()?;
        }
        Ok(results)
    }

    fn structure(&self, row: &Row) -> Structure {
        let mut structure = Structure::of_set(self.set);
        for (choice, drawn) in self.planned.iter().zip(row) {
            let place = drawn.alternative();
            match &choice.way {
                Way::Aggregation { nodes, methods } => {
                    nodes.iter().for_each(|&node| structure.aggregation[node] = methods[place].clone())
                }
                Way::Missing { nodes, rules } => nodes.iter().for_each(|&node| structure.missing[node] = rules[place].clone()),
                Way::LeaveOut { nodes } => structure.left_out = place.checked_sub(1).map(|place| nodes[place]),
                _ => {}
            }
        }
        structure.settled(self.set)
    }

    fn weights(&self, published: &[f64], row: &Row) -> Vec<f64> {
        let mut weights = published.to_vec();
        let mut changed = false;
        for (choice, drawn) in self.planned.iter().zip(row) {
            match (&choice.way, drawn) {
                (Way::Weights { nodes, .. }, Drawn::Weights(drawn)) => {
                    changed = true;
                    nodes.iter().zip(drawn).for_each(|(&node, &weight)| weights[node] = weight);
                }
                (Way::WeightSets { sets }, Drawn::Alternative(place)) => {
                    changed = true;
                    sets[*place].iter().for_each(|&(node, weight)| weights[node] = weight);
                }
                _ => {}
            }
        }
        if changed && self.set.document().arithmetic == Arithmetic::Points {
            add_up(self.set, &mut weights);
        }
        weights
    }
}

/// Under points arithmetic the weights of sisters are parts of something: changed ones are scaled to add up to it again.
fn add_up(set: &IndicatorSet, weights: &mut [f64]) {
    for (index, node) in set.nodes().iter().enumerate() {
        let Some(&first) = node.children.first() else { continue };
        let whole = match set.nodes()[first].weight_of {
            WeightOf::Siblings => continue,
            WeightOf::Parent => 100.0,
            WeightOf::Total if node.parent.is_none() => set.full_mark(),
            WeightOf::Total => weights[index],
        };
        let sum: f64 = node.children.iter().map(|&child| weights[child]).sum();
        if sum > 0.0 {
            node.children.iter().for_each(|&child| weights[child] *= whole / sum);
        }
    }
}

/// The sensitivity of the shift of the ranks to each choice.
fn sensitivity(planned: &[Planned], outcomes: &[Outcome], seed: u64) -> Vec<Sensitivity> {
    let shifts: Option<Vec<f64>> = outcomes.iter().map(|outcome| outcome.shift).collect();
    let indices = shifts.map_or_else(|| vec![None; planned.len()], |shifts| sobol::indices(&shifts, planned.len(), seed));
    planned.iter().zip(indices).map(|(choice, indices)| Sensitivity { choice: choice.name.clone(), indices }).collect()
}

fn nothing_scored() -> Fault {
    Fault::error("uncertainty.no_period", "评估没有任何时期的结果", "the assessment has no period with results")
        .hint("先导入数据", "import the data first")
}

fn not_a_design(rows: usize, choices: usize) -> Faults {
    Fault::error(
        "replay.no_design",
        format!("{rows} 行不是 {choices} 个选择的 Sobol 设计"),
        format!("{rows} rows are no Sobol design of {choices} choices"),
    )
    .expected(format!("n x {}", choices + 2))
    .hint("按 A、B、AB1… 的顺序给出全部行", "give all rows in the order A, B, AB1 ...")
    .into()
}

fn too_large(rows: usize, cities: usize) -> Faults {
    Fault::error(
        "uncertainty.too_large",
        format!("{rows} 次重复乘以 {cities} 个城市过大"),
        format!("{rows} replications of {cities} cities are too many"),
    )
    .at("/replications")
    .value(rows.to_string())
    .expected(format!("1..{}", MOST_RESULTS / cities.max(1)))
    .hint("减少重复次数", "ask for fewer replications")
    .into()
}
