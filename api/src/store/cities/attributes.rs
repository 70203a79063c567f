//! The attributes of cities through time: which value each has from which day on.
//!
//! The table `cities` holds what is valid today. An attribute without a row of its own has always been what it is now;
//! the first change of it keeps, with the change, what it was before.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use citygauge_indicators::AttributeChange;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder};

use super::super::StoreError;
use super::super::entity::city_attribute::{COLUMN, Column, Entity, Model};
use super::CHUNK;

/// Stands for ever before: sorts before every day.
const EVER: &str = "";

/// What is said of the attributes of one city.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// The city.
    pub code: &'a str,
    /// What its attributes are today, as far as is known; `None` for a city that is new.
    pub known: Option<&'a BTreeMap<String, String>>,
    /// What they are from the day on, up to the next change that is recorded already.
    pub wanted: &'a BTreeMap<String, String>,
    /// The day; today unless given, and ever before for an attribute that the city never had.
    pub from: Option<&'a str>,
}

/// The changes of one city's attributes, by name and day.
pub async fn of_city(conn: &impl ConnectionTrait, code: &str) -> Result<Vec<AttributeChange>, StoreError> {
    let rows = ordered().filter(COLUMN.city_code.eq(code)).all(conn).await?;
    Ok(rows.into_iter().map(|row| change(row).1).collect())
}

/// The changes of every city whose attributes changed, by the code of the city.
pub async fn all(conn: &impl ConnectionTrait) -> Result<HashMap<String, Vec<AttributeChange>>, StoreError> {
    Ok(grouped(ordered().all(conn).await?))
}

/// What attributes were on a day, given what they are today and how they changed.
#[must_use]
pub fn on(day: &str, today: &BTreeMap<String, String>, history: &[AttributeChange]) -> BTreeMap<String, String> {
    let mut valid = today.clone();
    for change in history {
        valid.remove(&change.name);
    }
    // By name and day: a later change of a name goes over an earlier one.
    for change in history.iter().filter(|change| change.from.as_str() <= day) {
        match &change.value {
            Some(value) => valid.insert(change.name.clone(), value.clone()),
            None => valid.remove(&change.name),
        };
    }
    valid
}

/// Records changes, and gives what the attributes of each city are today; the cities must be registered, each named
/// once. Belongs into a transaction.
pub async fn record(
    conn: &impl ConnectionTrait,
    changes: &[Change<'_>],
    today: &str,
    now_ms: i64,
) -> Result<HashMap<String, BTreeMap<String, String>>, StoreError> {
    let mut current = HashMap::new();
    for chunk in changes.chunks(CHUNK) {
        let rows = ordered().filter(COLUMN.city_code.is_in(chunk.iter().map(|change| change.code))).all(conn).await?;
        let recorded = grouped(rows);
        let mut rows = Vec::new();
        for change in chunk {
            let mut history = recorded.get(change.code).cloned().unwrap_or_default();
            let made = made(change, &history, today);
            for new in &made {
                history.retain(|old| (&old.name, &old.from) != (&new.name, &new.from));
            }
            rows.extend(made.iter().map(|new| Model {
                city_code: change.code.to_owned(),
                name: new.name.clone(),
                valid_from: new.from.clone(),
                value: new.value.clone(),
                recorded_at_ms: now_ms,
            }));
            history.extend(made);
            history.sort_by(|one, other| (&one.name, &one.from).cmp(&(&other.name, &other.from)));
            // An attribute without a row is what is wanted: one that differed has a row.
            current.insert(change.code.to_owned(), on(today, change.wanted, &history));
        }
        for rows in rows.chunks(CHUNK) {
            let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
            Entity::insert_many(rows)
                .on_conflict(
                    OnConflict::columns([Column::CityCode, Column::Name, Column::ValidFrom])
                        .update_columns([Column::Value, Column::RecordedAtMs])
                        .to_owned(),
                )
                .exec_without_returning(conn)
                .await?;
        }
    }
    Ok(current)
}

/// The rows that a change makes: one for each attribute that is another one from the day on, and what it was before for
/// one that never changed.
fn made(change: &Change<'_>, history: &[AttributeChange], today: &str) -> Vec<AttributeChange> {
    let nothing = BTreeMap::new();
    let known = change.known.unwrap_or(&nothing);
    let from = match (change.from, change.known) {
        (Some(day), _) => day,
        (None, Some(_)) => today,
        // What is said of a new city without a day has always been so, and needs no row.
        (None, None) => return Vec::new(),
    };
    let before = on(from, known, history);
    let names: BTreeSet<&String> = before.keys().chain(change.wanted.keys()).collect();
    let mut rows = Vec::new();
    for name in names {
        let (old, new) = (before.get(name), change.wanted.get(name));
        if old == new {
            continue;
        }
        let has_rows = history.iter().any(|row| row.name == *name);
        // What is said without a day of an attribute that the city never had has always been so.
        if change.from.is_none() && old.is_none() && !has_rows {
            continue;
        }
        if !has_rows && from != EVER {
            rows.push(AttributeChange { name: name.clone(), from: EVER.to_owned(), value: known.get(name).cloned() });
        }
        rows.push(AttributeChange { name: name.clone(), from: from.to_owned(), value: new.cloned() });
    }
    rows
}

fn ordered() -> sea_orm::Select<Entity> {
    Entity::find().order_by_asc(COLUMN.city_code).order_by_asc(COLUMN.name).order_by_asc(COLUMN.valid_from)
}

fn grouped(rows: Vec<Model>) -> HashMap<String, Vec<AttributeChange>> {
    let mut by_city: HashMap<String, Vec<AttributeChange>> = HashMap::new();
    for row in rows {
        let (city, change) = change(row);
        by_city.entry(city).or_default().push(change);
    }
    by_city
}

fn change(row: Model) -> (String, AttributeChange) {
    (row.city_code, AttributeChange { name: row.name, from: row.valid_from, value: row.value })
}
