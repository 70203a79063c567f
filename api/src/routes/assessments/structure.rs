use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::{self as wire, Id};

use super::data;
use crate::answer::Tag;
use crate::assessments::recompute::manifest;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::export::sdmx;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::assessments;
use crate::tables::answer::structure_message;

/// Show the structure of an assessment's scores, for SDMX.
///
/// A structure message of SDMX-JSON 2.0 with the data structure, its concepts, its code lists (cities, nodes and levels, named in Chinese
/// and English), its dataflow and its agency. Codes that are no identifiers of SDMX are written as such: every other byte as `$` and two
/// hexadecimal digits.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The structure message", body = Object,
            content_type = "application/vnd.sdmx.structure+json;version=2.0.0"),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[get("/assessments/{id}/structure")]
pub async fn show_scores_structure(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadScores)?;
    let stored = assessments::find(state.db(), id.as_str()).await?;
    let (_, set) = sets::find(&state, &stored.request.set).await?;
    let cities = data::cities(&state, &manifest(&stored)?).await?;
    let tag = Tag::of_name(&format!("structure {}|{}", id.as_str(), env!("CARGO_PKG_VERSION")));
    Ok(structure_message(&sdmx::message(&data::structure(&stored, &set, &cities)), Some(tag), &request))
}
