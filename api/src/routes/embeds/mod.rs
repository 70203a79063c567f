//! Embeds: one view of the dashboard in somebody else's page, for a while.

mod create;
#[cfg(test)]
mod tests;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations on embeds.
pub fn operations(config: &mut ServiceConfig) {
    config.service(create::create_embed);
}
