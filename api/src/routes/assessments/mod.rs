//! Assessments: a set version applied to a release, immutable once computed.

mod bundle;
mod chart;
pub(super) mod city;
mod create;
mod data;
pub(super) mod diff;
mod explain;
mod kpi;
mod list;
pub(super) mod ranking;
pub(super) mod scores;
mod show;
pub(super) mod statistics;
mod structure;
#[cfg(test)]
mod tests;
pub(super) mod trends;
pub(super) mod uncertainty;
pub(super) mod weights;

use citygauge_indicators::{IndicatorSet, Language, Text};
use citygauge_openapi::{self as wire, Code, Digest, Id, Moment, PeriodCode};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) use create::no_periods;

use crate::answer::Tag;
use crate::assessments::Options;
use crate::error::Failure;
use crate::rounds::visibility::Sight;
use crate::routes::indicator_sets::present_key;
use crate::routes::jobs::present_state;
use crate::store::assessments::Assessment;

/// Mounts the operations on assessments.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(ranking::show_ranking)
        .service(city::show_score_card)
        .service(chart::show_assessment_chart)
        .service(scores::list_scores)
        .service(list::list_assessments)
        .service(create::create_assessment)
        .service(show::show_assessment)
        .service(structure::show_scores_structure)
        .service(weights::list_weights)
        .service(bundle::download_bundle)
        .service(explain::explain_score)
        .service(trends::list_trends)
        .service(diff::show_assessment_diff)
        .service(statistics::show_statistics)
        .service(uncertainty::create_uncertainty_analysis)
        .service(uncertainty::list_uncertainty_analyses)
        .service(uncertainty::show_uncertainty_analysis)
        .service(uncertainty::list_uncertainty_table);
}

/// An assessment as it is answered.
fn present(
    stored: Assessment,
    superseded_by: Option<String>,
    set: &IndicatorSet,
    language: Language,
) -> Result<wire::Assessment, Failure> {
    let options: Options = serde_json::from_value(stored.request.options).map_err(Failure::internal)?;
    let summary = stored.summary.map(serde_json::from_value).transpose().map_err(Failure::internal)?;
    let message = stored.error.as_ref().and_then(|error| {
        let text: citygauge_indicators::Text = serde_json::from_value(error.get("message")?.clone()).ok()?;
        Some(text.get(language).to_owned())
    });
    Ok(wire::Assessment {
        id: Id::trusted(stored.request.id),
        state: present_state(stored.state),
        job: Id::trusted(stored.request.job_id),
        set: present_key(stored.request.set),
        set_digest: Digest::trusted(stored.request.set_digest),
        set_title: set.document().title.clone(),
        basis: set.document().basis.as_ref().map(Into::into),
        release: stored.request.release_id.map(Id::trusted),
        periods: options.periods.map(|periods| periods.into_iter().map(PeriodCode::trusted).collect()),
        cohort: options.cohort,
        cities: options.cities.map(|cities| cities.into_iter().map(Code::trusted).collect()),
        as_of: options.as_of_ms.map(Moment::from_ms),
        class: stored.request.round.as_ref().and_then(|of| of.class.clone()).map(Code::trusted),
        round: stored.request.round.map(|of| Code::trusted(of.code)),
        engine_version: stored.request.engine_version,
        summary,
        warnings_total: u64::try_from(stored.warnings_total).unwrap_or(0),
        supersedes: stored.request.supersedes.map(|it| wire::SupersededAssessment {
            assessment: Id::trusted(it.assessment),
            reason: wire::Note::trusted(it.reason),
        }),
        superseded_by: superseded_by.map(Id::trusted),
        error: message,
        created_at: Moment::from_ms(stored.request.created_at_ms),
        created_by: stored.request.created_by,
        finished_at: stored.finished_at_ms.map(Moment::from_ms),
    })
}

/// What changes while it is computed, and after that only what supersedes it.
fn tag(stored: &Assessment, superseded_by: Option<&str>, language: Language) -> Tag {
    let (release, after) = (stored.request.release_id.as_deref().unwrap_or("-"), superseded_by.unwrap_or("-"));
    Tag::of_bytes(format!("{}|{}|{release}|{after}|{}", stored.request.id, stored.state, language.tag()).as_bytes())
}

/// Whoever does not see the results of every city has to name one of its own.
fn require_seen(sight: &Sight, city: Option<&Code>) -> Result<(), Failure> {
    match city {
        Some(city) => sight.require_city(city.as_str()),
        None if sight.is_all() => Ok(()),
        None => Err(Failure::Forbidden(Text::both(
            "此密钥只能查看其城市：请指定 city",
            "the key sees its own cities only: name a city",
        ))),
    }
}

/// A row of the engine's table.
pub(super) fn present_row(row: &citygauge_assessment::Row) -> wire::ScoreRow {
    wire::ScoreRow {
        city: Code::trusted(row.city.to_owned()),
        period: PeriodCode::trusted(row.period.to_string()),
        node: Code::trusted(row.node.to_owned()),
        value: row.value,
        score: row.score,
        mark: row.mark,
        points: row.points,
        coverage: row.coverage,
        low: row.low,
        high: row.high,
        rank: row.rank.map(u64::from),
        level: row.level.map(|level| Code::trusted(level.to_owned())),
        imputed: row.imputed,
    }
}
