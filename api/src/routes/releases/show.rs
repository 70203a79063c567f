use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::present;
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::releases;

/// Show a release.
#[utoipa::path(
    tag = "releases",
    params(("id" = Id, Path, description = "The release"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The release", body = wire::Release),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/releases/{id}")]
pub async fn show_release(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    caller.require(Right::ReadReleases)?;
    let release = releases::find(state.db(), id.as_str()).await?;
    let tag = Tag::of_name(&release.id);
    Ok(Answer::row(&present(release), &tag))
}
