use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_openapi::{self as wire, path_segment};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Place, present, tag};
use crate::answer::{Answer, Tag, is_known};
use crate::auth::{Caller, Right};
use crate::authoring;
use crate::error::{Failure, Problems};
use crate::export::Format;
use crate::extract::{Lang, Query};
use crate::negotiate::{DocumentFormat, form};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;

/// In what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<DocumentFormat>,
}

/// Show a version of a set with its document.
///
/// As a workbook it has the titles and explanations in the language of the caller.
#[utoipa::path(
    tag = "indicator-sets",
    params(Place, Form, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The version", content(
            (wire::IndicatorSet = "application/json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/indicator-sets/{code}/versions/{version}")]
pub async fn show_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    place: web::Path<Place>,
    query: Query<Form>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadSets)?;
    let form = form(&request, query.format, None)?;
    let (stored, set) = sets::find(&state, &place.key()).await?;
    if form.is_document() {
        let tag = tag(&stored.entry);
        let shown = present(stored.entry, &stored.document, set.warnings(), language.0)?;
        return Ok(Answer::row(&shown, &tag).respond_to(&request));
    }
    // The document names the bytes; another version of the service may write them in another way.
    let tag = Tag::of_name(&format!("{:?}", (set.digest(), language.0, env!("CARGO_PKG_VERSION"))));
    if is_known(&tag, &request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    let key = place.key();
    let name = format!("{}@{}.xlsx", path_segment(&key.code), path_segment(&key.version));
    let written = state.engine(move || authoring::workbook(set.document(), language.0)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header(("content-type", Format::Xlsx.media_type()))
        .insert_header(("content-disposition", format!("attachment; filename=\"{name}\"")))
        .body(written.map_err(Failure::internal)?))
}
