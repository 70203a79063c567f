use actix_web::{post, web};
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::{present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, Once};
use crate::rounds::opening;
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::rounds;
use crate::write::{once, trail};

/// Open a round, or open a closed one again.
///
/// At the first opening its cities and departments are drawn up, and each pair gets a submission. With classes, every city has to belong
/// to one of them at that moment.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), IfMatchHeader, IdempotencyKeyHeader),
    security(("token" = [])),
    responses((status = 200, description = "The round, open", body = wire::Round), Problems, ChangeProblems, CreateProblems)
)]
#[post("/rounds/{code}/open")]
pub async fn open_round(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteRounds)?;
    let known = rounds::find(state.db(), code.as_str()).await?;
    let plan = opening::plan(&state, &known).await?;
    once(&state, &caller, &request, "", async |transaction| {
        let round = rounds::find_to_change(transaction, code.as_str()).await?;
        if_match.admit(&tag(&round))?;
        if round.profile != known.profile {
            return Err(Failure::Stale);
        }
        let opened = opening::open(transaction, &state, round, plan.clone()).await?;
        let detail = json!({ "cities": opened.cities.len(), "departments": opened.departments.len() });
        trail(transaction, &state, &caller, "open_round", &subject(code.as_str()), detail).await?;
        let tag = tag(&opened);
        Ok(Answer::row(&present(opened)?, &tag))
    })
    .await
}
