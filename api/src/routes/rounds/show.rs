use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::rounds;

/// Show a round.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The round", body = wire::Round),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/rounds/{code}")]
pub async fn show_round(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadRounds)?;
    let round = rounds::find(state.db(), code.as_str()).await?;
    let tag = tag(&round);
    Ok(Answer::row(&present(round)?, &tag))
}
