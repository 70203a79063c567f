//! PostgreSQL stopped and started again under a mixed load, in every way that there is: the service says so meanwhile, comes back by itself,
//! and what was acknowledged is there, and nothing else.
//!
//! Three restarts, unless `CITYGAUGE_RESTARTS` says otherwise, at moments from `CITYGAUGE_RESTART_SEED`; each of fast, immediate and by `kill -9`
//! of the first process in turn. The cluster is made by the harness itself, which needs `initdb`; as root it is run by the user `postgres`.
//!
//! ```text
//! CITYGAUGE_RESTARTS=100 cargo test -p citygauge-tests --test survival restarts -- --nocapture
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use citygauge_openapi::API_ROOT;
use citygauge_openapi::client::{Client, ClientError};
use citygauge_tests::mixed::{Figures, Mixed, Story};
use citygauge_tests::{Cluster, Place, Process, Stop, number};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use crate::{BINARY, SETTINGS, ready, seed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_restart_of_postgres_and_the_service_recovers_by_itself() {
    let Some(cluster) = Cluster::start() else { return };
    let (restarts, seed) = (number("CITYGAUGE_RESTARTS", 3), seed("CITYGAUGE_RESTART_SEED"));
    let (mut random, mut figures, began) = (StdRng::seed_from_u64(seed), Figures::default(), Instant::now());
    let place = Place::schema_at(cluster.url()).await;
    let settings =
        [&SETTINGS[..], &[("CITYGAUGE_DATABASE_ACQUIRE_TIMEOUT_MS", "1000"), ("CITYGAUGE_LOG_FILTER", "off")]].concat();
    let process = Process::start_with(BINARY, &place, &settings);
    let client = process.client(process.first_key().expect("the first start issues a key"));
    let mut mixed = Mixed::prepare(&client).await;
    for restart in 0..restarts {
        let how = Stop::ALL[restart % Stop::ALL.len()];
        let (before, away) = (random.random_range(200..1_500), random.random_range(0..1_500));
        let stop = AtomicBool::new(false);
        let fault = async {
            tokio::time::sleep(Duration::from_millis(before)).await;
            tokio::task::block_in_place(|| cluster.stop(how));
            says_so(&client).await;
            tokio::time::sleep(Duration::from_millis(away)).await;
            tokio::task::block_in_place(|| cluster.start_again());
            let back = Instant::now();
            ready(&client).await;
            figures.ready.push(back.elapsed());
            tokio::time::sleep(Duration::from_millis(500)).await;
            stop.store(true, Ordering::SeqCst);
        };
        tokio::join!(mixed.load(&client, &Story::ALL, random.random(), &stop), fault);
        mixed.settle(&client, &mut figures).await;
        if (restart + 1) % 10 == 0 {
            println!("PostgreSQL restarted, seed {seed}, {} of {restarts}: {figures}", restart + 1);
        }
    }
    mixed.settle_all(&client, &mut figures).await;
    println!("PostgreSQL restarted under load, seed {seed}, {restarts} times in {:.0?}: {figures}", began.elapsed());
    figures.assert_sound();
    drop(process);
    place.clear().await;
}

/// While the database is away the process lives, says that it is not ready and why, and answers what needs the database with 503.
async fn says_so(client: &Client) {
    client.get::<Value>("/livez").await.expect("the process lives");
    for (path, code) in [("/readyz", Some("ready.database")), (&format!("{API_ROOT}/cities?limit=1"), None)] {
        match client.get::<Value>(path).await {
            Err(ClientError::Problem(problem)) if problem.status == 503 => {
                assert!(code.is_none_or(|code| problem.errors.iter().any(|fault| fault.code == code)), "{problem:?}");
            }
            other => panic!("{path}: 503 was expected, found {other:?}"),
        }
    }
}
