use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::peer_groups;

/// Show a peer group.
#[utoipa::path(
    tag = "peer-groups",
    params(("code" = Code, Path, description = "The code of the group"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The peer group", body = wire::PeerGroup),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/peer-groups/{code}")]
pub async fn show_peer_group(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPeerGroups)?;
    let group = peer_groups::find(state.db(), code.as_str()).await?;
    let tag = tag(&group);
    Ok(Answer::row(&present(group)?, &tag))
}
