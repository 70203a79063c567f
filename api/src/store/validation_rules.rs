//! Validation rules that stand beside those of the set documents, by code.

use sea_orm::sea_query::Expr;
use sea_orm::{Condition, ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::validation_rule::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::{Page, StoreError};

const TABLE: &str = "validation_rules";

/// A rule as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationRule {
    /// What was said of it.
    pub said: NewValidationRule,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// What is said of a rule when it is made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewValidationRule {
    /// Its code, compared exactly.
    pub code: String,
    /// The only set to which it belongs; none stands for every set that has its items.
    pub set: Option<String>,
    /// Whether it is evaluated.
    pub enabled: bool,
    /// The rule in its canonical form.
    pub document: String,
    /// SHA-256 of the document in hex.
    pub digest: String,
}

/// The rule with this code.
pub async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<ValidationRule, StoreError> {
    find_by_code(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The rule with this code, if there is one.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<ValidationRule>, StoreError> {
    Ok(Entity::find_by_id(code).one(conn).await?.map(ValidationRule::from))
}

/// The rules after a code, by code; of one set only those that are bound to it.
pub async fn page(
    conn: &impl ConnectionTrait,
    set: Option<&str>,
    after: Option<&str>,
    limit: u64,
) -> Result<Page<ValidationRule, String>, StoreError> {
    let mut query = Entity::find().order_by_asc(COLUMN.code).limit(limit.saturating_add(1));
    if let Some(set) = set {
        query = query.filter(COLUMN.set_code.eq(set));
    }
    if let Some(after) = after {
        query = query.filter(COLUMN.code.gt(after));
    }
    let rules = query.all(conn).await?.into_iter().map(ValidationRule::from).collect();
    Ok(Page::cut(rules, limit, |rule: &ValidationRule| rule.said.code.clone()))
}

/// The rules that may speak of a set, by code: those bound to it and those of every set; also those that are switched off.
pub async fn of_set(conn: &impl ConnectionTrait, set: &str) -> Result<Vec<ValidationRule>, StoreError> {
    let bound = Condition::any().add(COLUMN.set_code.eq(set)).add(COLUMN.set_code.is_null());
    let rows = Entity::find().filter(bound).order_by_asc(COLUMN.code).all(conn).await?;
    Ok(rows.into_iter().map(ValidationRule::from).collect())
}

/// How many there are.
pub async fn count(conn: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(Entity::find().count(conn).await?)
}

/// Keeps a new rule; its code must be new.
pub async fn insert(
    conn: &impl ConnectionTrait,
    new: &NewValidationRule,
    created_by: &str,
    now_ms: i64,
) -> Result<ValidationRule, StoreError> {
    let row = Model {
        code: new.code.clone(),
        set_code: new.set.clone(),
        enabled: new.enabled,
        document: new.document.clone(),
        digest: new.digest.clone(),
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.code)?;
    Ok(row.into())
}

/// Changes a rule that still has the revision the caller has seen.
pub async fn replace(
    conn: &impl ConnectionTrait,
    new: &NewValidationRule,
    revision: i64,
    now_ms: i64,
) -> Result<ValidationRule, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::SetCode, Expr::value(new.set.clone()))
        .col_expr(Column::Enabled, Expr::value(new.enabled))
        .col_expr(Column::Document, Expr::value(new.document.as_str()))
        .col_expr(Column::Digest, Expr::value(new.digest.as_str()))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(revision + 1))
        .filter(COLUMN.code.eq(&new.code))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await?;
    let rule = find(conn, &new.code).await?;
    if changed.rows_affected == 0 { Err(StoreError::stale(TABLE, &new.code)) } else { Ok(rule) }
}

/// Removes a rule that still has the revision; waivers of it stay.
pub async fn remove(conn: &impl ConnectionTrait, code: &str, revision: i64) -> Result<(), StoreError> {
    let removed = Entity::delete_many().filter(COLUMN.code.eq(code)).filter(COLUMN.revision.eq(revision)).exec(conn).await?;
    if removed.rows_affected == 0 {
        find(conn, code).await?;
        return Err(StoreError::stale(TABLE, code));
    }
    Ok(())
}

impl From<Model> for ValidationRule {
    fn from(row: Model) -> Self {
        Self {
            said: NewValidationRule {
                code: row.code,
                set: row.set_code,
                enabled: row.enabled,
                document: row.document,
                digest: row.digest,
            },
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        }
    }
}
