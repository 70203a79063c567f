use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::Id;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::admit;
use crate::answer::{Tag, is_known};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::evidence;

/// What RFC 5987 lets stand in a name as it is, but for a few signs that nobody misses.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// Download a file of evidence.
///
/// It comes as an attachment, in a sandbox and under the type that its content has; its `ETag` is its SHA-256 digest. What
/// was withdrawn is there for the evaluation body only.
#[utoipa::path(
    tag = "evidence",
    params(("id" = Id, Path, description = "The evidence"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/evidence/{id}")]
pub async fn download_evidence(
    caller: Caller,
    state: web::Data<State>,
    request: HttpRequest,
    id: web::Path<Id>,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadEvidence)?;
    let found = evidence::find(state.db(), id.as_str()).await?;
    admit(&caller, &found)?;
    let tag = Tag::of_digest(&found.digest);
    if is_known(&tag, &request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    let file = state.artifacts().stream(&found.digest).await?;
    let name = utf8_percent_encode(&found.file_name, ESCAPED);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, found.media_type.as_str()))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((CACHE_CONTROL, "private"))
        .insert_header((ETAG, tag.as_str()))
        .no_chunking(found.bytes.unsigned_abs())
        .streaming(file))
}
