//! The page for people at `/`: the latest ranking, plain, until there is more.
//!
//! It shows scores, so it is for those who may read them: everybody where the service is open to its machine. Elsewhere a
//! browser has no way to send a key, and the page says how to go on.

mod home;
mod page;

use actix_web::web::ServiceConfig;

/// Mounts the pages; they are no operations and stand in no description.
pub fn pages(config: &mut ServiceConfig) {
    config.service(home::show_home).service(home::show_style);
}
