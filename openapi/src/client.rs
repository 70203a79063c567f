//! A small client: what `citygauge import` and the tests of the service speak with.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use citygauge_indicators::Language;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, ETAG, IF_MATCH};
use reqwest::{Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{
    API_ROOT, Assessment, City, CityProfile, Code, Evaluation, EvaluationRequest, FaultPage, GapAnalysis, Id, Import, ImportKind,
    ImportMode, IndicatorSet, Job, Mapping, NewAssessment, NewGapAnalysis, OnFault, Problem, SetRef, path_segment,
};

/// How long one request for a job waits; the service allows a minute.
const WAIT_S: u64 = 20;

/// Why a call did not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The service answered with a problem document.
    #[error("{}: {}", .0.title, .0.detail)]
    Problem(Box<Problem>),
    /// The service could not be reached, or the connection broke.
    #[error("the service could not be reached: {0}")]
    Unreachable(#[source] reqwest::Error),
    /// Something answered that is not this service.
    #[error("{0}")]
    NotTheService(String),
}

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error)
    }
}

/// Speaks to one service with one key.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    server: String,
    token: Option<String>,
    language: Language,
}

/// An upload: what the file is and what is to be done with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// What the file holds.
    pub kind: ImportKind,
    /// Whether the rows are kept.
    pub mode: ImportMode,
    /// What a faulty row does to the others.
    pub on_fault: OnFault,
    /// The set that gives the types of the data items.
    pub set: Option<SetRef>,
    /// The period of rows that name none.
    pub period: Option<String>,
    /// The name of the file.
    pub file_name: Option<String>,
    /// The media type of the file, such as `text/csv`.
    pub content_type: String,
}

/// The mapping of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingOfUpload {
    /// The one that the service keeps under this code.
    Named(Code),
    /// A document of its own: its JSON, at most 32 KiB.
    Document(String),
}

/// Query parameters, in order.
type Query = Vec<(&'static str, String)>;

impl Client {
    /// A client for the service at `server`, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// When the system's TLS cannot be set up.
    #[expect(clippy::disallowed_methods, reason = "this client goes to the service, where the person who calls it says")]
    pub fn new(server: &str, token: Option<String>, language: Language) -> Result<Self, ClientError> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .user_agent(concat!("citygauge/", env!("CARGO_PKG_VERSION")));
        if is_this_machine(server) {
            // A proxy cannot reach a service that listens on this machine only.
            builder = builder.no_proxy();
        }
        let http = builder.build()?;
        Ok(Self { http, server: server.trim_end_matches('/').to_owned(), token, language })
    }

    /// A request to a path of the service, with everything every request carries.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.server)).header(ACCEPT_LANGUAGE, self.language.tag());
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Reads one resource.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        json(self.request(Method::GET, path).send().await?).await
    }

    /// Sends a request that [`Client::request`] began and reads what came of it.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        json(request.send().await?).await
    }

    /// Posts a document and reads what came of it.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ClientError> {
        json(self.request(Method::POST, path).json(body).send().await?).await
    }

    /// Posts a document about something as it stands now: `seen` is the path of what is read first, for its tag.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn post_as_seen<T: DeserializeOwned>(
        &self,
        seen: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let known = checked(self.request(Method::GET, seen).send().await?).await?;
        let mut request = self.request(Method::POST, path).json(body);
        if let Some(tag) = known.headers().get(ETAG) {
            request = request.header(IF_MATCH, tag);
        }
        json(request.send().await?).await
    }

    /// Puts a document at a path, or changes what is there whatever it was before.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn put_as_seen<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ClientError> {
        let mut request = self.request(Method::PUT, path).json(body);
        let known = self.request(Method::GET, path).send().await?;
        if let Some(tag) = known.headers().get(ETAG).filter(|_| known.status().is_success()) {
            request = request.header(IF_MATCH, tag);
        }
        json(request.send().await?).await
    }

    /// Removes what is at a path as it stands now.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn delete_as_seen(&self, path: &str) -> Result<(), ClientError> {
        let known = checked(self.request(Method::GET, path).send().await?).await?;
        let mut request = self.request(Method::DELETE, path);
        if let Some(tag) = known.headers().get(ETAG) {
            request = request.header(IF_MATCH, tag);
        }
        checked(request.send().await?).await.map(|_| ())
    }

    /// Registers a city, or changes it whatever it was before.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn put_city(&self, code: &str, profile: &CityProfile) -> Result<City, ClientError> {
        self.put_as_seen(&format!("{API_ROOT}/cities/{}", path_segment(code)), profile).await
    }

    /// Makes a draft of a set document.
    ///
    /// # Errors
    /// As [`ClientError`] says; the faults of the document are in the problem.
    pub async fn create_set(&self, document: impl Into<Vec<u8>>) -> Result<IndicatorSet, ClientError> {
        let request = self.request(Method::POST, &format!("{API_ROOT}/indicator-sets"));
        let request = request.header(CONTENT_TYPE, "application/json").body(document.into());
        json(request.send().await?).await
    }

    /// Publishes a draft.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn publish_set(&self, set: &SetRef) -> Result<IndicatorSet, ClientError> {
        let (code, version) = (path_segment(set.code.as_str()), path_segment(set.version.as_str()));
        let path = format!("{API_ROOT}/indicator-sets/{code}/versions/{version}/publish");
        json(self.request(Method::POST, &path).send().await?).await
    }

    /// Uploads a file and gives the import that its job works on.
    ///
    /// # Errors
    /// As [`ClientError`] says; faults of rows are not errors of the upload but part of the import.
    pub async fn upload(&self, upload: &Upload, body: impl Into<reqwest::Body>) -> Result<Import, ClientError> {
        let request = self
            .request(Method::POST, &format!("{API_ROOT}/imports"))
            .query(&upload.query())
            .header(CONTENT_TYPE, &upload.content_type)
            .body(body);
        json(request.send().await?).await
    }

    /// As [`Client::upload`], with the mapping by which the file is to be understood.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn upload_mapped(
        &self,
        upload: &Upload,
        mapping: &MappingOfUpload,
        body: impl Into<reqwest::Body>,
    ) -> Result<Import, ClientError> {
        let mut query = upload.query();
        query.push(match mapping {
            MappingOfUpload::Named(code) => ("mapping", code.to_string()),
            MappingOfUpload::Document(json) => ("mapping_document", BASE64_URL_SAFE_NO_PAD.encode(json)),
        });
        let request = self
            .request(Method::POST, &format!("{API_ROOT}/imports"))
            .query(&query)
            .header(CONTENT_TYPE, &upload.content_type)
            .body(body);
        json(request.send().await?).await
    }

    /// Keeps a mapping under a new name.
    ///
    /// # Errors
    /// As [`ClientError`] says; a name that is taken is a problem.
    pub async fn put_mapping(&self, code: &Code, document: &serde_json::Value) -> Result<Mapping, ClientError> {
        let path = format!("{API_ROOT}/mappings/{}", path_segment(code.as_str()));
        json(self.request(Method::PUT, &path).json(document).send().await?).await
    }

    /// One import as it stands.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn import(&self, id: &Id) -> Result<Import, ClientError> {
        self.get(&format!("{API_ROOT}/imports/{id}")).await
    }

    /// A page of the faults of an import.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn import_faults(&self, id: &Id, cursor: Option<&crate::Cursor>) -> Result<FaultPage, ClientError> {
        let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        self.get(&format!("{API_ROOT}/imports/{id}/faults?limit=1000{cursor}")).await
    }

    /// What a path of the service gives, whatever it is, such as a file.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, ClientError> {
        Ok(checked(self.request(Method::GET, path).send().await?).await?.bytes().await?.into())
    }

    /// The answer at a path of the service whose body need not fit into memory; it is a success.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn open(&self, path: &str) -> Result<Response, ClientError> {
        checked(self.request(Method::GET, path).send().await?).await
    }

    /// Waits until a job is over and shows its progress from 0 to 1 on the way.
    ///
    /// # Errors
    /// As [`ClientError`] says; a job that failed is not an error of the call.
    pub async fn wait_for_job(&self, id: &Id, mut progress: impl FnMut(f64)) -> Result<Job, ClientError> {
        loop {
            let job: Job = self.get(&format!("{API_ROOT}/jobs/{id}?wait={WAIT_S}s")).await?;
            progress(job.progress);
            if job.state.is_final() {
                return Ok(job);
            }
        }
    }

    /// Asks for an assessment.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn create_assessment(&self, new: &NewAssessment) -> Result<Assessment, ClientError> {
        self.post(&format!("{API_ROOT}/assessments"), new).await
    }

    /// One assessment as it stands.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn assessment(&self, id: &Id) -> Result<Assessment, ClientError> {
        self.get(&format!("{API_ROOT}/assessments/{id}")).await
    }

    /// The scores of an assessment as CSV, restricted by `node`, `city` or `period` where given.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn scores_csv(&self, id: &Id, filter: &[(&str, &str)]) -> Result<String, ClientError> {
        let path = format!("{API_ROOT}/assessments/{id}/scores");
        let request = self.request(Method::GET, &path).query(filter).header(ACCEPT, "text/csv");
        Ok(checked(request.send().await?).await?.text().await?)
    }

    /// Asks for a gap analysis.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn create_gap_analysis(&self, new: &NewGapAnalysis) -> Result<GapAnalysis, ClientError> {
        self.post(&format!("{API_ROOT}/gap-analyses"), new).await
    }

    /// Scores without keeping anything.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn evaluate(&self, request: &EvaluationRequest) -> Result<Evaluation, ClientError> {
        self.post(&format!("{API_ROOT}/evaluate"), request).await
    }
}

impl Upload {
    fn query(&self) -> Query {
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let mut query: Query = vec![
            ("kind", word(serde_json::json!(self.kind))),
            ("mode", word(serde_json::json!(self.mode))),
            ("on_fault", word(serde_json::json!(self.on_fault))),
        ];
        if let Some(set) = &self.set {
            query.push(("set_code", set.code.to_string()));
            query.push(("set_version", set.version.to_string()));
        }
        query.extend(self.period.clone().map(|period| ("period", period)));
        query.extend(self.file_name.clone().map(|name| ("file_name", name)));
        query
    }
}

/// The answer when it is a success, the problem it reports otherwise.
async fn checked(answer: Response) -> Result<Response, ClientError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let body = answer.bytes().await?;
    match serde_json::from_slice(&body) {
        Ok(problem) => Err(ClientError::Problem(Box::new(problem))),
        Err(_) => Err(ClientError::NotTheService(format!("answered {status} without a problem document"))),
    }
}

async fn json<T: DeserializeOwned>(answer: Response) -> Result<T, ClientError> {
    let body = checked(answer).await?.bytes().await?;
    serde_json::from_slice(&body)
        .map_err(|error| ClientError::NotTheService(format!("answered something that does not follow the contract: {error}")))
}

/// Whether a URL names the machine it is used on.
fn is_this_machine(server: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(server) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
