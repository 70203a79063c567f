//! The two forms of answers about years: a page, or all of it as CSV.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Tag, is_known};
use crate::error::Failure;
use crate::export::{self, Format, Options, Table};
use crate::negotiate::wanted;

/// The forms in which trends and changes are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageOrCsv {
    /// A page.
    Json,
    /// All of them as CSV.
    Csv,
}

/// The form that is wanted.
pub fn form(request: &HttpRequest, asked: Option<PageOrCsv>) -> Result<Format, Failure> {
    let asked = asked.map(|form| match form {
        PageOrCsv::Json => Format::Json,
        PageOrCsv::Csv => Format::Csv,
    });
    wanted(request, asked, &[Format::Json, Format::Csv])
}

/// A table as the bytes of a CSV file.
pub fn csv(table: Table<'_>) -> Result<Vec<u8>, export::ExportError> {
    let mut bytes = Vec::new();
    export::write(&[table], Format::Csv, &Options::default(), &mut bytes)?;
    Ok(bytes)
}

/// The answer with a CSV file, or that the caller has it already.
pub fn file(bytes: Vec<u8>, name: &str, request: &HttpRequest) -> HttpResponse {
    let tag = Tag::of_bytes(&bytes);
    if is_known(&tag, request) {
        return HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish();
    }
    HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header(("content-type", Format::Csv.media_type()))
        .insert_header(("content-disposition", format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}
