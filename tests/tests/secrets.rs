//! Nothing secret is in what the service writes: not in its log at its most talkative, not in answers to faults, in metrics, or in the trail.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use citygauge_indicators::Language;
use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Embed, IssuedKey, Job, NewRelease, Source, SourceRun, SourceRunState, WebhookWithSecret};
use citygauge_tests::command;
use citygauge_tests::steps::{assess, import, observations_csv, plain_set, publish, register};
use reqwest::Method;
use serde_json::json;

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");
const PATIENCE: Duration = Duration::from_secs(60);

/// What others hold, each with a word that occurs nowhere else.
const SOURCE_SECRET: &str = "Bearer source-secret-6f1d0c27";
const BUCKET_KEY: &str = "AKIAHIDDENKEY0000042";
const BUCKET_SECRET: &str = "bucket-secret-90ab51ce";
const BUCKET_SESSION: &str = "bucket-session-4e77aa10";
const PASSWORD: &str = "database-password-b83f";

/// A service whose output is kept.
struct Told {
    child: Child,
    folder: tempfile::TempDir,
}

impl Told {
    fn start(more: impl FnOnce(&mut Command, &Path)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| File::create(folder.path().join(name)).expect("the folder is ours");
        let mut serve = command(BINARY);
        serve.args(["serve", "--port", "0", "--data-dir"]).arg(folder.path().join("data"));
        serve.env("CITYGAUGE_LOG_FILTER", "trace").env("CITYGAUGE_LOG_FORMAT", "json").env("CITYGAUGE_JOBS_POLL_MS", "50");
        serve.stdout(Stdio::from(file("stdout"))).stderr(Stdio::from(file("stderr")));
        more(&mut serve, folder.path());
        Self { child: serve.spawn().expect("the command can be run"), folder }
    }

    fn output(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.path().join(name)).expect("it is written")).into_owned()
    }

    /// Waits until a word that begins so was written to stdout.
    fn word(&self, start: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.output("stdout");
            if let Some(word) = said.split_whitespace().find(|word| word.starts_with(start)) {
                return word.to_owned();
            }
            assert!(Instant::now() < deadline, "no {start} in {said}\n{}", self.output("stderr"));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops the service in order, so that the last lines are written.
    fn stop(mut self) -> (String, String) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "the process can be told");
        self.ended();
        (self.output("stdout"), self.output("stderr"))
    }

    fn ended(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().expect("the process is ours").is_none() {
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        // An error says that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers everything with a small file and keeps the heads of what it was asked.
fn elsewhere() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it listens").to_string();
    let heard = Arc::new(Mutex::new(String::new()));
    let hears = heard.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let hears = hears.clone();
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
                let (mut line, mut length) = (String::new(), 0);
                while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                    let header = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
                    length = header.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or(length);
                    hears.lock().expect("no panic").push_str(&line);
                    line.clear();
                }
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let file = "city,period,item,value\nhz,2026,a,1\n";
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/csv\r\ncontent-length: {}\r\n\r\n{file}",
                    file.len()
                );
                let _ = stream.write_all(answer.as_bytes());
            });
        }
    });
    (address, heard)
}

/// The part of a token or secret that nobody may see.
fn hidden(token: &str) -> String {
    token.rsplit('_').next().expect("a part").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_secret_is_in_the_log_in_faults_in_metrics_or_in_the_trail() {
    let (address, heard) = elsewhere();
    let told = Told::start(|serve, folder| {
        fs::write(folder.join("secret"), SOURCE_SECRET).expect("the folder is ours");
        let config = format!(
            "[sources]\nhosts = [\"{address}\"]\nallow_loopback = true\n[sources.secrets.feed]\nhosts = [\"{address}\"]\nfile = \"{}\"\n\
             [webhooks]\nallow_loopback = true\nallow_http = true\n",
            folder.join("secret").display()
        );
        fs::write(folder.join("citygauge.toml"), config).expect("the folder is ours");
        serve.arg("--config").arg(folder.join("citygauge.toml"));
    });
    let (server, first) = (told.word("http://"), told.word("cg_"));
    let client = Client::new(&server, Some(first.clone()), Language::En).expect("a client");
    let mut secrets = vec![("the first key", hidden(&first)), ("a source's secret", SOURCE_SECRET["Bearer ".len()..].to_owned())];
    let mut answers = String::new();

    // Keys: one that is issued and used, one that is revoked, one that never was.
    let new = json!({"name": "another", "role": "viewer"});
    let issued: IssuedKey = client.post(&format!("{API_ROOT}/keys"), &new).await.expect("a key");
    let token = issued.token.expect("it is shown once");
    secrets.push(("an issued key", hidden(&token)));
    let wrong = format!("cg_{}_{}", "0a1b2c3d4e5f", "5eC2e7".to_lowercase().repeat(11)[..64].to_owned());
    secrets.push(("a wrong key", hidden(&wrong)));
    for key in [&token, &wrong, &format!("{wrong}x")] {
        let other = Client::new(&server, Some(key.clone()), Language::En).expect("a client");
        for path in ["/cities", "/keys", "/cities/none"] {
            let answer = other.request(Method::GET, &format!("{API_ROOT}{path}")).send().await.expect("an answer");
            answers.push_str(&answer.text().await.expect("text"));
        }
    }

    // A webhook, whose secret is made anew, and an event for it.
    let hook = json!({"url": format!("http://{address}/hook"), "events": ["*"]});
    let hook: WebhookWithSecret = client.post(&format!("{API_ROOT}/webhooks"), &hook).await.expect("a webhook");
    secrets.push(("a webhook's secret", hidden(hook.secret.as_deref().expect("it is shown once"))));

    // A source that sends its secret, and an embedded view of an assessment.
    let set = publish(&client, &plain_set("s", &["a"])).await;
    register(&client, "hz").await;
    import(&client, &observations_csv(&set), "city,period,item,value\nhz,2026,a,1\n").await;
    let source = json!({"title_en": "A feed", "from": {"kind": "url", "url": format!("http://{address}/feed.csv")}, "secret": "feed",
        "import": {"set": {"code": "s", "version": "1"}}});
    let _: Source = client.put_as_seen(&format!("{API_ROOT}/sources/feed"), &source).await.expect("a source");
    let run: SourceRun = client.post(&format!("{API_ROOT}/sources/feed/runs"), &json!({})).await.expect("a run");
    let ended = Instant::now() + PATIENCE;
    loop {
        let run: SourceRun = client.get(&format!("{API_ROOT}/sources/feed/runs/{}", run.id)).await.expect("the run");
        if !matches!(run.state, SourceRunState::Queued | SourceRunState::Running) {
            answers.push_str(&serde_json::to_string(&run).expect("JSON"));
            break;
        }
        assert!(Instant::now() < ended, "the run ends");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let assessment = assess(&client, &set).await;
    let view = json!({"view": format!("/assessments/{}", assessment.id), "parents": ["https://city.example"]});
    let embed: Embed = client.post(&format!("{API_ROOT}/embeds"), &view).await.expect("an embed");
    secrets.push(("an embed's token", embed.token["cge_".len()..].to_owned()));
    let stranger = Client::new(&server, None, Language::En).expect("a client");
    for path in [embed.address.clone(), format!("{}x", embed.address)] {
        let page = stranger.request(Method::GET, &path).send().await.expect("an answer").text().await.expect("text");
        answers.push_str(&page);
    }

    for path in [
        "/metrics".to_owned(),
        format!("{API_ROOT}/audit-events?limit=1000"),
        format!("{API_ROOT}/keys"),
        format!("{API_ROOT}/webhooks"),
        format!("{API_ROOT}/sources"),
        format!("{API_ROOT}/sources/feed"),
    ] {
        let answer = client.request(Method::GET, &path).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}");
        answers.push_str(&answer.text().await.expect("text"));
    }
    let deadline = Instant::now() + PATIENCE;
    while !heard.lock().expect("no panic").to_lowercase().contains("webhook-signature") && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let heard_all = heard.lock().expect("no panic").clone();
    assert!(heard_all.contains(SOURCE_SECRET), "the source was sent its secret: {heard_all}");
    assert!(heard_all.to_lowercase().contains("webhook-signature"), "the webhook was told: {heard_all}");
    let (stdout, stderr) = told.stop();
    assert!(stderr.contains("\"level\":\"TRACE\"") && stderr.contains("/api/v1/keys"), "the log tells all it can");
    let mut found = Vec::new();
    for (name, secret) in &secrets {
        let printed = usize::from(*name == "the first key");
        assert!(secret.len() >= 12, "{name}");
        if stdout.matches(secret.as_str()).count() != printed {
            found.push(format!("{name} on stdout"));
        }
        for (place, text) in [("the log", &stderr), ("answers", &answers)] {
            if let Some(at) = text.find(secret.as_str()) {
                let from = text[..at].rfind('\n').map_or(0, |end| end + 1);
                found.push(format!("{name} in {place}: {}", text[from..].lines().next().unwrap_or_default()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    println!(
        "{} secrets, {} lines of log, {} bytes of answers: none found",
        secrets.len(),
        stderr.lines().count(),
        answers.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_credentials_of_a_bucket_are_in_nothing_that_is_written() {
    let told = Told::start(|serve, _| {
        serve.env("CITYGAUGE_OBJECTS_URL", "s3://bucket").env("CITYGAUGE_OBJECTS_ENDPOINT", "http://127.0.0.1:1");
        serve.env("CITYGAUGE_OBJECTS_ALLOW_HTTP", "true").env("CITYGAUGE_SERVER_REQUEST_TIMEOUT_S", "20");
        serve
            .env("AWS_ACCESS_KEY_ID", BUCKET_KEY)
            .env("AWS_SECRET_ACCESS_KEY", BUCKET_SECRET)
            .env("AWS_SESSION_TOKEN", BUCKET_SESSION);
    });
    let (server, first) = (told.word("http://"), told.word("cg_"));
    let client = Client::new(&server, Some(first), Language::En).expect("a client");
    let request = client.request(Method::POST, &format!("{API_ROOT}/imports?kind=cities")).header("content-type", "text/csv");
    let refused = request.body("code,name\nhz,Hangzhou\n").send().await.expect("an answer");
    assert_eq!(refused.status(), 503, "the bucket is away");
    let mut answers = refused.text().await.expect("text");
    answers.push_str(&client.request(Method::GET, "/readyz").send().await.expect("an answer").text().await.expect("text"));
    let job: Job = client.post(&format!("{API_ROOT}/releases"), &NewRelease::default()).await.expect("a job");
    answers.push_str(&serde_json::to_string(&job).expect("JSON"));
    let (stdout, stderr) = told.stop();
    for secret in [BUCKET_SECRET, BUCKET_SESSION] {
        assert!(!format!("{stdout}{stderr}{answers}").contains(secret), "{secret}");
    }
}

#[test]
fn the_password_of_a_database_is_in_nothing_that_is_written() {
    for url in [
        format!("postgres://cg:{PASSWORD}@127.0.0.1:1/cg"),
        format!("postgres://cg:{PASSWORD}@127.0.0.1:99999/cg"),
        format!("mysql://cg:{PASSWORD}@127.0.0.1/cg"),
    ] {
        let mut told = Told::start(|serve, _| {
            serve.env("CITYGAUGE_DATABASE_URL", &url).env("CITYGAUGE_DATABASE_ACQUIRE_TIMEOUT_MS", "2000");
        });
        told.ended();
        let said = told.output("stdout") + &told.output("stderr");
        assert!(!said.is_empty(), "it says why it does not start");
        assert!(!said.contains(PASSWORD), "{said}");
    }
    // One that is open to whoever asks with any password, where there is one.
    let Ok(url) = std::env::var("CITYGAUGE_TEST_DATABASE_URL") else { return };
    let Some((start, end)) = url.split_once('@').and_then(|(start, end)| Some((start.rsplit_once(':')?.0.to_owned(), end)))
    else {
        return;
    };
    let told = Told::start(|serve, _| {
        serve.env("CITYGAUGE_DATABASE_URL", format!("{start}:{PASSWORD}@{end}")).env("CITYGAUGE_DATABASE_MIGRATE", "false");
        serve.env("CITYGAUGE_DATABASE_SCHEMA", "nothing_is_here");
    });
    std::thread::sleep(Duration::from_secs(5));
    let said = told.output("stdout") + &told.output("stderr");
    assert!(!said.is_empty() && !said.contains(PASSWORD), "{said}");
}

#[test]
fn no_credential_is_there_by_default() {
    let told = [Told::start(|_, _| ()), Told::start(|_, _| ())];
    let keys = told.each_ref().map(|told| (told.word("http://"), told.word("cg_")).1);
    assert_ne!(keys[0], keys[1], "each first key is one of its own");
    assert_eq!(hidden(&keys[0]).len(), 64);
}
