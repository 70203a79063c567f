use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Fault;
use citygauge_openapi as wire;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::Place;
use crate::answer::{Answer, Tag, is_known};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{self, Format, Options, changes};
use crate::extract::{Lang, Query};
use crate::negotiate::wanted;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;

/// Against what, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Against {
    /// The later version, as CODE@VERSION.
    to: String,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<DiffFormat>,
}

/// The forms in which a difference is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiffFormat {
    /// A document.
    Json,
    /// A row per change.
    Csv,
    /// A workbook with a row per change.
    Xlsx,
}

const OFFERED: [Format; 3] = [Format::Json, Format::Csv, Format::Xlsx];

/// Compare a version of a set with another one.
///
/// Settings, items, nodes, adjustments and levels are compared by code and member; a node tells its share of the total
/// before and after.
#[utoipa::path(
    tag = "indicator-sets",
    params(Place, Against, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "Every difference", content(
            (wire::SetDiff = "application/json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
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
    caller.require(Right::ReadSets)?;
    let asked = query.format.map(|format| match format {
        DiffFormat::Json => Format::Json,
        DiffFormat::Csv => Format::Csv,
        DiffFormat::Xlsx => Format::Xlsx,
    });
    let format = wanted(&request, asked, &OFFERED)?;
    let to = key(&query.to)?;
    let (_, before) = sets::find(&state, &place.key()).await?;
    let (_, after) = sets::find(&state, &to).await?;
    let diff = state.engine(move || wire::SetDiff::new(&before, &after)).await?;
    if format == Format::Json {
        return Ok(Answer::ok(&diff).respond_to(&request));
    }
    let mut bytes = Vec::new();
    export::write(&[changes(&diff, language.0)], format, &Options::default(), &mut bytes).map_err(Failure::internal)?;
    let about = (diff.before.digest.as_str(), diff.after.digest.as_str(), format.extension(), language.0);
    let tag = Tag::of_name(&format!("{:?}", (about, env!("CARGO_PKG_VERSION"))));
    if is_known(&tag, &request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header(("content-type", format.media_type()))
        .insert_header(("content-disposition", format!("attachment; filename=\"diff.{}\"", format.extension())))
        .body(bytes))
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
