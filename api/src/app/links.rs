//! The links of the description: what can be read or removed once an operation has made something, and which part of its answer names it
//! (OpenAPI 3.1, 4.8.20). They follow from the paths: what is made under a path is reached below it.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_openapi::API_ROOT;
use serde_json::{Value, json};
use utoipa::openapi::link::{Link, LinkBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, OpenApi, RefOr, Response};

/// Parameters of paths that have another name in the answer.
const NAMED_OTHERWISE: [(&str, &str); 3] = [("plan", "id"), ("n", "number"), ("number", "revision")];

/// Something to read or to remove.
struct Target {
    path: String,
    operation: String,
}

/// Declares the links of every operation that makes something.
pub(super) fn declare(openapi: &mut OpenApi) {
    let targets = targets(openapi);
    let Some(components) = openapi.components.as_ref() else { return };
    for (path, item) in &mut openapi.paths.paths {
        for operation in [&mut item.post, &mut item.put].into_iter().flatten() {
            declare_of(path, operation, components, &targets);
        }
    }
}

fn targets(openapi: &OpenApi) -> Vec<Target> {
    let paths = openapi.paths.paths.iter().filter(|(path, _)| path.contains('{'));
    let each = paths.flat_map(|(path, item)| {
        let operations = [&item.get, &item.delete].into_iter().flatten().filter_map(|operation| operation.operation_id.as_ref());
        operations.map(|operation| Target { path: path.clone(), operation: operation.clone() })
    });
    each.collect()
}

fn declare_of(path: &str, operation: &mut Operation, components: &Components, targets: &[Target]) {
    let made = operation.responses.responses.iter_mut().filter(|(status, _)| matches!(status.as_str(), "201" | "202"));
    for response in made.filter_map(|(_, response)| if let RefOr::T(response) = response { Some(response) } else { None }) {
        let (is_job, members) = answer(response, components);
        // Of work that was only begun, the job is what can be looked at.
        let jobs = format!("{API_ROOT}/jobs");
        let (path, members) = if is_job { (jobs.as_str(), members) } else { (path, members) };
        let reached =
            targets.iter().filter_map(|target| Some((target.operation.clone(), RefOr::T(link(path, &members, target)?))));
        response.links.extend(reached);
    }
}

/// The link to a target, where it lies under the path and every parameter of it is known.
fn link(path: &str, members: &BTreeSet<String>, target: &Target) -> Option<Link> {
    let below = target.path.strip_prefix(path)?;
    if !(below.is_empty() || below.starts_with('/')) {
        return None;
    }
    let own = parameters(path);
    let mut known = BTreeMap::new();
    for name in parameters(&target.path) {
        let value = if own.contains(name) {
            format!("$request.path.{name}")
        } else {
            let otherwise = NAMED_OTHERWISE.iter().find(|(parameter, _)| *parameter == name).map_or(name, |(_, member)| *member);
            format!("$response.body#/{}", members.get(otherwise)?)
        };
        known.insert(name, value);
    }
    let link = LinkBuilder::new().operation_id(&target.operation);
    Some(known.into_iter().fold(link, |link, (name, value)| link.parameter(name, value)).build())
}

/// The names in braces of a path.
fn parameters(path: &str) -> BTreeSet<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

/// Whether an answer is a job, and the names of the members that its document always has.
fn answer(response: &Response, components: &Components) -> (bool, BTreeSet<String>) {
    let content = json!(response.content.get("application/json"));
    let schema = &content["schema"];
    let mut members = BTreeSet::new();
    required(schema, components, &mut members);
    (schema["$ref"] == "#/components/schemas/Job", members)
}

fn required(schema: &Value, components: &Components, members: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        required(&json!(components.schemas.get(name)), components, members);
    }
    members.extend(schema["required"].as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)));
    schema["allOf"].as_array().into_iter().flatten().for_each(|part| required(part, components, members));
}
