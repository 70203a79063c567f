//! A table as the answer of an operation: the file, that the caller has it already, or that it is too large for an answer.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderName, LINK};
use actix_web::{HttpRequest, HttpResponse};
use citygauge_indicators::Language;
use serde_json::json;

use super::Prepared;
use crate::answer::{Tag, is_known};
use crate::error::Failure;
use crate::export::Format;
use crate::export::sdmx::STRUCTURE_JSON;
use crate::negotiate::Form;
use crate::state::State;

/// Names the set version in every answer with scores, because CSV has no room for it.
pub const SET_HEADER: HeaderName = HeaderName::from_static("citygauge-set");

/// The tag of a file of which it is known what is in it; another version of the service may write it in another way.
#[must_use]
pub fn tag(content: &str, form: Form, language: Language) -> Tag {
    let Form { format, bom } = form;
    Tag::of_name(&format!("{content}|{}|{bom}|{}|{}", format.word(), language.tag(), env!("CARGO_PKG_VERSION")))
}

/// That the caller has what bears this tag.
#[must_use]
pub fn not_modified(tag: &Tag) -> HttpResponse {
    HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish()
}

/// A structure message as an answer; its tag is that of its bytes unless one is known.
#[must_use]
pub fn structure_message(message: &serde_json::Value, tag: Option<Tag>, request: &HttpRequest) -> HttpResponse {
    let bytes = message.to_string();
    let tag = tag.unwrap_or_else(|| Tag::of_bytes(bytes.as_bytes()));
    if is_known(&tag, request) {
        return not_modified(&tag);
    }
    HttpResponse::Ok().insert_header((ETAG, tag.as_str())).insert_header((CONTENT_TYPE, STRUCTURE_JSON)).body(bytes)
}

impl Prepared {
    /// The file as an answer.
    ///
    /// # Errors
    /// [`Failure::TableTooLarge`] beyond the configured number of cells, before anything is written.
    pub async fn answer(self, state: &State, form: Form, request: &HttpRequest) -> Result<HttpResponse, Failure> {
        let known = self.content.as_ref().map(|content| tag(content, form, self.language));
        if let Some(tag) = known.as_ref().filter(|tag| is_known(tag, request)) {
            return Ok(not_modified(tag));
        }
        let (estimate, limit_cells) = (self.estimate(form), state.config().limits.table_cells);
        if estimate.cells > limit_cells {
            let table = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
            let export = json!({"table": table, "format": form.format.word()}).to_string();
            return Err(Failure::TableTooLarge { estimate, limit_cells, export });
        }
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((CONTENT_TYPE, form.format.media_type()))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.file_name(form))));
        if let Some(about) = &self.about {
            answer.insert_header((SET_HEADER, about.header()));
        }
        if let (Some(path), Format::SdmxCsv | Format::SdmxJson) = (&self.structure, form.format) {
            answer.insert_header((LINK, format!("<{path}>; rel=\"describedby\"; type=\"{STRUCTURE_JSON}\"")));
        }
        let bytes = self.write_to(state, form, Vec::new()).await?;
        let tag = known.unwrap_or_else(|| Tag::of_bytes(&bytes));
        Ok(if is_known(&tag, request) { not_modified(&tag) } else { answer.insert_header((ETAG, tag.as_str())).body(bytes) })
    }
}
