use actix_web::{put, web};
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::{present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::collection::Draft;
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::sources;
use crate::write::trail;

/// Make a source, or change it.
///
/// Its host must be one that the configuration lists. A source that exists already changes only for a caller who has seen
/// it: `If-Match` is needed. A run that has begun goes on as it began; the next one fetches afresh where the place, the
/// import or the mapping has changed.
#[utoipa::path(
    tag = "sources",
    params(("code" = Code, Path, description = "The code of the source"), IfMatchHeader),
    request_body = wire::SourceProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The source was changed", body = wire::Source),
        (status = 201, description = "The source was made", body = wire::Source),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/sources/{code}")]
pub async fn put_source(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteSources)?;
    let profile: wire::SourceProfile = body.read()?;
    let place = subject(code.as_str());
    let detail = json!({ "from": profile.from, "schedule": profile.schedule, "enabled": profile.enabled });
    let draft = Draft::read(&state, &code, profile);
    let transaction = state.store().begin().await?;
    let known = sources::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let new = draft.checked(&state, &transaction, known.as_ref()).await?;
    let source = match &known {
        Some(known) => sources::replace(&transaction, &new, known.revision, state.now_ms()).await?,
        None => sources::insert(&transaction, &new, caller.id(), state.now_ms()).await?,
    };
    let action = if known.is_some() { "replace_source" } else { "create_source" };
    trail(&transaction, &state, &caller, action, &place, detail).await?;
    transaction.commit().await?;
    let tag = tag(&source);
    Ok(Answer::put(known.is_some(), &place, &present(source)?, &tag))
}
