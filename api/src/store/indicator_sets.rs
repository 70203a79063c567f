//! Versions of indicator sets: drafts that change, published ones that never do.

use sea_orm::sea_query::Expr;
use sea_orm::{Condition, ConnectionTrait, DerivePartialModel, EntityTrait};
use sea_orm::{IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, UpdateMany};
use serde::{Deserialize, Serialize};

use super::entity::indicator_set::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::row::{Row, words};
use super::{Clash, Page, StoreError, Word};

const TABLE: &str = "indicator_sets";

words! {
    /// Where a version stands in its life; it only moves forward.
    SetState {
        /// May still change and can be removed.
        Draft = "draft",
        /// Immutable; assessments may use it.
        Published = "published",
        /// Immutable; only what used it before still shows it.
        Retired = "retired",
    }
}

/// The code and version that name one version of a set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SetKey {
    /// The set's code.
    pub code: String,
    /// The version, compared exactly.
    pub version: String,
}

impl std::fmt::Display for SetKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} version {}", self.code, self.version)
    }
}

/// A version with its document.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSet {
    /// Everything but the document.
    pub entry: SetEntry,
    /// The canonical JSON, byte for byte what the digest was taken of.
    pub document: String,
}

/// A version as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct SetEntry {
    /// Its name.
    pub key: SetKey,
    /// Draft, published or retired.
    pub state: SetState,
    /// SHA-256 of the document, in hex.
    pub digest: String,
    /// The Chinese title.
    pub title_zh: Option<String>,
    /// The English title.
    pub title_en: Option<String>,
    /// The published version it was derived from.
    pub derived_from: Option<SetKey>,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When the draft was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it last changed, its state included.
    pub updated_at_ms: i64,
    /// When it was published.
    pub published_at_ms: Option<i64>,
    /// Who published it.
    pub published_by: Option<String>,
}

/// The content of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSet {
    /// Its name.
    pub key: SetKey,
    /// The canonical JSON.
    pub document: String,
    /// SHA-256 of the document, in hex.
    pub digest: String,
    /// The Chinese title.
    pub title_zh: Option<String>,
    /// The English title.
    pub title_en: Option<String>,
    /// The published version it was derived from.
    pub derived_from: Option<SetKey>,
}

/// Which versions a list shows; all by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetFilter {
    /// Only versions of this set.
    pub code: Option<String>,
    /// Only versions in this state.
    pub state: Option<SetState>,
}

/// This version, with its document.
pub async fn find(conn: &impl ConnectionTrait, key: &SetKey) -> Result<StoredSet, StoreError> {
    find_by_key(conn, key).await?.ok_or_else(|| StoreError::absent(TABLE, key))
}

/// This version, if there is one.
pub async fn find_by_key(conn: &impl ConnectionTrait, key: &SetKey) -> Result<Option<StoredSet>, StoreError> {
    let row = Entity::find_by_id((key.code.clone(), key.version.clone())).one(conn).await?;
    row.map(|row| {
        let document = row.document.clone();
        Ok(StoredSet { entry: SetEntry::try_from(Listed::from(row))?, document })
    })
    .transpose()
}

/// The versions after one, by code and version, without their documents.
pub async fn page(
    conn: &impl ConnectionTrait,
    filter: &SetFilter,
    after: Option<&SetKey>,
    limit: u64,
) -> Result<Page<SetEntry, SetKey>, StoreError> {
    let mut query = Entity::find().order_by_asc(COLUMN.code).order_by_asc(COLUMN.version).limit(limit.saturating_add(1));
    if let Some(code) = &filter.code {
        query = query.filter(COLUMN.code.eq(code));
    }
    if let Some(state) = filter.state {
        query = query.filter(COLUMN.state.eq(state.as_str()));
    }
    if let Some(after) = after {
        let same_code = COLUMN.code.eq(&after.code);
        query = query.filter(
            Condition::any()
                .add(COLUMN.code.gt(&after.code))
                .add(Condition::all().add(same_code).add(COLUMN.version.gt(&after.version))),
        );
    }
    let rows = query.into_partial_model::<Listed>().all(conn).await?;
    let entries = rows.into_iter().map(SetEntry::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(entries, limit, |entry: &SetEntry| entry.key.clone()))
}

/// Keeps a new draft; its code and version must be free.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewSet, created_by: &str, now_ms: i64) -> Result<SetEntry, StoreError> {
    let row = Model {
        code: new.key.code.clone(),
        version: new.key.version.clone(),
        state: SetState::Draft.as_str().to_owned(),
        document: new.document.clone(),
        digest: new.digest.clone(),
        title_zh: new.title_zh.clone(),
        title_en: new.title_en.clone(),
        derived_from_code: new.derived_from.as_ref().map(|from| from.code.clone()),
        derived_from_version: new.derived_from.as_ref().map(|from| from.version.clone()),
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
        published_at_ms: None,
        published_by: None,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.key)?;
    SetEntry::try_from(Listed::from(row))
}

/// Gives a draft that still has the revision a new document and what that derives from.
pub async fn replace(conn: &impl ConnectionTrait, new: &NewSet, revision: i64, now_ms: i64) -> Result<SetEntry, StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::Document, Expr::value(new.document.as_str()))
        .col_expr(Column::Digest, Expr::value(new.digest.as_str()))
        .col_expr(Column::TitleZh, Expr::value(new.title_zh.clone()))
        .col_expr(Column::TitleEn, Expr::value(new.title_en.clone()))
        .col_expr(Column::DerivedFromCode, Expr::value(new.derived_from.as_ref().map(|from| from.code.clone())))
        .col_expr(Column::DerivedFromVersion, Expr::value(new.derived_from.as_ref().map(|from| from.version.clone())));
    advance(conn, update, &new.key, SetState::Draft, revision, now_ms).await
}

/// Makes a draft that still has the revision immutable and fit for assessments.
pub async fn publish(
    conn: &impl ConnectionTrait,
    key: &SetKey,
    revision: i64,
    published_by: &str,
    now_ms: i64,
) -> Result<SetEntry, StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(SetState::Published.as_str()))
        .col_expr(Column::PublishedAtMs, Expr::value(now_ms))
        .col_expr(Column::PublishedBy, Expr::value(published_by));
    advance(conn, update, key, SetState::Draft, revision, now_ms).await
}

/// Takes a published version that still has the revision out of use.
pub async fn retire(conn: &impl ConnectionTrait, key: &SetKey, revision: i64, now_ms: i64) -> Result<SetEntry, StoreError> {
    let update = Entity::update_many().col_expr(Column::State, Expr::value(SetState::Retired.as_str()));
    advance(conn, update, key, SetState::Published, revision, now_ms).await
}

/// Removes a draft that still has the revision.
pub async fn remove(conn: &impl ConnectionTrait, key: &SetKey, revision: i64) -> Result<(), StoreError> {
    let removed = Entity::delete_many().filter(is(key, SetState::Draft, revision)).exec(conn).await.keyed(TABLE, key)?;
    match removed.rows_affected {
        0 => Err(why_not(conn, key, revision).await?),
        _ => Ok(()),
    }
}

async fn advance(
    conn: &impl ConnectionTrait,
    update: UpdateMany<Entity>,
    key: &SetKey,
    from: SetState,
    revision: i64,
    now_ms: i64,
) -> Result<SetEntry, StoreError> {
    let changed = update
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(revision + 1))
        .filter(is(key, from, revision))
        .exec_with_returning(conn)
        .await?;
    match changed.into_iter().next() {
        Some(row) => SetEntry::try_from(Listed::from(row)),
        None => Err(why_not(conn, key, revision).await?),
    }
}

fn is(key: &SetKey, state: SetState, revision: i64) -> Condition {
    Condition::all()
        .add(COLUMN.code.eq(&key.code))
        .add(COLUMN.version.eq(&key.version))
        .add(COLUMN.state.eq(state.as_str()))
        .add(COLUMN.revision.eq(revision))
}

async fn why_not(conn: &impl ConnectionTrait, key: &SetKey, revision: i64) -> Result<StoreError, StoreError> {
    Ok(if find(conn, key).await?.entry.revision == revision {
        StoreError::conflict(TABLE, key, Clash::WrongState)
    } else {
        StoreError::stale(TABLE, key)
    })
}

/// The columns a list reads: a document can be megabytes.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "Entity", from_query_result)]
struct Listed {
    code: String,
    version: String,
    state: String,
    digest: String,
    title_zh: Option<String>,
    title_en: Option<String>,
    derived_from_code: Option<String>,
    derived_from_version: Option<String>,
    revision: i64,
    created_at_ms: i64,
    created_by: String,
    updated_at_ms: i64,
    published_at_ms: Option<i64>,
    published_by: Option<String>,
}

impl From<Model> for Listed {
    fn from(row: Model) -> Self {
        Self {
            code: row.code,
            version: row.version,
            state: row.state,
            digest: row.digest,
            title_zh: row.title_zh,
            title_en: row.title_en,
            derived_from_code: row.derived_from_code,
            derived_from_version: row.derived_from_version,
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
            published_at_ms: row.published_at_ms,
            published_by: row.published_by,
        }
    }
}

impl TryFrom<Listed> for SetEntry {
    type Error = StoreError;

    fn try_from(row: Listed) -> Result<Self, StoreError> {
        let key = SetKey { code: row.code, version: row.version };
        let state = Row { table: TABLE, key: &key }.word("state", &row.state)?;
        Ok(Self {
            key,
            state,
            digest: row.digest,
            title_zh: row.title_zh,
            title_en: row.title_en,
            derived_from: row.derived_from_code.zip(row.derived_from_version).map(|(code, version)| SetKey { code, version }),
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
            published_at_ms: row.published_at_ms,
            published_by: row.published_by,
        })
    }
}
