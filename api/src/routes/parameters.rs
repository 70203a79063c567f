//! Parameters that several operations share.

use std::borrow::Cow;
use std::time::Duration;

use citygauge_indicators::Fault;
use citygauge_openapi::{BadCursor, Cursor};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use crate::error::Failure;
use crate::state::State;

/// How many members a page has at most: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(u32);

/// The most members of a page that a client may ask for.
const MOST: u32 = 1_000;

impl PageLimit {
    /// The number that was asked for, or else the configured one.
    pub fn or_configured(limit: Option<Self>, state: &State) -> u64 {
        limit.map_or(state.config().limits.page, |limit| limit.0).into()
    }
}

impl<'de> Deserialize<'de> for PageLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = u32::deserialize(deserializer)?;
        if (1..=MOST).contains(&limit) { Ok(Self(limit)) } else { Err(D::Error::custom("limit: expected 1 to 1000")) }
    }
}

/// The parameters of a list without filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    pub cursor: Option<Cursor>,
}

/// The key inside a cursor of this list.
pub fn position<K: DeserializeOwned>(cursor: Option<&Cursor>) -> Result<Option<K>, Failure> {
    cursor.map(Cursor::key).transpose().map_err(|BadCursor| {
        Failure::malformed(
            Fault::error("query.cursor", "游标不属于此列表", "the cursor is not one of this list")
                .hint("请使用上一页的 next", "use `next` of the page before"),
        )
    })
}

/// How long to wait, such as `30s`; at most a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl<'de> Deserialize<'de> for Wait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let digits =
            text.strip_suffix('s').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() <= 2);
        match digits.and_then(|digits| digits.parse().ok()) {
            Some(seconds @ 0..=60) => Ok(Self(Duration::from_secs(seconds))),
            _ => Err(D::Error::custom("wait: expected 0s to 60s")),
        }
    }
}

/// The condition of a write to something that exists.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header that `extract::IfMatch` reads")]
pub struct IfMatchHeader {
    /// The `ETag` that was read; needed for a write to something that exists.
    #[param(rename = "If-Match", required = false)]
    if_match: Option<String>,
}

/// The name of a request that may be repeated.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header that `extract::Once` reads")]
pub struct IdempotencyKeyHeader {
    /// Names the request, so that sending it again does not do it again.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255, pattern = "^[!-~]([ -~]*[!-~])?$", required = false)]
    idempotency_key: Option<String>,
}

/// What the caller has already.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header that `answer::Answer` reads")]
pub struct IfNoneMatchHeader {
    /// The `ETag` of what the caller has; 304 when it is still that.
    #[param(rename = "If-None-Match", required = false)]
    if_none_match: Option<String>,
}
