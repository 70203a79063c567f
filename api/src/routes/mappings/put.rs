use actix_web::{put, web};
use citygauge_openapi::{self as wire, Code, path_segment};
use serde_json::json;

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::intake::mapping::Mapping;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::mappings;
use crate::write::trail;

/// Keep a mapping under a name, or change it.
///
/// A mapping that exists already changes only for a caller who has seen it: `If-Match` is needed. Imports that used it keep
/// what it said then.
#[utoipa::path(
    tag = "mappings",
    params(("code" = Code, Path, description = "The code of the mapping"), IfMatchHeader),
    request_body = wire::MappingDocument,
    security(("token" = [])),
    responses(
        (status = 200, description = "The mapping was changed", body = wire::Mapping),
        (status = 201, description = "The mapping is kept", body = wire::Mapping),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/mappings/{code}")]
pub async fn put_mapping(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteMappings)?;
    let checked = Mapping::read(&body.bytes).map_err(Failure::Invalid)?;
    let document = (checked.canonical(), checked.digest());
    let place = format!("mappings/{}", path_segment(code.as_str()));
    let transaction = state.store().begin().await?;
    let known = mappings::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let mapping = match &known {
        Some(known) => mappings::replace(&transaction, code.as_str(), document, known.revision, state.now_ms()).await?,
        None => mappings::insert(&transaction, code.as_str(), document, caller.id(), state.now_ms()).await?,
    };
    let action = if known.is_some() { "replace_mapping" } else { "create_mapping" };
    trail(&transaction, &state, &caller, action, &place, json!({ "digest": mapping.digest })).await?;
    transaction.commit().await?;
    let tag = tag(&mapping);
    Ok(Answer::put(known.is_some(), &place, &present(mapping)?, &tag))
}
