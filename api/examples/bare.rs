//! A bare actix-web handler that answers every request with the bytes of a file: what reads are measured against
//! (`docs/benchmarks.md`).
//!
//! ```text
//! cargo run --release -p citygauge-api --example bare -- FILE MEDIA_TYPE PORT
//! ```

use actix_web::{App, HttpResponse, HttpServer, web};
use bytes::Bytes;

/// The allocator of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [file, media_type, port] = given.as_slice() else { return Err(std::io::Error::other("FILE MEDIA_TYPE PORT")) };
    let port = port.parse().map_err(std::io::Error::other)?;
    let (body, media_type) = (Bytes::from(std::fs::read(file)?), media_type.clone());
    let answer = move || {
        let (body, media_type) = (body.clone(), media_type.clone());
        let handler = move || {
            let answer = HttpResponse::Ok().content_type(media_type.as_str()).body(body.clone());
            async { answer }
        };
        App::new().default_service(web::to(handler))
    };
    HttpServer::new(answer).bind(("127.0.0.1", port))?.run().await
}
