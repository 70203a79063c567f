//! Sources from outside: a service in a process of its own fetches from a small real server on loopback, which answers,
//! says that nothing has changed, dies half-way, sends elsewhere, or sends without an end.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use citygauge_openapi::client::Client;
use citygauge_openapi::{
    API_ROOT, Import, Observation, Source, SourceAttemptOutcome, SourceRun, SourceRunPage, SourceRunState, SourceRunTrigger,
    WorkState,
};
use citygauge_tests::steps::{count_observations, finished, observations_csv, plain_set, publish, register, set_ref, upload};
use citygauge_tests::{Place, Process, command};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");

/// How long a run may take, its second attempt among them; the build under test is not optimised.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much more memory than an idle service a run may need at its peak.
const MEMORY_MIB: u64 = 256;

/// A gibibyte, by pieces of 64 KiB.
const GIBIBYTE: usize = 1 << 30;

/// What the server does with one request.
#[derive(Debug, Clone)]
enum Act {
    /// Sends a file under a tag, or 304 to whoever has it.
    File { body: &'static str, tag: Option<&'static str> },
    /// Promises a file and dies in the middle of it.
    DieHalfWay { body: &'static str },
    /// Asks to be left alone for a second.
    Busy,
    /// Sends elsewhere.
    Redirect { to: String },
    /// Takes the request and says nothing.
    SayNothing,
    /// Sends a gibibyte whose size it does not tell.
    Endless,
}

/// A request as the server saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    path: String,
    if_none_match: Option<String>,
}

/// A server on loopback; the last act goes on for ever.
#[derive(Debug, Clone)]
struct Server {
    address: String,
    acts: Arc<Mutex<VecDeque<Act>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens").to_string();
        let server = Self { address, acts: Arc::default(), seen: Arc::default() };
        let serving = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = serving.clone();
                // A client that hangs up has its reasons.
                std::thread::spawn(move || serving.answer(stream).ok());
            }
        });
        server
    }

    fn url(&self, file: &str) -> String {
        format!("http://{}/{file}", self.address)
    }

    /// What is done with the requests from now on.
    fn does(&self, acts: impl IntoIterator<Item = Act>) {
        *self.acts.lock().expect("nobody has panicked") = acts.into_iter().collect();
        self.seen.lock().expect("nobody has panicked").clear();
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("nobody has panicked").clone()
    }

    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut seen = Seen { path: line.split(' ').nth(1).unwrap_or_default().to_owned(), if_none_match: None };
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
                break;
            }
            let header = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("if-none-match"));
            seen.if_none_match = header.map(|(_, value)| value.trim().to_owned()).or(seen.if_none_match);
        }
        self.seen.lock().expect("nobody has panicked").push(seen.clone());
        let act = {
            let mut acts = self.acts.lock().expect("nobody has panicked");
            if acts.len() > 1 { acts.pop_front() } else { acts.front().cloned() }
        };
        match act.expect("a test says what the server does") {
            Act::File { tag, .. } if tag.is_some() && seen.if_none_match.as_deref() == tag => {
                write!(stream, "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")
            }
            Act::File { body, tag } => {
                let tag = tag.map(|tag| format!("ETag: {tag}\r\n")).unwrap_or_default();
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/csv; charset=utf-8\r\nConnection: close\r\n";
                write!(stream, "{head}{tag}Content-Length: {}\r\n\r\n{body}", body.len())
            }
            Act::DieHalfWay { body } => {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nConnection: close\r\n";
                write!(stream, "{head}Content-Length: {}\r\n\r\n{}", body.len(), &body[..body.len() / 2])
            }
            Act::Busy => {
                let head = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n";
                write!(stream, "{head}Content-Length: 0\r\n\r\n")
            }
            Act::Redirect { to } => {
                write!(stream, "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            }
            Act::SayNothing => {
                std::thread::sleep(PATIENCE);
                Ok(())
            }
            Act::Endless => {
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nConnection: close\r\n\r\ncity,period,item,value\n")?;
                let piece = "c,2020,a,1\n".repeat(6_000);
                for _ in 0..GIBIBYTE / piece.len() {
                    stream.write_all(piece.as_bytes())?;
                }
                Ok(())
            }
        }
    }
}

/// A service with a set, two cities and a saved mapping, and a server that it may ask.
struct Scene {
    process: Process,
    client: Client,
    key: String,
    server: Server,
}

impl Scene {
    async fn set_up(place: &Place) -> Self {
        let server = Server::start();
        let hosts = format!("[\"{}\"]", server.address);
        let settings = [
            ("CITYGAUGE_SOURCES_HOSTS", hosts.as_str()),
            ("CITYGAUGE_SOURCES_ALLOW_LOOPBACK", "true"),
            ("CITYGAUGE_SOURCES_BYTES", "67108864"),
            ("CITYGAUGE_JOBS_WORKERS", "1"),
            ("CITYGAUGE_JOBS_FETCHERS", "1"),
            ("CITYGAUGE_JOBS_BACKOFF_MS", "50"),
            ("CITYGAUGE_JOBS_POLL_MS", "50"),
        ];
        let process = Process::start_with(BINARY, place, &settings);
        let key = process.first_key().expect("the first start issues a key").to_owned();
        let client = process.client(&key);
        publish(&client, &plain_set("s", &["a"])).await;
        for city in ["hz", "nb"] {
            register(&client, city).await;
        }
        let mapping = mapping("Place");
        let _: Value = client.put_as_seen(&format!("{API_ROOT}/mappings/yearbook"), &mapping).await.expect("it is sound");
        Self { process, client, key, server }
    }

    async fn put(&self, file: &str) {
        let source = source(&self.server.url(file));
        let _: Source = self.client.put_as_seen(FEED, &source).await.expect("the source is sound");
    }

    /// Runs the source to its end.
    async fn run(&self, dry_run: bool) -> SourceRun {
        let path = format!("{FEED}/runs");
        let asked = self.client.post(&format!("{path}?dry_run={dry_run}"), &json!({})).await;
        let mut run: SourceRun = asked.expect("the run is taken");
        let begun = Instant::now();
        finished(&self.client, run.job.as_ref().expect("a run that was asked for has a job")).await;
        while !run.state.is_final() {
            assert!(begun.elapsed() < PATIENCE, "{run:#?}");
            run = self.client.get(&format!("{path}/{}", run.id)).await.expect("the run is there");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        run
    }

    async fn import(&self, run: &SourceRun) -> Import {
        self.client.import(run.import.as_ref().expect("something was fetched")).await.expect("the import is there")
    }

    async fn value(&self, city: &str) -> Observation {
        self.client.get(&format!("{API_ROOT}/observations/{city}/2020/a")).await.expect("it was imported")
    }

    fn command(&self, words: &[&str]) -> Output {
        let mut command = command(BINARY);
        command.env("CITYGAUGE_URL", self.process.server()).env("CITYGAUGE_KEY", &self.key);
        command.arg("sources").args(words).output().expect("the command can be run")
    }
}

const FEED: &str = "/api/v1/sources/feed";

fn mapping(city: &str) -> Value {
    json!({"kind": "observations", "columns": {city: "city", "Year": "period"}, "items": {"A of it": "a"}})
}

fn source(url: &str) -> Value {
    json!({
        "title_en": "A feed", "from": {"kind": "url", "url": url},
        "import": {"set": {"code": "s", "version": "1"}, "mapping": "yearbook"}
    })
}

fn outcomes(run: &SourceRun) -> Vec<SourceAttemptOutcome> {
    run.attempts.iter().filter_map(|attempt| attempt.outcome).collect()
}

fn codes(run: &SourceRun) -> Vec<&str> {
    run.faults.iter().map(|fault| fault.code.as_str()).collect()
}

const FIRST: &str = "Place,Year,A of it\nhz,2020,1\nnb,2020,2\n";
const SECOND: &str = "Place,Year,A of it\nhz,2020,1\nnb,2020,3\n";

async fn a_source_is_imported_when_it_has_changed_and_only_then(place: Place) {
    let scene = Scene::set_up(&place).await;
    let Scene { client, server, .. } = &scene;
    scene.put("feed.csv").await;
    server.does([Act::File { body: FIRST, tag: Some("\"1\"") }]);

    let dry = scene.run(true).await;
    assert_eq!((dry.state, dry.trigger), (SourceRunState::Validated, SourceRunTrigger::DryRun), "{dry:#?}");
    let report = scene.import(&dry).await;
    assert_eq!(
        (report.state, report.accepted, report.mapping.and_then(|used| used.code)),
        (WorkState::Succeeded, 2, "yearbook".parse().ok())
    );
    assert_eq!(count_observations(client, "").await, 0, "a dry run keeps no observation");

    let first = scene.run(false).await;
    assert_eq!((first.state, outcomes(&first)), (SourceRunState::Imported, vec![SourceAttemptOutcome::Fetched]), "{first:#?}");
    assert_eq!((first.bytes, first.pages, first.etag.as_deref()), (Some(FIRST.len() as u64), Some(1), Some("\"1\"")));
    let import = scene.import(&first).await;
    assert_eq!((import.accepted, import.source, import.source_run), (2, "feed".parse().ok(), Some(first.id)));
    assert_eq!(Some(import.digest), first.digest);
    let value = scene.value("nb").await;
    assert_eq!(json!(value)["source"], "sources/feed", "the provenance names the source");
    assert_eq!(
        server.seen().iter().map(|seen| seen.if_none_match.clone()).collect::<Vec<_>>(),
        [None, None],
        "a dry run knows nothing"
    );

    let second = scene.run(false).await;
    assert_eq!((second.state, second.import.is_none()), (SourceRunState::Unchanged, true), "{second:#?}");
    assert_eq!(server.seen().last().and_then(|seen| seen.if_none_match.clone()).as_deref(), Some("\"1\""));

    // The same content under another tag is not imported either, and the new tag is remembered.
    server.does([Act::File { body: FIRST, tag: Some("\"2\"") }]);
    for _ in 0..2 {
        let same = scene.run(false).await;
        assert_eq!((same.state, same.import.is_none()), (SourceRunState::Unchanged, true), "{same:#?}");
    }
    let tags: Vec<Option<String>> = server.seen().into_iter().map(|seen| seen.if_none_match).collect();
    assert_eq!(tags, [Some("\"1\"".to_owned()), Some("\"2\"".to_owned())]);

    server.does([Act::File { body: SECOND, tag: Some("\"3\"") }]);
    let changed = scene.run(false).await;
    assert_eq!(changed.state, SourceRunState::Imported, "{changed:#?}");
    let import = scene.import(&changed).await;
    assert_eq!((import.accepted, import.unchanged), (1, 1));
    assert_eq!(json!(scene.value("nb").await)["value"], 3.0);

    // Under another mapping the same file may mean something else: nothing is known of it.
    let mut other = mapping("Place");
    other["ignore"] = json!(["Remarks"]);
    let _: Value = client.put_as_seen(&format!("{API_ROOT}/mappings/yearbook"), &other).await.expect("it is sound");
    let afresh = scene.run(false).await;
    assert_eq!(afresh.state, SourceRunState::Imported, "{afresh:#?}");
    assert_eq!(server.seen().last().and_then(|seen| seen.if_none_match.clone()), None);
    assert_eq!(scene.import(&afresh).await.unchanged, 2);

    let page: SourceRunPage = client.get(&format!("{FEED}/runs?limit=3")).await.expect("a page");
    assert_eq!((page.items[0].id.clone(), page.items.len(), page.next.is_some()), (afresh.id, 3, true));
    drop(scene);
    place.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_is_imported_when_it_has_changed_and_only_then_on_sqlite() {
    a_source_is_imported_when_it_has_changed_and_only_then(Place::folder()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_is_imported_when_it_has_changed_and_only_then_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    a_source_is_imported_when_it_has_changed_and_only_then(place).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_half_way_is_asked_again_and_what_it_sends_elsewhere_or_without_end_is_refused() {
    let place = Place::folder();
    let scene = Scene::set_up(&place).await;
    let server = &scene.server;
    scene.put("feed.csv").await;

    server.does([Act::DieHalfWay { body: FIRST }, Act::File { body: FIRST, tag: None }]);
    let recovered = scene.run(false).await;
    assert_eq!(recovered.state, SourceRunState::Imported, "{recovered:#?}");
    assert_eq!(outcomes(&recovered), [SourceAttemptOutcome::Transient, SourceAttemptOutcome::Fetched]);
    let broken = &recovered.attempts[0];
    assert_eq!((broken.number, broken.faults.len(), broken.faults[0].hint.is_some()), (1, 1, true), "{broken:#?}");
    assert!(recovered.attempts[1].started_at >= broken.ended_at.expect("it has ended"));
    assert_eq!(count_observations(&scene.client, "").await, 2);

    // The pause that the server asks for is longer than the service's own.
    server.does([Act::Busy, Act::File { body: SECOND, tag: None }]);
    let patient = scene.run(false).await;
    assert_eq!(patient.state, SourceRunState::Imported, "{patient:#?}");
    let paused = patient.attempts[1].started_at.as_ms() - patient.attempts[0].ended_at.expect("it has ended").as_ms();
    assert!(paused >= 1_000, "{paused} ms after {:?}", patient.attempts[0].faults);

    // To where clouds keep their secrets, and to another port of this machine, which is not listed.
    let inside = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let inside_port = inside.local_addr().expect("it listens").port();
    inside.set_nonblocking(true).expect("it can be asked whether anybody came");
    for to in ["http://169.254.169.254/latest/meta-data".to_owned(), format!("http://127.0.0.1:{inside_port}/secret")] {
        server.does([Act::Redirect { to }]);
        let redirected = scene.run(false).await;
        assert_eq!((redirected.state, outcomes(&redirected)), (SourceRunState::Refused, vec![SourceAttemptOutcome::Refused]));
        assert!(codes(&redirected).contains(&"source.redirect") && redirected.import.is_none(), "{redirected:#?}");
        assert!(redirected.faults[0].hint.is_some() && server.seen().len() == 1, "{redirected:#?}");
    }
    assert!(inside.accept().is_err(), "nobody came");

    let idle = memory_mib(scene.process.pid(), "VmRSS");
    std::fs::write(format!("/proc/{}/clear_refs", scene.process.pid()), "5").expect("the peak can be forgotten");
    server.does([Act::Endless]);
    let begun = Instant::now();
    let endless = scene.run(false).await;
    let (took, peak) = (begun.elapsed(), memory_mib(scene.process.pid(), "VmHWM").saturating_sub(idle));
    eprintln!("a gibibyte without end: {:.1} s, {peak} MiB above {idle} MiB", took.as_secs_f64());
    assert_eq!((endless.state, codes(&endless)), (SourceRunState::Refused, vec!["source.too_large"]), "{endless:#?}");
    assert!(peak <= MEMORY_MIB, "{peak} MiB above {idle} MiB");
    assert_eq!(count_observations(&scene.client, "").await, 2, "nothing has changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_says_nothing_keeps_no_import_waiting() {
    let place = Place::folder();
    let scene = Scene::set_up(&place).await;
    scene.put("feed.csv").await;
    scene.server.does([Act::SayNothing]);
    let asked = scene.client.post(&format!("{FEED}/runs?dry_run=false"), &json!({})).await;
    let run: SourceRun = asked.expect("the run is taken");
    let begun = Instant::now();
    while scene.server.seen().is_empty() {
        assert!(begun.elapsed() < PATIENCE, "nobody asked");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let csv = "city,period,item,value\nhz,2021,a,1\n";
    let import = upload(&scene.client, &observations_csv(&set_ref("s", "1")), csv).await;
    assert_eq!((import.state, import.accepted), (WorkState::Succeeded, 1));
    let run: SourceRun = scene.client.get(&format!("{FEED}/runs/{}", run.id)).await.expect("the run is there");
    assert_eq!(run.state, SourceRunState::Running, "the only fetcher waits still");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_sets_runs_and_removes_a_source() {
    let place = Place::folder();
    let scene = Scene::set_up(&place).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let run = |words: &[&str], status: i32| {
        let output = scene.command(words);
        let (said, told) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(status), "{words:?}\n{said}\n{told}");
        (said, told)
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("feed.json");
    let file = file.to_str().expect("text");
    let mut document = source(&scene.server.url("feed.csv"));
    document["from"]["url"] = json!("https://elsewhere.example/feed.csv");
    std::fs::write(file, document.to_string()).expect("the folder is ours");
    let (_, told) = run(&["put", "feed", file], 1);
    assert!(told.contains("/from") && told.contains("Mend:"), "{told}");

    document = source(&scene.server.url("feed.csv"));
    document["schedule"] = json!({"cron": "30 6 * * *", "time_zone": "Asia/Shanghai"});
    std::fs::write(file, document.to_string()).expect("the folder is ours");
    assert!(run(&["put", "feed", file], 0).0.contains("fetched next at"));
    assert!(run(&["list"], 0).0.contains("30 6 * * * Asia/Shanghai"));
    let (shown, next) = run(&["show", "feed"], 0);
    assert!(next.matches("T22:30:00Z").count() == 3, "{next}");
    std::fs::write(file, shown).expect("the folder is ours");
    run(&["put", "feed", file], 0);

    scene.server.does([Act::File { body: FIRST, tag: Some("\"1\"") }]);
    assert!(run(&["run", "feed", "--dry-run"], 0).0.contains("nothing was kept"));
    assert!(run(&["run", "feed"], 0).0.contains("2 rows took effect"));
    assert!(run(&["run", "feed"], 0).0.contains("has not changed"));
    scene.server.does([Act::File { body: "Place,Year,A of it\nhz,2020,x\n", tag: None }]);
    let (_, told) = run(&["run", "feed"], 1);
    assert!(told.contains("observation.not_a_number") && told.contains("nothing was imported"), "{told}");
    scene.server.does([Act::Redirect { to: "http://169.254.169.254/".into() }]);
    let (_, told) = run(&["run", "feed"], 1);
    assert!(told.contains("error[source.") && told.contains("refused"), "{told}");
    let runs = run(&["runs", "feed"], 0).0;
    for state in ["validated", "imported", "unchanged", "refused"] {
        assert!(runs.contains(state), "{state} in\n{runs}");
    }
    run(&["remove", "feed"], 0);
    run(&["runs", "feed"], 1);
}

/// A figure of the process's memory, in MiB.
fn memory_mib(pid: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find(|line| line.starts_with(name)).expect("the kernel counts it");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number of KiB") / 1024
}
