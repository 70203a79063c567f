//! `kill -9` at random moments while imports, corrections, assessments, publications and withdrawals are under way: what was acknowledged
//! is there, and nothing else, nothing twice, nothing half.
//!
//! A fourth of the kills come while the service is coming back from the one before. Eight kills, unless `CITYGAUGE_KILLS` says otherwise, at
//! moments within `CITYGAUGE_KILL_WITHIN_MS` from `CITYGAUGE_KILL_SEED`. The full run, on each database that there is:
//!
//! ```text
//! CITYGAUGE_KILLS=1000 cargo test -p citygauge-tests --test survival kill -- --nocapture --test-threads 1
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use citygauge_tests::mixed::{Figures, Mixed, Story};
use citygauge_tests::{Place, Process, number};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::{BINARY, SETTINGS, ready, seed};

/// After so many kills the figures are printed.
const TELL: usize = 10;

/// After so many kills all that was ever written is read again.
const LOOK_BACK: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9_and_nothing_else_on_sqlite() {
    kill_again_and_again(Place::folder(), "SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9_and_nothing_else_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    kill_again_and_again(place, "PostgreSQL").await;
}

async fn kill_again_and_again(place: Place, database: &str) {
    let (kills, within) = (number("CITYGAUGE_KILLS", 8), number("CITYGAUGE_KILL_WITHIN_MS", 1_500) as u64);
    let seed = seed("CITYGAUGE_KILL_SEED");
    let (mut random, mut figures, began) = (StdRng::seed_from_u64(seed), Figures::default(), Instant::now());
    let mut process = Process::start_with(BINARY, &place, &SETTINGS);
    let key = process.first_key().expect("the first start issues a key").to_owned();
    let mut mixed = Mixed::prepare(&process.client(&key)).await;
    let (mut kill, mut told, mut looked_back) = (0, 0, 0);
    while kill < kills {
        let moment = Duration::from_millis(random.random_range(0..=within));
        let (client, stop) = (process.client(&key), AtomicBool::new(false));
        let killing = async {
            tokio::time::sleep(moment).await;
            process.kill();
            stop.store(true, Ordering::SeqCst);
        };
        tokio::join!(mixed.load(&client, &Story::ALL, random.random(), &stop), killing);
        kill += 1;
        while kill < kills && random.random_ratio(1, 4) {
            let coming_back = Process::begun(BINARY, &place, &SETTINGS);
            tokio::time::sleep(Duration::from_millis(random.random_range(0..=within))).await;
            coming_back.kill();
            kill += 1;
        }
        let start = Instant::now();
        process = Process::again(BINARY, &place, &SETTINGS);
        let client = process.client(&key);
        ready(&client).await;
        figures.ready.push(start.elapsed());
        mixed.look_at_once(&client, &mut figures).await;
        mixed.settle(&client, &mut figures).await;
        if kill >= kills || kill - looked_back >= LOOK_BACK {
            looked_back = kill;
            mixed.settle_all(&client, &mut figures).await;
        }
        if kill >= kills || kill - told >= TELL {
            told = kill;
            println!("{database}, seed {seed}, {kill} of {kills} kills in {:.0?}: {figures}", began.elapsed());
        }
    }
    process.kill();
    figures.assert_sound();
    place.clear().await;
}
