//! Rounds: what is collected in an evaluation, from whom, and how far its review is.

mod close;
pub(super) mod completeness;
mod list;
mod open;
mod publish;
mod put;
pub(super) mod ranking;
mod remove;
mod show;
mod submissions;
#[cfg(test)]
pub(super) mod tests;

use citygauge_openapi::{self as wire, Code, Id, Line, Moment, PeriodCode, path_segment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::auth::Caller;
use crate::error::Failure;
use crate::routes::indicator_sets::present_key;
use crate::store::rounds::{Department, Round, RoundState, Visibility};

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
        .service(completeness::show_completeness)
        .service(ranking::show_round_ranking);
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
    let latest: Vec<String> = round.publications().next_back().map(<[String]>::to_vec).unwrap_or_default();
    let Round { profile, state, cities, departments, assessments, .. } = round;
    let drawn_up = state != RoundState::Draft;
    let has_classes = !profile.classes.is_empty();
    let mut of_class = latest.into_iter().map(Some).chain(std::iter::repeat(None));
    let mut classes = Vec::with_capacity(profile.classes.len());
    for class in profile.classes {
        classes.push(wire::RoundClassShown {
            code: Code::trusted(class.code),
            title_zh: class.title_zh.map(Line::trusted),
            title_en: class.title_en.map(Line::trusted),
            set: present_key(class.set),
            members: serde_json::from_value(class.members).map_err(Failure::internal)?,
            cities: drawn_up.then(|| class.cities.into_iter().map(Code::trusted).collect()),
            departments: drawn_up.then(|| class.departments.into_iter().map(present_department).collect()),
            assessment: of_class.next().flatten().map(Id::trusted),
        });
    }
    Ok(wire::Round {
        code: Code::trusted(profile.code),
        title_zh: profile.title_zh.map(Line::trusted),
        title_en: profile.title_en.map(Line::trusted),
        set: (!has_classes).then(|| present_key(profile.set)),
        periods: profile.periods.into_iter().map(PeriodCode::trusted).collect(),
        cohort: serde_json::from_value(profile.cohort).map_err(Failure::internal)?,
        classes,
        province_review: profile.province_review,
        opens_at: profile.opens_at_ms.map(Moment::from_ms),
        due_at: profile.due_at_ms.map(Moment::from_ms),
        closes_at: profile.closes_at_ms.map(Moment::from_ms),
        visibility: match profile.visibility {
            Visibility::Private => wire::RoundVisibility::Private,
            Visibility::Participants => wire::RoundVisibility::Participants,
            Visibility::Public => wire::RoundVisibility::Public,
        },
        public_from: profile.public_from_ms.map(Moment::from_ms),
        state: match state {
            RoundState::Draft => wire::RoundState::Draft,
            RoundState::Open => wire::RoundState::Open,
            RoundState::Closed => wire::RoundState::Closed,
            RoundState::Published => wire::RoundState::Published,
        },
        cities: drawn_up.then(|| cities.into_iter().map(Code::trusted).collect()),
        departments: drawn_up.then(|| departments.into_iter().map(present_department).collect()),
        assessment: assessments.last().filter(|_| !has_classes).cloned().map(Id::trusted),
        assessments: assessments.into_iter().map(Id::trusted).collect(),
        created_at: Moment::from_ms(round.created_at_ms),
        created_by: round.created_by,
        updated_at: Moment::from_ms(round.updated_at_ms),
    })
}

fn present_department(department: Department) -> wire::RoundDepartment {
    wire::RoundDepartment { department: department.department, items: department.items.into_iter().map(Code::trusted).collect() }
}
