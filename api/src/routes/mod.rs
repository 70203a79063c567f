//! The operations, one file each; this folder reads like the contents page of the API.
//!
//! # Adding an operation
//!
//! 1. A file `routes/<resource>/<operation>.rs` with one handler: extract, `caller.require(…)?`, do one thing,
//!    answer. Its first doc line is the operation's summary, the rest its description.
//! 2. Its `#[utoipa::path]` names the tag, the parameters, `security(("token" = []))`, the success, and the
//!    groups of [`crate::error`] that apply: `Problems` always, `BodyProblems` where a body is read,
//!    `ChangeProblems` where `If-Match` is needed, `CreateProblems` where something is made.
//! 3. A line in the resource's `operations`; a new resource needs its line in [`operations`] here. Register
//!    with `.service(…)`: a `.route(…)` is served but not described.
//! 4. A write goes through [`crate::write`]: [`trail`](crate::write::trail) in its transaction, and
//!    [`once`](crate::write::once) for a POST.
//! 5. `cargo run -- openapi --out openapi/openapi.json`.

pub mod assessments;
pub mod audit_events;
pub mod benchmarks;
pub mod cities;
pub mod city_codes;
pub mod designs;
pub mod embeds;
pub mod evaluate;
pub mod evidence;
pub mod exports;
pub mod gap_analyses;
pub mod goal_plans;
pub mod imports;
pub mod indicator_sets;
pub mod jobs;
pub mod keys;
pub mod mappings;
pub mod maps;
pub mod observations;
pub mod panels;
pub mod parameters;
pub mod paths;
pub mod peer_groups;
pub mod releases;
pub mod reports;
pub mod roadmaps;
pub mod rounds;
pub mod service;
pub mod sources;
pub mod validation;
pub mod validation_rules;
pub mod waivers;
pub mod webhooks;
pub mod what_if;

use utoipa_actix_web::service_config::ServiceConfig;

/// Everything under the API's root.
pub fn operations(config: &mut ServiceConfig) {
    config
        // Paths are tried in this order: first what is read most.
        .configure(assessments::operations)
        .configure(indicator_sets::operations)
        .configure(cities::operations)
        .configure(city_codes::operations)
        .configure(peer_groups::operations)
        .configure(mappings::operations)
        .configure(imports::operations)
        .configure(sources::operations)
        .configure(observations::operations)
        .configure(evidence::operations)
        .configure(validation_rules::operations)
        .configure(waivers::operations)
        .configure(validation::operations)
        .configure(rounds::operations)
        .configure(panels::operations)
        .configure(releases::operations)
        .configure(exports::operations)
        .configure(benchmarks::operations)
        .configure(gap_analyses::operations)
        .configure(designs::operations)
        .configure(paths::operations)
        .configure(goal_plans::operations)
        .configure(roadmaps::operations)
        .configure(reports::operations)
        .configure(embeds::operations)
        .configure(maps::operations)
        .configure(evaluate::operations)
        .configure(what_if::operations)
        .configure(webhooks::operations)
        .configure(jobs::operations)
        .configure(keys::operations)
        .configure(audit_events::operations);
}
