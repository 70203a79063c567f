//! What the service survives: each harness does something to it while it is used, says what it has counted, and holds it to what its clients
//! were told. `docs/proof.md` has the figures of the long forms.

mod clock;
mod damage;
mod disk;
mod kill;
mod objects;
mod restarts;

use std::time::{Duration, Instant};

use citygauge_openapi::client::Client;
use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");

/// Settings under which clients may ask as fast as they can and jobs begin at once, however often they are interrupted.
const SETTINGS: [(&str, &str); 7] = [
    ("CITYGAUGE_LIMITS_REQUESTS_PER_S", "0"),
    ("CITYGAUGE_LIMITS_ADDRESS_REQUESTS_PER_S", "0"),
    ("CITYGAUGE_LIMITS_EXPORTS", "100000"),
    ("CITYGAUGE_JOBS_POLL_MS", "50"),
    ("CITYGAUGE_JOBS_ATTEMPTS", "1000"),
    ("CITYGAUGE_JOBS_BACKOFF_MS", "50"),
    ("CITYGAUGE_JOBS_BACKOFF_LIMIT_MS", "500"),
];

/// Waits until a service says that it is ready.
async fn ready(client: &Client) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while let Err(error) = client.get::<Value>("/readyz").await {
        assert!(Instant::now() < deadline, "the service is not ready: {error}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The seed of what is random in a harness, from a variable of the environment; it is printed, so that a failure can be repeated in kind.
fn seed(variable: &str) -> u64 {
    citygauge_tests::number(variable, 1) as u64
}
