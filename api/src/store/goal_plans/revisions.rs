//! What a plan said while it was in force. A revision never changes.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use crate::store::entity::goal_plan_revision::{COLUMN, Entity, Model};
use crate::store::error::Keyed;
use crate::store::row::{self, Row};
use crate::store::{Page, StoreError};

const TABLE: &str = "goal_plan_revisions";

/// A plan as it was in force.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalPlanRevision {
    /// The plan.
    pub plan_id: String,
    /// Its number, from 1, the adoption.
    pub number: i64,
    /// The plan as it was.
    pub document: Value,
    /// Why it was made.
    pub reason: String,
    /// Who approved of it.
    pub approver: String,
    /// Findings of the linter that stood all the same.
    pub waivers: Value,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it: the identifier of a key.
    pub created_by: String,
}

/// A revision by its number.
pub async fn find(conn: &impl ConnectionTrait, plan_id: &str, number: i64) -> Result<GoalPlanRevision, StoreError> {
    let row = Entity::find_by_id((plan_id.to_owned(), number)).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, number.to_string()))?.try_into()
}

/// The revisions before a number, the newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    plan_id: &str,
    before: Option<i64>,
    limit: u64,
) -> Result<Page<GoalPlanRevision, i64>, StoreError> {
    let mut query = Entity::find().filter(COLUMN.plan_id.eq(plan_id)).order_by_desc(COLUMN.number).limit(limit.saturating_add(1));
    if let Some(before) = before {
        query = query.filter(COLUMN.number.lt(before));
    }
    let revisions = query.all(conn).await?.into_iter().map(GoalPlanRevision::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(revisions, limit, |revision: &GoalPlanRevision| revision.number))
}

/// Every revision of a plan, the oldest first.
pub async fn all(conn: &impl ConnectionTrait, plan_id: &str) -> Result<Vec<GoalPlanRevision>, StoreError> {
    let rows = Entity::find().filter(COLUMN.plan_id.eq(plan_id)).order_by_asc(COLUMN.number).all(conn).await?;
    rows.into_iter().map(GoalPlanRevision::try_from).collect()
}

/// Keeps a revision; its number must be new.
pub async fn insert(conn: &impl ConnectionTrait, new: &GoalPlanRevision) -> Result<(), StoreError> {
    let row = Model {
        plan_id: new.plan_id.clone(),
        number: new.number,
        document: row::text(&new.document)?,
        reason: new.reason.clone(),
        approver: new.approver.clone(),
        waivers: row::text(&new.waivers)?,
        created_at_ms: new.created_at_ms,
        created_by: new.created_by.clone(),
    };
    let key = format!("{}/{}", new.plan_id, new.number);
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, key)?;
    Ok(())
}

impl TryFrom<Model> for GoalPlanRevision {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let read = Row { table: TABLE, key: &row.plan_id };
        Ok(Self {
            document: read.json("document", &row.document)?,
            waivers: read.json("waivers", &row.waivers)?,
            plan_id: row.plan_id,
            number: row.number,
            reason: row.reason,
            approver: row.approver,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
        })
    }
}
