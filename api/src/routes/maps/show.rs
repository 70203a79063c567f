use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::maps;

/// Show a map, without its shapes.
#[utoipa::path(
    tag = "maps",
    params(("code" = Code, Path, description = "The code of the map"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The map", body = wire::Map),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/maps/{code}")]
pub async fn show_map(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadMaps)?;
    let map = maps::find(state.db(), code.as_str()).await?;
    let tag = tag(&map);
    Ok(Answer::row(&present(map), &tag))
}
