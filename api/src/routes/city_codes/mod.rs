//! The published codes of cities.

mod list;
#[cfg(test)]
mod tests;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations on published codes.
pub fn operations(config: &mut ServiceConfig) {
    config.service(list::list_city_codes);
}
