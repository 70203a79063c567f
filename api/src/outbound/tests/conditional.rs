//! What has not changed is not fetched twice.

use serde_json::{Value, json};

use super::server::{Asked, Server, Step, head, reply};
use super::{Desk, Fetched, Validators};

/// A server that knows its entity tag.
async fn tagged() -> Server {
    Server::start(|asked: &Asked| {
        let known = asked.header("if-none-match") == Some("\"v1\"");
        let headers = [("Content-Type", "text/csv"), ("ETag", "\"v1\""), ("Last-Modified", "Sun, 06 Nov 2025 08:49:37 GMT")];
        vec![Step::Send(if known { head("304 Not Modified", &[], "") } else { reply("200 OK", &headers, "a,b\n1,2\n") })]
    })
    .await
}

fn file(server: &Server) -> Value {
    json!({"kind": "url", "url": server.url("/t.csv")})
}

#[tokio::test]
async fn a_server_that_answers_304_says_that_nothing_changed() {
    let (desk, server) = (Desk::new(), tagged().await);
    let first = desk.content(file(&server)).await;
    let again = desk.fetch_again(file(&server), &first.validators).await;
    assert!(matches!(again, Ok(Fetched::Unchanged)), "{again:?}");
    let asked = server.asked();
    assert_eq!((asked[0].header("if-none-match"), asked[0].header("if-modified-since")), (None, None));
    assert_eq!(asked[1].header("if-none-match"), Some("\"v1\""));
    assert_eq!(asked[1].header("if-modified-since"), Some("Sun, 06 Nov 2025 08:49:37 GMT"));
    let sdmx = json!({"kind": "sdmx", "url": server.url("/rest"), "version": "2.1", "flow": "F"});
    assert!(matches!(desk.fetch_again(sdmx, &first.validators).await, Ok(Fetched::Unchanged)));
    assert_eq!(server.asked()[2].path(), "/rest/data/F/all");
}

#[tokio::test]
async fn the_same_bytes_are_no_change_even_where_a_server_sends_them_again() {
    let desk = Desk::new();
    let server = Server::of(reply("200 OK", &[("Content-Type", "text/csv")], "a,b\n1,2\n")).await;
    let first = desk.content(file(&server)).await;
    assert_eq!((&first.validators.etag, &first.validators.last_modified), (&None, &None));
    assert!(matches!(desk.fetch_again(file(&server), &first.validators).await, Ok(Fetched::Unchanged)));
    let other = Validators { digest: Some("0".repeat(64)), ..Validators::default() };
    assert!(matches!(desk.fetch_again(file(&server), &other).await, Ok(Fetched::Content(_))));
}

#[tokio::test]
async fn validators_are_bounded_and_kept_as_json() {
    let desk = Desk::new();
    let long = format!("\"{}\"", "x".repeat(2_000));
    let server = Server::of(reply("200 OK", &[("ETag", &long), ("Last-Modified", "yesterday")], "a,b\n")).await;
    let validators = desk.content(file(&server)).await.validators;
    assert_eq!((validators.etag.as_ref(), validators.last_modified.as_deref()), (None, Some("yesterday")));
    let kept = serde_json::to_string(&validators).expect("JSON");
    assert_eq!(serde_json::from_str::<Validators>(&kept).expect("as it was kept"), validators);
    assert_eq!(serde_json::from_str::<Validators>("{}").expect("nothing"), Validators::default());
}
