//! Time and bytes are bounded, whatever a server does.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Desk;
use super::server::{Server, Step, head};

const MIB: u64 = 1 << 20;

fn file(server: &Server) -> Value {
    json!({"kind": "url", "url": server.url("/t.csv")})
}

/// A server that sends a gibibyte and does not say so before.
async fn gibibyte() -> Server {
    Server::start(|_| {
        let piece = b"0123456,\n".repeat((MIB / 9) as usize);
        vec![Step::Send(head("200 OK", &[("Content-Type", "text/csv")], "")), Step::Repeat(piece, 1_025)]
    })
    .await
}

#[tokio::test]
async fn a_body_that_says_that_it_is_too_large_is_not_begun() {
    let desk = Desk::with(|config| config.bytes = MIB);
    let server = Server::start(|_| {
        let head = head("200 OK", &[("Content-Type", "text/csv")], "Content-Length: 1073741824\r\n");
        vec![Step::Send(head), Step::Repeat(vec![b'x'; MIB as usize], 1_024)]
    })
    .await;
    assert_eq!(desk.refused(file(&server)).await, ["source.too_large"]);
    let page = json!({"kind": "ckan", "url": server.url("/"), "resource": "r"});
    assert_eq!(desk.refused(page).await, ["source.page_too_large"]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(server.sent() < 32 * MIB, "{} bytes were sent", server.sent());
    assert!(desk.left().is_empty());
}

#[tokio::test]
async fn a_page_without_an_end_is_stopped_at_its_limit() {
    let desk = Desk::with(|config| config.page_bytes = MIB as usize);
    let server = gibibyte().await;
    for kind in
        [json!({"kind": "ckan", "url": server.url("/"), "resource": "r"}), json!({"kind": "ngsi_ld", "url": server.url("/")})]
    {
        assert_eq!(desk.refused(kind).await, ["source.page_too_large"]);
    }
}

/// In a process of its own, so that what other tests take up is not counted.
#[test]
fn a_gibibyte_is_stopped_at_the_limit_without_taking_up_memory() {
    let this = std::env::current_exe().expect("a test has a file");
    let name = "outbound::tests::limits::a_gibibyte_alone";
    let output = Command::new(this).args(["--exact", name, "--ignored", "--nocapture"]).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "measures its process and is run by the test above"]
async fn a_gibibyte_alone() {
    let desk = Desk::with(|config| config.bytes = 128 * MIB);
    let server = gibibyte().await;
    let (before, begun) = (memory_kib("VmRSS:"), Instant::now());
    assert_eq!(desk.refused(file(&server)).await, ["source.too_large"]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let grown = memory_kib("VmHWM:").saturating_sub(before);
    println!("sent {} bytes, memory grew by {grown} KiB in {:?}", server.sent(), begun.elapsed());
    assert!((128 * MIB..160 * MIB).contains(&server.sent()), "{} bytes were sent", server.sent());
    assert!(grown < 64 << 10, "memory grew by {grown} KiB");
    assert!(desk.left().is_empty());
}

#[cfg(target_os = "linux")]
fn memory_kib(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let value = status.lines().find_map(|all| all.strip_prefix(line)).expect("Linux counts it");
    value.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[tokio::test]
async fn a_server_that_drips_is_left_after_the_whole_time() {
    let desk = Desk::with(|config| (config.read_timeout_ms, config.total_timeout_ms) = (5_000, 400));
    let server = Server::start(|_| {
        let drips = (0..200).flat_map(|_| [Step::Send(b"x".to_vec()), Step::Pause(Duration::from_millis(20))]);
        std::iter::once(Step::Send(head("200 OK", &[], "Content-Length: 1000\r\n"))).chain(drips).collect()
    })
    .await;
    let begun = Instant::now();
    assert_eq!(desk.transient(file(&server)).await, ["source.too_slow"]);
    assert!((400..3_000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    assert!(desk.left().is_empty());
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left_after_the_silence() {
    let desk = Desk::with(|config| config.read_timeout_ms = 200);
    for before in [Vec::new(), head("200 OK", &[], "Content-Length: 1000\r\n")] {
        let server = Server::start(move |_| vec![Step::Send(before.clone()), Step::Pause(Duration::from_secs(10))]).await;
        let begun = Instant::now();
        assert_eq!(desk.transient(file(&server)).await, ["source.timeout"]);
        assert!((200..3_000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    }
}
