use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_openapi::{self as wire, path_segment};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{Place, present, tag};
use crate::answer::{Answer, Tag, is_known};
use crate::auth::{Caller, Right};
use crate::authoring;
use crate::error::{Failure, Problems, TableProblems};
use crate::export::Format;
use crate::extract::{Lang, Query};
use crate::negotiate::wanted;
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
    format: Option<SetFormat>,
}

/// The forms in which a set is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetFormat {
    /// The version with its document.
    Json,
    /// The document as a workbook, to be changed in a spreadsheet program and posted again.
    Xlsx,
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
        TableProblems,
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
    let asked = query.format.map(|format| match format {
        SetFormat::Json => Format::Json,
        SetFormat::Xlsx => Format::Xlsx,
    });
    let format = wanted(&request, asked, &[Format::Json, Format::Xlsx])?;
    let (stored, set) = sets::find(&state, &place.key()).await?;
    if format == Format::Json {
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
