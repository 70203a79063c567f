//! Webhooks: who is told of changes, and where; what has happened ([`outbox`]); and who was told of it ([`deliveries`]).
//!
//! Of a secret only the salt is kept, and the name of the key file with which it makes the secret.

pub mod deliveries;
pub mod outbox;
pub mod sending;
mod sql;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, UpdateMany};

use super::entity::webhook::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::row::{self, Row, words};
use super::{Page, StoreError, Word};

const TABLE: &str = "webhooks";

words! {
    /// Why a webhook is not told of anything.
    DisabledReason {
        /// Somebody said so.
        Person = "person",
        /// Its receiver answered 410 Gone.
        Gone = "gone",
        /// Nothing could be delivered for too long.
        Failing = "failing",
        /// The key that answers for it does not work any more.
        Key = "key",
    }
}

/// What is said of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Where it is told.
    pub url: String,
    /// Of what: names of event types, `resource.*` or `*`.
    pub events: Vec<String>,
    /// What people should know of it.
    pub description: Option<String>,
    /// Whether it is told.
    pub enabled: bool,
}

/// From which salts the secrets of a webhook are made, and with which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salts {
    /// The short name of the key.
    pub key_id: String,
    /// That of the secret.
    pub salt: String,
    /// That of the secret before, and until when it is used beside the other.
    pub previous: Option<(String, i64)>,
}

/// A webhook as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its identifier.
    pub id: String,
    /// What is said of it.
    pub profile: Profile,
    /// Why it is disabled, where it is.
    pub disabled_reason: Option<DisabledReason>,
    /// The key that answers for it.
    pub owner: String,
    /// What its secrets are made of.
    pub salts: Salts,
    /// Failed attempts since the last one that succeeded.
    pub failures: i64,
    /// Since when every attempt has failed.
    pub failing_since_ms: Option<i64>,
    /// The row's version, for `If-Match`; raised by what people say and when its health changes.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it or its health last changed.
    pub updated_at_ms: i64,
}

/// The webhook with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Webhook, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The webhooks before one, newest first; only those that a key answers for where one is named.
pub async fn page(
    conn: &impl ConnectionTrait,
    owner: Option<&str>,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Webhook, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(owner) = owner {
        query = query.filter(COLUMN.owner.eq(owner));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let webhooks = query.all(conn).await?.into_iter().map(Webhook::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(webhooks, limit, |webhook: &Webhook| webhook.id.clone()))
}

/// How many webhooks there are.
pub async fn count(conn: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(Entity::find().count(conn).await?)
}

/// Keeps a new webhook, which its maker answers for.
pub async fn insert(
    conn: &impl ConnectionTrait,
    id: &str,
    profile: &Profile,
    salts: &Salts,
    created_by: &str,
    now_ms: i64,
) -> Result<Webhook, StoreError> {
    let row = Model {
        id: id.to_owned(),
        url: profile.url.clone(),
        events: row::text(&profile.events)?,
        description: profile.description.clone(),
        enabled: profile.enabled,
        disabled_reason: reason(profile.enabled),
        owner: created_by.to_owned(),
        key_id: salts.key_id.clone(),
        salt: salts.salt.clone(),
        previous_salt: None,
        previous_until_ms: None,
        paused_until_ms: 0,
        failures: 0,
        failing_since_ms: None,
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(conn).await.keyed(TABLE, id)?;
    row.try_into()
}

/// Changes a webhook that still has the revision the caller has seen; `owner` answers for it from now on. Its health begins
/// anew. Belongs into a transaction.
pub async fn replace(
    conn: &impl ConnectionTrait,
    id: &str,
    profile: &Profile,
    owner: &str,
    revision: i64,
    now_ms: i64,
) -> Result<Webhook, StoreError> {
    let changed = changing(id, now_ms)
        .col_expr(Column::Url, Expr::value(profile.url.clone()))
        .col_expr(Column::Events, Expr::value(row::text(&profile.events)?))
        .col_expr(Column::Description, Expr::value(profile.description.clone()))
        .col_expr(Column::Enabled, Expr::value(profile.enabled))
        .col_expr(Column::DisabledReason, Expr::value(reason(profile.enabled)))
        .col_expr(Column::Owner, Expr::value(owner))
        .col_expr(Column::PausedUntilMs, Expr::value(0_i64))
        .col_expr(Column::Failures, Expr::value(0_i64))
        .col_expr(Column::FailingSinceMs, Expr::value(None::<i64>))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await?;
    let webhook = find(conn, id).await?;
    if changed.rows_affected == 0 {
        return Err(StoreError::stale(TABLE, id));
    }
    if !profile.enabled {
        deliveries::cancel_pending(conn, id, now_ms).await?;
    }
    Ok(webhook)
}

/// Gives a webhook another secret.
pub async fn rotate(conn: &impl ConnectionTrait, id: &str, salts: &Salts, now_ms: i64) -> Result<Webhook, StoreError> {
    let (previous, until) = salts.previous.clone().unzip();
    changing(id, now_ms)
        .col_expr(Column::KeyId, Expr::value(salts.key_id.clone()))
        .col_expr(Column::Salt, Expr::value(salts.salt.clone()))
        .col_expr(Column::PreviousSalt, Expr::value(previous))
        .col_expr(Column::PreviousUntilMs, Expr::value(until))
        .exec(conn)
        .await?;
    find(conn, id).await
}

/// Removes a webhook that still has the revision, with its deliveries.
pub async fn remove(conn: &impl ConnectionTrait, id: &str, revision: i64) -> Result<(), StoreError> {
    let removed = Entity::delete_many().filter(COLUMN.id.eq(id)).filter(COLUMN.revision.eq(revision)).exec(conn).await?;
    if removed.rows_affected == 0 {
        find(conn, id).await?;
        return Err(StoreError::stale(TABLE, id));
    }
    Ok(())
}

/// Tells a webhook of nothing any more; answers whether it was told until now. Belongs into a transaction.
pub async fn disable(conn: &impl ConnectionTrait, id: &str, why: DisabledReason, now_ms: i64) -> Result<bool, StoreError> {
    let changed = changing(id, now_ms)
        .col_expr(Column::Enabled, Expr::value(false))
        .col_expr(Column::DisabledReason, Expr::value(why.as_str()))
        .filter(COLUMN.enabled.eq(true))
        .exec(conn)
        .await?;
    deliveries::cancel_pending(conn, id, now_ms).await?;
    Ok(changed.rows_affected > 0)
}

/// A change of a webhook that whoever has seen it before should know of.
fn changing(id: &str, now_ms: i64) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .filter(COLUMN.id.eq(id))
}

fn reason(enabled: bool) -> Option<String> {
    (!enabled).then(|| DisabledReason::Person.as_str().to_owned())
}

impl TryFrom<Model> for Webhook {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.id };
        Ok(Self {
            profile: Profile {
                events: at.json("events", &row.events)?,
                url: row.url,
                description: row.description,
                enabled: row.enabled,
            },
            disabled_reason: row.disabled_reason.as_deref().map(|word| at.word("disabled_reason", word)).transpose()?,
            salts: Salts { key_id: row.key_id, salt: row.salt, previous: row.previous_salt.zip(row.previous_until_ms) },
            id: row.id,
            owner: row.owner,
            failures: row.failures,
            failing_since_ms: row.failing_since_ms,
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        })
    }
}
