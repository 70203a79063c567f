//! The service itself: whether it lives, whether it is ready, and its description.

mod livez;
mod metrics;
mod openapi_json;
mod readyz;
mod signing_key;
#[cfg(test)]
mod tests;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations at the root; they need no key.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(livez::livez)
        .service(readyz::readyz)
        .service(metrics::show_metrics)
        .service(openapi_json::show_openapi)
        .service(signing_key::show_signing_key);
}
