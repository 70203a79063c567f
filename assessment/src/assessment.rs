//! The result of an assessment: wide per period and measure, long when asked for.

use std::sync::Arc;

use citygauge_indicators::{Arithmetic, City, Fault, IndicatorSet, NodeIndex, Period};
use polars::prelude::*;

use crate::error::Result;
use crate::fitted::Fitted;
use crate::measure::Measured;
use crate::observations::Observations;
use crate::tree::{Computed, Inputs};
use crate::weigh::{Derivation, Weighed, Weight};

/// Ranks and levels of one period.
#[derive(Debug, Clone)]
pub struct PeriodScores {
    pub(crate) at: usize,
    /// A column per node, where they were asked for.
    pub(crate) ranks: Vec<UInt32Chunked>,
    pub(crate) levels: Vec<(NodeIndex, Vec<Option<usize>>)>,
}

/// A measure of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The raw value of a leaf.
    Value,
    /// The score.
    Score,
    /// The mark; points arithmetic only.
    Mark,
    /// The points of the total.
    Points,
    /// The coverage.
    Coverage,
    /// The score if every missing leaf had scored 0.
    Low,
    /// The score if every missing leaf had scored the full mark.
    High,
    /// The rank.
    Rank,
    /// The place of the level, lowest 0.
    Level,
    /// Whether the raw value of a leaf was imputed; part of the results of sets that impute.
    Imputed,
}

impl Measure {
    /// The measures of every result, in the order of the scores table.
    pub const ALL: [Self; 9] =
        [Self::Value, Self::Score, Self::Mark, Self::Points, Self::Coverage, Self::Low, Self::High, Self::Rank, Self::Level];

    /// The measures of the results of a set.
    pub fn of(set: &IndicatorSet) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().chain(set.imputes().then_some(Self::Imputed))
    }

    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Score => "score",
            Self::Mark => "mark",
            Self::Points => "points",
            Self::Coverage => "coverage",
            Self::Low => "low",
            Self::High => "high",
            Self::Rank => "rank",
            Self::Level => "level",
            Self::Imputed => "imputed",
        }
    }
}

/// One node of one city and period, as the scores table has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// The code of the city.
    pub city: &'a str,
    /// The period.
    pub period: Period,
    /// The code of the node.
    pub node: &'a str,
    /// The raw value of a leaf, in its unit.
    pub value: Option<f64>,
    /// Attainment, 0 to the full mark.
    pub score: Option<f64>,
    /// The mark (分项分数), under points arithmetic.
    pub mark: Option<f64>,
    /// What the node contributes to the total.
    pub points: Option<f64>,
    /// The share of the node's weight for which a score exists, 0 to 1.
    pub coverage: Option<f64>,
    /// The score if every missing leaf had scored 0.
    pub low: Option<f64>,
    /// The score if every missing leaf had scored the full mark.
    pub high: Option<f64>,
    /// The competition rank in the period.
    pub rank: Option<u32>,
    /// The code of the level, on the nodes on which one is read.
    pub level: Option<&'a str>,
    /// Whether the raw value of a leaf is missing and another was imputed in its place.
    pub imputed: bool,
}

/// A finished assessment, with all that explaining it needs.
#[derive(Debug, Clone)]
pub struct Assessment {
    pub(crate) set: Arc<IndicatorSet>,
    pub(crate) weighed: Weighed,
    pub(crate) observations: Observations,
    pub(crate) fitted: Fitted,
    pub(crate) measured: Vec<Measured>,
    pub(crate) computed: Vec<Computed>,
    pub(crate) periods: Vec<PeriodScores>,
    warnings: Vec<Fault>,
}

impl Assessment {
    pub(crate) fn new(
        weighed: Weighed,
        observations: Observations,
        fitted: Fitted,
        measured: Vec<Measured>,
        computed: Vec<Computed>,
        periods: Vec<PeriodScores>,
    ) -> Self {
        let warnings = periods.iter().flat_map(|period| computed[period.at].warnings.iter().cloned()).collect();
        Self { set: weighed.original(), weighed, observations, fitted, measured, computed, periods, warnings }
    }

    /// The set that was computed, with its weights as they were given.
    #[must_use]
    pub fn set(&self) -> &IndicatorSet {
        &self.set
    }

    /// The cities of the cohort.
    #[must_use]
    pub fn cities(&self) -> &[City] {
        &self.observations.cities
    }

    /// What was fitted on the cohort.
    #[must_use]
    pub fn fitted(&self) -> &Fitted {
        &self.fitted
    }

    /// The set with the weights that hold in a period: those of nodes that derive them are in place. Digest and document
    /// are those of the set as it was given.
    #[must_use]
    pub fn set_of(&self, period: Period) -> &IndicatorSet {
        self.observations.slice_of(period).map_or(&self.set, |at| self.weighed.set(at))
    }

    /// The weight of every node in every period, in the order of the tree.
    pub fn weights(&self) -> impl Iterator<Item = Weight<'_>> {
        self.periods.iter().flat_map(|period| self.weighed.weights(period.at, self.observations.slices[period.at].period))
    }

    /// How weights were derived in the periods with results, by node and period.
    pub fn derivations(&self) -> impl Iterator<Item = &Derivation> {
        let has_results = |period: Period| self.periods().any(|known| known == period);
        self.weighed.derivations().iter().filter(move |derived| derived.period.is_none_or(has_results))
    }

    /// What a reader should know of single numbers, by period, then node, then city.
    #[must_use]
    pub fn warnings(&self) -> &[Fault] {
        &self.warnings
    }

    /// The periods with results, in the order of time.
    pub fn periods(&self) -> impl Iterator<Item = Period> {
        self.periods.iter().map(|period| self.observations.slices[period.at].period)
    }

    /// The codes of the cities of a period, in the order of its rows.
    pub fn cities_of(&self, period: Period) -> impl Iterator<Item = &str> {
        let slice = self.observations.slice_of(period).map(|at| &self.observations.slices[at]);
        slice.into_iter().flat_map(|slice| slice.cities.iter().map(|&city| self.observations.cities[city].code.as_str()))
    }

    /// The scores table, ordered by period, city and node.
    pub fn long(&self) -> impl Iterator<Item = Row<'_>> {
        self.periods.iter().flat_map(move |period| {
            let table = Table::of(self, period);
            let rows = self.observations.slices[period.at].height();
            let nodes = self.set.nodes().len();
            (0..rows).flat_map(move |row| {
                let table = table.clone();
                (0..nodes).map(move |node| table.row(row, node))
            })
        })
    }

    /// The rows of one node in the scores table; none where the set has no such node.
    pub fn of_node(&self, node: &str) -> impl Iterator<Item = Row<'_>> {
        let node = self.set.node_index(node);
        self.periods.iter().flat_map(move |period| {
            let table = Table::of(self, period);
            let rows = node.map_or(0, |_| self.observations.slices[period.at].height());
            (0..rows).filter_map(move |row| Some(table.row(row, node?)))
        })
    }

    /// All nodes of one city in one period, in the order of the tree.
    pub fn city(&self, city: &str, period: Period) -> Option<Vec<Row<'_>>> {
        let of_period = self.periods.iter().find(|scores| self.observations.slices[scores.at].period == period)?;
        let place = self.observations.cities.iter().position(|known| known.code == city)?;
        let row = self.observations.slices[of_period.at].row_of(place)?;
        let table = Table::of(self, of_period);
        Some((0..self.set.nodes().len()).map(|node| table.row(row, node)).collect())
    }

    /// The value of a leaf that its rule scores: the raw one, or what imputation and treatment made of it. `None` also where
    /// the assessment has no such city, period or leaf.
    #[must_use]
    pub fn prepared(&self, city: &str, period: Period, node: &str) -> Option<f64> {
        let at = self.observations.slice_of(period)?;
        let place = self.observations.cities.iter().position(|known| known.code == city)?;
        let node = self.set.node_index(node).filter(|&node| self.set.nodes()[node].leaf().is_some())?;
        self.measured[at].to_score(node).0.get(self.observations.slices[at].row_of(place)?)
    }

    /// One measure of one period as a wide frame: the cities, then a column per node code in the order of the tree. The first column is
    /// called `city`, or has no name where a node is called so.
    ///
    /// # Errors
    /// Only where the engine is at fault.
    pub fn wide(&self, period: Period, measure: Measure) -> Result<DataFrame> {
        let Some(of_period) = self.periods.iter().find(|scores| self.observations.slices[scores.at].period == period) else {
            return Ok(DataFrame::empty());
        };
        let table = Table::of(self, of_period);
        let slice = &self.observations.slices[of_period.at];
        let cities: StringChunked = slice.cities.iter().map(|&city| Some(self.observations.cities[city].code.as_str())).collect();
        let first = if self.set.node_index("city").is_some() { "" } else { "city" };
        let mut wide = vec![cities.with_name(first.into()).into_column()];
        for node in 0..self.set.nodes().len() {
            let name: PlSmallStr = self.set.nodes()[node].code.as_str().into();
            let rows = 0..slice.height();
            wide.push(match measure {
                Measure::Rank => {
                    rows.map(|row| table.row(row, node).rank).collect::<UInt32Chunked>().with_name(name).into_column()
                }
                Measure::Level => {
                    rows.map(|row| table.row(row, node).level).collect::<StringChunked>().with_name(name).into_column()
                }
                Measure::Points => {
                    rows.map(|row| table.row(row, node).points).collect::<Float64Chunked>().with_name(name).into_column()
                }
                Measure::Imputed => {
                    rows.map(|row| Some(table.row(row, node).imputed)).collect::<BooleanChunked>().with_name(name).into_column()
                }
                numeric => match table.column(numeric, node) {
                    Some(values) => values.clone().with_name(name).into_column(),
                    None => Column::full_null(name, slice.height(), &DataType::Float64),
                },
            });
        }
        Ok(DataFrame::new(slice.height(), wide)?)
    }

    pub(crate) fn inputs(&self, at: usize) -> Inputs<'_> {
        Inputs {
            set: self.weighed.set(at),
            weighed: &self.weighed,
            observations: &self.observations,
            fitted: &self.fitted,
            measured: &self.measured,
            at,
            earlier: &self.computed,
        }
    }
}

/// The columns of one period, opened once.
#[derive(Clone)]
struct Table<'a> {
    assessment: &'a Assessment,
    period: &'a PeriodScores,
    columns: std::sync::Arc<Vec<[Option<Float64Chunked>; 6]>>,
    ranks: std::sync::Arc<Vec<Option<UInt32Chunked>>>,
    shares: std::sync::Arc<Vec<f64>>,
}

const NUMERIC: [Measure; 6] = [Measure::Value, Measure::Score, Measure::Mark, Measure::Coverage, Measure::Low, Measure::High];

impl<'a> Table<'a> {
    fn of(assessment: &'a Assessment, period: &'a PeriodScores) -> Self {
        let computed = &assessment.computed[period.at];
        let measured = &assessment.measured[period.at];
        let nodes = assessment.set.nodes();
        let columns = (0..nodes.len()).map(|node| {
            NUMERIC.map(|measure| match measure {
                Measure::Value if is_option(assessment, node) => None,
                Measure::Value => measured.values.get(&node).cloned(),
                Measure::Score => computed.actual.scores.get(node).cloned(),
                Measure::Mark => computed.actual.marks.get(node).cloned(),
                Measure::Coverage => computed.coverage.as_ref()?.get(node).cloned(),
                Measure::Low => computed.low.as_ref()?.scores.get(node).cloned(),
                _ => computed.high.as_ref()?.scores.get(node).cloned(),
            })
        });
        let ranks = (0..nodes.len()).map(|node| period.ranks.get(node).cloned());
        let points = assessment.set.document().arithmetic == Arithmetic::Points;
        let weighed = assessment.weighed.set(period.at);
        let shares = weighed.nodes().iter().map(|node| points_factor(weighed, node, points));
        Self {
            assessment,
            period,
            columns: std::sync::Arc::new(columns.collect()),
            ranks: std::sync::Arc::new(ranks.collect()),
            shares: std::sync::Arc::new(shares.collect()),
        }
    }

    fn column(&self, measure: Measure, node: NodeIndex) -> Option<&Float64Chunked> {
        let place = NUMERIC.iter().position(|known| *known == measure)?;
        self.columns[node][place].as_ref()
    }

    fn row(&self, row: usize, node: NodeIndex) -> Row<'a> {
        let slice = &self.assessment.observations.slices[self.period.at];
        let get = |measure| self.column(measure, node).and_then(|column| column.get(row));
        let (score, mark) = (get(Measure::Score), get(Measure::Mark));
        let points = self.assessment.set.document().arithmetic == Arithmetic::Points;
        let level = self.period.levels.iter().find(|(levelled, _)| *levelled == node).and_then(|(_, levels)| levels[row]);
        Row {
            city: &self.assessment.observations.cities[slice.cities[row]].code,
            period: slice.period,
            node: &self.assessment.set.nodes()[node].code,
            value: get(Measure::Value),
            score,
            mark: if points { mark } else { None },
            points: (if points { mark } else { score }).map(|number| number * self.shares[node]),
            coverage: get(Measure::Coverage),
            low: get(Measure::Low),
            high: get(Measure::High),
            rank: self.ranks[node].as_ref().and_then(|column| column.get(row)),
            level: level.and_then(|place| level_code(&self.assessment.set, place)),
            imputed: self.assessment.measured[self.period.at].is_imputed(node, row),
        }
    }
}

/// By what the score (under points arithmetic the mark) is multiplied to give points of the total.
pub(crate) fn points_factor(set: &IndicatorSet, node: &citygauge_indicators::SetNode, points: bool) -> f64 {
    match node.parent {
        _ if !points => node.share_f64(),
        None => 1.0,
        Some(_) if node.weight_of == citygauge_indicators::WeightOf::Total => 1.0,
        Some(parent) => set.nodes()[parent].share_f64(),
    }
}

/// Whether the raw value is an option, which is no number.
pub(crate) fn is_option(assessment: &Assessment, node: NodeIndex) -> bool {
    let leaf = assessment.set.nodes()[node].leaf();
    let item = leaf.filter(|leaf| !leaf.options.is_empty()).and_then(|leaf| leaf.items.first());
    item.is_some_and(|&item| assessment.set.items()[item].kind == citygauge_indicators::ItemKind::Choice)
}

/// The code of a level, by its place.
pub(crate) fn level_code(set: &IndicatorSet, place: usize) -> Option<&str> {
    let levels = set.levels()?;
    if levels.staged.is_empty() {
        levels.bands.get(place).map(|band| band.code.as_str())
    } else {
        levels.staged.get(place).map(|stage| stage.code.as_str())
    }
}
