//! The trail of who did what.

mod list;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations on the trail.
pub fn operations(config: &mut ServiceConfig) {
    config.service(list::list_audit_events);
}
