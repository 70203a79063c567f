use actix_web::{HttpRequest, post, web};
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, API_ROOT, Line};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::present;
use super::scope::require_item;
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::evidence::{Kind, check};
use crate::extract::{Arriving, Once, Query, collect, media_type};
use crate::routes::observations::{PlacePath, current};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::evidence::{self, Evidence};
use crate::write::{once, trail};

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// The name of the file, whose extension suits its type.
    file_name: Line,
    /// What it shows.
    title: Option<Line>,
}

/// Attach a file to an observation.
///
/// PDF, PNG, JPEG, DOCX, XLSX, CSV or plain text, told by `Content-Type` and by the content, which must agree. Size and
/// number are limited by the configuration.
#[utoipa::path(
    tag = "evidence",
    params(PlacePath, Attached, IdempotencyKeyHeader),
    request_body(
        description = "The file",
        content(
            (Vec<u8> = "application/pdf"),
            (Vec<u8> = "image/png"),
            (Vec<u8> = "image/jpeg"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/csv"),
            (String = "text/plain"),
        )
    ),
    security(("token" = [])),
    responses((status = 201, description = "The file is attached", body = wire::Evidence), Problems, BodyProblems, CreateProblems)
)]
#[post("/observations/{city}/{period}/{item}/evidence")]
pub async fn attach_evidence(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<PlacePath>,
    attached: Query<Attached>,
    request: Once,
    http: HttpRequest,
    body: web::Payload,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteObservations)?;
    let place = path.place();
    caller.require_city(&place.city)?;
    let accepted = || Kind::ALL.map(Kind::media_type).join(", ");
    let kind = Kind::from_media_type(&media_type(&http)).ok_or_else(|| Failure::UnsupportedMediaType { accepted: accepted() })?;
    let limits = &state.config().limits;
    let bytes = collect(Arriving::new(body.into_inner(), &state), limits.evidence_bytes).await?;
    let (name, looked_at) = (attached.file_name.to_string(), bytes.clone());
    let faults = state.engine(move || check(kind, &name, &looked_at)).await?;
    if !faults.is_empty() {
        return Err(Failure::Invalid(Faults(faults)));
    }
    let Some(observation) = current(state.db(), &place).await? else {
        return Err(Failure::absent("没有这个观测值", "there is no such observation"));
    };
    require_item(&state, &caller, &observation).await?;
    let kept = state.artifacts().put(bytes).await?;
    once(&state, &caller, &request, &kept.digest, async |transaction| {
        let known = evidence::count(transaction, &place).await?;
        if known >= u64::from(limits.evidence_files) {
            return Err(Failure::invalid(too_many(limits.evidence_files)));
        }
        let new = Evidence {
            id: state.sources().id(),
            place: place.clone(),
            digest: kept.digest.clone(),
            bytes: i64::try_from(kept.bytes).unwrap_or(i64::MAX),
            media_type: kind.media_type().to_owned(),
            file_name: attached.file_name.to_string(),
            title: attached.title.as_ref().map(ToString::to_string),
            created_at_ms: state.now_ms(),
            created_by: caller.id().to_owned(),
            withdrawn: None,
        };
        evidence::insert(transaction, &new).await?;
        let detail = json!({
            "city": place.city, "period": place.period, "item": place.item, "digest": kept.digest, "file_name": new.file_name,
        });
        let subject = format!("evidence/{}", new.id);
        trail(transaction, &state, &caller, "attach_evidence", &subject, detail).await?;
        let tag = Tag::of_digest(&new.digest);
        Ok(Answer::created(&format!("{API_ROOT}/{subject}"), &present(new), &tag))
    })
    .await
}

fn too_many(limit: u32) -> Fault {
    let fault =
        Fault::error("evidence.too_many", "该观测值的佐证材料已达上限", "the observation has all the evidence it may have");
    fault.expected(format!("<= {limit}")).hint("请把材料合并成较少的文件", "put the evidence into fewer files")
}
