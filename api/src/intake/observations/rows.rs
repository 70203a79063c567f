//! Turns rows into observations and finds what is wrong with each.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use citygauge_indicators::{Fault, Faults, IndicatorSet, ItemIndex, Period, Status, Value};

use super::super::cell::Cell;
use super::super::feed::{Rows, Taken};
use super::super::findings::{Context, Findings};
use super::super::xlsx::template::{self, Form};
use super::absences::Presence;
use super::annotations::annotations;
use super::city::Cities;
use super::columns::{Columns, Long, Wide, recognise, unknown_item};
use super::status::status;
use super::survey::Unsampled;
use super::title::titled;
use super::{Annotations, Blanks, ObservationOptions, ReadObservation, value};

/// Stands for all items of a row of the wide form; the number of its sheet is added.
const WHOLE_ROW: u32 = 1 << 31;

/// Collects the observations of one file.
pub(super) struct ObservationRows<'o> {
    pub columns: Option<Columns>,
    pub taken: Taking<'o>,
}

/// What is known after the rows so far.
pub(super) struct Taking<'o> {
    pub rows: Vec<ReadObservation>,
    set: &'o IndicatorSet,
    options: &'o ObservationOptions<'o>,
    cities: Cities<'o>,
    /// The units in which the file states items, where a mapping says so.
    units: HashMap<ItemIndex, String>,
    /// The first row of each city, period and item; of each city and period of a sheet in the wide form.
    first: HashMap<(u32, Period, u32), u32>,
    /// The periods of which the file says anything of a city, sound or not.
    present: Presence,
    /// Values of surveys that do not say how many were asked.
    unsampled: Unsampled,
}

impl<'o> ObservationRows<'o> {
    pub fn new(set: &'o IndicatorSet, options: &'o ObservationOptions<'o>) -> Self {
        let cities = Cities::new(options.known_cities, options.limits.max_code_chars);
        let units = options.mapping.map(|mapping| mapping.units(set)).unwrap_or_default();
        Self {
            columns: None,
            taken: Taking {
                rows: Vec::new(),
                set,
                options,
                cities,
                units,
                first: HashMap::new(),
                present: Presence::default(),
                unsampled: Unsampled::default(),
            },
        }
    }
}

impl Rows for ObservationRows<'_> {
    fn header(&mut self, names: &[Option<String>], findings: &mut Findings) -> bool {
        self.columns = recognise(names, self.taken.set, self.taken.options.period.is_some(), findings);
        self.columns.is_some()
    }

    fn knows(&mut self, names: &[Option<String>]) -> bool {
        let mut scratch = Findings::new(1);
        let recognised = recognise(names, self.taken.set, true, &mut scratch).is_some();
        recognised || scratch.finish(None).faults.0.iter().any(|fault| fault.code == "file.missing_column")
    }

    fn template(&mut self, form: &Form, findings: &mut Findings) -> bool {
        let document = self.taken.set.document();
        let fault = template::of_another_set(form, (&document.code, &document.version, self.taken.set.digest()));
        if let Some(fault) = fault {
            findings.whole(fault);
        }
        // Said once here; in every row of the sheet it would be the same.
        let city = self.taken.cities.number(&form.city);
        if let Some(fault) = self.taken.cities.fault(city) {
            findings.whole(fault.city(form.city.clone()));
        }
        !findings.refused
    }

    fn row(&mut self, number: u64, cells: &[Cell<'_>], findings: &mut Findings) -> Taken {
        let before = self.taken.rows.len();
        let (city, period, item) = match &self.columns {
            Some(Columns::Long(long)) => {
                self.taken.long(number, cells, long, findings);
                (long.city, long.period, Some(long.item))
            }
            Some(Columns::Wide(wide)) => {
                self.taken.wide(number, cells, wide, findings);
                (wide.city, wide.period, None)
            }
            None => return Taken::Full,
        };
        let faulty = findings.row_is_faulty();
        if faulty {
            self.taken.rows.truncate(before);
        }
        if findings.has_row_findings() {
            let text = |column: Option<usize>| column.and_then(|column| cells[column].as_text().ok().flatten());
            let (city, period, item) = (text(Some(city)), text(period), text(item));
            findings.end_row(number, &Context { city: city.as_deref(), period: period.as_deref(), item: item.as_deref() });
        }
        if faulty {
            return Taken::Faulty;
        }
        self.taken.note_surveys(before);
        let most = self.taken.options.limits.max_observations;
        if self.taken.rows.len() > most {
            findings.whole(
                Fault::error(
                    "file.too_many_observations",
                    format!("超过 {most} 个观测值"),
                    format!("more than {most} observations"),
                )
                .hint("请拆分文件", "split the file"),
            );
            return Taken::Full;
        }
        Taken::Sound
    }
}

impl Taking<'_> {
    fn long(&mut self, number: u64, cells: &[Cell<'_>], columns: &Long, findings: &mut Findings) {
        let city = self.city(&cells[columns.city], columns.city, findings);
        let period = self.period(cells, columns.period, findings);
        let city = self.in_period(city, number, period, columns.city, findings);
        let item = self.item(&cells[columns.item], columns.item, findings);
        if let (Some(city), Some(period), Some(item)) = (city, period, item) {
            let key = (city, period, u32::try_from(item).unwrap_or(u32::MAX));
            self.once(key, number, columns.item, findings);
        }
        let status = status(cells, columns, findings);
        let value = match (item, status) {
            (Some(item), Some(Status::Reported | Status::Rejected) | None) => {
                self.value(&cells[columns.value], columns.value, item, findings)
            }
            _ => None,
        };
        let mut annotations = annotations(cells, columns, item.map(|item| &self.set.items()[item]), status, findings);
        if columns.unit.is_none() && value.is_some() {
            annotations = self.with_unit(item, annotations);
        }
        if let (Some(city), Some(period), Some(item), Some(status)) = (city, period, item, status) {
            let city = Arc::clone(self.cities.code(city));
            let sheet = findings.sheet.clone();
            self.rows.push(ReadObservation { row: number, sheet, city, period, item, value, status, annotations });
        }
    }

    fn wide(&mut self, number: u64, cells: &[Cell<'_>], columns: &Wide, findings: &mut Findings) {
        let city = self.city(&cells[columns.city], columns.city, findings);
        let period = self.period(cells, columns.period, findings);
        let city = self.in_period(city, number, period, columns.city, findings);
        if let (Some(city), Some(period)) = (city, period) {
            self.once((city, period, WHOLE_ROW + findings.sheets_before()), number, columns.city, findings);
        }
        for (column, item) in &columns.items {
            let cell = &cells[*column];
            if cell.is_empty() && self.options.blanks == Blanks::Omitted {
                continue;
            }
            let value = self.value(cell, *column, *item, findings);
            if let (Some(city), Some(period)) = (city, period) {
                if findings.several_sheets {
                    // Departments hand in sheets of the same cities with items of their own.
                    self.once((city, period, u32::try_from(*item).unwrap_or(u32::MAX)), number, *column, findings);
                }
                let sheet = findings.sheet.clone();
                let status = if value.is_some() { Status::Reported } else { Status::Missing };
                let annotations = if value.is_some() { self.with_unit(Some(*item), None) } else { None };
                let city = Arc::clone(self.cities.code(city));
                self.rows.push(ReadObservation { row: number, sheet, city, period, item: *item, value, status, annotations });
            }
        }
    }

    /// Looks for values of surveys that do not say how many were asked, among the rows from this one on.
    fn note_surveys(&mut self, from: usize) {
        for row in &self.rows[from..] {
            let sampled = row.annotations.as_deref().is_some_and(|annotations| annotations.sample_size.is_some());
            if row.status == Status::Reported && !sampled {
                self.unsampled.note(row.item, &self.set.items()[row.item], row.row, row.sheet.as_ref());
            }
        }
    }

    /// Says in which unit the file states the item.
    fn with_unit(&self, item: Option<ItemIndex>, annotations: Option<Box<Annotations>>) -> Option<Box<Annotations>> {
        let Some(unit) = item.and_then(|item| self.units.get(&item)) else { return annotations };
        let known = annotations.map(|annotations| *annotations).unwrap_or_default();
        Some(Box::new(Annotations { unit: Some(unit.clone()), ..known }))
    }

    /// Reports a second row for what a row already said.
    fn once(&mut self, key: (u32, Period, u32), number: u64, column: usize, findings: &mut Findings) {
        let row = findings.place(number);
        self.present.note(key.0, key.1);
        let first = *self.first.entry(key).or_insert(row);
        if first != row {
            let label = findings.row_label(u64::from(first));
            let (zh, en) = match key.2 {
                WHOLE_ROW.. => ("同一城市和时期", "this city and period"),
                _ => ("同一城市、时期和数据项", "this city, period and item"),
            };
            findings.cell(
                column,
                Fault::error(
                    "observation.duplicate",
                    format!("{zh}已见于第 {label} 行"),
                    format!("{en} already stand in row {label}"),
                )
                .hint("只保留一行", "keep one of the rows"),
            );
        }
    }

    fn city(&mut self, cell: &Cell<'_>, column: usize, findings: &mut Findings) -> Option<u32> {
        match cell.as_text() {
            Ok(Some(code)) => {
                let number = self.cities.number(&code);
                if let Some(fault) = self.cities.fault(number) {
                    findings.cell(column, fault);
                }
                Some(number)
            }
            Ok(None) => {
                if cell.is_empty() {
                    let fault = Fault::error("observation.no_city", "没有城市代码", "the code of the city is missing");
                    findings.cell(column, fault.hint("请填写城市代码", "enter the code of the city"));
                }
                None
            }
            Err(fault) => {
                findings.cell(column, fault);
                None
            }
        }
    }

    /// The city that a code stands for in the period of its row.
    fn in_period(
        &mut self,
        city: Option<u32>,
        number: u64,
        period: Option<Period>,
        column: usize,
        findings: &mut Findings,
    ) -> Option<u32> {
        let Some(period) = period else { return city };
        self.cities.in_period(city?, number, period).map_err(|fault| findings.cell(column, fault)).ok()
    }

    /// The warnings about codes of cities, about surveys, and about what comes and goes in a panel.
    pub fn warnings(&self) -> Faults {
        let mut warnings = self.cities.warnings();
        warnings.0.extend(self.unsampled.warnings(self.set).0);
        let cities = self.present.absences(|city| self.cities.fault(city).is_none());
        warnings.0.extend(cities.iter().map(|absence| absence.of_city(self.cities.code(absence.who))));
        let items = self.reported();
        let code = |item: u32| self.set.items().get(item as usize).map_or("", |item| item.code.as_str());
        warnings.0.extend(items.absences(|_| true).iter().map(|absence| absence.of_item(code(absence.who))));
        warnings
    }

    /// The periods for which the file has a value of an item.
    fn reported(&self) -> Presence {
        let mut of_period: BTreeMap<Period, Vec<bool>> = BTreeMap::new();
        for rows in self.rows.chunk_by(|a, b| a.period == b.period) {
            let reported = of_period.entry(rows[0].period).or_insert_with(|| vec![false; self.set.items().len()]);
            for row in rows.iter().filter(|row| row.value.is_some()) {
                reported[row.item] = true;
            }
        }
        let mut items = Presence::default();
        for (period, reported) in of_period {
            for (item, _) in reported.iter().enumerate().filter(|(_, reported)| **reported) {
                items.note(u32::try_from(item).unwrap_or(u32::MAX), period);
            }
        }
        items
    }

    fn period(&self, cells: &[Cell<'_>], column: Option<usize>, findings: &mut Findings) -> Option<Period> {
        let Some(column) = column else { return self.options.period };
        let cell = &cells[column];
        let read = match cell.as_text() {
            Ok(None) if *cell == Cell::Faulty => return None,
            Ok(text) => text.unwrap_or_default().parse::<Period>(),
            Err(_) if matches!(cell, Cell::Date(_)) => Err(turned_into_date(cell)),
            // What it shows is no period either, and the fault of that says what one looks like.
            Err(fault) => cell.shown().parse::<Period>().and(Err(*fault)),
        };
        read.map_err(|fault| findings.cell(column, fault)).ok()
    }

    fn item(&self, cell: &Cell<'_>, column: usize, findings: &mut Findings) -> Option<ItemIndex> {
        let fault = match cell.as_text() {
            Ok(Some(code)) => match self.set.item_index(&code).or_else(|| titled(&code, self.set)) {
                Some(item) => return Some(item),
                None => unknown_item(&code, self.set),
            },
            Ok(None) if *cell == Cell::Faulty => return None,
            Ok(None) => Fault::error("observation.no_item", "没有数据项代码", "the code of the data item is missing")
                .hint("请填写数据项代码", "enter the code of the item"),
            Err(fault) => *fault,
        };
        findings.cell(column, fault);
        None
    }

    fn value(&self, cell: &Cell<'_>, column: usize, item: ItemIndex, findings: &mut Findings) -> Option<Value> {
        match value::read(cell, &self.set.items()[item]) {
            Ok(value) => value,
            Err(fault) => {
                findings.cell(column, fault);
                None
            }
        }
    }
}

/// A spreadsheet turns `2026-09` into a date as it is typed.
fn turned_into_date(cell: &Cell<'_>) -> Fault {
    Fault::error("period.invalid", "时期被表格软件转换成了日期", "the spreadsheet turned the period into a date")
        .value(cell.shown())
        .expected("2026 | 2026-S1 | 2026-Q3 | 2026-09")
        .hint("请先把该列设为文本格式再填写", "give the column the format text, then enter the period again")
}
