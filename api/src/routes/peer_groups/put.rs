use actix_web::{put, web};
use citygauge_openapi::{self as wire, Code, path_segment};
use serde_json::json;

use super::check::checked;
use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::peer_groups;
use crate::write::trail;

/// Make a peer group, or change it.
///
/// Its cities are listed, or follow from conditions on attributes, or are the nearest to a city. A group that exists already
/// changes only for a caller who has seen it: `If-Match` is needed.
#[utoipa::path(
    tag = "peer-groups",
    params(("code" = Code, Path, description = "The code of the group"), IfMatchHeader),
    request_body = wire::PeerGroupProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The group was changed", body = wire::PeerGroup),
        (status = 201, description = "The group was made", body = wire::PeerGroup),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/peer-groups/{code}")]
pub async fn put_peer_group(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePeerGroups)?;
    let profile: wire::PeerGroupProfile = body.read()?;
    let place = format!("peer-groups/{}", path_segment(code.as_str()));
    let transaction = state.store().begin().await?;
    let new = checked(&state, &transaction, &code, profile).await?;
    let known = peer_groups::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let group = match &known {
        Some(known) => peer_groups::replace(&transaction, &new, known.revision, state.now_ms()).await?,
        None => peer_groups::insert(&transaction, &new, caller.id(), state.now_ms()).await?,
    };
    let action = if known.is_some() { "replace_peer_group" } else { "create_peer_group" };
    trail(&transaction, &state, &caller, action, &place, json!({ "cities": new.cities.len() })).await?;
    transaction.commit().await?;
    let tag = tag(&group);
    Ok(Answer::put(known.is_some(), &place, &present(group)?, &tag))
}
