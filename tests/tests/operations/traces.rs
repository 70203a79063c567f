//! What a collector of traces is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use citygauge_openapi::API_ROOT;
use citygauge_openapi::client::Client;
use citygauge_tests::steps::{assess, import, observations_csv, plain_set, publish, register};
use citygauge_tests::{Place, Process};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Told;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;
use reqwest::Method;
use serde_json::Value;

use crate::BINARY;

const ENDED: Duration = Duration::from_secs(30);

/// A collector: takes what is sent to it over HTTP.
struct Collector {
    endpoint: String,
    spans: Arc<Mutex<Vec<Span>>>,
}

impl Collector {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
        let spans = Arc::<Mutex<Vec<Span>>>::default();
        let taken = spans.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, taken) = (stream.expect("a connection"), taken.clone());
                std::thread::spawn(move || take(stream, &taken));
            }
        });
        Self { endpoint, spans }
    }

    fn spans(&self) -> Vec<Span> {
        self.spans.lock().expect("nobody panics while holding it").clone()
    }
}

/// Reads requests of one connection until it ends.
fn take(stream: TcpStream, spans: &Mutex<Vec<Span>>) {
    let mut answers = stream.try_clone().expect("a socket can be cloned");
    let mut requests = BufReader::new(stream);
    loop {
        let (mut head, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            if requests.read_line(&mut line).expect("a line") == 0 {
                return;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a number");
            }
            if line.is_empty() {
                break;
            }
            head.push(line);
        }
        assert!(head[0].starts_with("post /v1/traces http/1.1"), "{head:?}");
        assert!(head.iter().any(|line| line == "content-type: application/x-protobuf"), "{head:?}");
        let mut body = vec![0; length];
        requests.read_exact(&mut body).expect("the body");
        let told = ExportTraceServiceRequest::decode(body.as_slice()).expect("spans");
        for of_resource in told.resource_spans {
            let resource = of_resource.resource.expect("who tells it");
            let name = resource.attributes.iter().find(|it| it.key == "service.name").expect("it is said");
            assert_eq!(name.value.as_ref().and_then(|it| it.value.clone()), Some(Told::StringValue("citygauge".into())));
            spans
                .lock()
                .expect("nobody panics while holding it")
                .extend(of_resource.scope_spans.into_iter().flat_map(|it| it.spans));
        }
        answers.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n").expect("sent");
    }
}

/// An attribute of a span.
fn said(span: &Span, key: &str) -> Option<Told> {
    span.attributes.iter().find(|it| it.key == key)?.value.clone()?.value
}

fn named<'s>(spans: &'s [Span], name: &str) -> Vec<&'s Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

/// Imports, computes and asks a little, and stops the service.
async fn work(service: Process) {
    let client = service.client(service.first_key().expect("the first start issues a key"));
    let set = publish(&client, &plain_set("traced", &["a"])).await;
    register(&client, "hz").await;
    import(&client, &observations_csv(&set), "city,period,item,value\nhz,2026,a,1\n".to_owned()).await;
    let id = assess(&client, &set).await.id;
    client.get::<Value>(&format!("{API_ROOT}/assessments/{id}/ranking?node=TOTAL")).await.expect("it is there");
    client.get::<Value>(&format!("{API_ROOT}/cities/nobody")).await.expect_err("it is not there");
    given_parent(&client).await;
    service.terminate();
    assert!(service.ended(ENDED).success());
}

const PARENT: &str = "0af7651916cd43dd8448eb211c80319c";

/// Asks as a part of somebody's trace.
async fn given_parent(client: &Client) {
    let asked = client.request(Method::GET, &format!("{API_ROOT}/indicator-sets"));
    let asked = asked.header("traceparent", format!("00-{PARENT}-b7ad6b7169203331-01"));
    assert!(asked.send().await.expect("an answer").status().is_success());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_is_told_what_requests_and_jobs_consisted_of() {
    let (place, collector) = (Place::folder(), Collector::open());
    let settings = [("CITYGAUGE_TRACES_ENDPOINT", collector.endpoint.as_str())];
    work(Process::start_with(BINARY, &place, &settings)).await;
    let spans = collector.spans();
    let text = |text: &str| Some(Told::StringValue(text.to_owned()));

    let path = text(&format!("{API_ROOT}/cities/nobody"));
    let absent = named(&spans, &format!("GET {API_ROOT}/cities/{{code}}")).into_iter();
    let absent = absent.filter(|span| said(span, "url.path") == path).collect::<Vec<_>>()[0];
    assert_eq!(absent.kind, SpanKind::Server as i32);
    assert_eq!(said(absent, "http.response.status_code"), Some(Told::IntValue(404)));
    assert!(absent.status.as_ref().is_none_or(|status| status.code == 0), "404 is no mistake of the service");
    let ranking = named(&spans, &format!("GET {API_ROOT}/assessments/{{id}}/ranking"));
    assert!(format!("{ranking:?}").contains("/ranking") && !format!("{ranking:?}").contains("TOTAL"), "no query is told");

    let job = named(&spans, "job assessment")[0];
    assert_eq!((said(job, "job.outcome"), said(job, "job.attempt")), (text("succeeded"), Some(Told::IntValue(1))));
    let made = |name: &str| named(&spans, name).into_iter().filter(|span| span.parent_span_id == job.span_id).count();
    assert!(made("computation") >= 1 && made("artifact put") >= 1, "{spans:?}");
    assert!(named(&spans, "computation").iter().all(|span| said(span, "idle_ns").is_some()), "how long it waited is told");
    let creation = named(&spans, &format!("POST {API_ROOT}/assessments"))[0];
    assert_eq!(said(job, "request.id"), said(creation, "request.id"), "a job names the request that made it");
    let roots: Vec<&Span> = spans.iter().filter(|span| span.parent_span_id.is_empty()).collect();
    assert!(spans.iter().all(|span| roots.iter().any(|root| root.trace_id == span.trace_id)), "whole traces are told");
    assert!(spans.iter().all(|span| hex(&span.trace_id) != PARENT), "nobody's parent is believed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parent_is_taken_where_the_operator_says_so_and_decides_what_is_traced() {
    let (place, collector) = (Place::folder(), Collector::open());
    let settings = [
        ("CITYGAUGE_TRACES_ENDPOINT", collector.endpoint.as_str()),
        ("CITYGAUGE_TRACES_ACCEPT_PARENTS", "true"),
        ("CITYGAUGE_TRACES_SHARE", "0"),
    ];
    work(Process::start_with(BINARY, &place, &settings)).await;
    let spans = collector.spans();
    assert!(!spans.is_empty() && spans.iter().all(|span| hex(&span.trace_id) == PARENT), "{spans:?}");
    let request = named(&spans, &format!("GET {API_ROOT}/indicator-sets"))[0];
    assert_eq!(hex(&request.parent_span_id), "b7ad6b7169203331");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_hinders_nothing() {
    let place = Place::folder();
    let settings = [("CITYGAUGE_TRACES_ENDPOINT", "http://127.0.0.1:9"), ("CITYGAUGE_LOG_FILTER", "off")];
    work(Process::start_with(BINARY, &place, &settings)).await;
}
