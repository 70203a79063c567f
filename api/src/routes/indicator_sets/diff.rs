use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::{Fault, Language};
use citygauge_openapi as wire;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Place;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::changes;
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;
use crate::tables::Prepared;

/// Against what, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Against {
    /// The later version, as CODE@VERSION.
    to: String,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

/// Compare a version of a set with another one.
///
/// Settings, items, nodes, adjustments and levels are compared by code and member; a node tells its share of the total
/// before and after.
#[utoipa::path(
    tag = "indicator-sets",
    params(Place, Against, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "Every difference", body = wire::SetDiff),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/indicator-sets/{code}/versions/{version}/diff")]
pub async fn diff_indicator_sets(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    place: web::Path<Place>,
    query: Query<Against>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &place, &query, language.0).await?.answer(&state, form, &request).await;
    }
    Ok(Answer::ok(&found(&state, &caller, &place, &query).await?).respond_to(&request))
}

/// The table of the differences.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    place: &Place,
    query: &Against,
    language: Language,
) -> Result<Prepared, Failure> {
    let diff = found(state, caller, place, query).await?;
    let content = format!("set diff {:?}", (&diff.before.digest, &diff.after.digest));
    Ok(Prepared::at_hand("diff", language, diff, move |diff| changes(diff, language))?.known_by(content))
}

async fn found(state: &State, caller: &Caller, place: &Place, query: &Against) -> Result<wire::SetDiff, Failure> {
    caller.require(Right::ReadSets)?;
    let to = key(&query.to)?;
    let (_, before) = sets::find(state, &place.key()).await?;
    let (_, after) = sets::find(state, &to).await?;
    Ok(state.engine(move || wire::SetDiff::new(&before, &after)).await?)
}

/// `CODE@VERSION`; a code may hold an @ of its own.
fn key(text: &str) -> Result<SetKey, Failure> {
    let named = text.rsplit_once('@').filter(|(code, version)| !code.is_empty() && !version.is_empty());
    let Some((code, version)) = named else {
        return Err(Failure::malformed(
            Fault::error("query.invalid", "to 应写作 CODE@VERSION", "to: expected CODE@VERSION")
                .value(text)
                .expected("CODE@VERSION")
                .hint("例如 gbt-33356-2016@1", "such as gbt-33356-2016@1"),
        ));
    };
    Ok(SetKey { code: code.to_owned(), version: version.to_owned() })
}
