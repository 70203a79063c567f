//! A service that is killed in the middle of an import comes back with all of it or nothing of it.
//!
//! Three kills of an import of 20,000 rows, unless `CITYGAUGE_KILLS` and `CITYGAUGE_KILL_ROWS` say otherwise; at which
//! moments, `CITYGAUGE_KILL_SEED`. The full run, on each database that there is:
//!
//! ```text
//! CITYGAUGE_KILLS=20 CITYGAUGE_KILL_ROWS=200000 cargo test -p citygauge-tests --test kill -- --nocapture --test-threads 1
//! ```

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, City, Id, Import, IndicatorSet, NewRelease, SetRef, SetState, WorkState};
use citygauge_tests::steps::{
    cities_csv, count_observations, finished, freeze, import, observations_csv, plain_set, publish, try_to_register,
};
use citygauge_tests::{Place, Process, number};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::de::DeserializeOwned;

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");

/// Rows of an import for each city.
const ITEMS: usize = 100;

/// The first period of an import that is killed; the one before it is imported in peace.
const FIRST: usize = 1001;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_import_is_there_wholly_or_not_at_all_on_sqlite() {
    kill_again_and_again(Place::folder()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_import_is_there_wholly_or_not_at_all_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    kill_again_and_again(place).await;
}

/// What the service has answered with a 2xx, and therefore must know for ever.
struct Promised {
    set: SetRef,
    cities: Vec<String>,
    imports: Vec<Id>,
    rows: usize,
}

async fn kill_again_and_again(place: Place) {
    let (kills, cities) = (number("CITYGAUGE_KILLS", 3), number("CITYGAUGE_KILL_ROWS", 20_000).div_ceil(ITEMS));
    let rows = cities * ITEMS;
    let seed = number("CITYGAUGE_KILL_SEED", 1) as u64;
    let mut random = StdRng::seed_from_u64(seed);

    let mut process = Process::start(BINARY, &place);
    let key = process.first_key().expect("the first start issues a key").to_owned();
    let (mut promised, undisturbed) = prepared(&process.client(&key), cities).await;
    for kill in 0..kills {
        let period = FIRST + kill;
        let client = process.client(&key);
        let taken = client.upload(&observations_csv(&promised.set), file(period, cities)).await;
        let taken = taken.unwrap_or_else(|error| panic!("kill {kill}: 202 was expected for the upload, found {error:?}"));
        promised.imports.push(taken.id.clone());
        let moment = undisturbed.mul_f64(random.random_range(0.0..1.1));
        tokio::select! {
            () = register_for_ever(&client, kill, &mut promised.cities) => {}
            () = tokio::time::sleep(moment) => {}
        }
        process.kill();
        let killed = format!("seed {seed}, kill {kill} of {kills} after {moment:.0?}");

        process = Process::start(BINARY, &place);
        let client = process.client(&key);
        let at_once = count_observations(&client, &format!("period={period}")).await;
        assert!(at_once == 0 || at_once == rows, "{killed}: 0 or {rows} rows were expected at the restart, found {at_once}");
        let restarted = Instant::now();
        let job = finished(&client, &taken.job).await;
        let finished_after = restarted.elapsed();
        let then = count_observations(&client, &format!("period={period}")).await;
        println!(
            "{killed}: {at_once} rows at the restart; {:?} at attempt {} after {finished_after:.1?}, {then} rows",
            job.state, job.attempts,
        );
        let (state, error) = (job.state, job.error);
        assert_eq!(state, WorkState::Succeeded, "{killed}: a sound import needs no help, its job ended with {error:?}");
        assert_eq!(then, rows, "{killed}: rows after the import's job is over, found left, expected right");
        promised.rows += rows;
        promised.check(&client, &killed).await;
    }
    process.kill();
    place.clear().await;
}

/// A register, a set, an import in peace, and the time that it took.
async fn prepared(client: &Client, cities: usize) -> (Promised, Duration) {
    let items: Vec<String> = (0..ITEMS).map(|item| format!("i{item}")).collect();
    let set = publish(client, &plain_set("kill", &items.iter().map(String::as_str).collect::<Vec<_>>())).await;
    let mut register = "code,name\n".to_owned();
    for city in 0..cities {
        writeln!(register, "{city},{city}").expect("a text takes everything");
    }
    let of_cities = import(client, &cities_csv(), register).await;
    let start = Instant::now();
    let of_observations = import(client, &observations_csv(&set), file(FIRST - 1, cities)).await;
    let promised =
        Promised { set, cities: vec!["0".into()], imports: vec![of_cities.id, of_observations.id], rows: cities * ITEMS };
    (promised, start.elapsed())
}

/// A long file: a row per city and item.
fn file(period: usize, cities: usize) -> Vec<u8> {
    let mut file = "city,period,item,value\n".to_owned();
    for (city, item) in (0..cities).flat_map(|city| (0..ITEMS).map(move |item| (city, item))) {
        writeln!(file, "{city},{period},i{item},{}.{item}", (city + period) % 100).expect("a text takes everything");
    }
    file.into_bytes()
}

/// Registers city after city and writes down those that were answered, until it is dropped.
async fn register_for_ever(client: &Client, kill: usize, answered: &mut Vec<String>) {
    for next in 0.. {
        let code = format!("kill-{kill}-{next}");
        if try_to_register(client, &code).await.is_ok() {
            answered.push(code);
        }
    }
}

impl Promised {
    async fn check(&self, client: &Client, killed: &str) {
        let set = format!("{API_ROOT}/indicator-sets/{}/versions/{}", self.set.code, self.set.version);
        let set: IndicatorSet = kept(client, &set, killed).await;
        assert_eq!(set.summary.state, SetState::Published, "{killed}: the set was published");
        for code in &self.cities {
            let city: City = kept(client, &format!("{API_ROOT}/cities/{code}"), killed).await;
            assert_eq!(city.code.as_str(), code, "{killed}: the city that was asked for");
        }
        for id in &self.imports {
            let import: Import = kept(client, &format!("{API_ROOT}/imports/{id}"), killed).await;
            let found = (import.state, import.faults.total);
            assert_eq!(found, (WorkState::Succeeded, 0), "{killed}: import {id}, found left, expected right");
        }
        let release = freeze(client, &NewRelease::default()).await;
        assert_eq!(release.rows, self.rows as u64, "{killed}: rows of all imports, each once; found left, expected right");
    }
}

/// What was answered with a 2xx before.
async fn kept<T: DeserializeOwned>(client: &Client, path: &str, killed: &str) -> T {
    let found = client.get(path).await;
    found.unwrap_or_else(|error| panic!("{killed}: {path} was answered 2xx and is expected to be there, found {error:?}"))
}
