//! The inside of a token: for whom it is, from when until when, and about whom.

use serde_json::Value;

use super::Refusal;
use crate::config::Oidc as Settings;

/// The most characters of a subject, as OpenID Connect Core 1.0 limits it.
const SUBJECT: usize = 255;

/// The last second that a time may name: the end of the year 9999.
const LAST_S: f64 = 253_402_300_799.0;

/// From when until when a token works, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    expires_ms: i64,
    begins_ms: Option<i64>,
}

impl Times {
    /// Refuses a moment outside, give or take the leeway.
    pub fn admit(&self, now_ms: i64, leeway_s: u32) -> Result<(), Refusal> {
        let leeway_ms = i64::from(leeway_s) * 1_000;
        if now_ms >= self.expires_ms + leeway_ms {
            return Err(Refusal::Expired);
        }
        if self.begins_ms.is_some_and(|begins_ms| now_ms + leeway_ms < begins_ms) {
            return Err(Refusal::NotYet);
        }
        Ok(())
    }
}

/// The subject of a token whose claims hold, and its time.
pub(super) fn check(claims: &Value, issuer: &str, settings: &Settings, now_ms: i64) -> Result<(String, Times), Refusal> {
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Err(Refusal::Issuer);
    }
    let is_ours = |name: &Value| name.as_str().is_some_and(|name| settings.audience.iter().any(|own| own == name));
    let is_for_us = match claims.get("aud") {
        Some(Value::Array(names)) => names.iter().any(is_ours),
        Some(name) => is_ours(name),
        None => false,
    };
    if !is_for_us {
        return Err(Refusal::Audience);
    }
    let expires_ms = moment(claims, "exp")?.ok_or(Refusal::Claim("exp"))?;
    let times = Times { expires_ms, begins_ms: moment(claims, "nbf")? };
    times.admit(now_ms, settings.leeway_s)?;
    if let Some(issued_ms) = moment(claims, "iat")? {
        if issued_ms > expires_ms {
            return Err(Refusal::Claim("iat"));
        }
        Times { expires_ms, begins_ms: Some(issued_ms) }.admit(now_ms, settings.leeway_s)?;
    }
    if claims.get("cnf").is_some_and(|proof| !proof.is_null()) {
        return Err(Refusal::Bound);
    }
    let subject = claims.get("sub").and_then(Value::as_str).filter(|subject| is_subject(subject));
    Ok((subject.ok_or(Refusal::Claim("sub"))?.to_owned(), times))
}

/// A moment as RFC 7519 writes it, in seconds and parts of them.
fn moment(claims: &Value, name: &'static str) -> Result<Option<i64>, Refusal> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let seconds = value.as_f64().filter(|seconds| (0.0..=LAST_S).contains(seconds)).ok_or(Refusal::Claim(name))?;
            // Within the years 1970 to 9999 nothing is cut off but parts of a millisecond.
            Ok(Some((seconds * 1_000.0) as i64))
        }
    }
}

fn is_subject(subject: &str) -> bool {
    (1..=SUBJECT).contains(&subject.len()) && subject.chars().all(|c| c.is_ascii_graphic() || c == ' ')
}
