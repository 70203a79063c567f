use actix_web::{HttpRequest, post, web};
use citygauge_openapi::{self as wire, Code};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::export::Format;
use crate::extract::{Lang, Once, Query, keep, media_type};
use crate::jobs::{ReadRelease, enqueue};
use crate::routes::jobs::present;
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::indicator_sets::{self, SetKey};
use crate::store::jobs;
use crate::write::{once, trail};

/// What the file is read against.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReadAgainst {
    /// The code of the set that gives the data items their types.
    set_code: Code,
    /// The version of the set.
    set_version: Code,
}

/// Upload a file as a release.
///
/// Parquet with the columns `city`, `period`, `item`, `choice` and `status` of texts and `value` of doubles, a row per observation, as a
/// release is downloaded. It is for panels that are too large to be kept as single observations: assessments read it, and it can be neither
/// corrected nor looked up row by row. A job checks every row against the set and the registered cities and keeps all of the file or
/// nothing; its `result` names the release, its `error` what is wrong. Row groups of at most 1,048,576 rows and 256 MiB.
#[utoipa::path(
    tag = "releases",
    params(ReadAgainst, IdempotencyKeyHeader),
    request_body(
        description = "The file, sent as Parquet or as bytes of any kind",
        content((Vec<u8> = "application/vnd.apache.parquet"), (Vec<u8> = "application/octet-stream"))
    ),
    security(("token" = [])),
    responses((status = 202, description = "The job that reads it", body = wire::Job), Problems, BodyProblems, CreateProblems)
)]
#[post("/releases/parquet")]
pub async fn upload_release(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    against: Query<ReadAgainst>,
    request: Once,
    http: HttpRequest,
    body: web::Payload,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteReleases)?;
    let key = SetKey { code: against.set_code.to_string(), version: against.set_version.to_string() };
    indicator_sets::find(state.db(), &key).await?;
    let taken = [Format::Parquet.media_type(), "application/octet-stream"];
    if !taken.contains(&media_type(&http).as_str()) {
        return Err(Failure::UnsupportedMediaType { accepted: taken.join(", ") });
    }
    let kept = keep(body.into_inner(), &state).await?;
    let answer = once(&state, &caller, &request, &kept.digest, async |transaction| {
        let id = state.sources().id();
        let SetKey { code: set_code, version: set_version } = key;
        let job = ReadRelease { digest: kept.digest.clone(), bytes: kept.bytes, set_code, set_version };
        enqueue(transaction, &state, &caller, &id, None, &job).await?;
        let detail = json!({ "digest": kept.digest, "bytes": kept.bytes });
        trail(transaction, &state, &caller, "upload_release", &format!("jobs/{id}"), detail).await?;
        Ok(Answer::accepted(&id, &present(jobs::find(transaction, &id).await?, language.0)))
    })
    .await?;
    state.work_arrived();
    Ok(answer)
}
