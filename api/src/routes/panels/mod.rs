//! Panels of experts: who scores what, what they said, and what comes out.

mod close;
mod completeness;
mod list;
mod put;
mod reopen;
pub(super) mod results;
mod score;
mod scores;
mod show;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use citygauge_openapi::{self as wire, Code, Id, Line, Moment, PeriodCode, SetRef, path_segment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::panels::Member;
use crate::store::panels::{Panel, PanelState};

/// Mounts the operations on panels.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_panels)
        .service(show::show_panel)
        .service(put::put_panel)
        .service(score::score_panel)
        .service(scores::list_panel_scores)
        .service(completeness::show_panel_completeness)
        .service(results::list_panel_results)
        .service(close::close_panel)
        .service(reopen::reopen_panel);
}

fn tag(panel: &Panel) -> Tag {
    Tag::of_row(panel.revision, panel.updated_at_ms)
}

/// The path of a panel below the API's root.
fn subject(code: &str) -> String {
    format!("panels/{}", path_segment(code))
}

fn present_state(state: PanelState) -> wire::PanelState {
    match state {
        PanelState::Open => wire::PanelState::Open,
        PanelState::Closed => wire::PanelState::Closed,
    }
}

/// A panel as somebody sees it: an expert sees itself alone among the experts.
fn present(panel: Panel, members: BTreeMap<String, Member>, looking: Option<&str>) -> wire::Panel {
    let state = present_state(panel.state);
    let seen = members.into_values().filter(|member| looking.is_none_or(|own| own == member.key.id));
    let experts = seen.map(|member| wire::PanelExpert {
        key: Id::trusted(member.key.id),
        name: Line::trusted(member.key.name),
        own_cities: member.own_cities.into_iter().map(Code::trusted).collect(),
    });
    let profile = panel.profile;
    wire::Panel {
        code: Code::trusted(profile.code),
        title_zh: profile.title_zh.map(Line::trusted),
        title_en: profile.title_en.map(Line::trusted),
        set: SetRef { code: Code::trusted(profile.set.code), version: Code::trusted(profile.set.version) },
        period: PeriodCode::trusted(profile.period),
        items: profile.items.into_iter().map(Code::trusted).collect(),
        cities: profile.cities.into_iter().map(Code::trusted).collect(),
        scale: wire::PanelScale { least: profile.least, greatest: profile.greatest, step: profile.step },
        trim: profile.trim,
        places: profile.places,
        least_scores: profile.least_scores,
        experts: experts.collect(),
        state,
        created_at: Moment::from_ms(panel.created_at_ms),
        created_by: panel.created_by,
        updated_at: Moment::from_ms(panel.updated_at_ms),
    }
}
