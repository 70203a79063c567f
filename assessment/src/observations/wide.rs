//! A frame that is already wide, taken as it stands.

use std::collections::{BTreeMap, HashMap};

use citygauge_indicators::{City, Fault, Faults, IndicatorSet, Item, ItemKind, Period};
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
    let read = in_parallel(None, parts.len(), |at| Ok(slice(set, &cities, &parts[at]))).map_err(faults_of)?;
    let mut faults = Faults::default();
    let mut slices = Vec::with_capacity(read.len());
    for slice in read {
        match slice {
            Ok(slice) => slices.push(slice),
            Err(more) => faults.0.extend(more.0),
        }
    }
    if faults.is_empty() { Ok(Observations { cities: cities.list, slices }.completed(set)) } else { Err(faults) }
}

fn check_columns(set: &IndicatorSet, frame: &DataFrame) -> Result<(), Faults> {
    let mut faults = Faults::default();
    for column in frame.columns().iter().filter(|column| column.name() != "city" && column.name() != "period") {
        let name = column.name();
        match set.item_index(name) {
            Some(item) => faults.0.extend(wrong_type(&set.items()[item], column)),
            None => {
                let (zh, en) = (format!("没有数据项“{name}”"), format!("there is no data item '{name}'"));
                let fault = Fault::error("observation.unknown_item", zh, en);
                faults.push(fault.column(name.to_string()).of(name.to_string()));
            }
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
        let located =
            |row: usize, fault: Fault| fault.city(cities.list[rows[row]].code.clone()).period(period.to_string()).of(&item.code);
        let (numbers, refused) = if item.kind == ItemKind::Choice { options(item, column)? } else { numbers(column)? };
        let extent = extent(&numbers);
        let outside = outside(set, index, &numbers, extent);
        faults.0.extend(refused.into_iter().chain(outside).map(|(row, fault)| located(row, fault)));
        items.push(numbers);
        extents.push(extent);
    }
    if faults.is_empty() { Ok(Slice::with_extents(*period, rows, items, extents, BTreeMap::new())) } else { Err(faults) }
}

/// A column, and the rows with what the item does not admit.
type Read = (Float64Chunked, Vec<(usize, Fault)>);

/// Numbers as they stand.
fn numbers(column: &Column) -> Result<Read, Faults> {
    let numbers = column.cast(&DataType::Float64).map_err(engine)?;
    Ok((numbers.f64().map_err(engine)?.clone(), Vec::new()))
}

/// The places of the options that the texts name.
fn options(item: &Item, column: &Column) -> Result<Read, Faults> {
    let mut refused = Vec::new();
    let mut place = |(row, text): (usize, Option<&str>)| {
        let text = text?;
        let found = item.options.iter().position(|option| option == text);
        if found.is_none() {
            let fault = Fault::error("observation.wrong_type", "没有这个选项", "there is no such option");
            refused.push((row, fault.value(text).expected(item.options.join(" | "))));
        }
        found.map(|place| place as f64)
    };
    let places = column.str().map_err(engine)?.iter().enumerate().map(&mut place).collect();
    Ok((places, refused))
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

/// Why a column cannot hold the values of an item.
fn wrong_type(item: &Item, column: &Column) -> Option<Fault> {
    let (fits, zh, en) = if item.kind == ItemKind::Choice {
        (column.dtype().is_string(), "不是选项代码", "does not hold the codes of options")
    } else {
        (column.dtype().is_primitive_numeric() || column.dtype().is_null(), "不是数字", "does not hold numbers")
    };
    let code = &item.code;
    let fault = || Fault::error("observation.wrong_type", format!("“{code}”列{zh}"), format!("the column '{code}' {en}"));
    (!fits).then(|| fault().column(code).of(code))
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
