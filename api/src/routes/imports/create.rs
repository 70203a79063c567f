use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, post, web};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD;
use citygauge_indicators::{Fault, Language};
use citygauge_openapi::{self as wire, Code, Line, PeriodCode};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::artifacts::Kept;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{Lang, Once, Query, keep, media_type};
use crate::intake::Format;
use crate::intake::mapping::Mapping;
use crate::jobs::{ImportFile, enqueue};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::imports::{self, ImportKind, ImportMode, NewImport, OnFault, UsedMapping};
use crate::store::indicator_sets::{self, SetKey};
use crate::store::mappings;
use crate::write::{once, trail};

/// What the file is, and what is to be done with it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// What the file holds.
    kind: wire::ImportKind,
    /// Whether the rows are kept; `commit` unless given.
    mode: Option<wire::ImportMode>,
    /// What a faulty row does to the others; `reject_all` unless given.
    on_fault: Option<wire::OnFault>,
    /// The code of the set that gives the data items their types; needed for observations.
    set_code: Option<Code>,
    /// The version of the set; needed for observations.
    set_version: Option<Code>,
    /// The period of a file of observations that has no column for it.
    period: Option<PeriodCode>,
    /// The code of the mapping by which the file is to be understood.
    mapping: Option<Code>,
    /// A mapping document that has no name: its JSON in base64url, at most 32 KiB of JSON. Keep a longer one under a name.
    #[param(value_type = Option<String>, max_length = 43692)]
    mapping_document: Option<String>,
    /// The name of the file, which faults repeat.
    file_name: Option<Line>,
}

/// Import a file of cities or observations.
///
/// The file is kept and read by a job. Every fault in it is reported by `/api/v1/imports/{id}`. It is imported
/// whole or not at all, unless `on_fault=skip_rows` was asked for; then an import that left rows out is `partial`.
#[utoipa::path(
    tag = "imports",
    params(Upload, IdempotencyKeyHeader),
    request_body(
        description = "The file; a `charset` of the media type is heeded, `application/octet-stream` goes by `file_name`",
        content(
            (String = "text/csv"),
            (String = "application/vnd.sdmx.data+csv"),
            (serde_json::Value = "application/json"),
            (String = "application/x-ndjson"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/vnd.apache.parquet"),
        )
    ),
    security(("token" = [])),
    responses((status = 202, description = "The import, which its job will read", body = wire::Import), Problems, BodyProblems, CreateProblems)
)]
#[post("/imports")]
pub async fn create_import(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    upload: Query<Upload>,
    request: Once,
    http: HttpRequest,
    body: web::Payload,
) -> Result<Answer, Failure> {
    caller.require(match upload.kind {
        wire::ImportKind::Cities => Right::WriteCities,
        wire::ImportKind::Observations => Right::WriteObservations,
    })?;
    let set = set(&state, &upload).await?;
    let mapping = mapping(&caller, &state, &upload).await?;
    let media_type = accepted(&http, &upload)?;
    let kept = keep(body.into_inner(), &state).await?;
    let answer = once(&state, &caller, &request, &kept.digest, async |transaction| {
        let (id, job_id) = (state.sources().id(), state.sources().id());
        let new = new_import(&upload, &id, &job_id, set, mapping, media_type, &kept, language.0, &caller, state.now_ms());
        imports::insert(transaction, &new).await?;
        let job = ImportFile { import: id.clone(), scope: caller.scope() };
        enqueue(transaction, &state, &caller, &job_id, Some(&id), &job).await?;
        let detail = json!({ "kind": upload.kind, "digest": kept.digest, "bytes": kept.bytes });
        trail(transaction, &state, &caller, "create_import", &format!("imports/{id}"), detail).await?;
        Ok(Answer::accepted(&job_id, &present(imports::find(transaction, &id).await?, Vec::new(), Vec::new())?))
    })
    .await?;
    state.work_arrived();
    Ok(answer)
}

/// The set that was named, which must be there; observations need one.
async fn set(state: &State, upload: &Upload) -> Result<Option<SetKey>, Failure> {
    let key = match (&upload.set_code, &upload.set_version) {
        (Some(code), Some(version)) => SetKey { code: code.to_string(), version: version.to_string() },
        (None, None) if upload.kind == wire::ImportKind::Cities => return Ok(None),
        _ => {
            return Err(Failure::malformed(
                Fault::error("import.no_set", "没有指明指标体系", "no indicator set was named")
                    .expected("set_code & set_version")
                    .hint(
                        "观测值的类型来自指标体系：请给出 set_code 和 set_version",
                        "a set gives observations their types: name it by set_code and set_version",
                    ),
            ));
        }
    };
    indicator_sets::find(state.db(), &key).await?;
    Ok(Some(key))
}

/// The most bytes of JSON that a mapping without a name has.
const LONGEST_UNNAMED: usize = 32 << 10;

/// The mapping by name or in the request, as it is now; it must be for this kind of file.
async fn mapping(caller: &Caller, state: &State, upload: &Upload) -> Result<Option<UsedMapping>, Failure> {
    let (code, text) = match (&upload.mapping, &upload.mapping_document) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(Failure::malformed(
                Fault::error("import.two_mappings", "给出了两个映射", "two mappings were given")
                    .hint("mapping 与 mapping_document 只给出其一", "give either mapping or mapping_document"),
            ));
        }
        (Some(code), None) => {
            caller.require(Right::ReadMappings)?;
            let named = mappings::find(state.db(), code.as_str()).await?;
            (Some(named.code), named.document.into_bytes())
        }
        (None, Some(encoded)) => (None, decoded(encoded)?),
    };
    let mapping = Mapping::read(&text).map_err(Failure::Invalid)?;
    if let Some(fault) = mapping.not_for(upload.kind) {
        return Err(Failure::invalid(fault));
    }
    Ok(Some(UsedMapping { code, digest: mapping.digest(), document: mapping.canonical() }))
}

/// The JSON of a mapping in the query.
fn decoded(encoded: &str) -> Result<Vec<u8>, Failure> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok();
    bytes.filter(|bytes| bytes.len() <= LONGEST_UNNAMED).ok_or_else(|| {
        Failure::malformed(
            Fault::error(
                "import.mapping_document",
                "mapping_document 不是 base64url，或过长",
                "mapping_document is no base64url, or too long",
            )
            .expected(format!("base64url, <= {LONGEST_UNNAMED} bytes of JSON"))
            .hint(
                "请用 base64url 编码 JSON；较长的映射先以 PUT /mappings/{code} 保存",
                "encode the JSON in base64url; keep a longer mapping by PUT /mappings/{code}",
            ),
        )
    })
}

/// The media type as it was sent, where it names a format that is read.
fn accepted(http: &HttpRequest, upload: &Upload) -> Result<String, Failure> {
    let essence = media_type(http);
    let by_name =
        || Format::from_file_name(upload.file_name.as_ref()?.as_str()).filter(|_| essence == "application/octet-stream");
    if Format::from_media_type(&essence).or_else(by_name).is_none() {
        let accepted: Vec<&str> = Format::ALL.iter().map(|format| format.media_type()).collect();
        return Err(Failure::UnsupportedMediaType { accepted: accepted.join(", ") });
    }
    let header = http.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    Ok(header.unwrap_or_default().to_owned())
}

#[expect(clippy::too_many_arguments, reason = "it only gathers what the handler has")]
fn new_import(
    upload: &Upload,
    id: &str,
    job_id: &str,
    set: Option<SetKey>,
    mapping: Option<UsedMapping>,
    media_type: String,
    kept: &Kept,
    language: Language,
    caller: &Caller,
    now_ms: i64,
) -> NewImport {
    NewImport {
        id: id.to_owned(),
        kind: match upload.kind {
            wire::ImportKind::Cities => ImportKind::Cities,
            wire::ImportKind::Observations => ImportKind::Observations,
        },
        mode: match upload.mode.unwrap_or_default() {
            wire::ImportMode::Validate => ImportMode::Validate,
            wire::ImportMode::Commit => ImportMode::Commit,
        },
        on_fault: match upload.on_fault.unwrap_or_default() {
            wire::OnFault::RejectAll => OnFault::RejectAll,
            wire::OnFault::SkipRows => OnFault::SkipRows,
        },
        set,
        mapping,
        period: upload.period.as_ref().map(ToString::to_string),
        fetched: None,
        lang: match language {
            Language::Zh => "zh".to_owned(),
            Language::En => "en".to_owned(),
        },
        file_name: upload.file_name.as_ref().map(ToString::to_string),
        media_type,
        upload_digest: kept.digest.clone(),
        upload_bytes: i64::try_from(kept.bytes).unwrap_or(i64::MAX),
        job_id: job_id.to_owned(),
        created_at_ms: now_ms,
        created_by: caller.id().to_owned(),
    }
}
