//! Plans of goals, and what they said while they were in force.

pub mod revisions;

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::goal_plan::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::row::{self, Row, words};
use super::{Page, StoreError};

const TABLE: &str = "goal_plans";

words! {
    /// Whether a plan is in force.
    PlanState {
        /// It is being written.
        Draft = "draft",
        /// It is in force.
        Adopted = "adopted",
    }
}

/// A plan of goals as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalPlan {
    /// Its identifier.
    pub id: String,
    /// Its code, compared exactly.
    pub code: String,
    /// The city.
    pub city: String,
    /// Whether it is in force.
    pub state: PlanState,
    /// The number of its latest revision, 0 for a draft.
    pub number: i64,
    /// The plan itself.
    pub document: Value,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// The plan with this code or identifier; a code wins.
pub async fn find(conn: &impl ConnectionTrait, code_or_id: &str) -> Result<GoalPlan, StoreError> {
    find_by_code_or_id(conn, code_or_id).await?.ok_or_else(|| StoreError::absent(TABLE, code_or_id))
}

/// The plan with this code or identifier, if there is one; a code wins.
pub async fn find_by_code_or_id(conn: &impl ConnectionTrait, code_or_id: &str) -> Result<Option<GoalPlan>, StoreError> {
    match find_by_code(conn, code_or_id).await? {
        Some(plan) => Ok(Some(plan)),
        None => Entity::find_by_id(code_or_id).one(conn).await?.map(GoalPlan::try_from).transpose(),
    }
}

/// The plan with this code, if there is one.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<GoalPlan>, StoreError> {
    Entity::find().filter(COLUMN.code.eq(code)).one(conn).await?.map(GoalPlan::try_from).transpose()
}

/// The plans before an identifier, the newest first; of these cities only, where any are named.
pub async fn page(
    conn: &impl ConnectionTrait,
    cities: Option<&[String]>,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<GoalPlan, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(cities) = cities {
        query = query.filter(COLUMN.city.is_in(cities.iter().map(String::as_str)));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let plans = query.all(conn).await?.into_iter().map(GoalPlan::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(plans, limit, |plan: &GoalPlan| plan.id.clone()))
}

/// Keeps a new plan; its code must be new.
pub async fn insert(conn: &impl ConnectionTrait, new: &GoalPlan) -> Result<(), StoreError> {
    let row = Model {
        id: new.id.clone(),
        code: new.code.clone(),
        city: new.city.clone(),
        state: new.state.to_string(),
        number: new.number,
        document: row::text(&new.document)?,
        revision: new.revision,
        created_at_ms: new.created_at_ms,
        created_by: new.created_by.clone(),
        updated_at_ms: new.updated_at_ms,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, new.code.clone())?;
    Ok(())
}

/// Writes state, number and document of a plan that still has the revision the caller has seen; its code and city stay.
pub async fn replace(conn: &impl ConnectionTrait, plan: &GoalPlan, now_ms: i64) -> Result<GoalPlan, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(plan.state.to_string()))
        .col_expr(Column::Number, Expr::value(plan.number))
        .col_expr(Column::Document, Expr::value(row::text(&plan.document)?))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(plan.revision + 1))
        .filter(COLUMN.id.eq(plan.id.as_str()))
        .filter(COLUMN.revision.eq(plan.revision))
        .exec(conn)
        .await?;
    if changed.rows_affected == 0 {
        find(conn, &plan.id).await?;
        return Err(StoreError::stale(TABLE, plan.code.as_str()));
    }
    Ok(GoalPlan { revision: plan.revision + 1, updated_at_ms: now_ms, ..plan.clone() })
}

/// Removes a draft that still has the revision.
pub async fn remove_draft(conn: &impl ConnectionTrait, plan: &GoalPlan) -> Result<(), StoreError> {
    let removed = Entity::delete_many()
        .filter(COLUMN.id.eq(plan.id.as_str()))
        .filter(COLUMN.state.eq(PlanState::Draft.to_string()))
        .filter(COLUMN.revision.eq(plan.revision))
        .exec(conn)
        .await?;
    if removed.rows_affected == 0 {
        find(conn, &plan.id).await?;
        return Err(StoreError::stale(TABLE, plan.code.as_str()));
    }
    Ok(())
}

impl TryFrom<Model> for GoalPlan {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let read = Row { table: TABLE, key: &row.code };
        Ok(Self {
            state: read.word("state", &row.state)?,
            document: read.json("document", &row.document)?,
            id: row.id,
            code: row.code,
            city: row.city,
            number: row.number,
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        })
    }
}
