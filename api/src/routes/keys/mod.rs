//! Keys: who may use the service, and for what.

mod create;
mod list;
mod revoke;
mod show;

use citygauge_openapi::{self as wire, Code, Id, Line, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::store::keys::{Key, Role};

/// Mounts the operations on keys.
pub fn operations(config: &mut ServiceConfig) {
    config.service(list::list_keys).service(create::create_key).service(show::show_key).service(revoke::revoke_key);
}

fn present(key: Key) -> wire::Key {
    wire::Key {
        id: Id::trusted(key.id),
        name: Line::trusted(key.name),
        role: present_role(key.role),
        cities: key.scope.cities.into_iter().map(Code::trusted).collect(),
        departments: key.scope.departments.into_iter().map(Line::trusted).collect(),
        items: key.scope.items.into_iter().map(Code::trusted).collect(),
        rights: key.scope.rights.into_iter().map(Code::trusted).collect(),
        addresses: key.scope.addresses.into_iter().map(Line::trusted).collect(),
        prefix: key.prefix,
        created_at: Moment::from_ms(key.created_at_ms),
        created_by: key.created_by,
        expires_at: key.expires_at_ms.map(Moment::from_ms),
        revoked_at: key.revoked_at_ms.map(Moment::from_ms),
        last_used_at: key.last_used_at_ms.map(Moment::from_ms),
    }
}

fn present_role(role: Role) -> wire::Role {
    match role {
        Role::Admin => wire::Role::Admin,
        Role::Methodologist => wire::Role::Methodologist,
        Role::Evaluator => wire::Role::Evaluator,
        Role::Reporter => wire::Role::Reporter,
        Role::Viewer => wire::Role::Viewer,
        Role::Expert => wire::Role::Expert,
    }
}

fn role(role: wire::Role) -> Role {
    match role {
        wire::Role::Admin => Role::Admin,
        wire::Role::Methodologist => Role::Methodologist,
        wire::Role::Evaluator => Role::Evaluator,
        wire::Role::Reporter => Role::Reporter,
        wire::Role::Viewer => Role::Viewer,
        wire::Role::Expert => Role::Expert,
    }
}
