//! The slice of one period: its cities and their items.

use std::collections::BTreeMap;

use citygauge_indicators::Period;
use dashu_ratio::RBig;
use polars::prelude::*;

use crate::columns;
use crate::error::Result;
use crate::numbers::{Extent, extent};

/// One period: a row per city, a column per item.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    pub period: Period,
    /// The city of each row, by its place in the observations' list.
    pub cities: Vec<usize>,
    /// The row of each city.
    rows: BTreeMap<usize, usize>,
    /// The values of each item, in the order of the set; a choice is the place of its option.
    pub items: Vec<Float64Chunked>,
    /// Smallest and largest value of each item.
    pub extents: Vec<Option<Extent>>,
    /// Where an item is not applicable, for those that are not to some city.
    pub not_applicable: BTreeMap<usize, BooleanChunked>,
    /// The values of an item some periods earlier, for those that a formula reads.
    pub earlier: BTreeMap<(usize, u32), Float64Chunked>,
    /// The attributes that some missing rule or imputation groups cities by.
    pub attributes: BTreeMap<String, StringChunked>,
    /// Raw values of leaves, by node and row, that are supposed whatever their items say.
    pub supposed: BTreeMap<(usize, usize), RBig>,
}

impl Slice {
    pub(super) fn new(
        period: Period,
        cities: Vec<usize>,
        items: Vec<Float64Chunked>,
        not_applicable: BTreeMap<usize, BooleanChunked>,
    ) -> Self {
        let extents = items.iter().map(extent).collect();
        Self::with_extents(period, cities, items, extents, not_applicable)
    }

    /// The same where the extents of the items are known.
    pub(super) fn with_extents(
        period: Period,
        cities: Vec<usize>,
        items: Vec<Float64Chunked>,
        extents: Vec<Option<Extent>>,
        not_applicable: BTreeMap<usize, BooleanChunked>,
    ) -> Self {
        let rows = cities.iter().enumerate().map(|(row, &city)| (city, row)).collect();
        Self {
            period,
            cities,
            rows,
            items,
            extents,
            not_applicable,
            earlier: BTreeMap::new(),
            attributes: BTreeMap::new(),
            supposed: BTreeMap::new(),
        }
    }

    pub(crate) fn height(&self) -> usize {
        self.cities.len()
    }

    /// The row of a city.
    pub(crate) fn row_of(&self, city: usize) -> Option<usize> {
        self.rows.get(&city).copied()
    }

    /// The value of an item in a row.
    pub(crate) fn number(&self, item: usize, row: usize) -> Option<f64> {
        self.items[item].get(row)
    }

    /// The value of an item in a row, some periods earlier.
    pub(crate) fn earlier(&self, item: usize, periods: u32, row: usize) -> Option<f64> {
        self.earlier.get(&(item, periods))?.get(row)
    }

    /// Whether an item is not applicable in a row.
    pub(crate) fn is_not_applicable(&self, item: usize, row: usize) -> bool {
        self.not_applicable.get(&item).and_then(|flags| flags.get(row)).unwrap_or(false)
    }

    /// Everything as a frame whose columns are named by [`columns`]; the columns are shared.
    pub(crate) fn frame(&self) -> Result<DataFrame> {
        let items =
            self.items.iter().enumerate().map(|(item, values)| values.clone().with_name(columns::item(item)).into_column());
        let flags = self.not_applicable.iter();
        let flags = flags.map(|(&item, flags)| flags.clone().with_name(columns::not_applicable(item)).into_column());
        let earlier = self.earlier.iter();
        let earlier =
            earlier.map(|(&(item, periods), values)| values.clone().with_name(columns::previous(item, periods)).into_column());
        Ok(DataFrame::new(self.height(), items.chain(flags).chain(earlier).collect())?)
    }
}
