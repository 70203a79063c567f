//! Whoever waits, and whatever a job is at, other requests are answered.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use citygauge_api::config::Config;
use citygauge_openapi::client::{Client, ClientError};
use citygauge_openapi::{API_ROOT, CityPage, Job, NewRelease, WorkState};
use citygauge_tests::steps::{cities_csv, finished, import, observations_csv, plain_set, publish, try_to_register};
use citygauge_tests::{Place, Site};
use tokio::task::JoinSet;

/// How many clients wait at once, many more than there are connections.
const WAITING: usize = 50;

/// How long a read and a write may take together, on a machine that is busy with tests.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_wait_for_a_job_hold_up_nobody_on_sqlite() {
    clients_that_wait_for_a_job_hold_up_nobody(Place::folder()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_wait_for_a_job_hold_up_nobody_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    clients_that_wait_for_a_job_hold_up_nobody(place).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_reads_for_long_holds_up_nobody_on_sqlite() {
    a_job_that_reads_for_long_holds_up_nobody(Place::folder()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_reads_for_long_holds_up_nobody_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    a_job_that_reads_for_long_holds_up_nobody(place).await;
}

/// A small pool, and little patience with those that keep a connection.
fn small_pool(config: &mut Config) {
    (config.database.max_connections, config.database.acquire_timeout_ms) = (5, 2_000);
}

async fn clients_that_wait_for_a_job_hold_up_nobody(place: Place) {
    let nobody_works = |config: &mut Config| {
        small_pool(config);
        config.database.max_connections = 3;
        config.jobs.workers = 0;
    };
    let site = Site::open_with(place, nobody_works).await;
    let client = site.client();
    let job: Job = client.post(&format!("{API_ROOT}/releases"), &NewRelease::default()).await.expect("the release is taken");
    let mut waiting = JoinSet::new();
    for _ in 0..WAITING {
        let (client, path) = (client.clone(), format!("{API_ROOT}/jobs/{}?wait=5s", job.id));
        waiting.spawn(async move { client.get::<Job>(&path).await });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    for round in 0..10 {
        others_are_answered(&client, &format!("round-{round}")).await;
    }
    assert_eq!(waiting.len(), WAITING);
    while let Some(answer) = waiting.join_next().await {
        let answer = answer.expect("a client does not panic");
        let job = answer.unwrap_or_else(|error| panic!("{WAITING} answers to ?wait were expected, one is {error:?}"));
        assert_eq!(job.state, WorkState::Queued, "nobody works");
    }
    site.close().await;
}

async fn a_job_that_reads_for_long_holds_up_nobody(place: Place) {
    let site = Site::open_with(place, small_pool).await;
    let client = site.client();
    many_observations(&client, 200, 500).await;
    let job: Job = client.post(&format!("{API_ROOT}/releases"), &NewRelease::default()).await.expect("the release is taken");
    let mut reading = tokio::spawn({
        let (client, id) = (client.clone(), job.id.clone());
        async move { finished(&client, &id).await }
    });
    let mut round = 0;
    let job = loop {
        let city = format!("round-{round}");
        tokio::select! {
            biased;
            job = &mut reading => break job.expect("the state of the job is told at any time"),
            () = others_are_answered(&client, &city) => round += 1,
        }
    };
    assert_eq!((job.state, job.attempts), (WorkState::Succeeded, 1), "{:?}", job.error);
    site.close().await;
}

/// A read and a write, each answered soon.
async fn others_are_answered(client: &Client, city: &str) {
    let start = Instant::now();
    let read: Result<CityPage, ClientError> = client.get(&format!("{API_ROOT}/cities?limit=1")).await;
    assert!(read.is_ok(), "a page of cities was expected, found after {:?}: {read:?}", start.elapsed());
    let written = try_to_register(client, city).await;
    assert!(written.is_ok(), "a registered city was expected, found after {:?}: {written:?}", start.elapsed());
    assert!(start.elapsed() < SOON, "two answers were expected within {SOON:?}, they took {:?}", start.elapsed());
}

async fn many_observations(client: &Client, items: usize, cities: usize) {
    let items: Vec<String> = (0..items).map(|item| format!("i{item}")).collect();
    let set = publish(client, &plain_set("load", &items.iter().map(String::as_str).collect::<Vec<_>>())).await;
    let (mut register, mut file) = ("code,name\n".to_owned(), "city,period,item,value\n".to_owned());
    for city in 0..cities {
        writeln!(register, "{city},{city}").expect("a text takes everything");
        for item in &items {
            writeln!(file, "{city},2026,{item},{}", city % 100).expect("a text takes everything");
        }
    }
    import(client, &cities_csv(), register).await;
    import(client, &observations_csv(&set), file).await;
}
