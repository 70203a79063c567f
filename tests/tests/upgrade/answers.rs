//! What a version answered, asked for again.

use citygauge_openapi::API_ROOT;
use citygauge_openapi::client::Client;
use citygauge_tests::mixed::sha256;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::fixture::Fixture;

/// A member that answers have gained since they were given.
struct Gained {
    /// What the path has in it.
    of: &'static str,
    member: &'static str,
    /// Whether it may be this for what was there before.
    may_be: fn(&Value) -> bool,
}

/// All of them.
const GAINED: [Gained; 5] = [
    // 0.2.0: the trail is a chain; a key may have some rights only, and work from some networks only.
    Gained { of: "/audit-events", member: "place", may_be: Value::is_u64 },
    Gained { of: "/audit-events", member: "previous", may_be: Value::is_string },
    Gained { of: "/audit-events", member: "digest", may_be: Value::is_string },
    Gained { of: "/keys", member: "rights", may_be: is_unlimited },
    Gained { of: "/keys", member: "addresses", may_be: is_unlimited },
];

fn is_unlimited(list: &Value) -> bool {
    list.as_array().is_some_and(Vec::is_empty)
}

/// The member under which the digest of what is no JSON stands.
const DIGEST: &str = "sha256 of the content";

/// Differences that are told.
const TOLD: usize = 40;

/// Asks a service everything that a version was asked.
///
/// # Panics
/// Where it says something else, with what and where.
pub async fn are_the_same(client: &Client, fixture: &Fixture) {
    let mut unlike = Vec::new();
    for (path, said) in fixture.answers() {
        let answer = client.request(Method::GET, path).send().await.expect("an answer");
        let (status, is_json) = (answer.status(), is_json(&answer));
        let content = answer.bytes().await.expect("its content");
        let found = if !is_json { json!({ DIGEST: sha256(&content) }) } else { serde_json::from_slice(&content).expect("JSON") };
        let before = unlike.len();
        if path.starts_with(&format!("{API_ROOT}/audit-events?")) {
            lines(path, said, &found, &mut unlike);
        } else {
            compare(path, "", said, &found, &mut unlike);
        }
        if unlike.len() > before && status != 200 {
            unlike.push(format!("{path}: {status}"));
        }
    }
    assert!(!fixture.answers().is_empty(), "something was asked");
    let count = unlike.len();
    assert!(unlike.is_empty(), "{count} differences:\n{}", unlike.into_iter().take(TOLD).collect::<Vec<_>>().join("\n"));
}

fn is_json(answer: &reqwest::Response) -> bool {
    let media_type = answer.headers().get(CONTENT_TYPE).and_then(|text| text.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|media_type| media_type.ends_with("/json") || media_type.ends_with("+json"))
}

/// The trail has grown: its lines are there, as they were.
fn lines(path: &str, said: &Value, found: &Value, unlike: &mut Vec<String>) {
    let there = found["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    for line in said["items"].as_array().expect("lines") {
        match there.iter().find(|other| other["id"] == line["id"]) {
            Some(other) => compare(path, &format!("/{}", line["id"]), line, other, unlike),
            None => unlike.push(format!("{path}: the line {line} is gone")),
        }
    }
}

/// What was said is said; what is said besides is known to be new.
fn compare(path: &str, at: &str, said: &Value, found: &Value, unlike: &mut Vec<String>) {
    match (said, found) {
        (Value::Object(said), Value::Object(found)) => {
            for (member, said) in said {
                let found = found.get(member).unwrap_or(&Value::Null);
                compare(path, &format!("{at}/{member}"), said, found, unlike);
            }
            let has_gained = |new: &str, value: &Value| {
                GAINED.iter().any(|Gained { of, member, may_be }| path.contains(of) && *member == new && may_be(value))
            };
            for (member, value) in found.iter().filter(|(member, _)| !said.contains_key(*member)) {
                if !has_gained(member, value) {
                    unlike.push(format!("{path} {at}/{member} is new: {value}"));
                }
            }
        }
        (Value::Array(said), Value::Array(found)) if said.len() == found.len() => {
            for (number, (said, found)) in said.iter().zip(found).enumerate() {
                compare(path, &format!("{at}/{number}"), said, found, unlike);
            }
        }
        _ if said == found => {}
        _ => unlike.push(format!("{path} {at}: {said} was said, {found} is")),
    }
}
