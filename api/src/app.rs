//! The application: everything that is served, and its description, from one list.

mod bounds;
mod links;

use actix_web::http::Method;
use actix_web::http::header::LOCATION;
use actix_web::middleware::from_fn;
use actix_web::web::{self, PathConfig};
use actix_web::{App, HttpResponse};
use bytes::Bytes;
use citygauge_openapi::API_ROOT;
use serde_json::{Value, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Object, Schema, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, RefOr};
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};

use crate::answer::Tag;
use crate::auth::{BY_KEY, authenticate};
use crate::dashboard;
use crate::error::Failure;
use crate::export::Format;
use crate::limits;
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
    let mut openapi = described.split_for_parts().1;
    for item in openapi.paths.paths.values_mut() {
        if let Some(operation) = &mut item.get {
            declare_forms(operation);
        }
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        operations.into_iter().flatten().for_each(declare_tokens);
    }
    links::declare(&mut openapi);
    bounds::declare(&mut openapi);
    openapi.extensions.get_or_insert_with(Extensions::default).insert("x-limits".to_owned(), limits::described());
    openapi
}

/// Declares that an operation takes a token of the identity provider wherever it takes a key.
fn declare_tokens(operation: &mut Operation) {
    let Some(security) = &mut operation.security else { return };
    let is_by_key_alone = operation.operation_id.as_deref().is_some_and(|id| BY_KEY.contains(&id));
    let takes_key = security.contains(&SecurityRequirement::new("token", NO_SCOPES));
    if takes_key && !is_by_key_alone {
        security.push(SecurityRequirement::new("identity", NO_SCOPES));
    }
}

const NO_SCOPES: [&str; 0] = [];

/// Declares the media types of an operation: the words of its parameter `format` say which forms it has.
fn declare_forms(operation: &mut Operation) {
    let parameters = operation.parameters.iter().flatten();
    let asked = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.name == "format" => parameter.schema.as_ref(),
        _ => None,
    });
    let words: Vec<Value> = asked.filter_map(|schema| json!(schema)["enum"].as_array().cloned()).flatten().collect();
    let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") else { return };
    for format in words.iter().filter_map(|word| Format::from_word(word.as_str()?)) {
        let is_text = format.media_type().starts_with("text/");
        let schema = is_text.then(|| RefOr::T(Schema::from(Object::with_type(Type::String))));
        let content = ContentBuilder::new().schema(schema).build();
        response.content.entry(format.media_type().to_owned()).or_insert_with(|| RefOr::T(content));
    }
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
const PAGES: [&str; 8] = [
    "/",
    "/embed",
    "/assets/{file}",
    "/assets/{folder}/{file}",
    "/assets/{folder}/{folder}/{file}",
    "/docs",
    "/docs/",
    "/docs/{file}",
];

/// The paths that are served, with their methods: what tells 405 from 404.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    served: Vec<(Vec<Segment>, String)>,
    /// Those with an answer that is not JSON, and its forms.
    others: Vec<Vec<Segment>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Word(String),
    /// Anything that ends so: `{name}.svg`, or no end at all.
    Ending(String),
}

impl Paths {
    /// Reads them off the description, and adds the pages.
    pub fn of(openapi: &OpenApi) -> Self {
        let segments = |path: &str| {
            let each = path.split('/').map(|segment| match segment.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
                Some((_, end)) => Segment::Ending(end.to_owned()),
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
        paths.sort_by_key(|(segments, _): &(Vec<Segment>, _)| {
            segments.iter().filter(|segment| matches!(segment, Segment::Ending(_))).count()
        });
        let others = openapi.paths.paths.iter().filter(|(_, item)| has_other_forms(item));
        Self { served: paths, others: others.map(|(path, _)| segments(path)).collect() }
    }

    /// Whether a path has answers in JSON alone.
    pub fn is_json(&self, path: &str) -> bool {
        let given: Vec<&str> = path.split('/').collect();
        !self.others.iter().any(|segments| fits(segments, &given))
    }

    /// The methods of a path, where this one is none of them: a path that is spelled out (`/webhooks/event-types`) has its own methods and not those of
    /// the one that it would fit too (`/webhooks/{id}`). `OPTIONS` is answered for every path.
    pub fn refuses(&self, method: &Method, path: &str) -> Option<String> {
        let is_among = |allow: &String| allow.split(", ").any(|allowed| allowed == method.as_str());
        self.methods(path).filter(|allow| method != Method::OPTIONS && !is_among(allow))
    }

    /// The methods of a path, as the `Allow` header lists them.
    pub fn methods(&self, path: &str) -> Option<String> {
        let given: Vec<&str> = path.split('/').collect();
        self.served.iter().find(|(segments, _)| fits(segments, &given)).map(|(_, allow)| allow.clone())
    }
}

fn fits(segments: &[Segment], given: &[&str]) -> bool {
    segments.len() == given.len()
        && segments.iter().zip(given).all(|(segment, given)| match segment {
            Segment::Word(word) => word == given,
            Segment::Ending(end) => given.len() > end.len() && given.ends_with(end.as_str()),
        })
}

/// Whether an operation of a path answers in another form than JSON.
fn has_other_forms(item: &PathItem) -> bool {
    let operations = [&item.get, &item.post, &item.put, &item.patch, &item.delete];
    operations.into_iter().flatten().any(|operation| {
        operation.responses.responses.iter().any(|(status, response)| match response {
            RefOr::T(response) => status.starts_with('2') && response.content.keys().any(|kind| kind != "application/json"),
            RefOr::Ref(_) => false,
        })
    })
}

#[cfg(test)]
mod tests;
