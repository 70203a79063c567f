//! Peer groups: fixed lists of cities.

mod list;
mod put;
mod remove;
mod show;
#[cfg(test)]
mod tests;

use citygauge_openapi::{self as wire, Code, Line, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::store::peer_groups::{NewPeerGroup, PeerGroup};

/// Mounts the operations on peer groups.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_peer_groups)
        .service(show::show_peer_group)
        .service(put::put_peer_group)
        .service(remove::remove_peer_group);
}

fn tag(group: &PeerGroup) -> Tag {
    Tag::of_row(group.revision, group.updated_at_ms)
}

fn present(group: PeerGroup) -> wire::PeerGroup {
    let NewPeerGroup { code, title_zh, title_en, cities } = group.profile;
    wire::PeerGroup {
        code: Code::trusted(code),
        title_zh: title_zh.map(Line::trusted),
        title_en: title_en.map(Line::trusted),
        cities: cities.into_iter().map(Code::trusted).collect(),
        created_at: Moment::from_ms(group.created_at_ms),
        created_by: group.created_by,
        updated_at: Moment::from_ms(group.updated_at_ms),
    }
}
