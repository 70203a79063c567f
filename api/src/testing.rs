//! What the tests of the operations share: a service in process with a clock that stands still.

use std::rc::Rc;
use std::sync::LazyLock;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service, read_body, try_call_service};
use actix_web::{App, web};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use utoipa_actix_web::AppExt;

use crate::app::{self, Description, Paths};
use crate::auth::Caller;
use crate::clock::Sources;
use crate::clock::fixed::Fixed;
use crate::config::{Config, Database};
use crate::envelope::{envelope, unmatched};
use crate::keys::{Issue, issue};
use crate::state::State;
use crate::store::keys::{KeyScope, Role};
use crate::store::{ConnectionTrait, Store, StoreOptions};
use crate::{jobs, service};

/// The description of the interface, which is the same for every request and takes longer to make than most answers.
static DESCRIBED: LazyLock<(web::Data<Description>, web::Data<Paths>)> = LazyLock::new(|| {
    let openapi = app::describe();
    (web::Data::new(Description::render(&openapi)), web::Data::new(Paths::of(&openapi)))
});

/// A service with an admin key.
pub struct Harness {
    pub state: web::Data<State>,
    pub token: String,
    application: OnceCell<Application>,
    _folder: TempDir,
}

/// What answers requests. To make it takes longer than most answers, so each service has one.
type Application = Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Reply>>;

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Harness {
    /// With a published set and observations of a, b and c in 2026.
    pub async fn observed() -> Self {
        let harness = Self::new().await;
        harness.observe().await;
        harness
    }

    /// Publishes a set and imports observations of a, b and c in 2026.
    pub async fn observe(&self) {
        self.post("/api/v1/indicator-sets", &small_set()).await;
        self.post("/api/v1/indicator-sets/small/versions/1/publish", &json!({})).await;
        self.import("kind=cities", "text/csv", "code,name\na,A\nb,B\nc,C\n").await;
        let observations = "city,period,item,value\na,2026,trees,100\nb,2026,trees,200\nc,2026,trees,400\n";
        self.import("kind=observations&set_code=small&set_version=1", "text/csv", observations).await;
    }

    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A service whose configuration is changed first.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::of(change, Sources::new(Fixed::default())).await
    }

    /// A service whose time passes.
    pub async fn with_clock_of_the_machine() -> Self {
        Self::of(|_| (), Sources::system()).await
    }

    async fn of(change: impl FnOnce(&mut Config), sources: Sources) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::default();
        config.server.data_dir = folder.path().to_owned();
        config.jobs.poll_ms = 20;
        // A test asks as fast as it can; those of the limits set them.
        (config.limits.requests_per_s, config.limits.address_requests_per_s) = (0, 0);
        (config.limits.key_requests_at_once, config.limits.address_requests_at_once) = (0, 0);
        change(&mut config);
        let state = service::open(config, sources).await.expect("an empty folder");
        let state = web::Data::new(state);
        let mut harness = Self { state, token: String::new(), application: OnceCell::new(), _folder: folder };
        harness.token = harness.key(Role::Admin, &[]).await;
        harness
    }

    /// Runs a test on SQLite, and in a schema of its own on PostgreSQL where `CITYGAUGE_TEST_DATABASE_URL` is set.
    pub async fn on_each_database(test: impl AsyncFn(Self)) {
        Self::on_each_database_with(|_| {}, test).await;
    }

    /// As [`Harness::on_each_database`], with a configuration that is changed first.
    pub async fn on_each_database_with(change: impl Fn(&mut Config), test: impl AsyncFn(Self)) {
        test(Self::with(&change).await).await;
        let Ok(url) = std::env::var("CITYGAUGE_TEST_DATABASE_URL") else {
            eprintln!("skipped on PostgreSQL: CITYGAUGE_TEST_DATABASE_URL is not set");
            return;
        };
        let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
        let few = StoreOptions { max_connections: 1, ..StoreOptions::default() };
        let outside = Store::connect(&url, few).await.expect("PostgreSQL answers");
        outside.db().execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.expect("the schema is new");
        let place = Database { url: Some(url), schema: Some(schema.clone()), max_connections: 5, ..Database::default() };
        let harness = Self::with(|config| {
            change(config);
            config.database = place;
        })
        .await;
        let store = harness.state.store().clone();
        test(harness).await;
        store.close().await.expect("the connections close");
        // A failed test leaves its schema behind, to be looked at.
        outside.db().execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE")).await.expect("the schema is ours");
        outside.close().await.expect("the connection closes");
    }

    /// A token of a new key.
    pub async fn key(&self, role: Role, cities: &[&str]) -> String {
        self.key_with(role, cities, &[], &[]).await
    }

    /// A token of a new key that is limited to cities, departments and items.
    pub async fn key_with(&self, role: Role, cities: &[&str], departments: &[&str], items: &[&str]) -> String {
        let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        let scope =
            KeyScope { cities: owned(cities), departments: owned(departments), items: owned(items), ..Default::default() };
        let wanted = Issue { name: role.to_string(), role, scope, expires_at_ms: None };
        let transaction = self.state.store().begin().await.expect("the database is ours");
        let issued = issue(&transaction, &self.state, &Caller::service(), wanted, json!({})).await;
        transaction.commit().await.expect("the database is ours");
        issued.expect("a new prefix").1.reveal()
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: TestRequest) -> Reply {
        let application = self.application.get_or_init(|| application(self.state.clone())).await;
        application(request).await
    }

    /// Sends many requests, one after the other.
    pub async fn send_all(&self, requests: Vec<TestRequest>) -> Vec<Reply> {
        let mut replies = Vec::with_capacity(requests.len());
        for request in requests {
            replies.push(self.send(request).await);
        }
        replies
    }

    /// A request with the admin key.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        self.request_as(&self.token, method, path)
    }

    pub fn request_as(&self, token: &str, method: Method, path: &str) -> TestRequest {
        TestRequest::with_uri(path).method(method).insert_header((AUTHORIZATION, format!("Bearer {token}")))
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).set_json(body)).await
    }

    pub async fn put(&self, path: &str, if_match: Option<&str>, body: &Value) -> Reply {
        let request = self.request(Method::PUT, path).set_json(body);
        let request = match if_match {
            Some(tag) => request.insert_header(("if-match", tag)),
            None => request,
        };
        self.send(request).await
    }

    pub async fn delete(&self, path: &str, if_match: Option<&str>) -> Reply {
        let request = self.request(Method::DELETE, path);
        let request = match if_match {
            Some(tag) => request.insert_header(("if-match", tag)),
            None => request,
        };
        self.send(request).await
    }

    /// Sends a file and lets the workers read it; gives the import as it ended.
    pub async fn import(&self, query: &str, content_type: &str, body: &str) -> Value {
        self.import_as(&self.token, query, content_type, body).await
    }

    pub async fn import_as(&self, token: &str, query: &str, content_type: &str, body: &str) -> Value {
        self.import_bytes_as(token, query, content_type, body.as_bytes()).await
    }

    /// As [`Harness::import_as`], of a file that is no text.
    pub async fn import_bytes_as(&self, token: &str, query: &str, content_type: &str, body: &[u8]) -> Value {
        let path = format!("/api/v1/imports?{query}");
        let request = self.request_as(token, Method::POST, &path).insert_header(("content-type", content_type));
        let reply = self.send(request.set_payload(body.to_vec())).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "{reply:?}");
        let id = reply.json()["id"].as_str().expect("an import has an id").to_owned();
        self.work(reply.header("location").rsplit('/').next().expect("a path")).await;
        self.get(&format!("/api/v1/imports/{id}")).await.json()
    }

    /// Lets the workers run until a job is over; gives the job as it ended.
    pub async fn work(&self, job: &str) -> Value {
        let workers = jobs::start(&self.state, 1);
        let ended = loop {
            let job = self.get(&format!("/api/v1/jobs/{job}?wait=5s")).await.json();
            if job["state"] != "queued" && job["state"] != "running" {
                break job;
            }
        };
        workers.stop(Duration::from_secs(5)).await;
        ended
    }
}

/// Everything that is served, of a state.
async fn application(state: web::Data<State>) -> Application {
    let (description, paths) = &*DESCRIBED;
    let app = App::new()
        .into_utoipa_app()
        .app_data(state)
        .app_data(description.clone())
        .app_data(paths.clone())
        .configure(app::mount)
        .map(|app| app.default_service(web::route().to(unmatched)).wrap(from_fn(envelope)))
        .into_app();
    let app = Rc::new(init_service(app).await);
    Box::new(move |request| {
        let app = app.clone();
        Box::pin(async move {
            match try_call_service(&*app, request.to_request()).await {
                Ok(response) => {
                    let (status, headers) = (response.status(), response.headers().clone());
                    Reply { status, headers, body: read_body(response).await }
                }
                Err(error) => {
                    let response = error.error_response();
                    let (status, headers) = (response.status(), response.headers().clone());
                    let body = to_bytes(response.into_body()).await.expect("a problem is at hand");
                    Reply { status, headers, body }
                }
            }
        })
    })
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().expect("text")
    }

    /// The status and the stable code of a problem.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        (self.status.as_u16(), problem["code"].as_str().expect("every problem has a code").to_owned())
    }

    /// The codes and pointers of the faults of a problem.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let problem = self.json();
        let errors = problem["errors"].as_array().expect("every problem has a list of faults");
        errors.iter().map(|fault| (text(&fault["code"]), text(&fault["pointer"]))).collect()
    }
}

/// A set with two items, one of them a yes or no.
pub fn small_set() -> Value {
    json!({
        "code": "small", "version": "1", "title": {"en": "Small", "zh": "小"},
        "items": [
            {"code": "trees", "kind": "count", "min": 0, "max": 1000},
            {"code": "open_data", "kind": "boolean"}
        ],
        "nodes": [
            {"code": "G", "title": {"en": "Green"}, "indicator": {"formula": "trees / 1000", "scoring": {"rule": "ratio"}}},
            {"code": "O", "title": {"en": "Open"}, "indicator": {"formula": "open_data", "scoring": {"rule": "ratio"}}}
        ]
    })
}
