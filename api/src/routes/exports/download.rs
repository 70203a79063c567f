use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::readable;
use crate::answer::{Tag, is_known};
use crate::artifacts::ArtifactError;
use crate::auth::Caller;
use crate::error::{Failure, Problems};
use crate::export::Format;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::tables::answer::not_modified;
use crate::write::told;

/// Download the file of an export.
///
/// Its `ETag` is its SHA-256 digest.
#[utoipa::path(
    tag = "exports",
    params(("id" = Id, Path, description = "The export"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The file, under the media type of its format", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no file yet, or there will be none", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[get("/exports/{id}/file")]
pub async fn download_export(
    caller: Caller,
    state: web::Data<State>,
    request: HttpRequest,
    id: web::Path<Id>,
) -> Result<HttpResponse, Failure> {
    let export = readable(&state, &caller, &id).await?;
    let Some(file) = export.file else {
        return Err(Failure::conflict("该导出尚无文件，或已失败", "the export has no file yet, or has failed"));
    };
    let tag = Tag::of_digest(&file.digest);
    if is_known(&tag, &request) {
        return Ok(not_modified(&tag));
    }
    let bytes = match state.artifacts().export(id.as_str(), &file.digest).await {
        // Backups have no exports.
        Err(ArtifactError::Absent(_)) => {
            return Err(Failure::absent("该导出的文件已不在，请重新导出", "the file of the export is gone: have it made again"));
        }
        found => found?,
    };
    told(&state, &caller, "download_export", &format!("exports/{id}"), json!({})).await?;
    let media_type = Format::from_word(&export.asked.format).map_or("application/octet-stream", Format::media_type);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)))
        .insert_header((ETAG, tag.as_str()))
        .no_chunking(file.bytes.unsigned_abs())
        .streaming(bytes))
}
