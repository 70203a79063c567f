//! Findings of validation rules that somebody answers for. What was withdrawn stays, with who did it.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, Select};

use super::entity::waiver::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::{Page, StoreError};

const TABLE: &str = "waivers";

/// A finding, or those of every period, that somebody answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Its identifier.
    pub id: String,
    /// The code of the rule.
    pub rule: String,
    /// The code of the set, in every version.
    pub set: String,
    /// The code of the city.
    pub city: String,
    /// The only period; none stands for every one.
    pub period: Option<String>,
    /// The only data item; none stands for every one that the rule reads.
    pub item: Option<String>,
    /// The only value of the finding; none stands for any, also after a correction.
    pub value: Option<String>,
    /// Why the finding stands.
    pub reason: String,
    /// The person who answers for it.
    pub name: String,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it: the identifier of a key.
    pub created_by: String,
    /// From when on it does not hold any more.
    pub expires_at_ms: Option<i64>,
    /// When and by whom it was withdrawn.
    pub withdrawn: Option<(i64, String)>,
}

/// Which waivers are listed; all by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WaiverFilter {
    /// Only those of this rule.
    pub rule: Option<String>,
    /// Only those of this set.
    pub set: Option<String>,
    /// Only those of these cities; an empty list stands for all.
    pub cities: Vec<String>,
    /// Only those of this period; those of every period are not among them.
    pub period: Option<String>,
    /// Only those of this data item; those of every item are not among them.
    pub item: Option<String>,
    /// Only those that hold at this moment.
    pub held_at_ms: Option<i64>,
}

impl Waiver {
    /// Whether it holds at a moment.
    pub fn holds_at(&self, at_ms: i64) -> bool {
        self.created_at_ms <= at_ms
            && self.expires_at_ms.is_none_or(|end| at_ms < end)
            && self.withdrawn.as_ref().is_none_or(|(end, _)| at_ms < *end)
    }
}

/// The waiver with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Waiver, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    Ok(row.ok_or_else(|| StoreError::absent(TABLE, id))?.into())
}

/// The waivers before an identifier, the newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    filter: &WaiverFilter,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Waiver, String>, StoreError> {
    let mut query = narrowed(filter).order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let waivers = query.all(conn).await?.into_iter().map(Waiver::from).collect();
    Ok(Page::cut(waivers, limit, |waiver: &Waiver| waiver.id.clone()))
}

/// Every waiver that a filter lets through, the newest first.
pub async fn all(conn: &impl ConnectionTrait, filter: &WaiverFilter) -> Result<Vec<Waiver>, StoreError> {
    let rows = narrowed(filter).order_by_desc(COLUMN.id).all(conn).await?;
    Ok(rows.into_iter().map(Waiver::from).collect())
}

fn narrowed(filter: &WaiverFilter) -> Select<Entity> {
    let mut query = Entity::find();
    for (column, wanted) in [
        (Column::Rule, &filter.rule),
        (Column::SetCode, &filter.set),
        (Column::Period, &filter.period),
        (Column::Item, &filter.item),
    ] {
        if let Some(wanted) = wanted {
            query = query.filter(column.eq(wanted.as_str()));
        }
    }
    if !filter.cities.is_empty() {
        query = query.filter(COLUMN.city.is_in(filter.cities.iter().map(String::as_str)));
    }
    if let Some(at_ms) = filter.held_at_ms {
        let holds = Condition::all()
            .add(COLUMN.created_at_ms.lte(at_ms))
            .add(Condition::any().add(COLUMN.expires_at_ms.is_null()).add(COLUMN.expires_at_ms.gt(at_ms)))
            .add(Condition::any().add(COLUMN.withdrawn_at_ms.is_null()).add(COLUMN.withdrawn_at_ms.gt(at_ms)));
        query = query.filter(holds);
    }
    query
}

/// Keeps a new waiver.
pub async fn insert(conn: &impl ConnectionTrait, new: &Waiver) -> Result<(), StoreError> {
    let Waiver { id, rule, set, city, period, item, value, reason, name, created_at_ms, created_by, expires_at_ms, withdrawn } =
        new.clone();
    let (withdrawn_at_ms, withdrawn_by) = withdrawn.unzip();
    let row = Model {
        id,
        rule,
        set_code: set,
        city,
        period,
        item,
        value,
        reason,
        name,
        created_at_ms,
        created_by,
        expires_at_ms,
        withdrawn_at_ms,
        withdrawn_by,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.id)?;
    Ok(())
}

/// Marks a waiver as withdrawn; doing it again changes nothing.
pub async fn withdraw(conn: &impl ConnectionTrait, id: &str, by: &str, now_ms: i64) -> Result<Waiver, StoreError> {
    Entity::update_many()
        .col_expr(Column::WithdrawnAtMs, Expr::value(now_ms))
        .col_expr(Column::WithdrawnBy, Expr::value(by))
        .filter(COLUMN.id.eq(id))
        .filter(COLUMN.withdrawn_at_ms.is_null())
        .exec(conn)
        .await?;
    find(conn, id).await
}

impl From<Model> for Waiver {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            rule: row.rule,
            set: row.set_code,
            city: row.city,
            period: row.period,
            item: row.item,
            value: row.value,
            reason: row.reason,
            name: row.name,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            expires_at_ms: row.expires_at_ms,
            withdrawn: row.withdrawn_at_ms.zip(row.withdrawn_by),
        }
    }
}
