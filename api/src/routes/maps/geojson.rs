use actix_web::http::header::{CONTENT_TYPE, ETAG};
use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::Code;

use crate::answer::{Tag, is_known};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::maps;
use crate::tables::answer::not_modified;

/// Show the shapes of a map.
///
/// A `FeatureCollection` (RFC 7946): an area per city, with the code of the city in the property that the map names as `key`. Whoever draws it
/// shows the approval number of the map on it. Its `ETag` is its SHA-256 digest.
#[utoipa::path(
    tag = "maps",
    params(("code" = Code, Path, description = "The code of the map"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The shapes", body = Object, content_type = "application/geo+json"),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/maps/{code}/geojson")]
pub async fn show_map_shapes(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadMaps)?;
    let map = maps::find(state.db(), code.as_str()).await?;
    let tag = Tag::of_digest(&map.profile.digest);
    if is_known(&tag, &request) {
        return Ok(not_modified(&tag));
    }
    let bytes = state.artifacts().get(&map.profile.digest).await?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/geo+json")).insert_header((ETAG, tag.as_str())).body(bytes))
}
