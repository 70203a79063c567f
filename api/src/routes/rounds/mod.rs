//! Rounds: what is collected in an evaluation, from whom, and how far its review is.

mod close;
pub(super) mod completeness;
mod list;
mod open;
mod publish;
mod put;
mod remove;
mod show;
mod submissions;
#[cfg(test)]
mod tests;

use citygauge_openapi::{self as wire, Code, Id, Line, Moment, PeriodCode, SetRef, path_segment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::auth::Caller;
use crate::error::Failure;
use crate::store::rounds::{Round, RoundState};

/// Mounts the operations on rounds and their submissions.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_rounds)
        .service(show::show_round)
        .service(put::put_round)
        .service(remove::remove_round)
        .service(open::open_round)
        .service(close::close_round)
        .service(publish::publish_round)
        .service(completeness::show_completeness);
    submissions::operations(config);
}

fn tag(round: &Round) -> Tag {
    Tag::of_row(round.revision, round.updated_at_ms)
}

/// The path of a round below the API's root.
fn subject(code: &str) -> String {
    format!("rounds/{}", path_segment(code))
}

/// The cities of a round that the caller may see.
fn visible(caller: &Caller, round: &Round) -> Vec<String> {
    round.cities.iter().filter(|city| caller.may_touch(city)).cloned().collect()
}

fn present(round: Round) -> Result<wire::Round, Failure> {
    let Round { profile, state, cities, departments, assessments, .. } = round;
    let drawn_up = state != RoundState::Draft;
    let departments = departments.into_iter().map(|department| wire::RoundDepartment {
        department: department.department,
        items: department.items.into_iter().map(Code::trusted).collect(),
    });
    Ok(wire::Round {
        code: Code::trusted(profile.code),
        title_zh: profile.title_zh.map(Line::trusted),
        title_en: profile.title_en.map(Line::trusted),
        set: SetRef { code: Code::trusted(profile.set.code), version: Code::trusted(profile.set.version) },
        periods: profile.periods.into_iter().map(PeriodCode::trusted).collect(),
        cohort: serde_json::from_value(profile.cohort).map_err(Failure::internal)?,
        province_review: profile.province_review,
        opens_at: profile.opens_at_ms.map(Moment::from_ms),
        due_at: profile.due_at_ms.map(Moment::from_ms),
        closes_at: profile.closes_at_ms.map(Moment::from_ms),
        state: match state {
            RoundState::Draft => wire::RoundState::Draft,
            RoundState::Open => wire::RoundState::Open,
            RoundState::Closed => wire::RoundState::Closed,
            RoundState::Published => wire::RoundState::Published,
        },
        cities: drawn_up.then(|| cities.into_iter().map(Code::trusted).collect()),
        departments: drawn_up.then(|| departments.collect()),
        assessment: assessments.last().cloned().map(Id::trusted),
        assessments: assessments.into_iter().map(Id::trusted).collect(),
        created_at: Moment::from_ms(round.created_at_ms),
        created_by: round.created_by,
        updated_at: Moment::from_ms(round.updated_at_ms),
    })
}
