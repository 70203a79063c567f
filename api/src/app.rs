//! The application: everything that is served, and its description, from one list.

use actix_web::http::header::LOCATION;
use actix_web::middleware::from_fn;
use actix_web::web::{self, PathConfig};
use actix_web::{App, HttpResponse};
use bytes::Bytes;
use citygauge_openapi::API_ROOT;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};

use crate::answer::Tag;
use crate::auth::authenticate;
use crate::dashboard;
use crate::error::Failure;
use crate::routes;

/// Mounts every operation; the server and [`describe`] both call this, so the description cannot drift.
pub fn mount(config: &mut ServiceConfig) {
    let root = scope::scope(API_ROOT).wrap(from_fn(authenticate)).configure(routes::operations);
    config.service(root).configure(routes::service::operations).map(|config| {
        config
            .app_data(PathConfig::default().error_handler(|error, _| Failure::from(error).into()))
            .configure(dashboard::pages)
            .route(
                "/docs",
                web::get().to(|| async { HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish() }),
            )
            .service(SwaggerUi::new("/docs/{_:.*}").config(DocsConfig::from("/openapi.json").validator_url("none")))
    });
}

/// The description of everything that is mounted, OpenAPI 3.1.
pub fn describe() -> OpenApi {
    let described = App::new().into_utoipa_app().openapi(citygauge_openapi::base()).configure(mount);
    described.split_for_parts().1
}

/// The description as it is served: its bytes and their tag.
#[derive(Debug, Clone)]
pub struct Description {
    /// JSON, one member per line, so that a change of the contract shows as a difference between lines.
    pub json: Bytes,
    /// The tag of the bytes.
    pub tag: Tag,
}

impl Description {
    /// Renders the description.
    pub fn render(openapi: &OpenApi) -> Self {
        let mut json = serde_json::to_vec_pretty(openapi).expect("a description has text keys only");
        json.push(b'\n');
        Self { tag: Tag::of_bytes(&json), json: json.into() }
    }
}

/// Pages for people and what they load: served beside the operations, and in no description.
const PAGES: [&str; 5] = ["/", "/style.css", "/docs", "/docs/", "/docs/{file}"];

/// The paths that are served, with their methods: what tells 405 from 404.
#[derive(Debug, Clone, Default)]
pub struct Paths(Vec<(Vec<Segment>, String)>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Word(String),
    Any,
}

impl Paths {
    /// Reads them off the description, and adds the pages.
    pub fn of(openapi: &OpenApi) -> Self {
        let segments = |path: &str| {
            let each = path.split('/').map(|segment| match segment.strip_prefix('{') {
                Some(_) => Segment::Any,
                None => Segment::Word(segment.to_owned()),
            });
            each.collect::<Vec<_>>()
        };
        let described = openapi.paths.paths.iter().map(|(path, item)| {
            let methods = [
                ("GET, HEAD", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let allow: Vec<&str> = methods.iter().filter(|(_, has)| *has).map(|(name, _)| *name).collect();
            (segments(path), allow.join(", "))
        });
        let pages = PAGES.iter().map(|page| (segments(page), "GET, HEAD".to_owned()));
        let mut paths: Vec<_> = described.chain(pages).collect();
        // A path that is spelled out goes before one that only fits.
        paths
            .sort_by_key(|(segments, _): &(Vec<Segment>, _)| segments.iter().filter(|segment| **segment == Segment::Any).count());
        Self(paths)
    }

    /// The methods of a path, as the `Allow` header lists them.
    pub fn methods(&self, path: &str) -> Option<String> {
        let given: Vec<&str> = path.split('/').collect();
        let fits = |segments: &[Segment]| {
            segments.len() == given.len()
                && segments.iter().zip(&given).all(|(segment, given)| match segment {
                    Segment::Word(word) => word == given,
                    Segment::Any => !given.is_empty(),
                })
        };
        self.0.iter().find(|(segments, _)| fits(segments)).map(|(_, allow)| allow.clone())
    }
}

#[cfg(test)]
mod tests;
