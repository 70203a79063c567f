//! The dashboard at `/`: a page that talks to the API like any other client, and the files that it is made of.
//!
//! Everything lies in `assets/` as it is served; there is no build step. What others have written stands in `assets/vendor/`, unchanged, with
//! licence, source and digest. The page runs its own scripts and styles only and talks to this service only. Embedded elsewhere, it shows one
//! view inside the pages that the token names ([`crate::embeds`]).

mod assets;
mod page;
#[cfg(test)]
mod tests;

use actix_web::web::ServiceConfig;

/// Mounts the pages; they are no operations and stand in no description.
pub fn pages(config: &mut ServiceConfig) {
    config.service(page::show_home).service(page::show_embedded).service(assets::show_asset);
}
