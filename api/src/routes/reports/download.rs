use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::{self as wire, Id, path_segment};
use serde_json::json;

use super::{format_of, readable};
use crate::answer::{Tag, is_known};
use crate::auth::Caller;
use crate::error::{Failure, Problems};
use crate::reports::media_type;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::tables::answer::not_modified;
use crate::write::told;

/// A report in HTML brings its own style and pictures, and runs and loads nothing.
const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
);

/// Download the file of a report.
///
/// Its `ETag` is its SHA-256 digest.
#[utoipa::path(
    tag = "reports",
    params(("id" = Id, Path, description = "The report"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The file, under the media type of its format", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no file yet, or there will be none", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[get("/reports/{id}/file")]
pub async fn download_report(
    caller: Caller,
    state: web::Data<State>,
    request: HttpRequest,
    id: web::Path<Id>,
) -> Result<HttpResponse, Failure> {
    let report = readable(&state, &caller, &id).await?;
    let Some(file) = report.file else {
        return Err(Failure::conflict("该报告尚无文件，或已失败", "the report has no file yet, or has failed"));
    };
    let tag = Tag::of_digest(&file.digest);
    if is_known(&tag, &request) {
        return Ok(not_modified(&tag));
    }
    let bytes = state.artifacts().get(&file.digest).await?;
    told(&state, &caller, "download_report", &format!("reports/{id}"), json!({})).await?;
    let format = format_of(&report.asked.format);
    let about = report.asked.city.as_deref().or(report.asked.round.as_deref()).unwrap_or("all");
    let name = format!("report-{}-{}.{}", path_segment(about), path_segment(&report.asked.period), format.word());
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type(format)))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((CONTENT_SECURITY_POLICY, PAGE))
        .insert_header((ETAG, tag.as_str()))
        .body(bytes))
}
