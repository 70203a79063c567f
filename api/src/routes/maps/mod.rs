//! Maps: shapes of cities that the operator uploads, with the number under which they were approved.

mod geojson;
mod list;
mod put;
mod remove;
mod show;
#[cfg(test)]
mod tests;

use citygauge_openapi::{self as wire, Code, Digest, Line, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::store::maps::{Map, NewMap};

/// Mounts the operations on maps.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_maps)
        .service(geojson::show_map_shapes)
        .service(show::show_map)
        .service(put::put_map)
        .service(remove::remove_map);
}

fn tag(map: &Map) -> Tag {
    Tag::of_row(map.revision, map.updated_at_ms)
}

fn present(map: Map) -> wire::Map {
    let NewMap { code, title_zh, title_en, approval_number, key, features, digest } = map.profile;
    wire::Map {
        code: Code::trusted(code),
        title_zh: title_zh.map(Line::trusted),
        title_en: title_en.map(Line::trusted),
        approval_number: Line::trusted(approval_number),
        key: Line::trusted(key),
        features: features.unsigned_abs(),
        digest: Digest::trusted(digest),
        created_at: Moment::from_ms(map.created_at_ms),
        created_by: map.created_by,
        updated_at: Moment::from_ms(map.updated_at_ms),
    }
}
