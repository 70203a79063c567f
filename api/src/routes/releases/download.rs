use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::Id;
use serde_json::json;

use crate::answer::Tag;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::export::Format;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::releases;
use crate::write::told;

/// Download a release.
///
/// A Parquet file with the columns `city`, `period`, `item`, `value`, `choice` and `status`.
#[utoipa::path(
    tag = "releases",
    params(("id" = Id, Path, description = "The release"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/vnd.apache.parquet"),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/releases/{id}/parquet")]
pub async fn download_release(
    caller: Caller,
    state: web::Data<State>,
    request: HttpRequest,
    id: web::Path<Id>,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadReleases)?;
    let release = releases::find(state.db(), id.as_str()).await?;
    let tag = Tag::of_name(&release.digest);
    let known = request.headers().get(IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| tag.is_in(known)) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    let file = state.artifacts().stream(&release.digest).await?;
    told(&state, &caller, "download_release", &format!("releases/{id}"), json!({})).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, Format::Parquet.media_type()))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"release-{id}.parquet\"")))
        .insert_header((ETAG, tag.as_str()))
        .no_chunking(u64::try_from(release.byte_size).unwrap_or(0))
        .streaming(file))
}
