use actix_web::post;
use citygauge_openapi::{self as wire, Digest, Fault};

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang};
use crate::intake::mapping::Mapping;

/// Check a mapping without keeping it.
///
/// Faults are part of the answer here: it is 200 whether the document is in order or not. Whether its data items are in a
/// set is said when a file is imported for that set.
#[utoipa::path(
    tag = "mappings",
    request_body = wire::MappingDocument,
    security(("token" = [])),
    responses((status = 200, description = "What the check says", body = wire::MappingCheck), Problems, BodyProblems)
)]
#[post("/mappings/check")]
pub async fn check_mapping(caller: Caller, language: Lang, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::ReadMappings)?;
    Ok(Answer::ok(&match Mapping::read(&body.bytes) {
        Ok(mapping) => wire::MappingCheck { ok: true, digest: Some(Digest::trusted(mapping.digest())), faults: Vec::new() },
        Err(faults) => wire::MappingCheck { ok: false, digest: None, faults: Fault::list(&faults, language.0) },
    }))
}
