//! Peer groups: lists of cities, and rules by which they are found.

mod check;
mod cities;
mod list;
mod put;
mod remove;
mod show;
#[cfg(test)]
mod tests;

use citygauge_openapi::{self as wire, Code, Line, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::error::Failure;
use crate::peers::{Definition, definition};
use crate::store::peer_groups::{GroupKind, NewPeerGroup, PeerGroup};

/// Mounts the operations on peer groups.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_peer_groups)
        .service(cities::list_peer_group_cities)
        .service(show::show_peer_group)
        .service(put::put_peer_group)
        .service(remove::remove_peer_group);
}

fn tag(group: &PeerGroup) -> Tag {
    Tag::of_row(group.revision, group.updated_at_ms)
}

fn present(group: PeerGroup) -> Result<wire::PeerGroup, Failure> {
    let Definition { conditions, attributes_at, nearest } = definition(&group)?;
    let NewPeerGroup { code, title_zh, title_en, kind, definition: _, cities } = group.profile;
    Ok(wire::PeerGroup {
        code: Code::trusted(code),
        title_zh: title_zh.map(Line::trusted),
        title_en: title_en.map(Line::trusted),
        kind: present_kind(kind),
        cities: cities.into_iter().map(Code::trusted).collect(),
        conditions,
        attributes_at,
        nearest,
        created_at: Moment::from_ms(group.created_at_ms),
        created_by: group.created_by,
        updated_at: Moment::from_ms(group.updated_at_ms),
    })
}

fn present_kind(kind: GroupKind) -> wire::PeerGroupKind {
    match kind {
        GroupKind::Fixed => wire::PeerGroupKind::Fixed,
        GroupKind::Attribute => wire::PeerGroupKind::Attribute,
        GroupKind::Nearest => wire::PeerGroupKind::Nearest,
    }
}
