//! Former codes and names of cities, each with the days on which it was valid.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder};

use super::super::StoreError;
use super::super::entity::city_alias::{COLUMN, Entity, Model};
use super::super::error::Keyed;
use super::super::row::{Row, words};
use super::CHUNK;

const TABLE: &str = "city_aliases";

words! {
    /// What an alias is.
    AliasKind {
        /// A former code.
        Code = "code",
        /// A former name, or another one that files use.
        Name = "name",
    }
}

/// A word under which files may name a city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// Whether it is a code or a name.
    pub kind: AliasKind,
    /// The code or the name, compared exactly.
    pub alias: String,
    /// The first day on which it was valid; `None` when unknown.
    pub valid_from: Option<String>,
    /// The last day on which it was valid; `None` while it is.
    pub valid_to: Option<String>,
}

/// The aliases of one city, codes before names.
pub async fn of_city(conn: &impl ConnectionTrait, city: &str) -> Result<Vec<Alias>, StoreError> {
    let rows = ordered().filter(COLUMN.city_code.eq(city)).all(conn).await?;
    rows.into_iter().map(Alias::try_from).collect()
}

/// The aliases of every city that has any, by the code of the city.
pub async fn all(conn: &impl ConnectionTrait) -> Result<BTreeMap<String, Vec<Alias>>, StoreError> {
    let mut by_city: BTreeMap<String, Vec<Alias>> = BTreeMap::new();
    for row in ordered().all(conn).await? {
        by_city.entry(row.city_code.clone()).or_default().push(row.try_into()?);
    }
    Ok(by_city)
}

/// The aliases of the cities with these codes, by the code of the city.
pub async fn of_cities(conn: &impl ConnectionTrait, cities: &[String]) -> Result<BTreeMap<String, Vec<Alias>>, StoreError> {
    let mut by_city: BTreeMap<String, Vec<Alias>> = BTreeMap::new();
    for chunk in cities.chunks(CHUNK) {
        for row in ordered().filter(COLUMN.city_code.is_in(chunk)).all(conn).await? {
            by_city.entry(row.city_code.clone()).or_default().push(row.try_into()?);
        }
    }
    Ok(by_city)
}

/// Gives a city these aliases instead of those it had; belongs into a transaction.
pub async fn replace(conn: &impl ConnectionTrait, city: &str, aliases: &[Alias]) -> Result<(), StoreError> {
    Entity::delete_many().filter(COLUMN.city_code.eq(city)).exec(conn).await?;
    for chunk in aliases.chunks(CHUNK) {
        let rows = chunk.iter().map(|alias| {
            let alias = alias.clone();
            Model {
                city_code: city.to_owned(),
                kind: alias.kind.to_string(),
                alias: alias.alias,
                valid_from: alias.valid_from,
                valid_to: alias.valid_to,
            }
            .into_active_model()
        });
        Entity::insert_many(rows).exec_without_returning(conn).await.keyed(TABLE, city)?;
    }
    Ok(())
}

fn ordered() -> sea_orm::Select<Entity> {
    Entity::find().order_by_asc(COLUMN.city_code).order_by_asc(COLUMN.kind).order_by_asc(COLUMN.alias)
}

impl TryFrom<Model> for Alias {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let kind = Row { table: TABLE, key: &row.city_code }.word("kind", &row.kind)?;
        Ok(Self { kind, alias: row.alias, valid_from: row.valid_from, valid_to: row.valid_to })
    }
}
