use std::collections::BTreeSet;

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::planning::{Dossier, Element};
use citygauge_openapi::Id;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{readable, tag};
use crate::answer::{Answer, Tag, is_known};
use crate::auth::Caller;
use crate::designs::{recheck, workbook};
use crate::error::{Failure, Problems};
use crate::export::{self, Format, Options};
use crate::extract::Query;
use crate::negotiate::{DocumentFormat, form};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::designs;

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedDossier {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<DocumentFormat>,
}

/// Show the whole dossier of a design.
///
/// As JSON it is what `PUT` takes, and what `citygauge designs check` reads. Its tag is that of the design.
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), WantedDossier, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The dossier", content(
            (Dossier = "application/json"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/designs/{id}/dossier")]
pub async fn show_design_dossier(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    query: Query<WantedDossier>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, None)?;
    let design = readable(&state, &caller, &id).await?;
    let stored = designs::elements(state.db(), &design.id).await?;
    if form.is_document() {
        let tag = tag(&design);
        let elements = stored.into_iter().map(|stored| stored.element).collect();
        return Ok(Answer::row(&Dossier { header: design.header, elements }, &tag).respond_to(&request));
    }
    let marked: BTreeSet<String> = recheck::find(&state, &design, &stored).await?.into_iter().map(|mark| mark.code).collect();
    let elements: Vec<Element> = stored.into_iter().map(|stored| stored.element).collect();
    let bytes = state.engine(move || {
        let (mut bytes, tables) = (Vec::new(), workbook::tables(&elements, &marked));
        export::write(&tables, Format::Xlsx, &Options::default(), std::io::Cursor::new(&mut bytes)).map(|()| bytes)
    });
    let bytes = bytes.await?.map_err(Failure::internal)?;
    let tag = Tag::of_bytes(&bytes);
    if is_known(&tag, &request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header(("content-type", Format::Xlsx.media_type()))
        .insert_header(("content-disposition", format!("attachment; filename=\"dossier-{id}.xlsx\"")))
        .body(bytes))
}
