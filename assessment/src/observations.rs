//! The observations as the engine reads them: per period a wide frame, a row per city, a column per item.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use citygauge_indicators::formula::{Expr, Formula};
use citygauge_indicators::{City, Fault, Faults, IndicatorSet, ItemKind, Observation, Period, Status, Value};
use polars::prelude::*;

use crate::columns;
use crate::error::Result;

/// The observations of a cohort, checked against the items of a set.
#[derive(Debug, Clone)]
pub struct Observations {
    pub(crate) cities: Vec<City>,
    pub(crate) slices: Vec<Slice>,
}

/// One period: its cities and their items.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    pub period: Period,
    /// The city of each row, by its place in [`Observations::cities`].
    pub cities: Vec<usize>,
    rows: HashMap<usize, usize>,
    /// Columns named by [`columns`].
    pub frame: DataFrame,
    /// The items that are not applicable to some city.
    pub not_applicable: BTreeSet<usize>,
}

impl Slice {
    fn new(period: Period, cities: Vec<usize>, frame: DataFrame, not_applicable: BTreeSet<usize>) -> Self {
        let rows = cities.iter().enumerate().map(|(row, &city)| (city, row)).collect();
        Self { period, cities, rows, frame, not_applicable }
    }

    pub(crate) fn height(&self) -> usize {
        self.cities.len()
    }

    /// The row of a city.
    pub(crate) fn row_of(&self, city: usize) -> Option<usize> {
        self.rows.get(&city).copied()
    }

    /// The value of a column in a row, null being `None`.
    pub(crate) fn number(&self, column: &str, row: usize) -> Option<f64> {
        self.frame.column(column).ok()?.f64().ok()?.get(row)
    }

    /// Whether an item is not applicable in a row.
    pub(crate) fn is_not_applicable(&self, item: usize, row: usize) -> bool {
        self.not_applicable.contains(&item)
            && self.frame.column(&columns::not_applicable(item)).ok().and_then(|c| c.bool().ok()?.get(row)).unwrap_or(false)
    }
}

/// One item of one period while the frame is being filled.
struct Filling {
    numbers: Vec<Option<f64>>,
    not_applicable: Vec<bool>,
    seen: Vec<bool>,
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
    ) -> std::result::Result<Self, Faults> {
        let observations: Vec<&Observation> = observations.into_iter().collect();
        let cities = cohort(&observations, cities)?;
        Self::pivoted(set, &observations, cities)
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
    ) -> std::result::Result<Self, Faults> {
        let observations: Vec<&Observation> = observations.into_iter().collect();
        let mut cities = cohort(&observations, None)?;
        let known: HashMap<&str, &City> = described.iter().map(|city| (city.code.as_str(), city)).collect();
        for city in &mut cities.list {
            if let Some(&description) = known.get(city.code.as_str()) {
                *city = description.clone();
            }
        }
        Self::pivoted(set, &observations, cities)
    }

    fn pivoted(set: &IndicatorSet, observations: &[&Observation], cities: Cohort) -> std::result::Result<Self, Faults> {
        let place: HashMap<&str, usize> = cities.list.iter().enumerate().map(|(i, city)| (city.code.as_str(), i)).collect();
        let rows = rows(observations, &cities, &place);
        let mut filled: BTreeMap<Period, HashMap<usize, Filling>> = rows.keys().map(|&period| (period, HashMap::new())).collect();
        let mut faults = Faults::default();
        for observation in observations {
            match accept(set, observation, &place) {
                Err(fault) => faults.push(fault),
                Ok((city, item)) => {
                    let row =
                        rows[&observation.period].binary_search_by_key(&city, |&c| c).expect("every observed city has a row");
                    let height = rows[&observation.period].len();
                    let filling = filled
                        .get_mut(&observation.period)
                        .expect("every observed period has a slice")
                        .entry(item)
                        .or_insert_with(|| Filling {
                            numbers: vec![None; height],
                            not_applicable: vec![false; height],
                            seen: vec![false; height],
                        });
                    if std::mem::replace(&mut filling.seen[row], true) {
                        faults.push(duplicate(observation));
                        continue;
                    }
                    match number(set, item, observation) {
                        Ok(value) => filling.numbers[row] = value,
                        Err(fault) => faults.push(fault),
                    }
                    filling.not_applicable[row] = observation.status == Status::NotApplicable;
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let slices = filled
            .into_iter()
            .map(|(period, items)| slice(set, period, rows[&period].clone(), items))
            .collect::<Result<Vec<_>>>()
            .map_err(engine_fault)?;
        Self { cities: cities.list, slices }.completed(set).map_err(engine_fault)
    }

    /// Takes a frame that is already wide: columns `city` and `period` as text, and a column of numbers per item
    /// code. Rows of one period need not be adjacent. What is null is missing; nothing is not applicable.
    ///
    /// # Errors
    /// A column that is missing, unknown or of the wrong type, and a period that is none.
    pub fn from_wide(set: &IndicatorSet, frame: &DataFrame) -> std::result::Result<Self, Faults> {
        let mut faults = Faults::default();
        for name in frame.get_column_names() {
            if name != "city" && name != "period" && set.item_index(name).is_none() {
                faults.push(
                    Fault::error(
                        "observation.unknown_item",
                        format!("没有数据项“{name}”"),
                        format!("there is no data item '{name}'"),
                    )
                    .column(name.to_string())
                    .of(name.to_string()),
                );
            }
        }
        for name in ["city", "period"] {
            if frame.column(name).and_then(Column::str).is_err() {
                faults.push(
                    Fault::error(
                        "file.missing_column",
                        format!("缺少文本列“{name}”"),
                        format!("the text column '{name}' is missing"),
                    )
                    .column(name),
                );
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        wide(set, frame).map_err(engine_fault)
    }

    /// The periods, in the order of time.
    pub fn periods(&self) -> impl Iterator<Item = Period> {
        self.slices.iter().map(|slice| slice.period)
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

    /// Adds the columns that formulas read of earlier periods and the attributes that peer rules group by.
    fn completed(mut self, set: &IndicatorSet) -> Result<Self> {
        for (item, periods) in earlier_items(set) {
            for at in 0..self.slices.len() {
                let source = self.slice_of(self.slices[at].period.earlier(periods));
                let values: Float64Chunked = self.slices[at]
                    .cities
                    .iter()
                    .map(|&city| {
                        let slice = &self.slices[source?];
                        slice.number(&columns::item(item), slice.row_of(city)?)
                    })
                    .collect();
                let column = values.with_name(columns::previous(item, periods)).into_column();
                self.slices[at].frame.with_column(column)?;
            }
        }
        for name in grouping_attributes(set) {
            for slice in &mut self.slices {
                let values: StringChunked = slice
                    .cities
                    .iter()
                    .map(|&city| self.cities[city].attributes.get(&name).filter(|text| !text.is_empty()))
                    .collect();
                slice.frame.with_column(values.with_name(columns::attribute(&name)).into_column())?;
            }
        }
        Ok(self)
    }
}

struct Cohort {
    list: Vec<City>,
    explicit: bool,
}

fn cohort(observations: &[&Observation], cities: Option<&[City]>) -> std::result::Result<Cohort, Faults> {
    let Some(cities) = cities else {
        let codes: BTreeSet<&str> = observations.iter().map(|observation| observation.city.as_str()).collect();
        let list = codes.into_iter().map(|code| City { code: code.to_owned(), ..City::default() }).collect();
        return Ok(Cohort { list, explicit: false });
    };
    let mut faults = Faults::default();
    let mut seen = BTreeSet::new();
    for city in cities.iter().filter(|city| !seen.insert(city.code.as_str())) {
        faults.push(
            Fault::error(
                "city.duplicate",
                format!("城市代码“{}”重复", city.code),
                format!("two cities have the code '{}'", city.code),
            )
            .city(city.code.clone()),
        );
    }
    if faults.is_empty() { Ok(Cohort { list: cities.to_vec(), explicit: true }) } else { Err(faults) }
}

/// The cities that have a row, per period, in the order of the cohort.
fn rows(observations: &[&Observation], cities: &Cohort, place: &HashMap<&str, usize>) -> BTreeMap<Period, Vec<usize>> {
    let mut rows: BTreeMap<Period, BTreeSet<usize>> = BTreeMap::new();
    for observation in observations {
        let row = rows.entry(observation.period).or_default();
        if !cities.explicit {
            row.extend(place.get(observation.city.as_str()));
        }
    }
    let all = || (0..cities.list.len()).collect();
    rows.into_iter().map(|(period, some)| (period, if cities.explicit { all() } else { some.into_iter().collect() })).collect()
}

fn accept(
    set: &IndicatorSet,
    observation: &Observation,
    place: &HashMap<&str, usize>,
) -> std::result::Result<(usize, usize), Fault> {
    let located =
        |fault: Fault| fault.city(observation.city.clone()).period(observation.period.to_string()).of(observation.item.clone());
    let city = place.get(observation.city.as_str()).copied().ok_or_else(|| {
        located(Fault::error(
            "observation.unknown_city",
            format!("没有城市“{}”", observation.city),
            format!("there is no city '{}'", observation.city),
        ))
    })?;
    let item = set.item_index(&observation.item).ok_or_else(|| {
        located(Fault::error(
            "observation.unknown_item",
            format!("没有数据项“{}”", observation.item),
            format!("there is no data item '{}'", observation.item),
        ))
    })?;
    Ok((city, item))
}

fn duplicate(observation: &Observation) -> Fault {
    Fault::error("observation.duplicate", "同一城市、时期和数据项出现了两次", "the same city, period and item stand twice")
        .city(observation.city.clone())
        .period(observation.period.to_string())
        .of(observation.item.clone())
}

/// The number that stands for a value in the frame; a choice is the place of its option.
fn number(set: &IndicatorSet, item: usize, observation: &Observation) -> std::result::Result<Option<f64>, Fault> {
    if observation.status != Status::Reported {
        return Ok(None);
    }
    let described = &set.items()[item];
    let refuse = |zh: &str, en: &str, value: &str| {
        Fault::error("observation.wrong_type", zh, en)
            .city(observation.city.clone())
            .period(observation.period.to_string())
            .of(observation.item.clone())
            .value(value)
    };
    match (&observation.value, described.kind) {
        (None, _) => Ok(None),
        (Some(Value::Number(number)), kind) if kind != ItemKind::Choice => {
            let (min, max) = described.range();
            if !number.is_finite() {
                return Err(refuse("不是有限的数", "not a finite number", &number.to_string()));
            }
            if kind == ItemKind::Boolean && *number != 0.0 && *number != 1.0 {
                return Err(refuse("布尔型只能是 1 或 0", "a boolean is 1 or 0", &number.to_string()));
            }
            if min.is_some_and(|min| *number < min) || max.is_some_and(|max| *number > max) {
                let mut fault = refuse("超出数据项的取值范围", "outside the item's range", &number.to_string());
                fault.code = "observation.out_of_range";
                let limit = |limit: Option<f64>| limit.map_or_else(String::new, |limit| limit.to_string());
                return Err(fault.expected(format!("{}..{}", limit(min), limit(max))));
            }
            Ok(Some(*number))
        }
        (Some(Value::Choice(option)), ItemKind::Choice) => match described.options.iter().position(|known| known == option) {
            Some(place) => Ok(Some(place as f64)),
            None => Err(refuse("没有这个选项", "there is no such option", option).expected(described.options.join(" | "))),
        },
        (Some(Value::Number(number)), _) => Err(refuse("应为选项代码", "expected the code of an option", &number.to_string())),
        (Some(Value::Choice(text)), _) => Err(refuse("应为数字", "expected a number", text)),
    }
}

fn slice(set: &IndicatorSet, period: Period, cities: Vec<usize>, mut items: HashMap<usize, Filling>) -> Result<Slice> {
    let height = cities.len();
    let mut not_applicable = BTreeSet::new();
    let mut frame_columns = Vec::with_capacity(set.items().len());
    for index in 0..set.items().len() {
        let Some(filling) = items.remove(&index) else {
            frame_columns.push(Series::full_null(columns::item(index), height, &DataType::Float64).into_column());
            continue;
        };
        frame_columns.push(Float64Chunked::from_iter_options(columns::item(index), filling.numbers.into_iter()).into_column());
        if filling.not_applicable.contains(&true) {
            not_applicable.insert(index);
            let flags: BooleanChunked = filling.not_applicable.into_iter().collect();
            frame_columns.push(flags.with_name(columns::not_applicable(index)).into_column());
        }
    }
    Ok(Slice::new(period, cities, DataFrame::new(height, frame_columns)?, not_applicable))
}

fn wide(set: &IndicatorSet, frame: &DataFrame) -> Result<Observations> {
    let mut by_period: BTreeMap<Period, DataFrame> = BTreeMap::new();
    for part in frame.partition_by_stable(["period"], true)? {
        let text = part.column("period")?.str()?.get(0).unwrap_or_default().to_owned();
        by_period.insert(text.parse::<Period>()?, part);
    }
    let codes: BTreeSet<String> = frame.column("city")?.str()?.iter().flatten().map(str::to_owned).collect();
    let cities: Vec<City> = codes.into_iter().map(|code| City { code, ..City::default() }).collect();
    let place: HashMap<&str, usize> = cities.iter().enumerate().map(|(i, city)| (city.code.as_str(), i)).collect();
    let mut slices = Vec::with_capacity(by_period.len());
    for (period, part) in by_period {
        let rows: Vec<usize> = part.column("city")?.str()?.iter().flatten().map(|code| place[code]).collect();
        let height = part.height();
        let of_items = set.items().iter().enumerate().map(|(index, item)| {
            Ok(match part.column(&item.code) {
                Ok(column) => column.cast(&DataType::Float64)?.with_name(columns::item(index)),
                Err(_) => Series::full_null(columns::item(index), height, &DataType::Float64).into_column(),
            })
        });
        let frame = DataFrame::new(height, of_items.collect::<Result<Vec<_>>>()?)?;
        slices.push(Slice::new(period, rows, frame, BTreeSet::new()));
    }
    Observations { cities, slices }.completed(set)
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

/// The attributes by which some missing rule restricts the peers.
fn grouping_attributes(set: &IndicatorSet) -> BTreeSet<String> {
    use citygauge_indicators::MissingRule::{PeerMean, PeerMedian};
    let groups = set.nodes().iter().filter_map(|node| match &node.missing {
        PeerMean { group } | PeerMedian { group } => group.clone(),
        _ => None,
    });
    groups.collect()
}

fn engine_fault(error: crate::AssessmentError) -> Faults {
    match error {
        crate::AssessmentError::Refused(faults) => faults,
        other => Fault::error("engine.failed", "引擎内部错误", other.to_string()).into(),
    }
}
