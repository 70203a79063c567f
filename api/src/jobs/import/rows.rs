//! The rows of an upload: from the file, through the scope of the sender, into the store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use citygauge_indicators::{Fault, Faults, IndicatorSet, Provider, Status, Value};

use crate::auth::Scope;
use crate::intake::cities::{CityOptions, ReadCity};
use crate::intake::mapping::{CityNames, Mapping};
use crate::intake::observations::{CityRegister, ObservationOptions, ReadObservation};
use crate::intake::{self, Encoding, Format, Reading, Shape};
use crate::rounds::locks::Locks;
use crate::store::cities::{self, NewCity};
use crate::store::imports::{HowRead, NewImport, TableShape};
use crate::store::observations::{self, Counts, NewObservation, Recorded};
use crate::store::{StoreError, Transaction};

/// Rows that are turned into the store's form and written at once.
const CHUNK: usize = 50_000;

/// Whether somebody else may write the same places at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    MayWrite,
    DoNotWrite,
}

/// What a file says, and what is wrong with it.
pub(super) struct Read {
    pub rows: Rows,
    pub faults: Faults,
    pub faults_total: u64,
    pub warnings_total: u64,
    pub how_read: HowRead,
    pub rows_faulty: u64,
    pub refused: bool,
}

/// The sound rows.
pub(super) enum Rows {
    Cities(Vec<ReadCity>),
    /// The rows, and the codes of the items that they name by place.
    Observations(Vec<ReadObservation>, Vec<String>),
}

impl Read {
    /// A file that cannot be read at all.
    pub fn refused(fault: Fault) -> Self {
        Self {
            rows: Rows::Cities(Vec::new()),
            faults: fault.into(),
            faults_total: 1,
            warnings_total: 0,
            how_read: HowRead::default(),
            rows_faulty: 0,
            refused: true,
        }
    }

    fn new<T>(reading: Reading<T>, rows: impl FnOnce(Vec<T>) -> Rows) -> Self {
        let Reading { rows: read, faults, faults_total, warnings_total, rows_faulty, refused, encoding, shape, .. } = reading;
        let shape = shape.map(|shape| match shape {
            Shape::Long => TableShape::Long,
            Shape::Wide => TableShape::Wide,
            Shape::SdmxCsv => TableShape::SdmxCsv,
        });
        let how_read = HowRead { encoding: encoding.map(|encoding| encoding.name().to_owned()), shape };
        Self { rows: rows(read), faults, faults_total, warnings_total, how_read, rows_faulty, refused }
    }
}

pub(super) fn read_cities(
    bytes: &[u8],
    format: Format,
    encoding: Option<Encoding>,
    request: &NewImport,
    mapping: Option<&Mapping>,
) -> Read {
    let options = CityOptions { file_name: request.file_name.as_deref(), mapping, encoding, ..CityOptions::default() };
    Read::new(intake::cities::read(bytes, format, &options), Rows::Cities)
}

#[expect(clippy::too_many_arguments, reason = "it only gathers what the job has")]
pub(super) fn read_observations(
    bytes: &[u8],
    format: Format,
    encoding: Option<Encoding>,
    request: &NewImport,
    set: &IndicatorSet,
    known: &CityRegister,
    names: &CityNames,
    mapping: Option<&Mapping>,
    scope: &Scope,
) -> Read {
    let options = ObservationOptions {
        file_name: request.file_name.as_deref(),
        period: request.period.as_deref().and_then(|period| period.parse().ok()),
        known_cities: Some(known),
        city_names: Some(names),
        mapping,
        sdmx: intake::is_sdmx(&request.media_type),
        encoding,
        ..ObservationOptions::default()
    };
    let reading = intake::observations::read(bytes, format, set, &options);
    let items: Vec<String> = set.items().iter().map(|item| item.code.clone()).collect();
    let mut read = Read::new(reading, |mut rows| {
        // Imports that run at the same time meet the same places in the same order.
        let by_place = |a: &ReadObservation, b: &ReadObservation| {
            (&a.city, a.period, &items[a.item]).cmp(&(&b.city, b.period, &items[b.item]))
        };
        if !rows.is_sorted_by(|a, b| by_place(a, b).is_lt()) {
            rows.sort_unstable_by(by_place);
        }
        Rows::Observations(rows, items)
    });
    if !scope.is_unlimited() {
        read.limit_to(scope, set, request.file_name.as_deref());
    }
    read
}

impl Read {
    /// Takes out the rows beyond the sender's scope: each city and each item with a fault at its first row.
    fn limit_to(&mut self, scope: &Scope, set: &IndicatorSet, file: Option<&str>) {
        let items: Vec<Option<Fault>> = set.items().iter().map(|item| scope.item_fault(item)).collect();
        let mut cities: HashMap<Arc<str>, Option<Fault>> = HashMap::new();
        self.take_out(file, |row| {
            let city = cities.entry(row.city.clone()).or_insert_with(|| scope.city_fault(&row.city));
            let item = items[row.item].as_ref().map(|fault| (format!("item {}", row.item), fault.clone()));
            city.as_ref().map(|fault| (format!("city {}", row.city), fault.clone())).or(item)
        });
    }

    /// Takes out the rows whose values are locked by what was submitted: each submission with a fault at its first row.
    pub async fn keep_out_locked(
        &mut self,
        transaction: &Transaction,
        scope: &Scope,
        file: Option<&str>,
    ) -> Result<(), StoreError> {
        let Rows::Observations(rows, items) = &self.rows else { return Ok(()) };
        // The rows stand by city.
        let cities: Vec<&str> = rows.chunk_by(|a, b| a.city == b.city).map(|of_city| &*of_city[0].city).collect();
        let locks = Locks::hold(transaction, &cities).await?;
        if locks.is_empty() {
            return Ok(());
        }
        let items = items.clone();
        self.take_out(file, |row| {
            let note = row.annotations.as_deref().and_then(|annotations| annotations.note.as_deref());
            let period = row.period.to_string();
            let (submission, fault) = locks.fault(scope, (&row.city, &period, &items[row.item]), note)?;
            Some((format!("submission {}", submission.place.id), fault))
        });
        Ok(())
    }

    /// Takes out the rows for which `refused` gives a fault; a fault is told once per name, at its first row.
    pub fn take_out(&mut self, file: Option<&str>, mut refused: impl FnMut(&ReadObservation) -> Option<(String, Fault)>) {
        let Rows::Observations(rows, _) = &mut self.rows else { return };
        let mut faulty_rows = HashSet::new();
        let mut first: HashMap<String, Fault> = HashMap::new();
        rows.retain(|row| {
            let Some((name, mut fault)) = refused(row) else { return true };
            faulty_rows.insert((row.sheet.clone(), row.row));
            let earlier = first.get(&name).is_some_and(|known| known.row.is_some_and(|known| known <= row.row));
            if !earlier {
                fault.sheet = row.sheet.as_deref().map(str::to_owned);
                first.insert(name, fault.row(row.row));
            }
            false
        });
        let found = Faults(first.into_values().collect());
        let found = match file {
            Some(file) => found.in_file(file),
            None => found,
        };
        self.faults_total += found.0.len() as u64;
        self.rows_faulty += faulty_rows.len() as u64;
        self.faults.0.extend(found.0);
        let place = |fault: &Fault| (fault.sheet.clone(), fault.row, fault.code, fault.value.clone());
        self.faults.0.sort_by_cached_key(place);
    }
}

impl Rows {
    /// Keeps the rows in a transaction, and says how far it is from 0 to 1. Observations that name no source have `source`.
    ///
    /// With [`Others::DoNotWrite`] a conflict says that others do, and the transaction has failed.
    pub async fn keep(
        &self,
        transaction: &Transaction,
        recorded: Recorded<'_>,
        others: Others,
        source: Option<&str>,
        progress: impl Fn(f64),
    ) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        let mut add = |more: Counts| {
            counts.accepted += more.accepted;
            counts.unchanged += more.unchanged;
        };
        match self {
            Self::Cities(rows) => {
                let mut done = 0;
                for chunk in rows.chunks(CHUNK) {
                    let known = cities::find_by_codes(transaction, chunk.iter().map(|row| row.code.as_str())).await?;
                    let new: Vec<NewCity> = chunk.iter().map(|row| city(row, known.get(&row.code))).collect();
                    add(cities::upsert_batch(transaction, &new, recorded.at_ms).await?);
                    done += chunk.len();
                    progress(done as f64 / rows.len() as f64);
                }
            }
            Self::Observations(rows, items) => {
                let mut done = 0;
                for chunk in rows.chunks(CHUNK) {
                    let mut new: Vec<NewObservation> = chunk.iter().map(|row| observation(row, &items[row.item])).collect();
                    for observation in new.iter_mut().filter(|observation| observation.source.is_empty()) {
                        observation.source = source.unwrap_or_default().to_owned();
                    }
                    add(match others {
                        Others::MayWrite => observations::insert_batch(transaction, &new, recorded).await?,
                        Others::DoNotWrite => observations::insert_batch_alone(transaction, &new, recorded).await?,
                    });
                    done += chunk.len();
                    progress(done as f64 / rows.len() as f64);
                }
            }
        }
        Ok(counts)
    }
}

/// A file of cities says nothing of the span of time in which a code is valid: what is known of it stays.
fn city(row: &ReadCity, known: Option<&NewCity>) -> NewCity {
    NewCity {
        code: row.code.clone(),
        name: row.name.clone(),
        name_zh: row.name_zh.clone(),
        name_en: row.name_en.clone(),
        attributes: row.attributes.clone(),
        attributes_from: row.attributes_from.clone(),
        valid_from: known.and_then(|known| known.valid_from.clone()),
        valid_to: known.and_then(|known| known.valid_to.clone()),
    }
}

/// A row that was read for a set, as the store records it.
pub fn recorded_form(row: &ReadObservation, set: &IndicatorSet) -> NewObservation {
    observation(row, &set.items()[row.item].code)
}

fn observation(row: &ReadObservation, item: &str) -> NewObservation {
    let (number, choice) = match &row.value {
        Some(Value::Number(number)) => (Some(*number), None),
        Some(Value::Choice(choice)) => (None, Some(choice.clone())),
        None => (None, None),
    };
    let annotations = row.annotations.as_deref().cloned().unwrap_or_default();
    NewObservation {
        city: row.city.to_string(),
        period: row.period.to_string(),
        item: item.to_owned(),
        number,
        choice,
        status: status(row.status),
        quality: annotations.quality.map(|grade| grade.word().to_owned()).unwrap_or_default(),
        source: annotations.source.unwrap_or_default(),
        note: annotations.note,
        method: annotations.method.unwrap_or_default(),
        provider: annotations.provider.map(provider),
        as_of: annotations.as_of.map(|day| day.to_string()),
        original_unit: annotations.unit.unwrap_or_default(),
        sample_size: annotations.sample_size,
        margin: annotations.margin,
    }
}

/// The two vocabularies have the same words.
fn status(status: Status) -> observations::Status {
    match status {
        Status::Reported => observations::Status::Reported,
        Status::Missing => observations::Status::Missing,
        Status::NotApplicable => observations::Status::NotApplicable,
        Status::Rejected => observations::Status::Rejected,
    }
}

/// The two vocabularies have the same words.
fn provider(provider: Provider) -> observations::Provider {
    match provider {
        Provider::City => observations::Provider::City,
        Provider::ThirdParty => observations::Provider::ThirdParty,
        Provider::Central => observations::Provider::Central,
        Provider::Citizen => observations::Provider::Citizen,
        Provider::Expert => observations::Provider::Expert,
    }
}
