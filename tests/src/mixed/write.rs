//! One write: what is sent, what the trail is to say of it, and what is to be read afterwards.

use citygauge_openapi::API_ROOT;
use citygauge_openapi::client::Client;
use reqwest::header::{CONTENT_TYPE, ETAG, IF_MATCH, LOCATION};
use reqwest::{Method, Response};
use serde_json::Value;

/// A write before it is sent; it can be sent again as it is.
#[derive(Debug, Clone)]
pub struct Write {
    /// What the trail calls it.
    pub action: &'static str,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) if_match: Option<String>,
    /// Under which it can be sent again without being done twice.
    pub(super) key: Option<String>,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
    subject: Subject,
    read_at: Option<String>,
    /// The members that are read afterwards; null where nothing is to be there.
    leaves: Value,
    /// The members of the answer that are read afterwards as well.
    keeps: &'static [&'static str],
    /// The rows of observations that it brings, once its job is over.
    pub(super) rows: Option<Rows>,
}

/// What the trail says a write was done to.
#[derive(Debug, Clone)]
enum Subject {
    Known(String),
    /// A member of this collection, whose identifier is in the answer.
    Made(&'static str),
}

/// The observations of a period: how many there are, and the sum of their values, which are whole numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    pub(super) period: String,
    pub(super) count: usize,
    pub(super) sum: u64,
}

/// What came of a write.
#[derive(Debug, Clone)]
pub enum Answer {
    /// 2xx: it must be there from now on.
    Acknowledged(Told),
    /// 4xx: it must not be there.
    Refused(u16),
    /// Nothing came, or 5xx: it is there wholly or not at all.
    Unanswered(Option<u16>),
}

/// What an acknowledgement says.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The document.
    pub document: Value,
    /// Its entity tag.
    pub tag: String,
    /// The path of the job that does the work.
    pub job: Option<String>,
    /// Whether it had been done before.
    pub is_replayed: bool,
}

impl Write {
    /// A PUT of a document to a path, which is its subject.
    pub fn put(action: &'static str, path: &str, body: &Value) -> Self {
        Self { method: Method::PUT, ..Self::to(action, path, body.to_string().into_bytes(), Subject::Known(path.to_owned())) }
    }

    /// A POST of a document that makes a member of a collection.
    pub fn make(action: &'static str, collection: &'static str, body: &Value) -> Self {
        let path = format!("{API_ROOT}/{collection}");
        Self::to(action, &path, body.to_string().into_bytes(), Subject::Made(collection)).once()
    }

    /// A POST to a path that does something to its subject.
    pub fn act(action: &'static str, subject: &str, verb: &str, body: &Value) -> Self {
        let path = format!("{subject}/{verb}");
        Self::to(action, &path, body.to_string().into_bytes(), Subject::Known(subject.to_owned())).once()
    }

    /// A DELETE of what bears a tag.
    pub fn remove(action: &'static str, path: &str) -> Self {
        Self { method: Method::DELETE, ..Self::to(action, path, Vec::new(), Subject::Known(path.to_owned())) }
    }

    fn to(action: &'static str, path: &str, body: Vec<u8>, subject: Subject) -> Self {
        let path = path.to_owned();
        Self {
            action,
            method: Method::POST,
            path,
            if_match: None,
            key: None,
            content_type: "application/json",
            body,
            subject,
            read_at: None,
            leaves: Value::Null,
            keeps: &[],
            rows: None,
        }
    }

    fn once(self) -> Self {
        Self { key: Some(uuid::Uuid::now_v7().to_string()), ..self }
    }

    /// With the tag of what its client has seen.
    pub fn seen(self, tag: &str) -> Self {
        Self { if_match: Some(tag.to_owned()), ..self }
    }

    /// What is read afterwards.
    pub fn leaves(self, leaves: Value) -> Self {
        Self { leaves, ..self }
    }

    /// Members of the answer that are read afterwards as well.
    pub fn keeps(self, keeps: &'static [&'static str]) -> Self {
        Self { keeps, ..self }
    }

    /// Where that is read, unless it is the subject.
    pub fn read_at(self, path: String) -> Self {
        Self { read_at: Some(path), ..self }
    }

    /// What the trail says that it was done to, where that is not its path.
    pub fn about(self, subject: &str) -> Self {
        Self { subject: Subject::Known(subject.to_owned()), ..self }
    }

    /// The collection in which it makes a member, where its path is another one.
    pub fn made_in(self, collection: &'static str) -> Self {
        Self { subject: Subject::Made(collection), ..self }
    }

    /// A file in place of a document, sent to a path of its own.
    pub fn file(self, path: String, content_type: &'static str, body: Vec<u8>) -> Self {
        Self { path, content_type, body, ..self }
    }

    /// The observations that it brings.
    pub fn brings(self, rows: Rows) -> Self {
        Self { rows: Some(rows), ..self }
    }

    /// What the trail says that it was done to, as far as that is known.
    pub fn subject(&self, told: Option<&Told>) -> Option<String> {
        match &self.subject {
            Subject::Known(path) => Some(path.clone()),
            Subject::Made(collection) => Some(format!("{API_ROOT}/{collection}/{}", told?.document["id"].as_str()?)),
        }
    }

    /// Where it is read back, as far as that is known.
    pub fn place(&self, told: Option<&Told>) -> Option<String> {
        self.read_at.clone().or_else(|| self.subject(told))
    }

    /// What is read back.
    pub fn expected(&self, told: Option<&Told>) -> Value {
        let mut expected = self.leaves.clone();
        if let (Value::Object(members), Some(told)) = (&mut expected, told) {
            members.extend(self.keeps.iter().map(|name| ((*name).to_owned(), told.document[*name].clone())));
        }
        expected
    }

    /// Sends it. `None` where no connection could be made, so that it was never sent.
    pub async fn send(&self, client: &Client) -> Option<Answer> {
        let mut request = client.request(self.method.clone(), &self.path).header(CONTENT_TYPE, self.content_type);
        if let Some(tag) = &self.if_match {
            request = request.header(IF_MATCH, tag);
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        match request.body(self.body.clone()).send().await {
            Err(error) if error.is_connect() => None,
            Err(_) => Some(Answer::Unanswered(None)),
            Ok(answer) => Some(read(answer).await),
        }
    }
}

async fn read(answer: Response) -> Answer {
    let (status, header) = (answer.status(), |name| Some(answer.headers().get(name)?.to_str().ok()?.to_owned()));
    let (tag, place) = (header(ETAG.as_str()).unwrap_or_default(), header(LOCATION.as_str()));
    let is_replayed = header("idempotency-replayed").is_some();
    if status.is_client_error() {
        return Answer::Refused(status.as_u16());
    }
    // An acknowledgement is one when its head has come; a body that broke off is read again by whoever asks once more.
    match answer.bytes().await {
        Ok(body) if status.is_success() => {
            let document = serde_json::from_slice(&body).unwrap_or_default();
            let job = place.filter(|place| place.contains("/jobs/"));
            Answer::Acknowledged(Told { document, tag, job, is_replayed })
        }
        Ok(_) => Answer::Unanswered(Some(status.as_u16())),
        Err(_) => Answer::Unanswered(None),
    }
}

/// Whether all members that are expected are there with their values; arrays have exactly the members that are expected.
#[must_use]
pub fn holds(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().all(|(name, value)| holds(found.get(name).unwrap_or(&Value::Null), value))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| holds(found, expected))
        }
        (Value::Number(found), Value::Number(expected)) => found.as_f64() == expected.as_f64(),
        _ => found == expected,
    }
}
