//! The observations as the engine reads them: one slice per period, a row per city, a column per item.

pub(crate) mod blend;
mod long;
mod parts;
mod release;
mod slice;
mod wide;

use std::collections::BTreeSet;

use citygauge_indicators::formula::{Expr, Formula};
use citygauge_indicators::{City, Fault, Faults, IndicatorSet, Observation, Period};
use polars::prelude::*;

pub(crate) use long::number;
pub use parts::periods_stand_apart;
pub use release::Pivot;
pub(crate) use slice::Slice;

/// The observations of a cohort, checked against the items of a set.
#[derive(Debug, Clone)]
pub struct Observations {
    pub(crate) cities: Vec<City>,
    pub(crate) slices: Vec<Slice>,
}

impl Observations {
    /// Pivots observations from long to wide. With `cities` every listed city has a row in every period;
    /// without, a city has a row in the periods in which it was observed.
    ///
    /// # Errors
    /// Every observation of an unknown city or item, of the wrong type, or standing twice.
    pub fn from_long<'o>(
        set: &IndicatorSet,
        observations: impl IntoIterator<Item = &'o Observation>,
        cities: Option<&[City]>,
    ) -> Result<Self, Faults> {
        let observations: Vec<&Observation> = observations.into_iter().collect();
        let cities = long::cohort(&observations, cities)?;
        long::pivot(set, &observations, cities)
    }

    /// As [`Self::from_long`] without a list: a city has a row in the periods in which it was observed. `described`
    /// gives names and attributes to those that are known.
    ///
    /// # Errors
    /// As [`Self::from_long`].
    pub fn from_long_observed<'o>(
        set: &IndicatorSet,
        observations: impl IntoIterator<Item = &'o Observation>,
        described: &[City],
    ) -> Result<Self, Faults> {
        let observations: Vec<&Observation> = observations.into_iter().collect();
        let cities = long::cohort(&observations, None)?.described(described);
        long::pivot(set, &observations, cities)
    }

    /// Takes a frame that is already wide: columns `city` and `period` as text, and a column per item code, of numbers
    /// or, for a choice, of the codes of options. Where the rows of a period are adjacent its columns are shared, not copied. What is null is missing;
    /// nothing is not applicable.
    ///
    /// # Errors
    /// A column that is missing, unknown or of the wrong type, a row without a city, a city standing twice in a
    /// period, a period that is none, and a number that an item does not admit.
    pub fn from_wide(set: &IndicatorSet, frame: &DataFrame) -> Result<Self, Faults> {
        wide::read(set, frame)
    }

    /// The periods, in the order of time.
    pub fn periods(&self) -> impl Iterator<Item = Period> {
        self.slices.iter().map(|slice| slice.period)
    }

    /// A fault for each of these periods that has no observation.
    #[must_use]
    pub fn absent(&self, wanted: &[Period]) -> Faults {
        let known: Vec<Period> = self.periods().collect();
        Faults(wanted.iter().filter(|period| !known.contains(period)).map(|period| absent_period(*period, &known)).collect())
    }

    /// The cities.
    #[must_use]
    pub fn cities(&self) -> &[City] {
        &self.cities
    }

    /// The number of rows over all periods.
    #[must_use]
    pub fn height(&self) -> usize {
        self.slices.iter().map(Slice::height).sum()
    }

    pub(crate) fn slice_of(&self, period: Period) -> Option<usize> {
        self.slices.binary_search_by_key(&period, |slice| slice.period).ok()
    }

    /// The slices of the periods of the same length that lie 1 to `at_most` before one, the latest first.
    pub(crate) fn slices_before(&self, at: usize, at_most: u32) -> impl Iterator<Item = usize> + '_ {
        let period = self.slices[at].period;
        let near = move |&before: &usize| {
            period.since(self.slices[before].period).is_some_and(|periods| periods.unsigned_abs() <= at_most)
        };
        (0..at).rev().take_while(near)
    }

    /// Adds the columns that formulas read of earlier periods and the attributes that peer rules group by.
    pub(crate) fn completed(mut self, set: &IndicatorSet) -> Self {
        for (item, periods) in earlier_items(set) {
            for at in 0..self.slices.len() {
                let source = self.slice_of(self.slices[at].period.earlier(periods));
                let cities = self.slices[at].cities.iter();
                let values: Float64Chunked = cities
                    .map(|&city| {
                        let slice = &self.slices[source?];
                        slice.number(item, slice.row_of(city)?)
                    })
                    .collect();
                self.slices[at].earlier.insert((item, periods), values);
            }
        }
        for name in grouping_attributes(set) {
            for slice in &mut self.slices {
                let attribute = |&city: &usize| self.cities[city].attribute_in(&name, slice.period);
                let values: StringChunked = slice.cities.iter().map(attribute).collect();
                slice.attributes.insert(name.clone(), values);
            }
        }
        self
    }
}

/// The items that some formula reads of an earlier period, with how many periods earlier.
fn earlier_items(set: &IndicatorSet) -> BTreeSet<(usize, u32)> {
    let formulas = set.leaves().filter_map(|(_, leaf)| leaf.formula.as_ref()).chain(set.adjustment_formulas());
    let mut items = BTreeSet::new();
    for formula in formulas.map(Formula::root) {
        formula.visit(&mut |part| {
            if let Expr::Previous { item, periods } = part {
                items.extend(set.item_index(item).map(|index| (index, *periods)));
            }
        });
    }
    items
}

/// The attributes by which some missing rule or imputation restricts the peers.
fn grouping_attributes(set: &IndicatorSet) -> BTreeSet<String> {
    use citygauge_indicators::MissingRule::{PeerMean, PeerMedian};
    let groups = set.nodes().iter().filter_map(|node| match &node.missing {
        PeerMean { group } | PeerMedian { group } => group.clone(),
        _ => None,
    });
    let donors = set.leaves().filter_map(|(_, leaf)| leaf.imputation.group().map(str::to_owned));
    groups.chain(donors).collect()
}

/// The fault of a period that is wanted of data that have only the `known` ones.
#[must_use]
pub fn absent_period(period: Period, known: &[Period]) -> Fault {
    let fault = Fault::error(
        "period.absent",
        format!("数据中没有时期 {period}"),
        format!("the data have nothing of the period {period}"),
    )
    .period(period.to_string());
    if known.is_empty() {
        return fault.hint("先导入数据", "import the data first");
    }
    let known: Vec<String> = known.iter().map(Period::to_string).collect();
    let known = known.join(", ");
    fault.expected(known.clone()).hint(format!("数据中的时期：{known}"), format!("the periods of the data: {known}"))
}

fn duplicate(city: &str, period: Period) -> Fault {
    Fault::error("observation.duplicate", "同一城市、时期和数据项出现了两次", "the same city, period and item stand twice")
        .city(city)
        .period(period.to_string())
}

/// Whether an item admits a number.
pub(crate) fn is_admitted(set: &IndicatorSet, item: usize, number: f64) -> bool {
    refused(set, item, number).is_none()
}

/// Why an item does not admit a number.
pub(crate) fn refused(set: &IndicatorSet, item: usize, number: f64) -> Option<Fault> {
    use citygauge_indicators::ItemKind;
    let described = &set.items()[item];
    let (min, max) = described.range();
    let wrong = |zh, en| Some(Fault::error("observation.wrong_type", zh, en).value(number.to_string()));
    if !number.is_finite() {
        return wrong("不是有限的数", "not a finite number");
    }
    if described.kind == ItemKind::Boolean && number != 0.0 && number != 1.0 {
        return wrong("布尔型只能是 1 或 0", "a boolean is 1 or 0");
    }
    if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) {
        let limit = |limit: Option<f64>| limit.map_or_else(String::new, |limit| limit.to_string());
        let fault = Fault::error("observation.out_of_range", "超出数据项的取值范围", "outside the item's range");
        return Some(fault.value(number.to_string()).expected(format!("{}..{}", limit(min), limit(max))));
    }
    None
}
