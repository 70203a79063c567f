//! Clients that are slow, large, many or silent: each is told so or let go, and others are answered meanwhile.
//!
//! `CITYGAUGE_CLIENTS` says how many of each kind there are at once (8 unless given), `CITYGAUGE_CLIENTS_SECONDS` for how long they go on (8), and
//! `CITYGAUGE_CLIENTS_BODY_MIB` how large the body is that is streamed (64).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use citygauge_openapi::{API_ROOT, CityPage};
use citygauge_tests::{Place, Process, number};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// Longer than any bound of these services and a busy machine together.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bounds that a test can wait for; a caller may ask as often as it likes.
const SHORT: [(&str, &str); 9] = [
    ("CITYGAUGE_LOG_FILTER", "error,actix_http::h1::dispatcher=off"),
    ("CITYGAUGE_SERVER_HEADER_TIMEOUT_S", "2"),
    ("CITYGAUGE_SERVER_BODY_TIMEOUT_S", "2"),
    ("CITYGAUGE_SERVER_BODY_DEADLINE_S", "5"),
    ("CITYGAUGE_SERVER_STALL_TIMEOUT_S", "3"),
    ("CITYGAUGE_LIMITS_REQUESTS_PER_S", "0"),
    ("CITYGAUGE_LIMITS_ADDRESS_REQUESTS_PER_S", "0"),
    ("CITYGAUGE_LIMITS_KEY_REQUESTS_AT_ONCE", "0"),
    ("CITYGAUGE_LIMITS_ADDRESS_REQUESTS_AT_ONCE", "0"),
];

fn start(place: &Place, more: &[(&str, &str)]) -> (Process, String) {
    let process = Process::start_with(env!("CARGO_BIN_EXE_citygauge-under-test"), place, &[&SHORT[..], more].concat());
    let key = process.first_key().expect("the first start issues a key").to_owned();
    (process, key)
}

/// A connection to the service.
async fn connect(process: &Process) -> TcpStream {
    connect_to(process.server()).await.expect("it listens")
}

async fn connect_to(server: &str) -> std::io::Result<TcpStream> {
    TcpStream::connect(server.trim_start_matches("http://")).await
}

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.expect("sent");
}

/// What comes until the connection ends.
async fn to_its_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut piece = [0; 65_536];
    let reading = async {
        // A connection that is reset has ended as well.
        while let Ok(count @ 1..) = stream.read(&mut piece).await {
            answer.extend_from_slice(&piece[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the connection ends");
    String::from_utf8_lossy(&answer).into_owned()
}

/// One answer with a small body; the connection stays.
async fn one_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let reading = async {
        loop {
            let mut byte = [0; 4_096];
            let count = stream.read(&mut byte).await.expect("it can be read");
            answer.extend_from_slice(&byte[..count]);
            let text = String::from_utf8_lossy(&answer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().expect("a length"));
            if count == 0 || body.len() >= length {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

/// The head of a city's JSON that is `length` bytes long.
fn put(key: &str, length: u64) -> String {
    let kind = "content-type: application/json";
    format!(
        "PUT {API_ROOT}/cities/1 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n{kind}\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn the_connection_beyond_the_limit_is_told_so_and_closed() {
    let place = Place::folder();
    let settings = [
        ("CITYGAUGE_SERVER_CONNECTIONS", "10"),
        ("CITYGAUGE_SERVER_STALL_TIMEOUT_S", "600"),
        ("CITYGAUGE_SERVER_HEADER_TIMEOUT_S", "600"),
    ];
    let (process, _) = start(&place, &settings);
    let mut held = Vec::new();
    for _ in 0..10 {
        let mut stream = connect(&process).await;
        send(&mut stream, &get("/livez")).await;
        assert!(one_answer(&mut stream).await.starts_with("HTTP/1.1 200"), "as many as the limit are served");
        // The next request has begun, so the connection is not idle.
        send(&mut stream, "GET ").await;
        held.push(stream);
    }
    for _ in 0..3 {
        let mut beyond = connect(&process).await;
        send(&mut beyond, &get("/")).await;
        let answer = to_its_end(&mut beyond).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        for part in
            ["connection: close", "retry-after: 5", "application/problem+json", "\"code\":\"too-many-connections\"", "nosniff"]
        {
            assert!(answer.contains(part), "{part}: {answer}");
        }
        for probe in ["/livez", "/readyz"] {
            let mut beyond = connect(&process).await;
            send(&mut beyond, &get(probe)).await;
            let answer = to_its_end(&mut beyond).await;
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("connection: close"), "{probe}: {answer}");
        }
    }
    let mut first = held.remove(0);
    send(&mut first, "/livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(one_answer(&mut first).await.starts_with("HTTP/1.1 200"), "who was there before is served on");
    drop(first);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut next = connect(&process).await;
        send(&mut next, &get("/")).await;
        let mut start = [0; 12];
        next.read_exact(&mut start).await.expect("an answer");
        if &start == b"HTTP/1.1 200" {
            break;
        }
        assert!(Instant::now() < deadline, "a place that was left is taken by the next");
    }
    place.clear().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_or_has_too_many_fields_is_refused() {
    let place = Place::folder();
    let (process, _) = start(&place, &[]);
    let asked = async |fields: String| {
        let mut stream = connect(&process).await;
        let head = format!("GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{fields}\r\n");
        // The service may have answered before all of it was sent.
        let _ = stream.write_all(head.as_bytes()).await;
        to_its_end(&mut stream).await.split("\r\n").next().unwrap_or_default().to_owned()
    };
    let fields = |count: usize| (0..count).map(|number| format!("x-{number}: 1\r\n")).collect::<String>();
    let long = |bytes: usize| format!("x: {}\r\n", "x".repeat(bytes));
    assert!(asked(long(100_000)).await.starts_with("HTTP/1.1 200"));
    assert!(asked(long(140_000)).await.starts_with("HTTP/1.1 431"));
    assert!(asked(fields(94)).await.starts_with("HTTP/1.1 200"), "96 with the two above");
    assert!(asked(fields(95)).await.starts_with("HTTP/1.1 431"));
    place.clear().await;
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let place = Place::folder();
    let (process, _) = start(&place, &[]);
    let mut silent = connect(&process).await;
    assert!(to_its_end(&mut silent).await.starts_with("HTTP/1.1 408"));
    let mut slow = connect(&process).await;
    send(&mut slow, "GET /livez HTTP/1.1\r\n").await;
    assert!(trickled(slow, "x").await.starts_with("HTTP/1.1 408"));
    // A later request of the same connection.
    let mut later = connect(&process).await;
    send(&mut later, &get("/livez")).await;
    assert!(one_answer(&mut later).await.starts_with("HTTP/1.1 200"));
    send(&mut later, "GET /livez HTTP/1.1\r\n").await;
    assert_eq!(trickled(later, "x").await, "", "it is closed");
    place.clear().await;
}

/// Sends a piece four times in a second until the connection ends; gives what came.
async fn trickled(stream: TcpStream, piece: &'static str) -> String {
    let (mut read, mut write) = stream.into_split();
    let sending = tokio::spawn(async move {
        while write.write_all(piece.as_bytes()).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    });
    let mut answer = Vec::new();
    let mut piece = [0; 4_096];
    let reading = async {
        while let Ok(count @ 1..) = read.read(&mut piece).await {
            answer.extend_from_slice(&piece[..count]);
        }
    };
    let ended = tokio::time::timeout(PATIENCE, reading).await;
    sending.abort();
    ended.expect("the connection ends");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_body_that_stops_or_trickles_is_not_waited_for() {
    let place = Place::folder();
    let (process, key) = start(&place, &[]);
    let mut silent = connect(&process).await;
    send(&mut silent, &put(&key, 1_000)).await;
    send(&mut silent, "{\"name\"").await;
    let answer = to_its_end(&mut silent).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("\"code\":\"timed-out\""), "{answer}");
    assert!(answer.contains("body.silent") && answer.contains("connection: close"), "{answer}");
    let mut slow = connect(&process).await;
    send(&mut slow, &put(&key, 1_000)).await;
    let answer = one_of_trickling(slow).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("body.slow"), "{answer}");
    place.clear().await;
}

/// Sends blanks four times in a second until an answer comes.
async fn one_of_trickling(mut stream: TcpStream) -> String {
    let deadline = Instant::now() + PATIENCE;
    let mut answer = vec![0; 8_192];
    loop {
        assert!(Instant::now() < deadline, "an answer comes");
        send(&mut stream, " ").await;
        if let Ok(read) = tokio::time::timeout(Duration::from_millis(250), stream.read(&mut answer)).await {
            answer.truncate(read.expect("an answer"));
            return String::from_utf8_lossy(&answer).into_owned();
        }
    }
}

/// Waits until the service holds no connection, where the system tells.
async fn holds_none(process: &Process) {
    let deadline = Instant::now() + PATIENCE;
    while let Some(held @ 1..) = process.connections() {
        assert!(Instant::now() < deadline, "{held} connections are held");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_not_read_holds_no_connection() {
    let place = Place::folder();
    let (process, key) = start(&place, &[("CITYGAUGE_JOBS_WORKERS", "0")]);
    if process.connections().is_none() {
        eprintln!("skipped: the system does not tell which connections a process holds");
        return;
    }
    let mut stream = connect(&process).await;
    let of_key = format!("host: localhost\r\nauthorization: Bearer {key}\r\n");
    let (kind, body) = ("content-type: text/csv", "code,name\na,A\n");
    let length = body.len();
    let import =
        format!("POST {API_ROOT}/imports?kind=cities HTTP/1.1\r\n{of_key}{kind}\r\ncontent-length: {length}\r\n\r\n{body}");
    send(&mut stream, &import).await;
    let answer = one_answer(&mut stream).await;
    let job = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_else(|| panic!("{answer}"));
    // Nobody does the job, so the service waits with its answer until the buffers are full of the body, which it does not want.
    let head = format!("GET {job}?wait=2s HTTP/1.1\r\n{of_key}transfer-encoding: chunked\r\n\r\n");
    let mut all = JoinSet::new();
    for _ in 0..8 {
        let (mut stream, head) = (connect(&process).await, head.clone());
        all.spawn(async move {
            let piece = [b"10000\r\n".as_slice(), &[b' '; 65_536], b"\r\n"].concat();
            let begun = stream.write_all(head.as_bytes()).await;
            let sending = async { while begun.is_ok() && stream.write_all(&piece).await.is_ok() {} };
            // The service takes no more, or has closed.
            let _ = tokio::time::timeout(Duration::from_secs(8), sending).await;
            stream
        });
    }
    let clients = all.join_all().await;
    // Every client is still there.
    drop(stream);
    holds_none(&process).await;
    drop(clients);
    place.clear().await;
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_let_go() {
    let place = Place::folder();
    let (process, _) = start(&place, &[]);
    let mut silent = unread(process.server()).await.expect("it listens");
    // The service has begun, however busy the machine is.
    tokio::time::timeout(PATIENCE, silent.readable()).await.expect("in time").expect("an answer");
    tokio::time::sleep(Duration::from_secs(12)).await;
    // What had left before is read; then the connection ends, although most was not sent.
    let came = to_its_end(&mut silent).await;
    assert!(came.matches("HTTP/1.1 200").count() < PIPELINED, "not all of it came");
    // Who reads slowly and steadily is sent everything.
    let mut slow = connect_with_window(process.server(), 64 << 10).await.expect("it listens");
    send(&mut slow, "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    let (mut bytes, mut piece) = (0, vec![0; 128 << 10]);
    loop {
        let count = slow.read(&mut piece).await.expect("it goes on");
        if count == 0 {
            break;
        }
        bytes += count;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(bytes > 1_000_000, "{bytes}");
    place.clear().await;
}

/// How many answers of more than a MiB are asked for, so that no buffer of the system holds them.
const PIPELINED: usize = 16;

async fn connect_with_window(server: &str, bytes: u32) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(bytes)?;
    socket.connect(server.trim_start_matches("http://").parse().expect("an address")).await
}

/// A connection on which much was asked for and nothing is read.
async fn unread(server: &str) -> std::io::Result<TcpStream> {
    let mut stream = connect_with_window(server, 4_096).await?;
    stream.write_all(get("/openapi.json").repeat(PIPELINED).as_bytes()).await?;
    Ok(stream)
}

/// What became of the clients of each kind: the status of each answer, or that the connection ended.
type Tally = Arc<Mutex<BTreeMap<(&'static str, String), usize>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_are_answered_meanwhile() {
    let (clients, seconds) = (number("CITYGAUGE_CLIENTS", 8), number("CITYGAUGE_CLIENTS_SECONDS", 8) as u64);
    let streamed = (number("CITYGAUGE_CLIENTS_BODY_MIB", 64) as u64) << 20;
    let place = Place::folder();
    let most = (clients * 9 + 50).to_string();
    // The more there are, the longer it takes until a million elements have come.
    let deadline = (5 + clients / 10).to_string();
    let (process, key) =
        start(&place, &[("CITYGAUGE_SERVER_CONNECTIONS", &most), ("CITYGAUGE_SERVER_BODY_DEADLINE_S", &deadline)]);
    let client = process.client(&key);
    client.get::<CityPage>(&format!("{API_ROOT}/cities")).await.expect("before all others");
    let tally = Tally::default();
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut all = JoinSet::new();
    for kind in KINDS {
        // The large ones take turns, as one of each costs as much as many others.
        let many =
            if matches!(kind, "a GB announced" | "a large body streamed" | "10^6 elements") { clients.min(2) } else { clients };
        for _ in 0..many {
            let (tally, server, key) = (tally.clone(), process.server().to_owned(), key.clone());
            all.spawn(async move {
                while Instant::now() < until {
                    let outcome = misbehave(kind, &server, &key, streamed).await;
                    *tally.lock().expect("no panic").entry((kind, outcome)).or_default() += 1;
                }
            });
        }
    }
    let (mut answered, mut longest) = (0, Duration::ZERO);
    while Instant::now() < until {
        let began = Instant::now();
        let page: CityPage = client.get(&format!("{API_ROOT}/cities")).await.expect("an ordinary client is answered");
        assert!(page.items.is_empty(), "nobody registered a city");
        longest = longest.max(began.elapsed());
        answered += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while let Some(ended) = all.join_next().await {
        ended.expect("no client panics");
    }
    holds_none(&process).await;
    client.get::<CityPage>(&format!("{API_ROOT}/cities")).await.expect("and afterwards, too");
    let tally = tally.lock().expect("no panic").clone();
    println!("{clients} clients of each of {} kinds for {seconds} s:", KINDS.len());
    for ((kind, outcome), count) in &tally {
        println!("  {kind}: {outcome} x {count}");
    }
    let peak = process.peak_memory().unwrap_or_default() >> 20;
    println!(
        "  an ordinary client: 200 x {answered}, the longest in {} ms; peak memory of the service {peak} MiB",
        longest.as_millis()
    );
    for (kind, outcome) in tally.keys() {
        assert!(expected(kind).contains(&outcome.as_str()), "{kind}: {outcome}");
    }
    assert!(answered > 0);
    place.clear().await;
}

const KINDS: [&str; 9] = [
    "a slow head",
    "a slow body",
    "a huge head",
    "many fields",
    "depth 100,000",
    "10^6 elements",
    "a GB announced",
    "a large body streamed",
    "an answer unread",
];

/// How each kind may end.
fn expected(kind: &str) -> &'static [&'static str] {
    match kind {
        "a slow head" | "a slow body" => &["408", "ended"],
        "a huge head" => &["431", "ended"],
        "many fields" => &["431", "ended"],
        "depth 100,000" | "10^6 elements" => &["422"],
        "an answer unread" => &["ended", "200"],
        // The service may close while the client still sends.
        _ => &["413", "ended"],
    }
}

async fn misbehave(kind: &str, server: &str, key: &str, streamed: u64) -> String {
    // A client that still sends may hear of the end from its system only after minutes, and gives up before.
    match tokio::time::timeout(Duration::from_secs(30), misbehaved(kind, server, key, streamed)).await {
        Ok(Ok(answer)) if !answer.is_empty() => answer.split(' ').nth(1).unwrap_or("no status").to_owned(),
        _ => "ended".to_owned(),
    }
}

async fn misbehaved(kind: &str, server: &str, key: &str, streamed: u64) -> std::io::Result<String> {
    if kind == "an answer unread" {
        let mut stream = unread(server).await?;
        tokio::time::sleep(Duration::from_secs(6)).await;
        return Ok(to_its_end(&mut stream).await);
    }
    let mut stream = connect_to(server).await?;
    match kind {
        "a slow head" => {
            stream.write_all(b"GET /livez HTTP/1.1\r\n").await?;
            return Ok(trickled(stream, "x").await);
        }
        "a slow body" => {
            stream.write_all(put(key, 1_000_000).as_bytes()).await?;
            return Ok(trickled(stream, " ").await);
        }
        "a huge head" => stream.write_all(format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(1 << 20)).as_bytes()).await?,
        "many fields" => stream.write_all(format!("GET / HTTP/1.1\r\n{}\r\n", "x: 1\r\n".repeat(1_000)).as_bytes()).await?,
        "depth 100,000" => json(&mut stream, key, &"[".repeat(100_000)).await?,
        "10^6 elements" => json(&mut stream, key, &format!("[{}0]", "0,".repeat(1_000_000))).await?,
        "a GB announced" => {
            stream.write_all(put(key, 1 << 30).as_bytes()).await?;
            stream.write_all(&[b' '; 65_536]).await?;
        }
        _ => {
            let head = put(key, 0).replace("content-length: 0", "transfer-encoding: chunked");
            stream.write_all(head.as_bytes()).await?;
            let piece = [b"10000\r\n".as_slice(), &[b' '; 65_536], b"\r\n"].concat();
            for _ in 0..streamed / 65_536 {
                stream.write_all(&piece).await?;
            }
        }
    }
    Ok(one_answer_or_end(&mut stream).await)
}

async fn json(stream: &mut TcpStream, key: &str, body: &str) -> std::io::Result<()> {
    stream.write_all(put(key, body.len() as u64).as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}

async fn one_answer_or_end(stream: &mut TcpStream) -> String {
    let mut start = vec![0; 1_024];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut start)).await.expect("an answer or an end");
    start.truncate(read.unwrap_or_default());
    String::from_utf8_lossy(&start).into_owned()
}
