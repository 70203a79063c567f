//! Observations between two assessments: the cohort of one, and for the cities that are looked at, cells of the other.
//!
//! A state says of each factor of a change which assessment it is taken of:
//!
//! - *set*: which items there are. An item that only one of the sets knows comes with that set, for every city.
//! - *cohort*: every city with all its cells and attributes, and the periods.
//! - *coverage*, of the cities looked at: where a cell has a value in one assessment only (or is not applicable in one
//!   only), whose state it has.
//! - *data*, of the cities looked at: where a cell has a value in both, whose value.
//!
//! Cells correspond by their distance from the period that is compared, as far back as the sets look; what lies further
//! back or later (base periods, pooled periods) is the cohort's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use citygauge_indicators::{IndicatorSet, ItemKind, Period};
use polars::prelude::{BooleanChunked, Float64Chunked};

use super::{Observations, Slice};

/// What an assessment read, and the period of it that is compared.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub set: &'a IndicatorSet,
    pub observations: &'a Observations,
    pub period: Period,
}

/// One of the two assessments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    Before,
    After,
}

/// Which assessment each factor is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub data: Origin,
    pub set: Origin,
    pub cohort: Origin,
    pub coverage: Origin,
}

/// What is known of an item in a city and period.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cell {
    Missing,
    NotApplicable,
    /// The number; of a choice the place of its option in the set asked for.
    Value(f64),
}

/// Two assessments and how far back their cells correspond.
pub(crate) struct Blend<'a> {
    before: Side<'a>,
    after: Side<'a>,
    /// How many periods before the compared one are the cities' own data.
    reach: u32,
    /// Whether periods further back, or later, bear on the result at all.
    whole_timeline: bool,
    /// The places of the cities of both sides.
    places: [HashMap<&'a str, usize>; 2],
}

/// What differs between the two sides in the cells of one city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Differing {
    pub data: bool,
    pub coverage: bool,
}

impl<'a> Blend<'a> {
    pub(crate) fn new(before: Side<'a>, after: Side<'a>, lookback: u32, whole_timeline: bool) -> Self {
        let places = [before, after]
            .map(|side| side.observations.cities.iter().enumerate().map(|(place, city)| (city.code.as_str(), place)).collect());
        // No further back than either side has observations.
        let has = |side: Side, distance: u32| side.observations.slice_of(side.period.earlier(distance)).is_some();
        let reach = (0..=lookback).rev().find(|&distance| has(before, distance) || has(after, distance));
        Self { before, after, reach: reach.unwrap_or(0), whole_timeline, places }
    }

    fn place_of(&self, origin: Origin, city: &str) -> Option<usize> {
        self.places[usize::from(origin == Origin::After)].get(city).copied()
    }

    pub(crate) fn side(&self, origin: Origin) -> Side<'a> {
        match origin {
            Origin::Before => self.before,
            Origin::After => self.after,
        }
    }

    /// The observations of a state, in the items of its set; `cities` are those looked at.
    pub(crate) fn observations(&self, state: State, cities: &[&str]) -> Observations {
        let (cohort, set) = (self.side(state.cohort), self.side(state.set));
        let mut slices: Vec<Slice> = Vec::new();
        for (period, distance) in self.periods(cohort) {
            slices.extend(self.slice(state, period, distance, cities));
        }
        Observations { cities: cohort.observations.cities.clone(), slices }.completed(set.set)
    }

    /// The periods of a state in the order of time, with the distance of those that correspond.
    fn periods(&self, cohort: Side) -> Vec<(Period, Option<u32>)> {
        let corresponding: BTreeMap<Period, u32> = (0..=self.reach).map(|n| (cohort.period.earlier(n), n)).collect();
        let all: BTreeSet<Period> = cohort.observations.periods().chain(corresponding.keys().copied()).collect();
        let kept = all.into_iter().map(|period| (period, corresponding.get(&period).copied()));
        kept.filter(|(_, distance)| self.whole_timeline || distance.is_some()).collect()
    }

    /// One period of a state; none where nothing is known in it.
    fn slice(&self, state: State, period: Period, distance: Option<u32>, cities: &[&str]) -> Option<Slice> {
        let (cohort, set) = (self.side(state.cohort), self.side(state.set));
        let known = cohort.observations.slice_of(period).map(|at| &cohort.observations.slices[at]);
        let looked_at: Vec<(usize, &str)> = match distance {
            Some(_) => cities.iter().filter_map(|&code| Some((self.place_of(state.cohort, code)?, code))).collect(),
            None => Vec::new(),
        };
        let items = set.set.items();
        // A city that the cohort's period lacks gets a row where a cell of it is taken of the other assessment.
        let blended: Vec<(usize, Vec<Option<Cell>>)> = looked_at
            .iter()
            .map(|&(place, code)| {
                let cell = |item: usize| self.cell(state, item, code, distance.unwrap_or(0));
                (place, (0..items.len()).map(cell).collect())
            })
            .collect();
        let is_known = |cells: &[Option<Cell>]| cells.iter().flatten().any(|cell| *cell != Cell::Missing);
        let mut rows: BTreeSet<usize> = known.into_iter().flat_map(|slice| slice.cities.iter().copied()).collect();
        rows.extend(blended.iter().filter(|(_, cells)| is_known(cells)).map(|(place, _)| *place));
        if rows.is_empty() {
            return None;
        }
        let rows: Vec<usize> = rows.into_iter().collect();
        let row_of: HashMap<usize, usize> = rows.iter().enumerate().map(|(row, &city)| (city, row)).collect();
        let mut columns = Vec::with_capacity(items.len());
        let mut not_applicable = BTreeMap::new();
        for item in 0..items.len() {
            let overlaid = blended.iter().filter_map(|(place, cells)| Some((*row_of.get(place)?, cells[item]?)));
            let overlaid: Vec<(usize, Cell)> = overlaid.collect();
            let source = self.source(state, item);
            let base = known.filter(|slice| slice.cities == rows && source.kept);
            let place = source.cohort_item;
            if let (Some(slice), Some(place), true) = (base, place, overlaid.is_empty()) {
                columns.push(slice.items[place].clone());
                not_applicable.extend(slice.not_applicable.get(&place).map(|flags| (item, flags.clone())));
                continue;
            }
            let mut cells: Vec<Cell> = rows
                .iter()
                .map(|&city| {
                    let code = cohort.observations.cities[city].code.as_str();
                    match source.shared {
                        true => self.read(state.cohort, item, state.set, code, period),
                        false => self.read(state.set, item, state.set, code, self.as_of(state.set, period, distance)),
                    }
                })
                .collect();
            for (row, cell) in overlaid {
                cells[row] = cell;
            }
            columns.push(
                cells
                    .iter()
                    .map(|cell| if let Cell::Value(number) = cell { Some(*number) } else { None })
                    .collect::<Float64Chunked>(),
            );
            if cells.contains(&Cell::NotApplicable) {
                not_applicable
                    .insert(item, cells.iter().map(|cell| Some(*cell == Cell::NotApplicable)).collect::<BooleanChunked>());
            }
        }
        Some(Slice::new(period, rows, columns, not_applicable))
    }

    /// The period of a side that corresponds to one of the cohort's.
    fn as_of(&self, origin: Origin, period: Period, distance: Option<u32>) -> Period {
        distance.map_or(period, |distance| self.side(origin).period.earlier(distance))
    }

    /// The blended cell of a city that is looked at, for an item of the state's set; none where the item is not shared.
    fn cell(&self, state: State, item: usize, city: &str, distance: u32) -> Option<Cell> {
        if !self.source(state, item).shared {
            return None;
        }
        let of = |origin: Origin| self.read(origin, item, state.set, city, self.side(origin).period.earlier(distance));
        Some(match (of(Origin::Before), of(Origin::After)) {
            (Cell::Value(before), Cell::Value(after)) => Cell::Value(if state.data == Origin::Before { before } else { after }),
            (before, after) => {
                if state.coverage == Origin::Before {
                    before
                } else {
                    after
                }
            }
        })
    }

    /// What a side says of an item (by its place in the set of `named`) in the numbers of that set.
    fn read(&self, origin: Origin, item: usize, named: Origin, city: &str, period: Period) -> Cell {
        let (side, asked) = (self.side(origin), self.side(named));
        let described = &asked.set.items()[item];
        let Some(own) = side.set.item_index(&described.code) else { return Cell::Missing };
        let found = || {
            let slice = &side.observations.slices[side.observations.slice_of(period)?];
            let row = slice.row_of(self.place_of(origin, city)?)?;
            Some((slice.number(own, row), slice.is_not_applicable(own, row)))
        };
        match found() {
            Some((_, true)) => Cell::NotApplicable,
            Some((Some(number), false)) if origin == named || described.kind != ItemKind::Choice => Cell::Value(number),
            Some((Some(place), false)) => {
                let option = side.set.items()[own].options.get(place as usize);
                let place = option.and_then(|option| described.options.iter().position(|known| known == option));
                place.map_or(Cell::Missing, |place| Cell::Value(place as f64))
            }
            Some((None, false)) | None => Cell::Missing,
        }
    }

    fn source(&self, state: State, item: usize) -> Source {
        let described = &self.side(state.set).set.items()[item];
        let in_set = |origin: Origin| {
            let set = self.side(origin).set;
            let place = set.item_index(&described.code)?;
            let is_choice = |kind: ItemKind| kind == ItemKind::Choice;
            (is_choice(set.items()[place].kind) == is_choice(described.kind)).then_some(place)
        };
        let shared = in_set(Origin::Before).is_some() && in_set(Origin::After).is_some();
        let cohort_item = in_set(state.cohort).filter(|_| shared || state.cohort == state.set);
        let same_options =
            cohort_item.is_some_and(|place| self.side(state.cohort).set.items()[place].options == described.options);
        Source { shared, cohort_item, kept: same_options }
    }

    /// What differs in the cells of a city that both sides know.
    pub(crate) fn differing(&self, city: &str) -> Differing {
        let mut differing = Differing { data: false, coverage: false };
        for distance in 0..=self.reach {
            for item in 0..self.before.set.items().len() {
                let state = State { data: Origin::Before, set: Origin::Before, cohort: Origin::Before, coverage: Origin::Before };
                if !self.source(state, item).shared {
                    continue;
                }
                let of =
                    |origin: Origin| self.read(origin, item, Origin::Before, city, self.side(origin).period.earlier(distance));
                match (of(Origin::Before), of(Origin::After)) {
                    (before, after) if before == after => {}
                    (Cell::Value(_), Cell::Value(_)) => differing.data = true,
                    _ => differing.coverage = true,
                }
            }
        }
        differing
    }

    /// Whether both sides have the same cities, periods and cells, in the items that both sets know.
    pub(crate) fn same_cohort(&self) -> bool {
        let (before, after) = (self.before.observations, self.after.observations);
        let same_city = |(one, other): (&citygauge_indicators::City, &citygauge_indicators::City)| {
            one.code == other.code && one.attributes == other.attributes && one.history == other.history
        };
        self.before.period == self.after.period
            && before.cities.len() == after.cities.len()
            && before.cities.iter().zip(&after.cities).all(same_city)
            && before.slices.len() == after.slices.len()
            && before
                .slices
                .iter()
                .zip(&after.slices)
                .all(|(one, other)| one.period == other.period && one.cities == other.cities && self.same_cells(one, other))
    }

    fn same_cells(&self, before: &Slice, after: &Slice) -> bool {
        let pairs = self.before.set.items().iter().enumerate();
        let mut pairs = pairs.filter_map(|(place, item)| Some((place, self.after.set.item_index(&item.code)?)));
        pairs.all(|(one, other)| {
            let (options, others) = (&self.before.set.items()[one].options, &self.after.set.items()[other].options);
            options == others
                && before.items[one].iter().eq(after.items[other].iter())
                && (0..before.height()).all(|row| before.is_not_applicable(one, row) == after.is_not_applicable(other, row))
        })
    }
}

/// Where the cells of an item come from.
struct Source {
    /// Whether both sets know it.
    shared: bool,
    /// Its place in the items of the cohort's set.
    cohort_item: Option<usize>,
    /// Whether the cohort's numbers mean the same in the state's set.
    kept: bool,
}
