//! Access keys. The secret itself is never here, only its hash.

use sea_orm::sea_query::Expr;
use sea_orm::{Condition, ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::key::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::row::{self, Row, words};
use super::{Page, StoreError, Word};

const TABLE: &str = "keys";

words! {
    /// What the holder of a key may do.
    Role {
        /// Everything.
        Admin = "admin",
        /// Makes and publishes indicator sets.
        Methodologist = "methodologist",
        /// Runs rounds and assessments.
        Evaluator = "evaluator",
        /// Reports the data of the cities in its scope.
        Reporter = "reporter",
        /// Reads.
        Viewer = "viewer",
        /// Scores items as a member of a panel.
        Expert = "expert",
    }
}

/// What a key is limited to; an empty list is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyScope {
    /// The codes of cities.
    pub cities: Vec<String>,
    /// The names of departments, as their data items give them.
    pub departments: Vec<String>,
    /// The codes of data items.
    pub items: Vec<String>,
    /// The names of rights, of those that the role has.
    pub rights: Vec<String>,
    /// The networks from which it works.
    pub addresses: Vec<String>,
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its identifier, which the audit trail names as the actor.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// What it is limited to.
    pub scope: KeyScope,
    /// The public start of the token, by which it is found; unique.
    pub prefix: String,
    /// SHA-256 of the secret, in hex.
    pub hash: String,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// From when on it no longer works.
    pub expires_at_ms: Option<i64>,
    /// When it was taken back.
    pub revoked_at_ms: Option<i64>,
    /// When it was last used, to the minute or so.
    pub last_used_at_ms: Option<i64>,
}

impl Key {
    /// Whether it works at this moment.
    pub fn is_valid(&self, now_ms: i64) -> bool {
        self.revoked_at_ms.is_none() && self.expires_at_ms.is_none_or(|end| now_ms < end)
    }
}

/// The key with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Key, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The keys with these identifiers, revoked ones included; what no key has is left out. 15,000 may be asked for.
pub async fn find_by_ids<'i>(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = &'i str>,
) -> Result<Vec<Key>, StoreError> {
    let rows = Entity::find().filter(COLUMN.id.is_in(ids)).order_by_asc(COLUMN.id).all(conn).await?;
    rows.into_iter().map(Key::try_from).collect()
}

/// The key whose token starts like this; compare the hash before trusting it.
pub async fn find_by_prefix(conn: &impl ConnectionTrait, prefix: &str) -> Result<Option<Key>, StoreError> {
    let row = Entity::find().filter(COLUMN.prefix.eq(prefix)).one(conn).await?;
    row.map(Key::try_from).transpose()
}

/// How many keys there are, revoked ones included; none means that this is the first start.
pub async fn count(conn: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(Entity::find().count(conn).await?)
}

/// The keys before one, newest first.
pub async fn page(conn: &impl ConnectionTrait, before: Option<&str>, limit: u64) -> Result<Page<Key, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let keys = rows.into_iter().map(Key::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(keys, limit, |key: &Key| key.id.clone()))
}

/// Keeps a key; its prefix must be free.
pub async fn insert(conn: &impl ConnectionTrait, key: &Key) -> Result<(), StoreError> {
    let Key { id, name, role, scope, prefix, hash, created_at_ms, created_by, .. } = key.clone();
    let row = Model {
        cities: row::text(&scope.cities)?,
        departments: row::text(&scope.departments)?,
        items: row::text(&scope.items)?,
        rights: row::text(&scope.rights)?,
        addresses: row::text(&scope.addresses)?,
        role: role.as_str().to_owned(),
        id,
        name,
        prefix,
        hash,
        created_at_ms,
        created_by,
        expires_at_ms: key.expires_at_ms,
        revoked_at_ms: key.revoked_at_ms,
        last_used_at_ms: key.last_used_at_ms,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &key.id)?;
    Ok(())
}

/// Takes a key back; doing it again changes nothing.
pub async fn revoke(conn: &impl ConnectionTrait, id: &str, now_ms: i64) -> Result<Key, StoreError> {
    Entity::update_many()
        .col_expr(Column::RevokedAtMs, Expr::value(now_ms))
        .filter(COLUMN.id.eq(id))
        .filter(COLUMN.revoked_at_ms.is_null())
        .exec(conn)
        .await?;
    find(conn, id).await
}

/// Notes that a key was used, unless that was noted within `at_most_every_ms`.
pub async fn touch(conn: &impl ConnectionTrait, id: &str, now_ms: i64, at_most_every_ms: i64) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::LastUsedAtMs, Expr::value(now_ms))
        .filter(COLUMN.id.eq(id))
        .filter(
            Condition::any()
                .add(COLUMN.last_used_at_ms.is_null())
                .add(COLUMN.last_used_at_ms.lte(now_ms.saturating_sub(at_most_every_ms))),
        )
        .exec(conn)
        .await?;
    Ok(())
}

impl TryFrom<Model> for Key {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.id };
        let role = at.word("role", &row.role)?;
        let scope = KeyScope {
            cities: at.json("cities", &row.cities)?,
            departments: at.json("departments", &row.departments)?,
            items: at.json("items", &row.items)?,
            rights: at.json("rights", &row.rights)?,
            addresses: at.json("addresses", &row.addresses)?,
        };
        Ok(Self {
            role,
            scope,
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            hash: row.hash,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            expires_at_ms: row.expires_at_ms,
            revoked_at_ms: row.revoked_at_ms,
            last_used_at_ms: row.last_used_at_ms,
        })
    }
}
