//! The register of cities.

pub mod aliases;
pub mod attributes;

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ActiveValue, ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use super::entity::city::{ActiveModel, COLUMN, Column, Entity, Model};
use super::entity::observation;
use super::error::Keyed;
use super::row::{self, Row};
use super::{Clash, Page, StoreError};

const TABLE: &str = "cities";

/// Cities written or looked up in one statement; far below what both databases can bind.
const CHUNK: usize = 1_000;

/// A city as the register knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct City {
    /// What people say about it.
    pub profile: NewCity,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it was registered.
    pub created_at_ms: i64,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// What is said of a city when it is registered or changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewCity {
    /// GB/T 2260 or any other scheme; compared exactly.
    pub code: String,
    /// The name to show when none fits the reader's language.
    pub name: String,
    /// The Chinese name.
    pub name_zh: Option<String>,
    /// The English name.
    pub name_en: Option<String>,
    /// Free attributes, such as the region, as they are today.
    pub attributes: BTreeMap<String, String>,
    /// The day from which the attributes are these, in a change: today unless given. What is read has none.
    pub attributes_from: Option<String>,
    /// The first day the code is valid.
    pub valid_from: Option<String>,
    /// The last day the code is valid.
    pub valid_to: Option<String>,
}

/// What became of the rows of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows that were new or changed something.
    pub accepted: u64,
    /// Rows that said what was known already; nothing was written for them.
    pub unchanged: u64,
}

/// The city with this code.
pub async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<City, StoreError> {
    find_by_code(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The city with this code, if it is registered.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<City>, StoreError> {
    Entity::find_by_id(code).one(conn).await?.map(City::try_from).transpose()
}

/// What is said of those of these cities that are registered, by code.
pub async fn find_by_codes<'c>(
    conn: &impl ConnectionTrait,
    codes: impl IntoIterator<Item = &'c str>,
) -> Result<HashMap<String, NewCity>, StoreError> {
    let codes: Vec<&str> = codes.into_iter().collect();
    let mut found = HashMap::with_capacity(codes.len());
    for chunk in codes.chunks(CHUNK) {
        for row in Entity::find().filter(COLUMN.code.is_in(chunk.iter().copied())).all(conn).await? {
            let profile = City::try_from(row)?.profile;
            found.insert(profile.code.clone(), profile);
        }
    }
    Ok(found)
}

/// Every city, by code.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<City>, StoreError> {
    let rows = Entity::find().order_by_asc(COLUMN.code).all(conn).await?;
    rows.into_iter().map(City::try_from).collect()
}

/// The codes of every city, sorted.
pub async fn codes(conn: &impl ConnectionTrait) -> Result<Vec<String>, StoreError> {
    let query = Entity::find().select_only().column(Column::Code).order_by_asc(COLUMN.code);
    Ok(query.into_tuple().all(conn).await?)
}

/// The cities after a code, by code.
pub async fn page(conn: &impl ConnectionTrait, after: Option<&str>, limit: u64) -> Result<Page<City, String>, StoreError> {
    let mut query = Entity::find().order_by_asc(COLUMN.code).limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(COLUMN.code.gt(after));
    }
    let rows = query.all(conn).await?;
    let cities = rows.into_iter().map(City::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(cities, limit, |city: &City| city.profile.code.clone()))
}

/// Registers a city; its code must be new. Belongs into a transaction.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewCity, now_ms: i64) -> Result<City, StoreError> {
    let row = Model::new(new, &new.attributes, now_ms)?;
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.code)?;
    let from = new.attributes_from.as_deref();
    let said = attributes::Change { code: &new.code, known: None, wanted: &new.attributes, from };
    attributes::record(conn, &[said], &day(now_ms), now_ms).await?;
    find(conn, &new.code).await
}

/// Changes a city that still has the revision the caller has seen; belongs into a transaction. The attributes that it
/// had keep their place in time.
pub async fn replace(conn: &impl ConnectionTrait, new: &NewCity, revision: i64, now_ms: i64) -> Result<City, StoreError> {
    let known = find(conn, &new.code).await?;
    if known.revision != revision {
        return Err(StoreError::stale(TABLE, &new.code));
    }
    let current = remember(conn, &[(new, Some(&known.profile))], now_ms).await?;
    let row = ActiveModel {
        revision: ActiveValue::Set(revision + 1),
        created_at_ms: ActiveValue::NotSet,
        ..Model::new(new, current.get(&new.code).unwrap_or(&new.attributes), now_ms)?.into_active_model().reset_all()
    };
    let changed = Entity::update_many()
        .set(row)
        .filter(COLUMN.code.eq(&new.code))
        .filter(COLUMN.revision.eq(revision))
        .exec_with_returning(conn)
        .await?;
    match changed.into_iter().next() {
        Some(row) => City::try_from(row),
        None => {
            find(conn, &new.code).await?;
            Err(StoreError::stale(TABLE, &new.code))
        }
    }
}

/// Registers new cities and brings known ones up to date; each code at most once.
pub async fn upsert_batch(conn: &impl ConnectionTrait, cities: &[NewCity], now_ms: i64) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    for chunk in cities.chunks(CHUNK) {
        let known = find_by_codes(conn, chunk.iter().map(|city| city.code.as_str())).await?;
        let differs = |city: &&NewCity| known.get(&city.code) != Some(city);
        let said: Vec<(&NewCity, Option<&NewCity>)> =
            chunk.iter().filter(differs).map(|city| (city, known.get(&city.code))).collect();
        let registered: Vec<_> = said.iter().copied().filter(|(_, known)| known.is_some()).collect();
        let current = remember(conn, &registered, now_ms).await?;
        let changed = said
            .iter()
            .map(|(city, _)| Model::new(city, current.get(&city.code).unwrap_or(&city.attributes), now_ms))
            .map(|row| row.map(IntoActiveModel::into_active_model))
            .collect::<Result<Vec<_>, _>>()?;
        let accepted = changed.len() as u64;
        counts.accepted += accepted;
        counts.unchanged += chunk.len() as u64 - accepted;
        Entity::insert_many(changed)
            .on_conflict(
                OnConflict::column(Column::Code)
                    .update_columns([
                        Column::Name,
                        Column::NameZh,
                        Column::NameEn,
                        Column::Attributes,
                        Column::ValidFrom,
                        Column::ValidTo,
                        Column::UpdatedAtMs,
                    ])
                    .value(Column::Revision, Expr::col((Entity, Column::Revision)).add(1))
                    .to_owned(),
            )
            .exec_without_returning(conn)
            .await?;
        // A day that is said of a city that is new can be kept once the city is there.
        let new: Vec<_> = said.into_iter().filter(|(_, known)| known.is_none()).collect();
        remember(conn, &new, now_ms).await?;
    }
    Ok(counts)
}

/// Keeps what the attributes were before, and gives what they are today.
async fn remember(
    conn: &impl ConnectionTrait,
    said: &[(&NewCity, Option<&NewCity>)],
    now_ms: i64,
) -> Result<HashMap<String, BTreeMap<String, String>>, StoreError> {
    let changes: Vec<attributes::Change<'_>> = said
        .iter()
        .map(|(new, known)| attributes::Change {
            code: &new.code,
            known: known.map(|known| &known.attributes),
            wanted: &new.attributes,
            from: new.attributes_from.as_deref(),
        })
        .collect();
    attributes::record(conn, &changes, &day(now_ms), now_ms).await
}

/// The day of a moment, in UTC.
#[must_use]
pub fn day(at_ms: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.strftime("%Y-%m-%d").to_string()
}

/// Takes a city that still has the revision out of the register; one with observations or in a peer group
/// stays.
pub async fn remove(conn: &impl ConnectionTrait, code: &str, revision: i64) -> Result<(), StoreError> {
    let reported = observation::Entity::find()
        .filter(observation::COLUMN.city.eq(code))
        .filter(observation::COLUMN.superseded_at_ms.is_null())
        .limit(1)
        .one(conn)
        .await?;
    if reported.is_some() {
        return Err(StoreError::conflict(TABLE, code, Clash::Referenced));
    }
    let removed = Entity::delete_many()
        .filter(COLUMN.code.eq(code))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await
        .keyed(TABLE, code)?;
    if removed.rows_affected == 0 {
        find(conn, code).await?;
        return Err(StoreError::stale(TABLE, code));
    }
    Ok(())
}

impl Model {
    fn new(city: &NewCity, attributes: &BTreeMap<String, String>, now_ms: i64) -> Result<Self, StoreError> {
        let city = city.clone();
        Ok(Self {
            attributes: row::text(attributes)?,
            code: city.code,
            name: city.name,
            name_zh: city.name_zh,
            name_en: city.name_en,
            valid_from: city.valid_from,
            valid_to: city.valid_to,
            revision: 1,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
        })
    }
}

impl TryFrom<Model> for City {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let attributes = Row { table: TABLE, key: &row.code }.json("attributes", &row.attributes)?;
        Ok(Self {
            profile: NewCity {
                code: row.code,
                name: row.name,
                name_zh: row.name_zh,
                name_en: row.name_en,
                attributes,
                attributes_from: None,
                valid_from: row.valid_from,
                valid_to: row.valid_to,
            },
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            updated_at_ms: row.updated_at_ms,
        })
    }
}
