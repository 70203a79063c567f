//! A PostgreSQL of one's own, which can be stopped in every way that there is, and started again.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long it may take to start; one that was killed waits for what it has left behind.
const START: Duration = Duration::from_secs(60);

/// How long processes may live whose first process was killed.
const FOUND_OUT: Duration = Duration::from_secs(30);

/// Where Debian puts its versions, and where others put the only one.
const PLACES: [&str; 2] = ["/usr/lib/postgresql", "/usr/local"];

/// A cluster with one database, from `initdb`.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

/// How it is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// What is under way is undone, and every client is told.
    Fast,
    /// All processes end at once; the log is replayed at the next start.
    Immediate,
    /// The first process is killed, and the others have found out.
    Kill,
}

impl Stop {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Immediate, Self::Kill];
}

impl Cluster {
    /// Makes a cluster and starts it, or says that PostgreSQL is not installed here.
    ///
    /// # Panics
    /// Where it is installed and does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("skipped on a PostgreSQL of one's own: initdb is not below {}", PLACES.join(" or "));
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let cluster = Self { programs, folder: tempfile::tempdir().expect("a temporary folder"), port };
        if is_root() {
            let chown = Command::new("chown").arg("postgres").arg(cluster.folder.path()).status();
            assert!(chown.is_ok_and(|status| status.success()), "the folder can be given to the user postgres");
        }
        let made = cluster.run("initdb", &["--username", "citygauge", "--auth", "trust", "--encoding", "UTF8"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster.start_again();
        Some(cluster)
    }

    /// The URL of its database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://citygauge@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops it.
    ///
    /// # Panics
    /// Where it cannot be stopped.
    pub fn stop(&self, how: Stop) {
        match how {
            Stop::Fast | Stop::Immediate => {
                let mode = if how == Stop::Fast { "fast" } else { "immediate" };
                let stopped = self.run("pg_ctl", &["--mode", mode, "--wait", "stop"]);
                assert!(stopped.status.success(), "{}", String::from_utf8_lossy(&stopped.stderr));
            }
            Stop::Kill => self.kill(),
        }
    }

    /// Kills the first process, and waits until the others have found out: until then they answer as if nothing had happened.
    fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).expect("it runs");
        let pid = pid.lines().next().unwrap_or_default();
        // While it is stopped, it begins no other.
        signal("STOP", pid);
        let others = children(pid);
        signal("KILL", pid);
        assert!(!others.is_empty(), "one that runs has others beside it");
        let deadline = Instant::now() + FOUND_OUT;
        while others.iter().any(|other| lives(other)) {
            assert!(Instant::now() < deadline, "processes of a PostgreSQL that was killed live on: {others:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts it again.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn start_again(&self) {
        let (deadline, log) = (Instant::now() + START, self.folder.path().join("log"));
        let options = format!("-h 127.0.0.1 -p {} -k {}", self.port, self.folder.path().display());
        let log = log.display().to_string();
        loop {
            let started = self.run("pg_ctl", &["--log", &log, "--wait", "--options", &options, "start"]);
            if started.status.success() {
                return;
            }
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(Instant::now() < deadline, "PostgreSQL does not start: {said}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Runs one of its programs on its data. It refuses to run as root, who gives way to the user of the package.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.arg("--pgdata").arg(self.folder.path().join("data")).args(arguments);
        // A server that is started goes on: it must not hold a pipe that is read to its end.
        let out = self.folder.path().with_extension("out");
        let file = std::fs::File::create(&out).expect("the folder is ours");
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        let status = command.status().expect("the program can be run");
        let stderr = std::fs::read(&out).unwrap_or_default();
        let _ = std::fs::remove_file(&out);
        Output { status, stdout: Vec::new(), stderr }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // An error only says that it has ended already.
        let _ = self.run("pg_ctl", &["--mode", "immediate", "--wait", "stop"]);
    }
}

fn programs() -> Option<PathBuf> {
    let versions = PLACES.iter().flat_map(|place| std::fs::read_dir(place).into_iter().flatten().flatten());
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.push(PathBuf::from("/usr/local/bin"));
    found.retain(|bin| bin.join("initdb").exists() && bin.join("pg_ctl").exists());
    found.sort();
    found.pop()
}

fn signal(name: &str, pid: &str) {
    let sent = Command::new("kill").args(["-s", name, pid]).status();
    assert!(sent.is_ok_and(|status| status.success()), "{pid} can be sent {name}");
}

/// The identifiers of the processes that another one has begun.
fn children(pid: &str) -> Vec<String> {
    let listed = Command::new("pgrep").args(["--parent", pid]).output().expect("pgrep can be run");
    String::from_utf8_lossy(&listed.stdout).split_whitespace().map(str::to_owned).collect()
}

/// Whether a process does anything yet; of one that has ended, nothing but its name may be left until it is asked how it ended.
fn lives(pid: &str) -> bool {
    std::fs::read(Path::new("/proc").join(pid).join("cmdline")).is_ok_and(|line| !line.is_empty())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|told| told.stdout.trim_ascii() == b"0")
}
