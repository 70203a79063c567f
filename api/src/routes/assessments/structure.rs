use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::{self as wire, Id};

use super::data;
use crate::answer::Tag;
use crate::assessments::kept;
use crate::assessments::recompute::manifest;
use crate::auth::Reader;
use crate::error::{Failure, Problems};
use crate::export::sdmx;
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::tables::answer::structure_message;

/// Show the structure of an assessment's scores, for SDMX.
///
/// A structure message of SDMX-JSON 2.0 with the data structure, its concepts, its code lists (cities, nodes and levels, named in Chinese
/// and English), its dataflow and its agency. Codes that are no identifiers of SDMX are written as such: every other byte as `$` and two
/// hexadecimal digits. Where cities are seen under pseudonyms, these are the codes.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), IfNoneMatchHeader),
    security((), ("token" = [])),
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
    reader: Reader,
    state: web::Data<State>,
    id: web::Path<Id>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (stored, sight) = visibility::open(&state, &reader, id.as_str(), Operation::Structure).await?;
    let (_, set) = sets::find(&state, &stored.request.set).await?;
    let cities = kept::cities(&state, &manifest(&stored)?).await?;
    let tag = Tag::of_name(&format!("structure {}|{}|{}", id.as_str(), sight.tag(), env!("CARGO_PKG_VERSION")));
    Ok(structure_message(&sdmx::message(&data::structure(&stored, &sight, &set, &cities)), Some(tag), &request))
}
