use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor, Line};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::audit::shown;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::audit::{self, AuditFilter};

/// Which lines, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only what was done to this path, such as `/api/v1/cities/330100`.
    subject: Option<Line>,
    /// Only what this one did.
    actor: Option<Line>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List what was done, the newest first.
///
/// Every write has a line, kept in the write's own transaction; lines are never changed or removed, and form a chain of digests.
#[utoipa::path(
    tag = "audit-events",
    params(Filter, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of the trail", body = wire::AuditEventPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/audit-events")]
pub async fn list_audit_events(caller: Caller, state: web::Data<State>, query: Query<Filter>) -> Result<Answer, Failure> {
    caller.require(Right::ReadTrail)?;
    let query = query.into_inner();
    let before: Option<i64> = position(query.cursor.as_ref())?;
    let filter = AuditFilter { subject: query.subject.map(String::from), actor: query.actor.map(String::from) };
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = audit::page(state.db(), &filter, before, limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(shown).collect();
    Ok(Answer::page(&wire::AuditEventPage { items, next: next.clone() }, next.as_ref()))
}
