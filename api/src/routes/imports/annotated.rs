use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_indicators::{Fault, Language};
use citygauge_openapi::{self as wire, Id};

use crate::annotated::{Findings, MAX_BYTES, MAX_FAULTS, annotated};
use crate::answer::{Tag, is_known};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::Lang;
use crate::faults::from_kept;
use crate::intake::Format;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::imports::{self, Import};

/// Faults read in one statement.
const CHUNK: u64 = 10_000;

/// Give out an annotated copy of the workbook that was uploaded.
///
/// Every cell with a fault has a colour and a note that says what is wrong and how to mend it, in the language of the
/// caller; a sheet lists all faults with links to their cells. Formats, formulas and other sheets are as they were sent, so
/// that the copy can be mended and uploaded again. It exists of XLSX files of up to 32 MiB, and shows 50,000 faults.
#[utoipa::path(
    tag = "imports",
    params(("id" = Id, Path, description = "The import"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The annotated copy", content(
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 304, description = "The caller has it already"),
        Problems,
        BodyProblems,
        CreateProblems,
    )
)]
#[get("/imports/{id}/annotated.xlsx")]
pub async fn show_annotated_import(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadJobs)?;
    let import = imports::find(state.db(), id.as_str()).await?;
    caller.require_own(&import.request.created_by)?;
    annotatable(&import)?;
    // A finished import does not change; another version of the service may write its copy in another way.
    let made_of = (id.as_str(), &import.request.upload_digest, language.0, env!("CARGO_PKG_VERSION"));
    let tag = Tag::of_name(&format!("annotated {made_of:?}"));
    if is_known(&tag, &request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    let faults = first_faults(&state, id.as_str(), language.0).await?;
    let found = import.tally.faults_total.saturating_add(import.tally.warnings_total);
    let total = u64::try_from(found).unwrap_or_default();
    let bytes = state.artifacts().get(&import.request.upload_digest).await?;
    let language = language.0;
    let copy = state.engine(move || annotated(&bytes, Findings { faults: &faults, total, language })).await?;
    let copy = copy.map_err(|fault| Failure::invalid(*fault))?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header(("content-type", Format::Xlsx.media_type()))
        .insert_header(("content-disposition", format!("attachment; filename=\"annotated-{id}.xlsx\"")))
        .body(copy))
}

/// Refuses what has no annotated copy.
fn annotatable(import: &Import) -> Result<(), Failure> {
    if !import.state.is_final() {
        return Err(Failure::conflict("文件尚未读完", "the file has not been read yet"));
    }
    let request = &import.request;
    let format = Format::from_media_type(&request.media_type)
        .or_else(|| Format::from_file_name(request.file_name.as_deref().unwrap_or_default()));
    if format != Some(Format::Xlsx) {
        let fault = Fault::error("annotated.not_a_workbook", "上传的文件不是 XLSX", "the file that was uploaded is not XLSX");
        let fault = fault.value(&request.media_type).expected(Format::Xlsx.media_type());
        return Err(Failure::invalid(fault.hint(
            "请使用 /imports/{id}/faults?format=xlsx 取得错误清单",
            "fetch the list of faults as /imports/{id}/faults?format=xlsx",
        )));
    }
    if u64::try_from(request.upload_bytes).unwrap_or_default() > MAX_BYTES {
        return Err(Failure::TooLarge { limit_bytes: MAX_BYTES });
    }
    Ok(())
}

async fn first_faults(state: &State, id: &str, language: Language) -> Result<Vec<wire::Fault>, Failure> {
    let mut faults = Vec::new();
    let mut after = None;
    while faults.len() < MAX_FAULTS {
        let page = imports::page_faults_of(state.db(), id, None, after, CHUNK).await?;
        for fault in page.items {
            faults.push(from_kept(fault, language)?);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    faults.truncate(MAX_FAULTS);
    Ok(faults)
}
