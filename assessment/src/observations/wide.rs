//! A frame that is already wide, taken as it stands.

use std::collections::{BTreeMap, HashMap};

use citygauge_indicators::{City, Fault, Faults, IndicatorSet, ItemKind, Period};
use polars::prelude::*;

use super::{Observations, Slice, duplicate, refused};
use crate::AssessmentError;
use crate::numbers::{Extent, extent};
use crate::parallel::in_parallel;

/// Reads a frame with the columns `city`, `period` and one per item code.
pub(super) fn read(set: &IndicatorSet, frame: &DataFrame) -> Result<Observations, Faults> {
    check_columns(set, frame)?;
    let parts = by_period(frame)?;
    let cities = Cities::of(frame)?;
    let parts: Vec<(Period, DataFrame)> = parts.into_iter().collect();
    let slices = in_parallel(parts.len(), |at| Ok(slice(set, &cities, &parts[at])?)).map_err(faults_of)?;
    Ok(Observations { cities: cities.list, slices }.completed(set))
}

fn check_columns(set: &IndicatorSet, frame: &DataFrame) -> Result<(), Faults> {
    let mut faults = Faults::default();
    for name in frame.get_column_names() {
        if name != "city" && name != "period" && set.item_index(name).is_none() {
            let fault = Fault::error(
                "observation.unknown_item",
                format!("没有数据项“{name}”"),
                format!("there is no data item '{name}'"),
            );
            faults.push(fault.column(name.to_string()).of(name.to_string()));
        }
    }
    for name in ["city", "period"] {
        if frame.column(name).and_then(Column::str).is_err() {
            let fault = Fault::error(
                "file.missing_column",
                format!("缺少文本列“{name}”"),
                format!("the text column '{name}' is missing"),
            );
            faults.push(fault.column(name));
        } else if frame.column(name).is_ok_and(|column| column.null_count() > 0) {
            let fault =
                Fault::error("observation.missing_key", format!("“{name}”列有空值"), format!("the column '{name}' has gaps"));
            faults.push(fault.column(name));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The rows of each period. Adjacent rows are a view of the frame; only scattered ones are copied together.
fn by_period(frame: &DataFrame) -> Result<BTreeMap<Period, DataFrame>, Faults> {
    let texts = frame.column("period").and_then(Column::str).map_err(engine)?;
    let mut runs: Vec<(&str, usize)> = Vec::new();
    for (row, text) in texts.iter().enumerate() {
        let text = text.unwrap_or_default();
        if runs.last().is_none_or(|(last, _)| *last != text) {
            runs.push((text, row));
        }
    }
    let mut faults = Faults::default();
    let mut periods: BTreeMap<Period, DataFrame> = BTreeMap::new();
    let ends = runs.iter().skip(1).map(|&(_, start)| start).chain([frame.height()]);
    let mut scattered = false;
    for (&(text, start), end) in runs.iter().zip(ends) {
        match text.parse::<Period>() {
            Ok(period) => scattered |= periods.insert(period, frame.slice(start as i64, end - start)).is_some(),
            Err(fault) => faults.push(fault.column("period")),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if scattered {
        for part in frame.partition_by_stable(["period"], true).map_err(engine)? {
            let text = part.column("period").and_then(Column::str).map_err(engine)?.get(0).unwrap_or_default().to_owned();
            periods.insert(text.parse()?, part);
        }
    }
    Ok(periods)
}

/// The cities of a frame, in the order of their codes.
struct Cities {
    list: Vec<City>,
    places: HashMap<String, usize>,
}

impl Cities {
    fn of(frame: &DataFrame) -> Result<Self, Faults> {
        let unique = frame.column("city").and_then(|column| column.unique()?.sort(SortOptions::default())).map_err(engine)?;
        let codes: Vec<String> = unique.str().map_err(engine)?.iter().flatten().map(str::to_owned).collect();
        let places = codes.iter().enumerate().map(|(place, code)| (code.clone(), place)).collect();
        Ok(Self { list: codes.into_iter().map(|code| City { code, ..City::default() }).collect(), places })
    }
}

fn slice(set: &IndicatorSet, cities: &Cities, (period, part): &(Period, DataFrame)) -> Result<Slice, Faults> {
    let mut faults = Faults::default();
    let codes = part.column("city").and_then(Column::str).map_err(engine)?;
    let rows: Vec<usize> = codes.iter().flatten().map(|code| cities.places[code]).collect();
    let mut seen = vec![false; cities.list.len()];
    for &city in &rows {
        if std::mem::replace(&mut seen[city], true) {
            faults.push(duplicate(&cities.list[city].code, *period));
        }
    }
    let (mut items, mut extents) = (Vec::with_capacity(set.items().len()), Vec::with_capacity(set.items().len()));
    for (index, item) in set.items().iter().enumerate() {
        let Ok(column) = part.column(&item.code) else {
            items.push(Float64Chunked::full_null(PlSmallStr::EMPTY, part.height()));
            extents.push(None);
            continue;
        };
        let numbers = column.strict_cast(&DataType::Float64).map_err(|_| not_numbers(&item.code))?;
        let numbers = numbers.f64().map_err(engine)?.clone();
        let extent = extent(&numbers);
        let place = |row: usize| cities.list[rows[row]].code.clone();
        let refused = outside(set, index, &numbers, extent).into_iter();
        faults.0.extend(refused.map(|(row, fault)| fault.city(place(row)).period(period.to_string()).of(item.code.clone())));
        items.push(numbers);
        extents.push(extent);
    }
    if faults.is_empty() { Ok(Slice::with_extents(*period, rows, items, extents, BTreeMap::new())) } else { Err(faults) }
}

/// The numbers that an item does not admit. The whole column is looked at first: nearly always all is well.
fn outside(set: &IndicatorSet, item: usize, numbers: &Float64Chunked, extent: Option<Extent>) -> Vec<(usize, Fault)> {
    let admitted = |extent: Extent| [extent.smallest, extent.largest].iter().all(|&end| refused(set, item, end).is_none());
    let is_boolean = set.items()[item].kind == ItemKind::Boolean;
    if !is_boolean && extent.is_none_or(admitted) {
        return Vec::new();
    }
    let present = numbers.iter().enumerate().filter_map(|(row, number)| Some((row, number?)));
    present.filter_map(|(row, number)| Some((row, refused(set, item, number)?))).collect()
}

fn not_numbers(item: &str) -> Fault {
    Fault::error("observation.wrong_type", format!("“{item}”列不是数字"), format!("the column '{item}' does not hold numbers"))
        .column(item)
        .of(item)
}

fn engine(error: PolarsError) -> Faults {
    Fault::error("engine.failed", "引擎内部错误", error.to_string()).into()
}

fn faults_of(error: AssessmentError) -> Faults {
    match error {
        AssessmentError::Refused(faults) => faults,
        other => Fault::error("engine.failed", "引擎内部错误", other.to_string()).into(),
    }
}
