use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Cursor, Id};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export;
use crate::extract::{Lang, Query};
use crate::faults::from_kept;
use crate::negotiate::{TableFormat, form};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::StoreError;
use crate::store::imports::{self, Severity};
use crate::tables::Prepared;
use crate::tables::feed::{BLOCK, Feeder, feed};

/// Which faults, how many, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
    /// Only the faults or only the warnings; both unless given.
    #[param(inline)]
    severity: Option<wire::Severity>,
    /// How many members the page has at most; a file holds all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List every fault and warning of an import, in the order of the file.
#[utoipa::path(
    tag = "imports",
    params(("id" = Id, Path, description = "The import"), Wanted, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of faults", body = wire::FaultPage),
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
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &id, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let severity = asked(&state, &caller, &id, &query).await?;
    let after: Option<i64> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = imports::page_faults_of(state.db(), id.as_str(), severity, after, limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(|fault| from_kept(fault, language.0)).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::FaultPage { items, next: next.clone() }, next.as_ref()).respond_to(&request))
}

/// The table of the faults.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    id: &Id,
    query: &Wanted,
    language: Language,
) -> Result<Prepared, Failure> {
    let severity = asked(state, caller, id, query).await?;
    let rows = imports::count_faults_of(state.db(), id.as_str(), severity).await?;
    let (feeder, fed) = feed();
    let size = (usize::try_from(rows).unwrap_or(usize::MAX), export::faults_columns().len());
    let table = Prepared::new(format!("faults-{id}"), language, size, move |to| {
        to.table(export::streamed_faults(move |take| fed.each(|fault| take(fault))))
    });
    let id = id.to_string();
    Ok(table.fed_by(Box::new(move |state| Box::pin(read(state, id, severity, language, feeder)))))
}

/// Reads the faults of an import for whom writes them.
async fn read(
    state: &State,
    id: String,
    severity: Option<Severity>,
    language: Language,
    feeder: Feeder<wire::Fault>,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = imports::page_faults_of(state.db(), &id, severity, after, BLOCK as u64).await?;
        let faults = page.items.into_iter().map(|fault| from_kept(fault, language)).collect::<Result<_, _>>()?;
        after = page.next;
        if !feeder.put(faults).await {
            return Ok(());
        }
        if after.is_none() {
            feeder.end().await;
            return Ok(());
        }
    }
}

/// The severity that is asked for of an import that the caller may look at.
async fn asked(state: &State, caller: &Caller, id: &Id, query: &Wanted) -> Result<Option<Severity>, Failure> {
    caller.require(Right::ReadJobs)?;
    let import = imports::find(state.db(), id.as_str()).await?;
    caller.require_own(&import.request.created_by)?;
    Ok(query.severity.map(|severity| match severity {
        wire::Severity::Error => Severity::Error,
        wire::Severity::Warning => Severity::Warning,
    }))
}
