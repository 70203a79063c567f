//! From long to wide: a row per observation becomes a cell.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use citygauge_indicators::{City, Fault, Faults, IndicatorSet, ItemKind, Observation, Period, Status, Value};
use polars::prelude::{ChunkFullNull, Float64Chunked, PlSmallStr};

use super::{Observations, Slice, duplicate};

/// One item of one period while it is being filled.
struct Filling {
    numbers: Vec<Option<f64>>,
    not_applicable: Vec<bool>,
    seen: Vec<bool>,
}

/// Pivots observations from long to wide, one slice per period.
pub(super) fn pivot(set: &IndicatorSet, observations: &[&Observation], cities: Cohort) -> Result<Observations, Faults> {
    let place: HashMap<&str, usize> = cities.list.iter().enumerate().map(|(i, city)| (city.code.as_str(), i)).collect();
    let rows = rows(observations, &cities, &place);
    let mut filled: BTreeMap<Period, HashMap<usize, Filling>> = rows.keys().map(|&period| (period, HashMap::new())).collect();
    let mut faults = Faults::default();
    for observation in observations {
        match accept(set, observation, &place) {
            Err(fault) => faults.push(fault),
            Ok((city, item)) => {
                let row = rows[&observation.period].binary_search_by_key(&city, |&c| c).expect("every observed city has a row");
                let height = rows[&observation.period].len();
                let filling =
                    filled.get_mut(&observation.period).expect("every observed period has a slice").entry(item).or_insert_with(
                        || Filling {
                            numbers: vec![None; height],
                            not_applicable: vec![false; height],
                            seen: vec![false; height],
                        },
                    );
                if std::mem::replace(&mut filling.seen[row], true) {
                    faults.push(duplicate(&observation.city, observation.period).of(observation.item.clone()));
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
    let slices = filled.into_iter().map(|(period, items)| slice(set, period, rows[&period].clone(), items));
    Ok(Observations { slices: slices.collect(), cities: cities.list }.completed(set))
}

/// The cities that are assessed.
pub(super) struct Cohort {
    list: Vec<City>,
    /// Whether every city has a row in every period, observed or not.
    explicit: bool,
}

impl Cohort {
    /// Gives names and attributes to the cities that are described.
    pub(super) fn described(mut self, described: &[City]) -> Self {
        let known: HashMap<&str, &City> = described.iter().map(|city| (city.code.as_str(), city)).collect();
        for city in &mut self.list {
            if let Some(&description) = known.get(city.code.as_str()) {
                *city = description.clone();
            }
        }
        self
    }
}

/// The cities of a list, or else those that were observed; by code, so that the order of a file decides nothing.
pub(super) fn cohort(observations: &[&Observation], cities: Option<&[City]>) -> Result<Cohort, Faults> {
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
    let mut list = cities.to_vec();
    list.sort_by(|one, other| one.code.cmp(&other.code));
    if faults.is_empty() { Ok(Cohort { list, explicit: true }) } else { Err(faults) }
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

fn accept(set: &IndicatorSet, observation: &Observation, place: &HashMap<&str, usize>) -> Result<(usize, usize), Fault> {
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

/// The number that stands for a value in the frame; a choice is the place of its option.
pub(crate) fn number(set: &IndicatorSet, item: usize, observation: &Observation) -> Result<Option<f64>, Fault> {
    if observation.status != Status::Reported {
        return Ok(None);
    }
    let described = &set.items()[item];
    let located =
        |fault: Fault| fault.city(observation.city.clone()).period(observation.period.to_string()).of(observation.item.clone());
    let refuse = |zh: &str, en: &str, value: &str| located(Fault::error("observation.wrong_type", zh, en).value(value));
    match (&observation.value, described.kind) {
        (None, _) => Ok(None),
        (Some(Value::Number(number)), kind) if kind != ItemKind::Choice => match super::refused(set, item, *number) {
            Some(fault) => Err(located(fault)),
            None => Ok(Some(*number)),
        },
        (Some(Value::Choice(option)), ItemKind::Choice) => match described.options.iter().position(|known| known == option) {
            Some(place) => Ok(Some(place as f64)),
            None => Err(refuse("没有这个选项", "there is no such option", option).expected(described.options.join(" | "))),
        },
        (Some(Value::Number(number)), _) => Err(refuse("应为选项代码", "expected the code of an option", &number.to_string())),
        (Some(Value::Choice(text)), _) => Err(refuse("应为数字", "expected a number", text)),
    }
}

fn slice(set: &IndicatorSet, period: Period, cities: Vec<usize>, mut filled: HashMap<usize, Filling>) -> Slice {
    let height = cities.len();
    let mut not_applicable = BTreeMap::new();
    let mut items = Vec::with_capacity(set.items().len());
    for item in 0..set.items().len() {
        let Some(filling) = filled.remove(&item) else {
            items.push(Float64Chunked::full_null(PlSmallStr::EMPTY, height));
            continue;
        };
        items.push(filling.numbers.into_iter().collect());
        if filling.not_applicable.contains(&true) {
            not_applicable.insert(item, filling.not_applicable.into_iter().collect());
        }
    }
    Slice::new(period, cities, items, not_applicable)
}
