//! The register of cities.

mod adopt;
mod attributes;
mod list;
mod put;
mod remove;
mod show;
#[cfg(test)]
mod tests;
mod valid_at;

use citygauge_openapi::{self as wire, Code, Day, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::store::cities::aliases::{Alias, AliasKind};
use crate::store::cities::{City, NewCity};

/// Mounts the operations on cities.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_cities)
        .service(adopt::adopt_cities)
        .service(attributes::show_city_attributes)
        .service(show::show_city)
        .service(put::put_city)
        .service(remove::remove_city);
}

fn tag(city: &City) -> Tag {
    Tag::of_row(city.revision, city.updated_at_ms)
}

fn present(city: City, aliases: Vec<Alias>) -> wire::City {
    let NewCity { code, name, name_zh, name_en, attributes, valid_from, valid_to, attributes_from: _ } = city.profile;
    wire::City {
        code: Code::trusted(code),
        name,
        name_zh,
        name_en,
        attributes,
        valid_from: day(valid_from),
        valid_to: day(valid_to),
        aliases: aliases.into_iter().map(present_alias).collect(),
        created_at: Moment::from_ms(city.created_at_ms),
        updated_at: Moment::from_ms(city.updated_at_ms),
    }
}

fn present_alias(alias: Alias) -> wire::CityAlias {
    wire::CityAlias {
        kind: match alias.kind {
            AliasKind::Code => wire::CityAliasKind::Code,
            AliasKind::Name => wire::CityAliasKind::Name,
        },
        alias: Code::trusted(alias.alias),
        valid_from: day(alias.valid_from),
        valid_to: day(alias.valid_to),
    }
}

fn day(text: Option<String>) -> Option<Day> {
    text.and_then(|text| text.parse().ok())
}
