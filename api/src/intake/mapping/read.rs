//! Reads a document of the contract with every fault at once: what a derived reader stops at is noted and taken out, and
//! the rest is read again.

use citygauge_indicators::Faults;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::words;
use crate::extract::{Strict, pointer};

/// Faults after which nobody reads on.
const MOST: usize = 100;

/// The document, as far as it could be read, and what is wrong with its form. Absent where a member is missing that must be
/// there.
pub(super) fn every_fault<T: DeserializeOwned>(mut value: Value) -> (Option<T>, Faults) {
    let mut faults = Faults::default();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(Strict(value.clone())) {
            Ok(read) => return (Some(read), faults),
            Err(error) => error,
        };
        let reason = error.inner().to_string();
        let mut at = pointer(error.path());
        let unknown = reason.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        if let Some(name) = unknown.filter(|name| !at.ends_with(&format!("/{name}"))) {
            at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        }
        let named = at.rsplit('/').next().filter(|name| !name.is_empty());
        let fault = words::fault("mapping.wrong", named, &reason);
        faults.push(fault.at(at.as_str()).hint("请对照 /docs 检查", "compare it with /docs"));
        if reason.starts_with("missing field") || faults.0.len() >= MOST || !taken_out(&mut value, &at) {
            return (None, faults);
        }
    }
}

/// Removes what stands at a pointer; answers whether anything did.
fn taken_out(value: &mut Value, at: &str) -> bool {
    let Some((parent, last)) = at.rsplit_once('/') else { return false };
    let key = last.replace("~1", "/").replace("~0", "~");
    match value.pointer_mut(parent) {
        Some(Value::Object(members)) => members.remove(&key).is_some(),
        Some(Value::Array(values)) => {
            let place = key.parse::<usize>().ok().filter(|place| *place < values.len());
            place.map(|place| values.remove(place)).is_some()
        }
        _ => false,
    }
}
