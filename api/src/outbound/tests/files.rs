//! Files: what comes, and what answers mean that are none.

use std::time::Duration;

use serde_json::json;

use super::server::{Server, Step, head, ok, reply};
use super::{Desk, FetchError, text};
use crate::intake::Format;

#[tokio::test]
async fn a_file_comes_as_it_is_with_what_an_import_wants_to_know() {
    let desk = Desk::new();
    for (media_type, body, name, format, declared) in [
        ("text/csv; charset=gbk", &b"a,b\n1,2\n"[..], "t.csv", Format::Csv, "text/csv; charset=gbk"),
        ("application/octet-stream", b"PK\x03\x04rest", "t.xlsx", Format::Xlsx, Format::Xlsx.media_type()),
        ("application/json", b"[{\"a\": 1}]", "t.json", Format::Json, "application/json"),
        ("text/plain", b"{\"a\": 1}\n{\"a\": 2}\n", "t.ndjson", Format::NdJson, "application/x-ndjson"),
        ("application/octet-stream", b"PAR1rest", "t.parquet", Format::Parquet, Format::Parquet.media_type()),
        ("application/vnd.sdmx.data+csv;version=2.0.0", b"STRUCTURE,X\n", "t.csv", Format::Csv, "application/vnd.sdmx.data+csv"),
    ] {
        let server = Server::of(reply("200 OK", &[("Content-Type", media_type), ("ETag", "\"7\"")], body)).await;
        let content = desk.content(json!({"kind": "url", "url": server.url("/open/t?key=x#part")})).await;
        assert_eq!((content.name.as_str(), content.format, content.media_type.as_str()), (name, format, declared));
        assert_eq!((content.bytes, content.pages, content.rows), (body.len() as u64, 1, None));
        assert_eq!(std::fs::read(content.file.path()).expect("the file is ours"), body);
        assert_eq!(content.validators.etag.as_deref(), Some("\"7\""));
        assert_eq!(content.validators.digest.as_ref().map(String::len), Some(64));
        let asked = &server.asked()[0];
        assert_eq!(asked.target, "/open/t?key=x");
        assert_eq!(asked.header("accept-encoding"), Some("identity"));
        assert_eq!(asked.header("user-agent"), Some(concat!("citygauge/", env!("CARGO_PKG_VERSION"))));
        assert!(asked.header("cookie").is_none() && asked.header("referer").is_none() && asked.header("authorization").is_none());
    }
    assert_eq!(desk.left(), [""; 0].map(std::path::PathBuf::from));
}

#[tokio::test]
async fn a_page_to_log_in_is_no_table() {
    let desk = Desk::new();
    let server = Server::of(ok("text/html; charset=utf-8", "<!DOCTYPE html><html><form>Log in</form></html>")).await;
    assert_eq!(desk.refused(json!({"kind": "url", "url": server.url("/t.csv")})).await, ["source.web_page"]);
    let server = Server::of(ok("text/csv", "\n<html>Log in</html>")).await;
    assert_eq!(desk.refused(json!({"kind": "url", "url": server.url("/t.csv"), "format": "csv"})).await, ["source.web_page"]);
    let sdmx = json!({"kind": "sdmx", "url": server.url("/rest"), "version": "3.0", "flow": "A,F"});
    assert_eq!(desk.refused(sdmx).await, ["source.web_page"]);
}

#[tokio::test]
async fn a_status_says_whether_to_try_again() {
    let desk = Desk::new();
    for (status, code) in [
        ("408 Request Timeout", "source.unavailable"),
        ("429 Too Many Requests", "source.unavailable"),
        ("500 Internal Server Error", "source.unavailable"),
        ("503 Service Unavailable", "source.unavailable"),
    ] {
        let server = Server::of(reply(status, &[], "x")).await;
        assert_eq!(desk.transient(json!({"kind": "url", "url": server.url("/")})).await, [code], "{status}");
    }
    for (status, code) in [
        ("202 Accepted", "source.status"),
        ("204 No Content", "source.status"),
        ("206 Partial Content", "source.status"),
        ("300 Multiple Choices", "source.status"),
        ("304 Not Modified", "source.status"),
        ("400 Bad Request", "source.status"),
        ("401 Unauthorized", "source.forbidden"),
        ("403 Forbidden", "source.forbidden"),
        ("404 Not Found", "source.not_found"),
        ("406 Not Acceptable", "source.not_acceptable"),
    ] {
        let server = Server::of(head(status, &[], "")).await;
        assert_eq!(desk.refused(json!({"kind": "url", "url": server.url("/")})).await, [code], "{status}");
    }
}

#[tokio::test]
async fn the_pause_that_a_server_asks_for_is_kept() {
    let desk = Desk::new();
    let server = Server::of(reply("429 Too Many Requests", &[("Retry-After", "7")], "")).await;
    let answer = desk.fetch(json!({"kind": "url", "url": server.url("/")})).await;
    let Err(FetchError::Transient { retry_after, .. }) = answer else { panic!("{answer:?}") };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn what_breaks_off_half_way_is_transient_and_leaves_nothing() {
    let desk = Desk::new();
    let short = [head("200 OK", &[("Content-Type", "text/csv")], "Content-Length: 1000\r\n"), b"a,b\n1,2\n".to_vec()].concat();
    let torn = [head("200 OK", &[], "Transfer-Encoding: chunked\r\n"), b"5\r\na,b\n1\r\n64\r\n,2\n3".to_vec()].concat();
    let unended = [head("200 OK", &[], "Transfer-Encoding: chunked\r\n"), b"4\r\na,b\n\r\n".to_vec()].concat();
    for answer in [short, torn, unended] {
        let server = Server::of(answer).await;
        assert_eq!(desk.transient(json!({"kind": "url", "url": server.url("/t.csv")})).await, ["source.broken_off"]);
        let ckan = json!({"kind": "ckan", "url": server.url("/"), "resource": "r"});
        assert_eq!(desk.transient(ckan).await, ["source.broken_off"]);
    }
    let silent = Server::start(|_| Vec::new()).await;
    assert_eq!(desk.transient(json!({"kind": "url", "url": silent.url("/")})).await, ["source.broken_off"]);
    let nobody = json!({"kind": "url", "url": "http://127.0.0.1:1/"});
    assert_eq!(desk.transient(nobody).await, ["source.unreachable"]);
    assert!(desk.left().is_empty());
}

#[tokio::test]
async fn a_length_that_lies_does_no_harm() {
    let desk = Desk::new();
    // Fewer than come: HTTP ends there, and what follows is nobody's.
    let few = [head("200 OK", &[("Content-Type", "text/csv")], "Content-Length: 4\r\n"), b"a,b\n1,2\n".to_vec()].concat();
    let server = Server::of(few).await;
    let content = desk.content(json!({"kind": "url", "url": server.url("/t.csv")})).await;
    assert_eq!((content.bytes, text(&content).as_str()), (4, "a,b\n"));
    let page =
        [head("200 OK", &[], "Content-Length: 20\r\n"), br#"{"success": true, "result": {"records": []}}"#.to_vec()].concat();
    let server = Server::of(page).await;
    assert_eq!(desk.refused(json!({"kind": "ckan", "url": server.url("/"), "resource": "r"})).await, ["source.json"]);
    for length in ["-1", "x", "1, 2", "99999999999999999999999"] {
        let server = Server::of(head("200 OK", &[], &format!("Content-Length: {length}\r\n"))).await;
        assert_eq!(desk.transient(json!({"kind": "url", "url": server.url("/")})).await, ["source.broken_off"], "{length}");
    }
}

#[tokio::test]
async fn what_is_compressed_or_empty_is_refused() {
    let desk = Desk::new();
    let server = Server::of(reply("200 OK", &[("Content-Encoding", "gzip")], [0x1F, 0x8B])).await;
    assert_eq!(desk.refused(json!({"kind": "url", "url": server.url("/")})).await, ["source.compressed"]);
    let server = Server::of(ok("text/csv", "")).await;
    assert_eq!(desk.refused(json!({"kind": "url", "url": server.url("/")})).await, ["source.empty"]);
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_transient() {
    let desk = Desk::new();
    let server = Server::start(|_| vec![Step::Send(b"SSH-2.0-OpenSSH_9.0\r\n\r\n".to_vec())]).await;
    assert_eq!(desk.transient(json!({"kind": "url", "url": server.url("/")})).await, ["source.broken_off"]);
}

#[tokio::test]
async fn what_a_server_says_of_a_failure_is_repeated_in_short() {
    let desk = Desk::new();
    for (media_type, body, said) in [
        (
            "application/json",
            "{\"error\":\n {\"message\": \"no column 'x'\"}}".to_owned(),
            Some("{\"error\": {\"message\": \"no column 'x'\"}}"),
        ),
        ("text/html", "<html>sorry</html>".to_owned(), None),
        ("text/plain", "y".repeat(1 << 20), Some("yyy")),
    ] {
        let server = Server::of(reply("409 Conflict", &[("Content-Type", media_type)], body)).await;
        let answer = desk.fetch(json!({"kind": "ckan", "url": server.url("/"), "resource": "r"})).await;
        let Err(FetchError::Refused(faults)) = answer else { panic!("{answer:?}") };
        let message = faults.0[0].message.get(citygauge_indicators::Language::En);
        assert!(message.starts_with("the source answers 409 Conflict") && message.len() < 400, "{message}");
        assert_eq!(
            message.split_once(": ").map(|(_, words)| words.trim_end_matches('y').len()),
            said.map(|said| said.trim_end_matches('y').len())
        );
        assert!(said.is_none_or(|said| message.contains(said)), "{message}");
    }
}
