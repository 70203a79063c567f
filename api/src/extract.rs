//! What handlers read from a request besides path and query; each says what is wrong in the caller's terms.

mod object;

use std::future::{Future, Ready, ready};
use std::ops::Deref;
use std::pin::Pin;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, IF_MATCH};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use citygauge_indicators::canonical::hex;
use citygauge_indicators::{Fault, Language, parse_strict};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub use self::object::Strict;
use crate::answer::Tag;
use crate::artifacts::Kept;
use crate::envelope::RequestContext;
use crate::error::{Failure, words};
use crate::state::State;

/// The language of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lang(pub Language);

impl FromRequest for Lang {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let context = request.extensions().get::<RequestContext>().map(|context| Self(context.language));
        ready(Ok(context.unwrap_or(Self(Language::En))))
    }
}

/// The condition of a write: what the caller has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(Option<String>);

impl IfMatch {
    /// Refuses a write to something whose tag is not the one that the caller has seen.
    pub fn admit(&self, tag: &Tag) -> Result<(), Failure> {
        match &self.0 {
            None => Err(Failure::PreconditionRequired),
            Some(seen) if tag.is_in(seen) => Ok(()),
            Some(_) => Err(Failure::Stale),
        }
    }

    /// As [`IfMatch::admit`], for operations that need no condition: one that is given must hold.
    pub fn admit_if_given(&self, tag: &Tag) -> Result<(), Failure> {
        if self.0.is_some() { self.admit(tag) } else { Ok(()) }
    }

    /// Refuses a PUT to something whose tag is not the one that the caller has seen, and to something that is not
    /// there for a caller who has seen it.
    pub fn admit_put(&self, known: Option<&Tag>) -> Result<(), Failure> {
        match known {
            Some(tag) => self.admit(tag),
            None if self.0.is_some() => Err(Failure::Stale),
            None => Ok(()),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let seen = request.headers().get(IF_MATCH);
        ready(Ok(Self(seen.map(|seen| seen.to_str().unwrap_or_default().to_owned()))))
    }
}

/// The caller's `Idempotency-Key`, and what else tells this request from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The key, where one was sent.
    pub key: Option<String>,
    target: String,
}

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl Once {
    /// The digest of the whole request.
    pub fn digest(&self, body_digest: &str) -> String {
        hex(&Sha256::digest(format!("{}\n{body_digest}", self.target)))
    }
}

impl FromRequest for Once {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let target = format!("{} {}", request.method(), request.uri());
        let Some(key) = request.headers().get(IDEMPOTENCY_KEY) else { return ready(Ok(Self { key: None, target })) };
        let key = key
            .to_str()
            .ok()
            .filter(|key| (1..=255).contains(&key.len()) && key.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        ready(match key {
            Some(key) => Ok(Self { key: Some(key.to_owned()), target }),
            None => Err(Failure::malformed(
                Fault::error("header.idempotency_key", "Idempotency-Key 有误", "the Idempotency-Key is malformed")
                    .expected("1..255 ASCII")
                    .hint("请使用 1 到 255 个可见的 ASCII 字符", "use 1 to 255 visible ASCII characters"),
            )),
        })
    }
}

/// A JSON body as it was sent.
#[derive(Debug, Clone)]
pub struct JsonBody {
    /// The bytes.
    pub bytes: Bytes,
    /// Their digest.
    pub digest: String,
}

impl JsonBody {
    /// Reads the body as a document of the contract; a fault points into it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let value = parse_strict(&self.bytes)?;
        serde_path_to_error::deserialize(object::Strict(value)).map_err(|error| {
            let at = pointer(error.path());
            let named = at.rsplit('/').next().filter(|name| !name.is_empty());
            let fault = words::fault("body.wrong", named, &error.inner().to_string());
            Failure::invalid(fault.at(at.as_str()).hint("请对照 /docs 检查", "compare it with /docs"))
        })
    }
}

/// The parameters of a query; what is wrong names the parameter.
#[derive(Debug, Clone)]
pub struct Query<T>(T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Query<T> {
    /// The parameters themselves.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_query(request.query_string()).map(Self))
    }
}

/// The parameters of a query; what is wrong names the parameter.
pub fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, Failure> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|error| {
        let named = pointer(error.path());
        let named = named.rsplit('/').next().filter(|name| !name.is_empty());
        let fault = words::fault("query.invalid", named, &error.inner().to_string());
        Failure::malformed(fault.hint("请对照 /docs 检查参数", "compare the parameters with /docs"))
    })
}

/// The RFC 6901 pointer of a place that was reached while reading.
pub fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segments = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    segments.fold(String::new(), |pointer, segment| format!("{pointer}/{segment}"))
}

impl FromRequest for JsonBody {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let state = request.app_data::<web::Data<State>>().expect("the application is built with its state");
            let kind = media_type(&request);
            if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json")) {
                return Err(Failure::UnsupportedMediaType { accepted: "application/json".into() });
            }
            let limit = state.config().limits.json_bytes;
            let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
            if announced.is_some_and(|bytes| bytes > limit as u64) {
                return Err(Failure::TooLarge { limit_bytes: limit as u64 });
            }
            let bytes = collect(Arriving::json(payload, state), limit).await?;
            Ok(Self { digest: hex(&Sha256::digest(&bytes)), bytes })
        })
    }
}

/// The media type of the body in lower case, without parameters; empty where none is given.
pub fn media_type(request: &HttpRequest) -> String {
    let header = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A body on its way in; a client that falls silent, or takes too long for all of it, is not waited for.
pub struct Arriving {
    payload: Payload,
    patience: Duration,
    /// When all of it has to be there.
    deadline: Instant,
}

impl Arriving {
    /// A file.
    pub fn new(payload: Payload, state: &State) -> Self {
        Self::within(payload, state, state.config().server.file_deadline())
    }

    /// A JSON body.
    pub fn json(payload: Payload, state: &State) -> Self {
        Self::within(payload, state, state.config().server.body_deadline())
    }

    fn within(payload: Payload, state: &State, time: Duration) -> Self {
        let patience = Duration::from_secs(state.config().server.body_timeout_s);
        Self { payload, patience, deadline: Instant::now() + time }
    }

    /// The next piece.
    pub async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        // A timer that is over lets pass what is there already.
        let next = async { if left.is_zero() { std::future::pending().await } else { self.payload.next().await } };
        let fault = match tokio::time::timeout(self.patience.min(left), next).await {
            Ok(piece) => return piece.map(|piece| piece.map_err(Failure::from)),
            Err(_) if left <= self.patience => Fault::error("body.slow", "请求体到达得太慢", "the body took too long to arrive"),
            Err(_) => Fault::error("body.silent", "请求体迟迟没有到达", "the body stopped arriving"),
        };
        Some(Err(Failure::TimedOut(fault.hint("请重新发送", "send it again").into())))
    }

    /// The pieces as a stream.
    pub fn into_stream(self) -> impl futures_util::Stream<Item = Result<Bytes, Failure>> {
        futures_util::stream::unfold(self, |mut arriving| async move {
            let piece = arriving.next().await?;
            Some((piece, arriving))
        })
    }
}

/// Keeps the body of an upload as an artifact, unless it is larger than uploads may be.
pub async fn keep(payload: Payload, state: &State) -> Result<Kept, Failure> {
    let limit = state.config().limits.upload_bytes;
    state.artifacts().put_stream(Arriving::new(payload, state).into_stream(), limit).await?
}

/// The whole body, unless it is larger than the limit.
pub async fn collect(mut arriving: Arriving, limit: usize) -> Result<Bytes, Failure> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = arriving.next().await {
        let piece = piece?;
        if bytes.len() + piece.len() > limit {
            return Err(Failure::TooLarge { limit_bytes: limit as u64 });
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}
