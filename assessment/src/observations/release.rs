//! From the rows of a release to wide, block by block: what is held is a number per cell, however many rows pass by.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use citygauge_indicators::{City, Fault, Faults, IndicatorSet, ItemKind, Observation, Period, Status, Value};
use polars::prelude::*;

use super::long::{self, number};
use super::{Observations, Slice, duplicate, refused};

/// Collects the rows of a release for a set: items of other sets are passed over and, where cities are listed, so are other
/// cities.
#[derive(Debug)]
pub struct Pivot<'s> {
    set: &'s IndicatorSet,
    items: HashMap<&'s str, usize>,
    /// The cities in the order in which they were listed or came, and the place of each.
    codes: Vec<String>,
    places: HashMap<String, usize>,
    is_listed: bool,
    periods: BTreeMap<Period, Vec<Option<Filling>>>,
    faults: Faults,
    /// The cells that are held.
    cells: usize,
}

/// Cells (cities x periods x items) that are held at once, each with some nine bytes: far more than 41,000 cities, 300 items and 20 years have.
/// A file of few rows can name many: whatever it says, the memory stays bounded.
const CELLS: usize = if cfg!(test) { 100 } else { 500_000_000 };

/// Faults that are told one by one; a release that is wrong throughout need not fill the memory with them.
const TOLD: usize = 1_000;

/// One item of one period while it is being filled, by city.
#[derive(Debug, Default)]
struct Filling {
    /// NaN, which no observation can be, where there is none.
    numbers: Vec<f64>,
    seen: Vec<bool>,
    not_applicable: BTreeSet<usize>,
}

impl Filling {
    /// By how many cells it grows before it takes this city.
    fn growth(&self, city: usize) -> usize {
        (city + 1).saturating_sub(self.seen.len())
    }

    /// Takes a cell; `false` where it was taken before.
    fn take(&mut self, city: usize) -> bool {
        if self.seen.len() <= city {
            self.seen.resize(city + 1, false);
            self.numbers.resize(city + 1, f64::NAN);
        }
        !std::mem::replace(&mut self.seen[city], true)
    }

    fn is_seen(&self, city: usize) -> bool {
        self.seen.get(city).copied().unwrap_or(false)
    }

    fn number(&self, city: usize) -> Option<f64> {
        self.numbers.get(city).copied().filter(|number| !number.is_nan())
    }
}

impl<'s> Pivot<'s> {
    /// Begins; with `listed`, every listed city has a row in every period, without, a city has one in the periods in which it
    /// was observed.
    #[must_use]
    pub fn new(set: &'s IndicatorSet, listed: Option<&[String]>) -> Self {
        let codes = listed.unwrap_or_default().to_vec();
        Self {
            set,
            items: set.items().iter().enumerate().map(|(place, item)| (item.code.as_str(), place)).collect(),
            places: codes.iter().enumerate().map(|(place, code)| (code.clone(), place)).collect(),
            codes,
            is_listed: listed.is_some(),
            periods: BTreeMap::new(),
            faults: Faults::default(),
            cells: 0,
        }
    }

    /// Takes some rows: the columns `city`, `period`, `item`, `choice` and `status` of texts, and `value` of numbers. Rows without city,
    /// period or item say nothing.
    ///
    /// # Errors
    /// A column that is missing or of another type. What is wrong with single rows is told at the end.
    pub fn add(&mut self, rows: &DataFrame) -> PolarsResult<()> {
        let text = |name: &str| rows.column(name)?.str();
        let keys = text("city")?.iter().zip(text("period")?.iter()).zip(text("item")?.iter());
        let values = rows.column("value")?.f64()?.iter().zip(text("choice")?.iter()).zip(text("status")?.iter());
        // Rows of a city and of a period follow one another, so most are those of the row before.
        let mut last: Option<(&str, Option<usize>)> = None;
        let mut of: Option<(&str, Option<Period>)> = None;
        for (((city, period), item), ((value, choice), status)) in keys.zip(values) {
            let (Some(city), Some(period), Some(item)) = (city, period, item) else { continue };
            let Some(&item) = self.items.get(item) else { continue };
            let place = match last {
                Some((known, place)) if known == city => place,
                _ => self.place(city),
            };
            last = Some((city, place));
            let Some(place) = place else { continue };
            let when = match of {
                Some((known, when)) if known == period => when,
                _ => self.period(period),
            };
            of = Some((period, when));
            let Some(when) = when else { continue };
            self.cell(place, when, item, value, choice, status);
        }
        Ok(())
    }

    /// The place of a city, unless it takes no part.
    fn place(&mut self, code: &str) -> Option<usize> {
        let known = self.places.get(code).copied();
        if known.is_some() || self.is_listed {
            return known;
        }
        self.places.insert(code.to_owned(), self.codes.len());
        self.codes.push(code.to_owned());
        Some(self.codes.len() - 1)
    }

    fn period(&mut self, text: &str) -> Option<Period> {
        text.parse().map_err(|fault| self.tell(fault)).ok()
    }

    fn tell(&mut self, fault: Fault) {
        if self.faults.0.len() < TOLD {
            self.faults.push(fault);
        }
    }

    /// Tells once that there is more than fits; what came before is kept, so that its faults are told too.
    fn overflow(&mut self) {
        let code = "observations.too_many_cells";
        if self.faults.0.iter().all(|fault| fault.code != code) {
            self.faults.push(
                Fault::error(code, "城市、时期和数据项过多", "there are too many cities, periods and items")
                    .expected(format!("<= {CELLS} cities x periods x items"))
                    .hint("请拆分数据", "split the data by periods or cities"),
            );
        }
    }

    fn cell(&mut self, city: usize, when: Period, item: usize, value: Option<f64>, choice: Option<&str>, status: Option<&str>) {
        let width = self.set.items().len();
        let of_period = self.periods.entry(when).or_insert_with(|| std::iter::repeat_with(|| None).take(width).collect());
        let filling = of_period[item].get_or_insert_default();
        let cells = self.cells + filling.growth(city);
        if cells > CELLS {
            return self.overflow();
        }
        self.cells = cells;
        if !filling.take(city) {
            let fault = duplicate(&self.codes[city], when).of(self.set.items()[item].code.clone());
            return self.tell(fault);
        }
        let status = status.and_then(Status::from_word).unwrap_or_default();
        if status == Status::NotApplicable {
            filling.not_applicable.insert(city);
        }
        // A number that the item admits, as nearly all are.
        let plain = value.filter(|_| status == Status::Reported && self.set.items()[item].kind != ItemKind::Choice);
        if let Some(number) = plain.filter(|number| refused(self.set, item, *number).is_none()) {
            filling.numbers[city] = number;
            return;
        }
        let value = value.map(Value::Number).or_else(|| choice.map(|option| Value::Choice(option.to_owned())));
        let code = self.set.items()[item].code.clone();
        let observation = Observation { city: self.codes[city].clone(), period: when, item: code, value, status };
        match number(self.set, item, &observation) {
            Ok(Some(number)) => filling.numbers[city] = number,
            Ok(None) => {}
            Err(fault) => self.tell(fault),
        }
    }

    /// The observations; `described` gives names and attributes to those cities that are known.
    ///
    /// # Errors
    /// What is wrong with single rows, and cities that are listed twice, all at once; of a thousand faults and more the first
    /// thousand.
    pub fn finish(self, described: &[City]) -> std::result::Result<Observations, Faults> {
        let Self { set, codes, is_listed, periods, mut faults, .. } = self;
        let described: HashMap<&str, &City> = described.iter().map(|city| (city.code.as_str(), city)).collect();
        let described = |code: &String| match described.get(code.as_str()) {
            Some(&city) => city.clone(),
            None => City { code: code.clone(), ..City::default() },
        };
        // By code, so that the order of rows decides nothing.
        let mut order: Vec<usize> = (0..codes.len()).collect();
        order.sort_by(|&one, &other| codes[one].cmp(&codes[other]));
        let cities: Vec<City> = order.iter().map(|&place| described(&codes[place])).collect();
        if is_listed && let Err(more) = long::cohort(&[], Some(&cities)) {
            faults.0.extend(more.0);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let slices = periods.into_iter().map(|(period, items)| slice(period, items, &order, is_listed)).collect();
        Ok(Observations { cities, slices }.completed(set))
    }
}

/// The slice of a period; `order` has the places of the cities by code.
fn slice(period: Period, items: Vec<Option<Filling>>, order: &[usize], is_listed: bool) -> Slice {
    let is_observed = |place: usize| items.iter().flatten().any(|filling| filling.is_seen(place));
    let cities: Vec<usize> = (0..order.len()).filter(|&city| is_listed || is_observed(order[city])).collect();
    let mut not_applicable = BTreeMap::new();
    let mut columns = Vec::with_capacity(items.len());
    for (item, filling) in items.into_iter().enumerate() {
        let Some(filling) = filling else {
            columns.push(Float64Chunked::full_null(PlSmallStr::EMPTY, cities.len()));
            continue;
        };
        columns.push(cities.iter().map(|&city| filling.number(order[city])).collect());
        if !filling.not_applicable.is_empty() {
            let flags = cities.iter().map(|&city| Some(filling.not_applicable.contains(&order[city])));
            not_applicable.insert(item, flags.collect());
        }
    }
    Slice::new(period, cities, columns, not_applicable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_names_more_cells_than_fit_is_refused_whatever_its_rows() {
        let document = serde_json::json!({
            "code": "s", "version": "1", "title": {"en": "S"}, "items": [{"code": "x"}],
            "nodes": [{"code": "X", "title": {"en": "X"}, "indicator": {"formula": "x", "scoring": {"rule": "ratio"}}}]
        });
        let set = citygauge_indicators::SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
        // Sixty cities in one year, and the last of them in another: 61 rows, but room for 120 cells.
        let cities: Vec<String> = (0..60).map(|city| format!("c{city:02}")).chain(["c59".to_owned()]).collect();
        let periods: Vec<&str> = (0..61).map(|row| if row < 60 { "2025" } else { "2026" }).collect();
        let rows = DataFrame::new(
            61,
            vec![
                Column::new("city".into(), cities),
                Column::new("period".into(), periods),
                Column::new("item".into(), vec!["x"; 61]),
                Column::new("value".into(), vec![1.0; 61]),
                Column::full_null("choice".into(), 61, &DataType::String),
                Column::new("status".into(), vec!["reported"; 61]),
            ],
        );
        let rows = rows.expect("columns of one length");
        let mut pivot = Pivot::new(&set, None);
        pivot.add(&rows.head(Some(60))).expect("the columns of a release");
        pivot.add(&rows.tail(Some(1))).expect("the columns of a release");
        let faults = pivot.finish(&[]).expect_err("too many cells").0;
        assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["observations.too_many_cells"]);
    }
}
