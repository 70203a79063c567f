//! The handlers of the page.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, CacheControl, CacheDirective, ContentType};
use actix_web::{HttpResponse, get, web};
use citygauge_indicators::Language;
use serde::Deserialize;

use super::page::{self, Latest, RankedRow};
use crate::assessments::kept;
use crate::assessments::recompute::manifest;
use crate::commands::shown;
use crate::error::Failure;
use crate::extract::{Lang, Query};
use crate::sets;
use crate::state::State;
use crate::store::assessments::{self, AssessmentFilter};
use crate::store::cities;
use crate::store::jobs::WorkState;

/// A style sheet of our own, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("style.css");

/// What the address may say.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    /// A language, instead of the browser's.
    lang: Option<String>,
}

#[get("/")]
pub(super) async fn show_home(state: web::Data<State>, language: Lang, wanted: Query<Wanted>) -> Result<HttpResponse, Failure> {
    let language = wanted.lang.as_deref().map_or(language.0, Language::from_tag);
    let body = if state.is_open() {
        match latest(&state, language).await? {
            Some(latest) => page::ranking(&latest, language),
            None => page::empty(language),
        }
    } else {
        page::closed(language)
    };
    let html = HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(body.into_string());
    Ok(html)
}

#[get("/style.css")]
pub(super) async fn show_style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header(CacheControl(vec![CacheDirective::Public, CacheDirective::MaxAge(3600)]))
        .body(STYLE)
}

/// The ranking of the latest period of the latest assessment that has a result.
async fn latest(state: &State, language: Language) -> Result<Option<Latest>, Failure> {
    let succeeded = AssessmentFilter { state: Some(WorkState::Succeeded), ..AssessmentFilter::default() };
    let Some(stored) = assessments::page(state.db(), &succeeded, None, 1).await?.items.into_iter().next() else {
        return Ok(None);
    };
    let (_, set) = sets::find(state, &stored.request.set).await?;
    let manifest = manifest(&stored)?;
    let Some(period) = manifest.periods.last().map(|last| last.period.clone()) else { return Ok(None) };
    let Some(result) = kept::open(state, &manifest, |known| known == period).await?.into_iter().next() else { return Ok(None) };
    let names = names(state, language).await?;
    let places = shown::places(&set);
    let mut rows: Vec<RankedRow> = (0..result.cities.len())
        .map(|row| {
            let row = result.row(&set, row, 0);
            RankedRow {
                rank: row.rank,
                name: names.get(row.city.as_str()).cloned().unwrap_or_else(|| row.city.to_string()),
                city: row.city.to_string(),
                total: row.score.map(|score| shown::shown(score, places)),
                level: row.level.map(|level| level_title(&set, level.as_str(), language)),
                coverage: row.coverage,
            }
        })
        .collect();
    rows.sort_by(|one, other| (one.rank.is_none(), one.rank, &one.city).cmp(&(other.rank.is_none(), other.rank, &other.city)));
    let document = set.document();
    Ok(Some(Latest {
        assessment: stored.request.id,
        set: stored.request.set.to_string(),
        title: document.title.get(language).to_owned(),
        note: document.basis.as_ref().and_then(|basis| Some(basis.note.as_ref()?.get(language).to_owned())),
        is_invented: state.config().server.is_invented,
        period,
        rows,
    }))
}

async fn names(state: &State, language: Language) -> Result<std::collections::HashMap<String, String>, Failure> {
    let registered = cities::all(state.db()).await?.into_iter().map(|city| {
        let own = match language {
            Language::Zh => city.profile.name_zh,
            Language::En => city.profile.name_en,
        };
        (city.profile.code, own.unwrap_or(city.profile.name))
    });
    Ok(registered.collect())
}

fn level_title(set: &citygauge_indicators::IndicatorSet, code: &str, language: Language) -> String {
    let levels = set.levels().into_iter();
    let bands = levels.clone().flat_map(|levels| levels.bands.iter().map(|band| (&band.code, &band.title)));
    let stages = levels.flat_map(|levels| levels.staged.iter().map(|stage| (&stage.code, &stage.title)));
    let titled = bands.chain(stages).find(|(known, title)| *known == code && !title.is_empty());
    titled.map_or_else(|| code.to_owned(), |(_, title)| title.get(language).to_owned())
}
