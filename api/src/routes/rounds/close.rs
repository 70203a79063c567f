use actix_web::{post, web};
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::{present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, Once};
use crate::rounds::publication::wrong_state;
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::rounds::{self, Round, RoundState};
use crate::write::{once, trail};

/// Close a round.
///
/// Nothing more is submitted or sent back; what was submitted is reviewed and verified.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), IfMatchHeader, IdempotencyKeyHeader),
    security(("token" = [])),
    responses((status = 200, description = "The round, closed", body = wire::Round), Problems, ChangeProblems, CreateProblems)
)]
#[post("/rounds/{code}/close")]
pub async fn close_round(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteRounds)?;
    once(&state, &caller, &request, "", async |transaction| {
        let round = rounds::find_to_change(transaction, code.as_str()).await?;
        if_match.admit(&tag(&round))?;
        if round.state != RoundState::Open {
            return Err(wrong_state(&round, "截止", "close", &[RoundState::Open]));
        }
        let closed = Round { state: RoundState::Closed, ..round };
        let closed = rounds::replace(transaction, &closed, state.now_ms()).await?;
        trail(transaction, &state, &caller, "close_round", &subject(code.as_str()), json!({})).await?;
        let tag = tag(&closed);
        Ok(Answer::row(&present(closed)?, &tag))
    })
    .await
}
