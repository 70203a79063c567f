//! What is sent: the body, and the headers that name and sign it.

use citygauge_openapi::{API_ROOT, Moment};
use serde_json::{Map, Value, json};

use super::secret::Secret;
use crate::signing::Signer;
use crate::store::webhooks::Webhook;
use crate::store::webhooks::outbox::Event;

/// A message about an event: the same bytes and the same name however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Names the event to whoever receives it, so that it can be told from one that was received before.
    pub id: String,
    /// JSON.
    pub body: Vec<u8>,
}

impl Message {
    /// The message about an event.
    pub fn of(event: &Event) -> Self {
        let document = json!({
            "type": event.kind, "timestamp": Moment::from_ms(event.at_ms).to_string(), "data": facts(event),
        });
        Self { id: id(event), body: document.to_string().into_bytes() }
    }

    /// The headers of one attempt to send it, at this moment, signed with every secret that is valid then.
    pub fn headers(&self, signer: &Signer, webhook: &Webhook, now_ms: i64) -> [(&'static str, String); 4] {
        let timestamp_s = now_ms.div_euclid(1_000);
        let salts = &webhook.salts;
        let previous = salts.previous.iter().filter(|(_, until_ms)| now_ms < *until_ms).map(|(salt, _)| salt);
        let signatures: Vec<String> = std::iter::once(&salts.salt)
            .chain(previous)
            .map(|salt| Secret::of(signer, &webhook.id, salt).sign(&self.id, timestamp_s, &self.body))
            .collect();
        [
            ("content-type", "application/json".to_owned()),
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", timestamp_s.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ]
    }
}

/// The name of an event: its number, and its moment, which tells it from an event of another service.
pub fn id(event: &Event) -> String {
    format!("evt_{:x}_{:x}", event.at_ms, event.id)
}

/// The facts of an event as they are sent, with the address of what it is about.
fn facts(event: &Event) -> Map<String, Value> {
    let mut sent = Map::new();
    for (name, value) in event.facts.as_object().into_iter().flatten() {
        match (name.as_str(), value.as_str()) {
            ("path", Some(path)) => {
                sent.insert("id".to_owned(), last_segment(path).into());
                sent.insert("address".to_owned(), address(path).into());
            }
            _ => {
                sent.insert(name.clone(), value.clone());
            }
        }
    }
    sent
}

/// The address of what an event is about.
pub fn address(path: &str) -> String {
    format!("{API_ROOT}/{path}")
}

/// The code or identifier at the end of a path, decoded.
fn last_segment(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_thin_and_names_what_it_is_about() {
        let facts = json!({"path": "rounds/2026%20%E5%B9%B4", "state": "open"});
        let event = Event { id: 255, kind: "round.opened".into(), facts, at_ms: 1_795_334_400_123 };
        let message = Message::of(&event);
        let body: Value = serde_json::from_slice(&message.body).expect("JSON");
        let data = json!({"id": "2026 年", "address": "/api/v1/rounds/2026%20%E5%B9%B4", "state": "open"});
        assert_eq!(body, json!({"type": "round.opened", "timestamp": "2026-11-22T08:00:00.123Z", "data": data}));
        assert_eq!(message.id, "evt_1a20244e87b_ff");
        assert!(!message.id.contains('.'));
    }
}
