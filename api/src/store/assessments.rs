//! Computations: what was asked for, which release was read, and where the result is.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, UpdateMany};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::assessment::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::indicator_sets::SetKey;
use super::jobs::WorkState;
use super::row::{self, Row};
use super::{Clash, Page, StoreError, Word};

const TABLE: &str = "assessments";

/// A computation that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAssessment {
    /// Its identifier.
    pub id: String,
    /// The set version it applies.
    pub set: SetKey,
    /// SHA-256 of the set's document, in hex.
    pub set_digest: String,
    /// The release it reads; none means that it freezes one when it starts.
    pub release_id: Option<String>,
    /// Periods, cohort and whatever else was chosen.
    pub options: Value,
    /// The version of the engine.
    pub engine_version: String,
    /// The job that computes it.
    pub job_id: String,
    /// When it was asked for.
    pub created_at_ms: i64,
    /// Who asked for it.
    pub created_by: String,
    /// The assessment in whose place it stands.
    pub supersedes: Option<Supersedes>,
    /// The round whose publication it is.
    pub round: Option<OfRound>,
}

/// The round in which an assessment is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfRound {
    /// Its code.
    pub code: String,
    /// The class of cities, in a round with classes.
    pub class: Option<String>,
}

/// The assessment in whose place another one stands; it stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supersedes {
    /// Its identifier.
    pub assessment: String,
    /// Why it was made anew.
    pub reason: String,
}

/// A computation and what became of it; once it has succeeded it never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// What was asked for, with the release once it is frozen.
    pub request: NewAssessment,
    /// How far it has come.
    pub state: WorkState,
    /// Where the result is: the digests of its artifacts.
    pub result: Option<Value>,
    /// The result in brief.
    pub summary: Option<Value>,
    /// How many warnings the engine left.
    pub warnings_total: i64,
    /// Why it failed.
    pub error: Option<Value>,
    /// When it reached its final state.
    pub finished_at_ms: Option<i64>,
}

/// What a computation leaves behind; the artifacts must be in the object store before this is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// The digests of its artifacts.
    pub result: Value,
    /// The result in brief.
    pub summary: Value,
    /// How many warnings the engine left.
    pub warnings_total: i64,
}

/// Which assessments a list shows; all by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssessmentFilter {
    /// Only those of this set version.
    pub set: Option<SetKey>,
    /// Only those in this state.
    pub state: Option<WorkState>,
}

/// The assessment with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Assessment, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The assessments before one, newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    filter: &AssessmentFilter,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Assessment, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(set) = &filter.set {
        query = query.filter(COLUMN.set_code.eq(&set.code)).filter(COLUMN.set_version.eq(&set.version));
    }
    if let Some(state) = filter.state {
        query = query.filter(COLUMN.state.eq(state.as_str()));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let assessments = rows.into_iter().map(Assessment::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(assessments, limit, |assessment: &Assessment| assessment.request.id.clone()))
}

/// For each of these assessments the latest one that has succeeded and supersedes it.
pub async fn superseding(conn: &impl ConnectionTrait, ids: &[&str]) -> Result<HashMap<String, String>, StoreError> {
    let rows: Vec<(Option<String>, String)> = Entity::find()
        .select_only()
        .column(Column::Supersedes)
        .column(Column::Id)
        .filter(COLUMN.supersedes.is_in(ids.iter().copied()))
        .filter(COLUMN.state.eq(WorkState::Succeeded.as_str()))
        .order_by_asc(COLUMN.id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|(before, after)| Some((before?, after))).collect())
}

/// Keeps an assessment as queued, in the transaction that enqueues its job.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewAssessment) -> Result<(), StoreError> {
    let new = new.clone();
    let id = new.id.clone();
    let row = Model {
        options: row::text(&new.options)?,
        id: new.id,
        state: WorkState::Queued.as_str().to_owned(),
        set_code: new.set.code,
        set_version: new.set.version,
        set_digest: new.set_digest,
        release_id: new.release_id,
        engine_version: new.engine_version,
        result: None,
        summary: None,
        warnings_total: 0,
        error: None,
        job_id: new.job_id,
        created_at_ms: new.created_at_ms,
        created_by: new.created_by,
        finished_at_ms: None,
        supersedes: new.supersedes.as_ref().map(|it| it.assessment.clone()),
        supersedes_reason: new.supersedes.map(|it| it.reason),
        round_code: new.round.as_ref().map(|it| it.code.clone()),
        round_class: new.round.and_then(|it| it.class),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, id)?;
    Ok(())
}

/// Shows that a worker has begun, for the first time or again.
pub async fn start(conn: &impl ConnectionTrait, id: &str) -> Result<(), StoreError> {
    let update = Entity::update_many().col_expr(Column::State, Expr::value(WorkState::Running.as_str()));
    advance(conn, update, id).await
}

/// Notes which release the assessment reads, in the transaction that keeps the release.
pub async fn freeze(conn: &impl ConnectionTrait, id: &str, release_id: &str) -> Result<(), StoreError> {
    let update = Entity::update_many().col_expr(Column::ReleaseId, Expr::value(release_id)).filter(COLUMN.release_id.is_null());
    advance(conn, update, id).await
}

/// Ends an assessment with its result, in the transaction that finishes its job.
///
/// One that fails or is cancelled ends with its job, without a call from here.
pub async fn finish(conn: &impl ConnectionTrait, id: &str, computed: &Computed, now_ms: i64) -> Result<(), StoreError> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(WorkState::Succeeded.as_str()))
        .col_expr(Column::Result, Expr::value(row::text(&computed.result)?))
        .col_expr(Column::Summary, Expr::value(row::text(&computed.summary)?))
        .col_expr(Column::WarningsTotal, Expr::value(computed.warnings_total))
        .col_expr(Column::FinishedAtMs, Expr::value(now_ms));
    advance(conn, update, id).await
}

async fn advance(conn: &impl ConnectionTrait, update: UpdateMany<Entity>, id: &str) -> Result<(), StoreError> {
    let changed = update
        .filter(COLUMN.id.eq(id))
        .filter(COLUMN.state.is_in([WorkState::Queued.as_str(), WorkState::Running.as_str()]))
        .exec(conn)
        .await
        .keyed(TABLE, id)?;
    if changed.rows_affected == 0 {
        find(conn, id).await?;
        return Err(StoreError::conflict(TABLE, id, Clash::WrongState));
    }
    Ok(())
}

impl TryFrom<Model> for Assessment {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.id };
        Ok(Self {
            state: at.word("state", &row.state)?,
            result: at.json_null("result", row.result.as_deref())?,
            summary: at.json_null("summary", row.summary.as_deref())?,
            warnings_total: row.warnings_total,
            error: at.json_null("error", row.error.as_deref())?,
            finished_at_ms: row.finished_at_ms,
            request: NewAssessment {
                options: at.json("options", &row.options)?,
                id: row.id,
                set: SetKey { code: row.set_code, version: row.set_version },
                set_digest: row.set_digest,
                release_id: row.release_id,
                engine_version: row.engine_version,
                job_id: row.job_id,
                created_at_ms: row.created_at_ms,
                created_by: row.created_by,
                supersedes: row
                    .supersedes
                    .map(|assessment| Supersedes { assessment, reason: row.supersedes_reason.unwrap_or_default() }),
                round: row.round_code.map(|code| OfRound { code, class: row.round_class }),
            },
        })
    }
}
