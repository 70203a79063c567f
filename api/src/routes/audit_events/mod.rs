//! The trail of who did what.

mod checkpoint;
mod download;
mod list;
#[cfg(test)]
mod tests;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the operations on the trail.
pub fn operations(config: &mut ServiceConfig) {
    config.service(checkpoint::show_audit_checkpoint).service(download::download_audit_events).service(list::list_audit_events);
}
