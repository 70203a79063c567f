//! The numbers that rules look at: a column per item and period, a row per city.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use citygauge_indicators::{City, ItemIndex, Period};

use crate::Observations;

/// Numbers of cities, by item and period.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    cities: Vec<City>,
    place: HashMap<String, usize>,
    columns: BTreeMap<ItemIndex, BTreeMap<Period, Vec<Option<f64>>>>,
}

impl Panel {
    /// A panel without numbers. The cities are put in the order of their codes; of two with one code the first counts.
    #[must_use]
    pub fn new(mut cities: Vec<City>) -> Self {
        cities.sort_by(|one, other| one.code.cmp(&other.code));
        cities.dedup_by(|later, earlier| later.code == earlier.code);
        let place = cities.iter().enumerate().map(|(place, city)| (city.code.clone(), place)).collect();
        Self { cities, place, columns: BTreeMap::new() }
    }

    /// The numbers of observations. A choice is the place of its option, and no rule reads it.
    #[must_use]
    pub fn of(observations: &Observations) -> Self {
        let mut panel = Self::new(observations.cities().to_vec());
        for slice in &observations.slices {
            for (row, &city) in slice.cities.iter().enumerate() {
                for item in 0..slice.items.len() {
                    if let Some(value) = slice.number(item, row) {
                        panel.put(&observations.cities()[city].code, slice.period, item, Some(value));
                    }
                }
            }
        }
        panel
    }

    /// Lays a number over what was there; `None` takes it away. Answers whether the city is one of the panel's and the
    /// number finite; nothing is changed where not.
    pub fn put(&mut self, city: &str, period: Period, item: ItemIndex, value: Option<f64>) -> bool {
        let Some(&row) = self.place.get(city) else { return false };
        if value.is_some_and(|value| !value.is_finite()) {
            return false;
        }
        let height = self.cities.len();
        let column = self.columns.entry(item).or_default().entry(period).or_insert_with(|| vec![None; height]);
        column[row] = value;
        true
    }

    /// The cities, in the order of their codes.
    #[must_use]
    pub fn cities(&self) -> &[City] {
        &self.cities
    }

    /// The number of a city, by its place.
    #[must_use]
    pub fn value(&self, item: ItemIndex, period: Period, city: usize) -> Option<f64> {
        *self.columns.get(&item)?.get(&period)?.get(city)?
    }

    /// The columns of an item, in the order of time within each length of period.
    pub(super) fn of_item(&self, item: ItemIndex) -> impl Iterator<Item = (Period, &[Option<f64>])> {
        self.columns.get(&item).into_iter().flatten().map(|(period, column)| (*period, column.as_slice()))
    }

    /// The column of an item in a period.
    pub(super) fn column(&self, item: ItemIndex, period: Period) -> Option<&[Option<f64>]> {
        Some(self.columns.get(&item)?.get(&period)?.as_slice())
    }

    /// The periods in which one of the items has a column.
    pub(super) fn periods_of(&self, items: &[ItemIndex]) -> BTreeSet<Period> {
        items.iter().filter_map(|item| self.columns.get(item)).flat_map(|periods| periods.keys().copied()).collect()
    }
}
