//! From a change to a receiver: what is sent, how often, for whom, and what follows when it is not taken.

mod events;
mod owners;
mod receiver;
mod sending;

use serde_json::{Value, json};

use crate::testing::Harness;

const PATH: &str = "/api/v1/webhooks";

async fn prepared() -> Harness {
    Harness::with(local).await
}

/// Receivers on this machine, three attempts without a pause.
fn local(config: &mut crate::config::Config) {
    config.webhooks.allow_http = true;
    config.webhooks.allow_loopback = true;
    config.webhooks.retry_s = vec![0, 0];
}

/// Makes a webhook and gives its identifier and its secret.
async fn made(harness: &Harness, url: &str, events: &[&str]) -> (String, String) {
    let reply = harness.post(PATH, &json!({"url": url, "events": events})).await;
    assert_eq!(reply.status.as_u16(), 201, "{reply:?}");
    let text = |member: &str| reply.json()[member].as_str().expect(member).to_owned();
    (text("id"), text("secret"))
}

async fn make_city(harness: &Harness, code: &str) {
    let reply = harness.put(&format!("/api/v1/cities/{code}"), None, &json!({"name": "A"})).await;
    assert_eq!(reply.status.as_u16(), 201, "{reply:?}");
}

async fn shown(harness: &Harness, path: &str) -> Value {
    harness.get(&format!("{PATH}/{path}")).await.json()
}

async fn deliveries(harness: &Harness, webhook: &str) -> Vec<Value> {
    shown(harness, &format!("{webhook}/deliveries")).await["items"].as_array().expect("items").clone()
}
