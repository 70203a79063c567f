//! Cities to compare with: fixed lists, and rules by which they are found.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue, ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{EntityLoaderTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use super::entity::peer_group::{COLUMN, Column, Entity, Model, ModelEx};
use super::entity::peer_group_city as member;
use super::error::Keyed;
use super::row::{self, Row, words};
use super::{Page, StoreError};

const TABLE: &str = "peer_groups";

words! {
    /// How the members of a group are found.
    #[derive(Default)]
    GroupKind {
        /// They are listed.
        #[default]
        Fixed = "fixed",
        /// By conditions on attributes.
        Attribute = "attribute",
        /// By their distance from a city.
        Nearest = "nearest",
    }
}

/// A peer group with its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerGroup {
    /// What people say about it.
    pub profile: NewPeerGroup,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// What is said of a peer group when it is made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewPeerGroup {
    /// Its own code, compared exactly.
    pub code: String,
    /// The Chinese title; one of the two titles is needed.
    pub title_zh: Option<String>,
    /// The English title.
    pub title_en: Option<String>,
    /// How its members are found.
    pub kind: GroupKind,
    /// The rule by which they are found, for whoever resolves it; null for the kind `fixed`.
    pub definition: Value,
    /// The codes of its cities, which must be registered; read back sorted. Only for the kind `fixed`.
    pub cities: Vec<String>,
}

/// The group with this code.
pub async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<PeerGroup, StoreError> {
    find_by_code(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The group with this code, if there is one.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<PeerGroup>, StoreError> {
    let group = Entity::load().filter(COLUMN.code.eq(code)).with(member::Entity).one(conn).await?;
    group.map(PeerGroup::try_from).transpose()
}

/// The groups after a code, by code.
pub async fn page(conn: &impl ConnectionTrait, after: Option<&str>, limit: u64) -> Result<Page<PeerGroup, String>, StoreError> {
    let mut query = Entity::load().with(member::Entity).order_by_asc(COLUMN.code);
    if let Some(after) = after {
        query = query.filter(COLUMN.code.gt(after));
    }
    let rows = query.paginate(conn, limit.saturating_add(1)).fetch_page(0).await?;
    let groups = rows.into_iter().map(PeerGroup::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(groups, limit, |group: &PeerGroup| group.profile.code.clone()))
}

/// Makes a group; belongs into a transaction. A city that is not registered is a conflict.
pub async fn insert(
    conn: &impl ConnectionTrait,
    new: &NewPeerGroup,
    created_by: &str,
    now_ms: i64,
) -> Result<PeerGroup, StoreError> {
    let row = Model {
        code: new.code.clone(),
        title_zh: new.title_zh.clone(),
        title_en: new.title_en.clone(),
        kind: new.kind.to_string(),
        definition: definition(new)?,
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.code)?;
    insert_members(conn, new).await?;
    find(conn, &new.code).await
}

/// Changes a group that still has the revision the caller has seen; belongs into a transaction.
pub async fn replace(
    conn: &impl ConnectionTrait,
    new: &NewPeerGroup,
    revision: i64,
    now_ms: i64,
) -> Result<PeerGroup, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::TitleZh, Expr::value(new.title_zh.clone()))
        .col_expr(Column::TitleEn, Expr::value(new.title_en.clone()))
        .col_expr(Column::Kind, Expr::value(new.kind.to_string()))
        .col_expr(Column::Definition, Expr::value(definition(new)?))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(revision + 1))
        .filter(COLUMN.code.eq(&new.code))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await?;
    let group = find(conn, &new.code).await?;
    if changed.rows_affected == 0 {
        return Err(StoreError::stale(TABLE, &new.code));
    }
    if group.profile.cities == new.cities {
        return Ok(group);
    }
    member::Entity::delete_many().filter(member::COLUMN.group_code.eq(&new.code)).exec(conn).await?;
    insert_members(conn, new).await?;
    find(conn, &new.code).await
}

/// Removes a group that still has the revision; its cities stay registered.
pub async fn remove(conn: &impl ConnectionTrait, code: &str, revision: i64) -> Result<(), StoreError> {
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

async fn insert_members(conn: &impl ConnectionTrait, group: &NewPeerGroup) -> Result<(), StoreError> {
    for chunk in group.cities.chunks(1_000) {
        let members = chunk.iter().map(|city| member::ActiveModel {
            group_code: ActiveValue::Set(group.code.clone()),
            city_code: ActiveValue::Set(city.clone()),
        });
        member::Entity::insert_many(members).exec_without_returning(conn).await.keyed(TABLE, &group.code)?;
    }
    Ok(())
}

fn definition(group: &NewPeerGroup) -> Result<Option<String>, StoreError> {
    (!group.definition.is_null()).then(|| row::text(&group.definition)).transpose()
}

impl TryFrom<ModelEx> for PeerGroup {
    type Error = StoreError;

    fn try_from(row: ModelEx) -> Result<Self, StoreError> {
        let mut cities: Vec<String> = row.cities.into_iter().map(|member| member.city_code).collect();
        cities.sort_unstable();
        let place = Row { table: TABLE, key: &row.code };
        let kind = place.word("kind", &row.kind)?;
        let definition = place.json_null("definition", row.definition.as_deref())?.unwrap_or_default();
        let (title_zh, title_en) = (row.title_zh, row.title_en);
        Ok(Self {
            profile: NewPeerGroup { code: row.code, title_zh, title_en, kind, definition, cities },
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        })
    }
}
