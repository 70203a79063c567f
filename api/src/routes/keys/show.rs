use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::keys;

/// Show a key, without its secret.
#[utoipa::path(
    tag = "keys",
    params(("id" = Id, Path, description = "The key"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The key", body = wire::Key),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/keys/{id}")]
pub async fn show_key(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    caller.require(Right::ManageKeys)?;
    Ok(Answer::ok(&present(keys::find(state.db(), id.as_str()).await?)))
}
