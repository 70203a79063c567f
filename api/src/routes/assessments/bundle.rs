use std::fs::File;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::{Bytes, BytesMut};
use citygauge_openapi::{self as wire, Id, path_segment};
use futures_util::{Stream, stream};
use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::answer::{Tag, is_known};
use crate::assessments::recompute::manifest;
use crate::auth::{Caller, Reader, Right};
use crate::bundle::{FORMAT, MEDIA_TYPE, build};
use crate::error::{Failure, Problems};
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::write::told;

/// A piece of the file on its way out, in bytes.
const PIECE: usize = 1 << 18;

/// Download the bundle of an assessment.
///
/// One file with everything needed to compute the assessment again: set, release, cities, options, results, the SHA-256 of each
/// and an Ed25519 signature over these. `citygauge verify` computes it again without a service and says that all is identical,
/// or where it is not. The key of the signature is at `/signing-key`.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The bundle, a ZIP archive", body = Vec<u8>, content_type = "application/zip"),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[get("/assessments/{id}/bundle")]
pub async fn download_bundle(
    caller: Caller,
    state: web::Data<State>,
    request: HttpRequest,
    id: web::Path<Id>,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadReleases)?;
    let (stored, _) = visibility::open(&state, &Reader::Key(caller.clone()), id.as_str(), Operation::Bundle).await?;
    manifest(&stored)?;
    let signer = state.signer().map_err(Failure::internal)?;
    let made_of = (id.as_str(), FORMAT, signer.public().id(), env!("CARGO_PKG_VERSION"));
    let tag = Tag::of_name(&format!("{made_of:?}"));
    if is_known(&tag, &request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    let file = build(&state, &stored).await?;
    told(&state, &caller, "download_bundle", &format!("assessments/{id}"), json!({})).await?;
    let size = file.metadata().map_err(Failure::internal)?.len();
    let set = &stored.request.set;
    let name = format!("bundle-{}@{}-{id}.zip", path_segment(&set.code), path_segment(&set.version));
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((ETAG, tag.as_str()))
        .no_chunking(size)
        .streaming(pieces(file)))
}

fn pieces(file: File) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), file)))
    })
}
