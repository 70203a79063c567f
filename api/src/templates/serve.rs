//! A template as an answer: what any operation that gives one out shares.

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse};
use citygauge_indicators::{IndicatorSet, Language, Period, Text};
use citygauge_openapi::path_segment;

use super::{TemplateInput, previous_values, render};
use crate::answer::{Tag, is_known};
use crate::error::Failure;
use crate::intake::Format;
use crate::state::State;
use crate::store::cities;

/// Which template is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedTemplate {
    /// The code of the city; the caller has been found entitled to it.
    pub city: String,
    /// The period.
    pub period: Period,
    /// The departments that have a sheet; all unless given.
    pub departments: Option<HashSet<String>>,
    /// The items that have a row; all that the city provides unless given.
    pub items: Option<HashSet<String>>,
}

/// The template of a city that is registered, with its values of the period before, or 304 where the caller has it.
///
/// # Errors
/// When there is no such city, the store cannot be read, or the workbook cannot be made.
pub async fn template_answer(
    request: &HttpRequest,
    state: &State,
    set: Arc<IndicatorSet>,
    wanted: WantedTemplate,
    language: Language,
) -> Result<HttpResponse, Failure> {
    let city = cities::find(state.db(), &wanted.city).await?.profile;
    let name = |own: &Option<String>| own.clone().or_else(|| Some(city.name.clone()));
    let city_name = Text { zh: name(&city.name_zh), en: name(&city.name_en) };
    let previous = previous_values(state.db(), &wanted.city, wanted.period).await?;
    // What it is made of names the bytes; another version of the service may write them in another way.
    let mut stated: Vec<String> = previous.iter().map(|value| format!("{value:?}")).collect();
    for list in [&wanted.departments, &wanted.items].into_iter().flatten() {
        let mut list: Vec<&str> = list.iter().map(String::as_str).collect();
        list.sort_unstable();
        stated.push(format!("{list:?}"));
    }
    stated.sort_unstable();
    let shape = (wanted.departments.is_some(), wanted.items.is_some());
    let made_of = (set.digest(), &wanted.city, &city_name, wanted.period, shape, stated, language, env!("CARGO_PKG_VERSION"));
    let tag = Tag::of_name(&format!("{made_of:?}"));
    if is_known(&tag, request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    let file = [&set.document().code, &wanted.city, &wanted.period.to_string()].map(|part| path_segment(part)).join("-");
    let written = state.engine(move || {
        render(&TemplateInput {
            set: &set,
            city: &wanted.city,
            city_name: Some(&city_name),
            period: wanted.period,
            departments: wanted.departments.as_ref(),
            items: wanted.items.as_ref(),
            previous: &previous,
            language,
        })
    });
    let bytes = written.await?.map_err(Failure::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header(("content-type", Format::Xlsx.media_type()))
        .insert_header(("content-disposition", format!("attachment; filename=\"{file}.xlsx\"")))
        .body(bytes))
}
