use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use bytes::Bytes;
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Cursor, Id};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{self, Format};
use crate::extract::{Lang, Query};
use crate::faults::from_kept;
use crate::negotiate::wanted;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::imports::{self, Severity};

/// Which faults, how many, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<FaultsFormat>,
    /// Only the faults or only the warnings; both unless given.
    #[param(inline)]
    severity: Option<wire::Severity>,
    /// How many members the page has at most; a CSV file holds all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// The forms in which faults are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultsFormat {
    /// A page.
    Json,
    /// A file with all of them.
    Csv,
    /// A workbook with all of them.
    Xlsx,
}

/// List every fault and warning of an import, in the order of the file.
#[utoipa::path(
    tag = "imports",
    params(("id" = Id, Path, description = "The import"), Wanted, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of faults, or all of them as a file", content(
            (wire::FaultPage = "application/json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/imports/{id}/faults")]
pub async fn list_import_faults(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadJobs)?;
    let import = imports::find(state.db(), id.as_str()).await?;
    caller.require_own(&import.request.created_by)?;
    let asked = query.format.map(|format| match format {
        FaultsFormat::Json => Format::Json,
        FaultsFormat::Csv => Format::Csv,
        FaultsFormat::Xlsx => Format::Xlsx,
    });
    let format = wanted(&request, asked, &[Format::Json, Format::Csv, Format::Xlsx])?;
    let severity = query.severity.map(|severity| match severity {
        wire::Severity::Error => Severity::Error,
        wire::Severity::Warning => Severity::Warning,
    });
    let after: Option<i64> = position(query.cursor.as_ref())?;
    if format != Format::Json {
        return file(state, Asked { id: id.to_string(), severity, language: language.0 }, format).await;
    }
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = imports::page_faults_of(state.db(), id.as_str(), severity, after, limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(|fault| from_kept(fault, language.0)).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::FaultPage { items, next: next.clone() }, next.as_ref()).respond_to(&request))
}

/// The import whose faults are wanted, and which of them.
struct Asked {
    id: String,
    severity: Option<Severity>,
    language: Language,
}

/// Faults read and written at once.
const CHUNK: u64 = 5_000;

/// All faults as a file. CSV streams, so that memory does not grow with them.
async fn file(state: web::Data<State>, asked: Asked, format: Format) -> Result<HttpResponse, Failure> {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header(("content-type", format.media_type()))
        .insert_header(("content-disposition", format!("attachment; filename=\"faults-{}.{}\"", asked.id, format.extension())));
    if format == Format::Csv {
        // What goes wrong before the first piece still is an answer of its own.
        let (first, next) = piece(&state, &asked, None).await?;
        let rest = stream::try_unfold((state, asked, next), async move |(state, asked, next)| {
            let Some(after) = next else { return Ok::<_, actix_web::Error>(None) };
            let (text, next) = piece(&state, &asked, Some(after)).await?;
            Ok(Some((text, (state, asked, next))))
        });
        return Ok(answer.streaming(stream::once(async { Ok::<_, actix_web::Error>(first) }).chain(rest)));
    }
    let mut faults: Vec<wire::Fault> = Vec::new();
    let mut after = None;
    loop {
        let page = imports::page_faults_of(state.db(), &asked.id, asked.severity, after, CHUNK).await?;
        for fault in page.items {
            faults.push(from_kept(fault, asked.language)?);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let written = state.engine(move || written(&faults, format)).await?;
    Ok(answer.body(written.map_err(Failure::internal)?))
}

/// A piece of the CSV file, the first with the header, and where the next one starts.
async fn piece(state: &State, asked: &Asked, after: Option<i64>) -> Result<(Bytes, Option<i64>), Failure> {
    let page = imports::page_faults_of(state.db(), &asked.id, asked.severity, after, CHUNK).await?;
    let faults: Vec<wire::Fault> =
        page.items.into_iter().map(|fault| from_kept(fault, asked.language)).collect::<Result<_, _>>()?;
    let mut text = written(&faults, Format::Csv).map_err(Failure::internal)?;
    if after.is_some() {
        let header = text.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        text.drain(..header);
    }
    Ok((text.into(), page.next))
}

fn written(faults: &[wire::Fault], format: Format) -> Result<Vec<u8>, export::ExportError> {
    let mut bytes = Vec::new();
    export::write(&[export::faults(faults)], format, &export::Options::default(), &mut bytes).map(|()| bytes)
}
