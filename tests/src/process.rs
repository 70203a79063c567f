//! The command in a process of its own.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use citygauge_indicators::Language;
use citygauge_openapi::client::Client;

use crate::Place;

/// How long a service may take to start.
const START: Duration = Duration::from_secs(60);

/// How long the line with a first key may take after the line with the address.
const KEY: Duration = Duration::from_millis(500);

/// A service that can be killed. It is, at the latest when it is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    server: String,
    first_key: Option<String>,
}

/// The command, without the settings of this process.
#[must_use]
pub fn command(binary: &str) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CITYGAUGE_")) {
        command.env_remove(name);
    }
    command.env("CITYGAUGE_LANG", "en").stdin(Stdio::null());
    command
}

/// The command on what a place holds, beside a service or without one.
#[must_use]
pub fn command_on(binary: &str, place: &Place) -> Command {
    let mut command = command(binary);
    command.env("CITYGAUGE_SERVER_DATA_DIR", place.data_dir()).env("CITYGAUGE_LOG_FILTER", "warn");
    let database = place.database();
    if let (Some(url), Some(schema)) = (&database.url, &database.schema) {
        command.env("CITYGAUGE_DATABASE_URL", url).env("CITYGAUGE_DATABASE_SCHEMA", schema);
    }
    command
}

/// The most memory that a process has had in RAM, in bytes, where the system tells and while it runs.
#[must_use]
pub fn peak_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

impl Process {
    /// Starts `citygauge serve` on a place and waits until it listens.
    #[must_use]
    pub fn start(binary: &str, place: &Place) -> Self {
        Self::start_with(binary, place, &[])
    }

    /// As [`Process::start`], with settings in its environment.
    #[must_use]
    pub fn start_with(binary: &str, place: &Place, settings: &[(&str, &str)]) -> Self {
        let (mut process, lines) = Self::begin(binary, place, settings);
        process.listens(&lines);
        // The key of the first start follows at once, or nothing does.
        while let Ok(line) = lines.recv_timeout(KEY) {
            if line.trim().starts_with("cg_") {
                process.first_key = Some(line.trim().to_owned());
                break;
            }
        }
        process
    }

    /// As [`Process::start_with`], on a place that has seen a service, so that no key is waited for.
    #[must_use]
    pub fn again(binary: &str, place: &Place, settings: &[(&str, &str)]) -> Self {
        let (mut process, lines) = Self::begin(binary, place, settings);
        process.listens(&lines);
        process
    }

    /// As [`Process::again`], without waiting until it listens: it cannot be asked anything.
    #[must_use]
    pub fn begun(binary: &str, place: &Place, settings: &[(&str, &str)]) -> Self {
        Self::begin(binary, place, settings).0
    }

    fn begin(binary: &str, place: &Place, settings: &[(&str, &str)]) -> (Self, mpsc::Receiver<String>) {
        let mut serve = command_on(binary, place);
        serve.args(["serve", "--port", "0"]).env("CITYGAUGE_JOBS_NAME", "test").stdout(Stdio::piped());
        serve.envs(settings.iter().copied());
        let mut child = serve.spawn().expect("the command can be run");
        let lines = lines(child.stdout.take().expect("its output is piped"));
        (Self { child, server: String::new(), first_key: None }, lines)
    }

    /// Waits until it says where it listens; dropped on a panic here, which ends the process.
    fn listens(&mut self, lines: &mpsc::Receiver<String>) {
        let deadline = Instant::now() + START;
        while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            if let Some(server) = line.split_whitespace().find(|word| word.starts_with("http://")) {
                self.server = server.to_owned();
                return;
            }
        }
        panic!("the service did not say where it listens");
    }

    /// The identifier of the process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The key that the first start has issued.
    #[must_use]
    pub fn first_key(&self) -> Option<&str> {
        self.first_key.as_deref()
    }

    /// Where it listens.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// A client with a key.
    #[must_use]
    pub fn client(&self, key: &str) -> Client {
        Client::new(&self.server, Some(key.to_owned()), Language::En).expect("a client")
    }

    /// The most memory that the process has had in RAM, in bytes, where the system tells.
    #[must_use]
    pub fn peak_memory(&self) -> Option<u64> {
        peak_memory(self.pid())
    }

    /// How many connections over IPv4 the process holds, of whichever side, where the system tells.
    #[must_use]
    pub fn connections(&self) -> Option<usize> {
        let pid = self.pid();
        let table = std::fs::read_to_string(format!("/proc/{pid}/net/tcp")).ok()?;
        let rows = table.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>());
        // The fourth column is the state, of which 0A is a listener; the tenth tells which socket it is.
        let connected = rows.filter(|row| row.get(3).is_some_and(|state| *state != "0A"));
        let connected: BTreeSet<String> = connected.filter_map(|row| Some(format!("socket:[{}]", row.get(9)?))).collect();
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
        let files = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        let files: BTreeSet<String> = files.map(|file| file.to_string_lossy().into_owned()).collect();
        Some(files.intersection(&connected).count())
    }

    /// Ends the process at once, as a power cut would.
    pub fn kill(mut self) {
        self.end();
    }

    /// Asks the process to stop, as an operator does.
    pub fn terminate(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "the process can be told");
    }

    /// Waits until the process has ended by itself; gives its status.
    ///
    /// # Panics
    /// When it does not within `patience`.
    #[must_use]
    pub fn ended(mut self, patience: Duration) -> std::process::ExitStatus {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().expect("the process is ours") {
                return status;
            }
            assert!(Instant::now() < deadline, "the process did not end within {patience:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn end(&mut self) {
        // An error only says that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// The lines of an output as they come; read to its end, so that the process never waits for a reader.
fn lines(output: impl std::io::Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}
