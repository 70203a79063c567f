//! The section `server`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Where the service listens and keeps its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address to listen on: a name or a number.
    pub host: String,
    /// The port to listen on; 0 takes any free one.
    pub port: u16,
    /// The folder for the embedded database and the artifacts.
    pub data_dir: PathBuf,
    /// Lets anyone on this machine in as admin, without a key. Refused unless `host` is a loopback address.
    pub open: bool,
    /// Threads that answer requests; 0 takes one per processor.
    pub threads: usize,
    /// The longest a request may take before it is answered with 503, in seconds.
    pub request_timeout_s: u64,
    /// The longest a client may take to send the head of a request, in seconds.
    pub header_timeout_s: u64,
    /// The longest a client may pause while it sends a body, in seconds.
    pub body_timeout_s: u64,
    /// The longest a client may take to send a whole JSON body, in seconds; a file may take nine tenths of `request_timeout_s`.
    pub body_deadline_s: u64,
    /// How long a client may leave what it is sent unread, or a connection unused, in seconds.
    pub stall_timeout_s: u64,
    /// Connections that are held at once; the next are told to come again and closed. 0 takes as many as the open files of the process
    /// allow, at most 4,096.
    pub connections: usize,
    /// How long requests are still taken after the service was asked to stop, in seconds, while `/readyz` says so: as long as a
    /// load balancer takes to notice.
    pub drain_s: u64,
    /// How long requests and jobs that have begun may go on after that, in seconds.
    pub shutdown_timeout_s: u64,
    /// Whether the data are invented, which the page says. No setting: the demonstration knows it of its own sample.
    #[serde(skip)]
    pub is_invented: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 8080,
            data_dir: "citygauge-data".into(),
            open: false,
            threads: 0,
            request_timeout_s: 300,
            header_timeout_s: 10,
            body_timeout_s: 30,
            body_deadline_s: 60,
            stall_timeout_s: 30,
            connections: 0,
            drain_s: 0,
            shutdown_timeout_s: 10,
            is_invented: false,
        }
    }
}

impl Server {
    /// Whether the service can only be reached from its own machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The longest a client may take to send a whole file; the request does not end before.
    #[must_use]
    pub fn file_deadline(&self) -> Duration {
        Duration::from_secs(self.request_timeout_s) * 9 / 10
    }

    /// The longest a client may take to send a whole JSON body.
    #[must_use]
    pub fn body_deadline(&self) -> Duration {
        Duration::from_secs(self.body_deadline_s).min(self.file_deadline())
    }

    /// How many connections are held at once on this machine. Each takes two files, one to close it by; some are left for everything else.
    #[must_use]
    pub fn connections_at_once(&self) -> usize {
        match self.connections {
            0 => open_files().map_or(400, |files| (files.saturating_sub(256) / 2).clamp(64, 4_096)),
            connections => connections,
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.host.trim().is_empty() {
            return Err(ConfigError::senseless("server.host", "is empty; 127.0.0.1 listens on this machine only"));
        }
        if self.open && !self.is_loopback() {
            return Err(ConfigError::senseless(
                "server.open",
                format!("would let everybody who reaches {} in as admin; it is for 127.0.0.1, ::1 and localhost only", self.host),
            ));
        }
        ConfigError::unless_within("server.threads", self.threads, 0, 1024)?;
        ConfigError::unless_within("server.request_timeout_s", self.request_timeout_s, 1, 86_400)?;
        ConfigError::unless_within("server.header_timeout_s", self.header_timeout_s, 1, 3_600)?;
        ConfigError::unless_within("server.body_timeout_s", self.body_timeout_s, 1, 3_600)?;
        ConfigError::unless_within("server.body_deadline_s", self.body_deadline_s, 1, 86_400)?;
        // A connection that waits for its next request is closed after 5 s in any case.
        ConfigError::unless_within("server.stall_timeout_s", self.stall_timeout_s, 1, 3_600)?;
        ConfigError::unless_within("server.connections", self.connections, 0, 1_000_000)?;
        ConfigError::unless_within("server.drain_s", self.drain_s, 0, 3_600)?;
        ConfigError::unless_within("server.shutdown_timeout_s", self.shutdown_timeout_s, 0, 3_600)
    }
}

/// How many files the process may have open, where the system tells.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let soft = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()?;
    if soft == "unlimited" { Some(usize::MAX) } else { soft.parse().ok() }
}
