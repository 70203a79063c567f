//! A server to send to.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bytes::Bytes;
use serde_json::Value;
use standardwebhooks::Webhook as Reference;

/// What a receiver was sent.
#[derive(Debug, Clone)]
pub struct Got {
    pub id: String,
    timestamp: i64,
    pub signatures: Vec<String>,
    body: Bytes,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a message is JSON")
    }

    /// Whether one of the signatures is what the reference library makes with a secret.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let reference = Reference::new(secret).expect("a secret");
        self.signatures.contains(&reference.sign(&self.id, self.timestamp, &self.body).expect("text"))
    }
}

/// A server that answers with the statuses that it is told, one after the other, then with 204; and remembers what it was sent.
#[derive(Debug, Clone, Default)]
pub struct Receiver {
    statuses: Arc<Mutex<Vec<u16>>>,
    got: Arc<Mutex<Vec<Got>>>,
    pub url: String,
}

impl Receiver {
    pub async fn start(statuses: &[u16]) -> Self {
        let receiver = Self { statuses: Arc::new(Mutex::new(statuses.to_vec())), ..Self::default() };
        let data = web::Data::new(receiver.clone());
        let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(receive)));
        let server = server.workers(1).bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/hook", server.addrs()[0]);
        actix_web::rt::spawn(server.run());
        Self { url, ..receiver }
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().expect("nothing panicked").clone()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.got().iter().map(|got| got.json()["type"].as_str().expect("a type").to_owned()).collect()
    }
}

async fn receive(request: HttpRequest, body: Bytes, receiver: web::Data<Receiver>) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).expect(name).to_str().expect("text").to_owned();
    receiver.got.lock().expect("nothing panicked").push(Got {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().expect("a number"),
        signatures: header("webhook-signature").split(' ').map(str::to_owned).collect(),
        body,
    });
    let mut statuses = receiver.statuses.lock().expect("nothing panicked");
    let status = if statuses.is_empty() { 204 } else { statuses.remove(0) };
    let status = actix_web::http::StatusCode::from_u16(status).expect("a status");
    let mut answer = HttpResponse::build(status);
    if status.is_redirection() {
        answer.insert_header(("location", format!("{}/elsewhere", receiver.url)));
    }
    if status == 503 {
        answer.insert_header(("retry-after", "7200"));
    }
    if status == 204 { answer.finish() } else { answer.body(format!("no\r\n{}", "x".repeat(5_000))) }
}
