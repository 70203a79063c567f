use actix_web::{delete, web};
use citygauge_openapi::{Code, path_segment};
use serde_json::json;

use super::tag;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::validation_rules;
use crate::write::trail;

/// Remove a validation rule from the service.
///
/// It judges nothing any more; what it said stays in the trail, and so do the waivers of what it found.
#[utoipa::path(
    tag = "validation",
    params(("code" = Code, Path, description = "The code of the rule"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The rule is gone"), Problems, ChangeProblems)
)]
#[delete("/validation-rules/{code}")]
pub async fn remove_validation_rule(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteRules)?;
    let transaction = state.store().begin().await?;
    let known = validation_rules::find(&transaction, code.as_str()).await?;
    if_match.admit(&tag(&known))?;
    validation_rules::remove(&transaction, code.as_str(), known.revision).await?;
    let place = format!("validation-rules/{}", path_segment(code.as_str()));
    trail(&transaction, &state, &caller, "remove_validation_rule", &place, json!({ "digest": known.said.digest })).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
