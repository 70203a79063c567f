//! Submissions, and what was done to them: the events are only ever added to.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue, ConnectionTrait, EntityTrait};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::entity::submission::{ActiveModel, COLUMN, Column, Entity, Model};
use super::entity::submission_event as event;
use super::error::Keyed;
use super::row::{Row, words};
use super::{Page, StoreError, Word};

const TABLE: &str = "submissions";

words! {
    /// How far a submission is.
    SubmissionState {
        /// The department fills it.
        Draft = "draft",
        /// The department handed it in.
        Submitted = "submitted",
        /// It was sent back.
        Returned = "returned",
        /// The city accepted it.
        Accepted = "accepted",
        /// The province reviewed it.
        Reviewed = "reviewed",
        /// The evaluation body verified it.
        Verified = "verified",
        /// The results are shown to the city.
        Provisional = "provisional",
        /// The city objected.
        Objected = "objected",
        /// The objection was right.
        Upheld = "upheld",
        /// The objection was not right.
        Dismissed = "dismissed",
        /// Nothing more follows.
        Final = "final",
    }
}

words! {
    /// What is done to a submission.
    SubmissionAction {
        /// Hand it in.
        Submit = "submit",
        /// Send it back.
        Return = "return",
        /// Accept it for the city.
        Accept = "accept",
        /// Review it for the province.
        Review = "review",
        /// Verify it for the evaluation body.
        Verify = "verify",
        /// Show the results to the city.
        Announce = "announce",
        /// Object to the results.
        Object = "object",
        /// Answer that the objection is right.
        Uphold = "uphold",
        /// Answer that it is not.
        Dismiss = "dismiss",
        /// End it.
        Finalise = "finalise",
    }
}

/// The place of a submission, unique in its round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubmission {
    /// Its identifier.
    pub id: String,
    /// The round.
    pub round: String,
    /// The city.
    pub city: String,
    /// The department; empty for the items that name none.
    pub department: String,
}

/// A submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// What and whose it is.
    pub place: NewSubmission,
    /// How far it is.
    pub state: SubmissionState,
    /// When it was last handed in.
    pub submitted_at_ms: Option<i64>,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// Something that was done to a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionEvent {
    /// When.
    pub at_ms: i64,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: SubmissionAction,
    /// The state before.
    pub from: SubmissionState,
    /// The state after.
    pub to: SubmissionState,
    /// What was said.
    pub comment: Option<String>,
}

/// Which submissions of a round are wanted; what is empty or absent does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubmissionFilter {
    /// Only these cities.
    pub cities: Vec<String>,
    /// Only this department.
    pub department: Option<String>,
    /// Only those in this state.
    pub state: Option<SubmissionState>,
}

/// The submission with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Submission, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The submissions of a round after a city and department, in their order.
pub async fn page(
    conn: &impl ConnectionTrait,
    round: &str,
    filter: &SubmissionFilter,
    after: Option<&(String, String)>,
    limit: u64,
) -> Result<Page<Submission, (String, String)>, StoreError> {
    let mut query = Entity::find()
        .filter(COLUMN.round_code.eq(round))
        .order_by_asc(COLUMN.city)
        .order_by_asc(COLUMN.department)
        .limit(limit.saturating_add(1));
    if !filter.cities.is_empty() {
        query = query.filter(COLUMN.city.is_in(filter.cities.iter().map(String::as_str)));
    }
    if let Some(department) = &filter.department {
        query = query.filter(COLUMN.department.eq(department));
    }
    if let Some(state) = filter.state {
        query = query.filter(COLUMN.state.eq(state.as_str()));
    }
    if let Some((city, department)) = after {
        let after = Expr::tuple([Expr::value(city.as_str()), Expr::value(department.as_str())]);
        query = query.filter(Expr::tuple([Expr::col(Column::City), Expr::col(Column::Department)]).gt(after));
    }
    let rows = query.all(conn).await?;
    let found = rows.into_iter().map(Submission::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(found, limit, |row: &Submission| (row.place.city.clone(), row.place.department.clone())))
}

/// The submissions of these cities in every round, which nobody changes until the caller's transaction is over. The list
/// may have 15,000 entries.
pub async fn hold_of_cities(conn: &impl ConnectionTrait, cities: &[&str]) -> Result<Vec<Submission>, StoreError> {
    let query = Entity::find().filter(COLUMN.city.is_in(cities.iter().copied())).order_by_asc(COLUMN.id).lock_shared();
    query.all(conn).await?.into_iter().map(Submission::try_from).collect()
}

/// How many submissions of a round there are by city, department and state, for these cities or for all.
pub async fn states(
    conn: &impl ConnectionTrait,
    round: &str,
    cities: &[String],
) -> Result<Vec<(String, String, SubmissionState)>, StoreError> {
    let mut query = Entity::find().filter(COLUMN.round_code.eq(round));
    if !cities.is_empty() {
        query = query.filter(COLUMN.city.is_in(cities.iter().map(String::as_str)));
    }
    let rows = query.select_only().columns([Column::City, Column::Department, Column::State]);
    let rows: Vec<(String, String, String)> = rows.into_tuple().all(conn).await?;
    let read = |(city, department, state): (String, String, String)| {
        let state = Row { table: TABLE, key: &round }.word("state", &state)?;
        Ok((city, department, state))
    };
    rows.into_iter().map(read).collect()
}

/// Makes the submissions of a round, all of them drafts.
pub async fn insert_all(conn: &impl ConnectionTrait, new: &[NewSubmission], now_ms: i64) -> Result<(), StoreError> {
    for chunk in new.chunks(1_000) {
        let rows = chunk.iter().map(|place| ActiveModel {
            id: ActiveValue::Set(place.id.clone()),
            round_code: ActiveValue::Set(place.round.clone()),
            city: ActiveValue::Set(place.city.clone()),
            department: ActiveValue::Set(place.department.clone()),
            state: ActiveValue::Set(SubmissionState::Draft.as_str().to_owned()),
            submitted_at_ms: ActiveValue::Set(None),
            revision: ActiveValue::Set(1),
            created_at_ms: ActiveValue::Set(now_ms),
            updated_at_ms: ActiveValue::Set(now_ms),
        });
        Entity::insert_many(rows).exec_without_returning(conn).await.keyed(TABLE, &chunk[0].round)?;
    }
    Ok(())
}

/// Moves a submission that still has the state and revision the caller has seen, and notes who did it.
pub async fn step(conn: &impl ConnectionTrait, seen: &Submission, event: &SubmissionEvent) -> Result<Submission, StoreError> {
    let submitted_at_ms = match event.action {
        SubmissionAction::Submit => Some(event.at_ms),
        _ => seen.submitted_at_ms,
    };
    let id = &seen.place.id;
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(event.to.as_str()))
        .col_expr(Column::SubmittedAtMs, Expr::value(submitted_at_ms))
        .col_expr(Column::UpdatedAtMs, Expr::value(event.at_ms))
        .col_expr(Column::Revision, Expr::value(seen.revision + 1))
        .filter(COLUMN.id.eq(id))
        .filter(COLUMN.revision.eq(seen.revision))
        .exec(conn)
        .await?;
    if changed.rows_affected == 0 {
        return Err(StoreError::stale(TABLE, id));
    }
    note(conn, id, event).await?;
    find(conn, id).await
}

async fn note(conn: &impl ConnectionTrait, submission: &str, noted: &SubmissionEvent) -> Result<(), StoreError> {
    let row = event::ActiveModel {
        id: ActiveValue::NotSet,
        submission_id: ActiveValue::Set(submission.to_owned()),
        at_ms: ActiveValue::Set(noted.at_ms),
        actor: ActiveValue::Set(noted.actor.clone()),
        action: ActiveValue::Set(noted.action.as_str().to_owned()),
        from_state: ActiveValue::Set(noted.from.as_str().to_owned()),
        to_state: ActiveValue::Set(noted.to.as_str().to_owned()),
        comment: ActiveValue::Set(noted.comment.clone()),
    };
    event::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// What was done to a submission after an event, the earliest first.
pub async fn events(
    conn: &impl ConnectionTrait,
    submission: &str,
    after: Option<i64>,
    limit: u64,
) -> Result<Page<SubmissionEvent, i64>, StoreError> {
    let mut query = event::Entity::find()
        .filter(event::COLUMN.submission_id.eq(submission))
        .order_by_asc(event::COLUMN.id)
        .limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(event::COLUMN.id.gt(after));
    }
    let page = Page::cut(query.all(conn).await?, limit, |row: &event::Model| row.id);
    let items = page.items.into_iter().map(SubmissionEvent::try_from).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}

/// How many submissions of a round a caller has done something to.
pub async fn count_done_by(
    conn: &impl ConnectionTrait,
    round: &str,
    action: SubmissionAction,
    actor: &str,
) -> Result<u64, StoreError> {
    let of_round = Entity::find().filter(COLUMN.round_code.eq(round)).select_only().column(Column::Id).into_query();
    let found: Vec<String> = event::Entity::find()
        .filter(event::COLUMN.action.eq(action.as_str()))
        .filter(event::COLUMN.actor.eq(actor))
        .filter(event::COLUMN.submission_id.in_subquery(of_round))
        .select_only()
        .column(event::Column::SubmissionId)
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.len() as u64)
}

impl TryFrom<Model> for Submission {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let state = Row { table: TABLE, key: &row.id }.word("state", &row.state)?;
        Ok(Self {
            place: NewSubmission { id: row.id, round: row.round_code, city: row.city, department: row.department },
            state,
            submitted_at_ms: row.submitted_at_ms,
            revision: row.revision,
            updated_at_ms: row.updated_at_ms,
        })
    }
}

impl TryFrom<event::Model> for SubmissionEvent {
    type Error = StoreError;

    fn try_from(row: event::Model) -> Result<Self, StoreError> {
        let at = Row { table: "submission_events", key: &row.id };
        Ok(Self {
            at_ms: row.at_ms,
            action: at.word("action", &row.action)?,
            from: at.word("from_state", &row.from_state)?,
            to: at.word("to_state", &row.to_state)?,
            actor: row.actor,
            comment: row.comment,
        })
    }
}
