use actix_web::{delete, web};
use citygauge_openapi::Code;
use serde_json::json;

use super::{subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::rounds::{self, RoundState};
use crate::write::trail;

/// Remove a draft of a round.
///
/// A round that was opened stays.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The draft is gone"), Problems, ChangeProblems)
)]
#[delete("/rounds/{code}")]
pub async fn remove_round(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteRounds)?;
    let transaction = state.store().begin().await?;
    let round = rounds::find_to_change(&transaction, code.as_str()).await?;
    if_match.admit(&tag(&round))?;
    if round.state != RoundState::Draft {
        return Err(Failure::conflict("批次已经打开，不能删除", "the round was opened and stays"));
    }
    rounds::remove(&transaction, code.as_str(), round.revision).await?;
    trail(&transaction, &state, &caller, "remove_round", &subject(code.as_str()), json!({})).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
