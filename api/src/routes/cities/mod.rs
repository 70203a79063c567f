//! The register of cities.

mod list;
mod put;
mod remove;
mod show;
#[cfg(test)]
mod tests;

use citygauge_openapi::{self as wire, Code, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::store::cities::{City, NewCity};

/// Mounts the operations on cities.
pub fn operations(config: &mut ServiceConfig) {
    config.service(list::list_cities).service(show::show_city).service(put::put_city).service(remove::remove_city);
}

fn tag(city: &City) -> Tag {
    Tag::of_row(city.revision, city.updated_at_ms)
}

fn present(city: City) -> wire::City {
    let NewCity { code, name, name_zh, name_en, attributes, valid_from, valid_to } = city.profile;
    let day = |text: Option<String>| text.and_then(|text| text.parse().ok());
    wire::City {
        code: Code::trusted(code),
        name,
        name_zh,
        name_en,
        attributes,
        valid_from: day(valid_from),
        valid_to: day(valid_to),
        created_at: Moment::from_ms(city.created_at_ms),
        updated_at: Moment::from_ms(city.updated_at_ms),
    }
}
