use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::validation_rules;

/// Show a validation rule that is kept in the service.
#[utoipa::path(
    tag = "validation",
    params(("code" = Code, Path, description = "The code of the rule"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The rule", body = wire::ServiceRule),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/validation-rules/{code}")]
pub async fn show_validation_rule(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadRules)?;
    let rule = validation_rules::find(state.db(), code.as_str()).await?;
    let tag = tag(&rule);
    Ok(Answer::row(&present(rule)?, &tag))
}
