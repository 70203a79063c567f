//! A clock that leaps by hours, days and years, back and forth and beyond 2038, under a mixed load: nothing panics, no identifier comes twice, the
//! trail keeps its order, jobs go on, and what was acknowledged is there.
//!
//! Twelve leaps, unless `CITYGAUGE_LEAPS` says otherwise, from `CITYGAUGE_LEAP_SEED`.
//!
//! ```text
//! CITYGAUGE_LEAPS=500 cargo test -p citygauge-tests --test survival clock -- --nocapture
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use citygauge_api::clock::Source as _;
use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Assessment, IssuedKey, Moment, Round, SetRef};
use citygauge_tests::mixed::{Figures, Mixed, Story};
use citygauge_tests::steps::{cities_csv, count_observations, finished, import, observations_csv, plain_set, publish};
use citygauge_tests::{Leaping, Place, Site, number};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use reqwest::header::{ETAG, IF_MATCH};
use serde_json::{Value, json};

use crate::seed;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// How far it leaps: half a second to days back and forth, and beyond the end of 32 bits of seconds.
const FAR: [i64; 10] = [-30 * DAY, -DAY, -HOUR, -500, 0, 500, HOUR, DAY, 400 * DAY, 13 * 366 * DAY];

/// What does not end by the clock: exports do, and a release of a moment that is to come is refused.
const STORIES: [Story; 7] =
    [Story::Imports, Story::Observation, Story::Evidence, Story::Assessment, Story::Set, Story::Round, Story::City];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_clock_does_what_was_acknowledged_is_there_and_jobs_go_on_on_sqlite() {
    leap_again_and_again(Place::folder(), "SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_clock_does_what_was_acknowledged_is_there_and_jobs_go_on_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    leap_again_and_again(place, "PostgreSQL").await;
}

async fn leap_again_and_again(place: Place, database: &str) {
    let (leaps, seed, clock) = (number("CITYGAUGE_LEAPS", 12), seed("CITYGAUGE_LEAP_SEED"), Leaping::default());
    let (mut random, mut figures, began) = (StdRng::seed_from_u64(seed), Figures::default(), Instant::now());
    // A job whose lease a leap has ended is begun again.
    let site = Site::open_at(place, |config| config.jobs.attempts = 1_000, clock.sources()).await;
    let client = site.client();
    let mut mixed = Mixed::prepare(&client).await;
    for _ in 0..leaps.div_ceil(4) {
        let (stop, load) = (AtomicBool::new(false), random.random());
        let leaping = async {
            for _ in 0..4 {
                tokio::time::sleep(Duration::from_millis(random.random_range(50..500))).await;
                clock.leap(*FAR.choose(&mut random).expect("there are some"));
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
            stop.store(true, Ordering::SeqCst);
        };
        tokio::join!(mixed.load(&client, &STORIES, load, &stop), leaping);
        mixed.settle(&client, &mut figures).await;
    }
    mixed.settle_all(&client, &mut figures).await;
    println!("a clock that leaps, {database}, seed {seed}, {leaps} times in {:.0?}: {figures}", began.elapsed());
    figures.assert_sound();
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_depends_on_the_clock_holds_when_it_goes_back() {
    for place in [Some(Place::folder()), Place::schema().await].into_iter().flatten() {
        let clock = Leaping::default();
        let site = Site::open_at(place, |_| (), clock.sources()).await;
        let client = site.client();
        keys_end_by_the_clock(&site, &client, &clock).await;
        let set = publish(&client, &plain_set("clock", &["a", "b"])).await;
        import(&client, &cities_csv(), "code,name\nhz,杭州\nnb,宁波\n").await;
        clock.leap(DAY);
        import(&client, &observations_csv(&set), "city,period,a,b\nhz,2026,40,60\nnb,2026,50,70\n").await;
        clock.leap(0);
        published_is_what_is_known(&client, &set).await;
        conditions_and_keys_of_requests_hold(&client, &set, &clock).await;
        site.close().await;
    }
}

async fn keys_end_by_the_clock(site: &Site, client: &Client, clock: &Leaping) {
    let until = Moment::from_ms(clock.now_ms() + HOUR);
    let new = json!({"name": "for an hour", "role": "viewer", "expires_at": until});
    let key: IssuedKey = client.post(&format!("{API_ROOT}/keys"), &new).await.expect("issued");
    let with_key = site.client_with(key.token.as_deref().expect("it was issued just now"));
    let works = async || with_key.get::<Value>(&format!("{API_ROOT}/cities")).await.is_ok();
    assert!(works().await);
    clock.leap(2 * HOUR);
    assert!(!works().await, "it has ended");
    clock.leap(0);
    assert!(works().await, "by the clock, whichever way that goes");
}

/// What was recorded while the clock was ahead is not left out of a publication.
async fn published_is_what_is_known(client: &Client, set: &SetRef) {
    let path = format!("{API_ROOT}/rounds/r");
    let profile = json!({"title_en": "A round", "set": set, "periods": ["2026"], "cohort": ["hz", "nb"]});
    let _: Round = client.put_as_seen(&path, &profile).await.expect("a draft");
    let _: Round = client.post_as_seen(&path, &format!("{path}/open"), &json!({})).await.expect("open");
    let said = json!({"incomplete": true, "comment": "as things stand"});
    let published: Round = client.post_as_seen(&path, &format!("{path}/publish"), &said).await.expect("published");
    let assessment = published.assessment.expect("it has one");
    let assessment: Assessment = client.assessment(&assessment).await.expect("it is there");
    finished(client, &assessment.job).await;
    let assessment: Assessment = client.assessment(&assessment.id).await.expect("it is there");
    assert_eq!(assessment.summary.map(|summary| summary.scored), Some(2), "{:?}", assessment.error);
}

async fn conditions_and_keys_of_requests_hold(client: &Client, set: &SetRef, clock: &Leaping) {
    let path = format!("{API_ROOT}/observations/hz/2026/a");
    let correct = async |tag: &str, value: u32| {
        let request = client.request(Method::PUT, &path).header(IF_MATCH, tag).json(&json!({"set": set, "value": value}));
        let answer = request.send().await.expect("an answer");
        let tag = answer.headers().get(ETAG).map(|tag| tag.to_str().expect("text").to_owned());
        (answer.status().as_u16(), tag.unwrap_or_default())
    };
    let seen = client.request(Method::GET, &path).send().await.expect("an answer").headers()[ETAG].clone();
    let seen = seen.to_str().expect("text");
    let mut tag = seen.to_owned();
    for (turn, leap) in [-DAY, 13 * 366 * DAY, 0, -HOUR].into_iter().enumerate() {
        clock.leap(leap);
        let (status, next) = correct(&tag, turn as u32).await;
        assert_eq!(status, 200, "{leap}");
        assert_eq!(correct(seen, 99).await.0, 412, "{leap}");
        tag = next;
    }
    clock.leap(0);
    let release = async || {
        let request = client.request(Method::POST, &format!("{API_ROOT}/releases")).header("idempotency-key", "once");
        client.send::<Value>(request.json(&json!({}))).await.expect("taken")["id"].clone()
    };
    let first = release().await;
    for leap in [-30 * DAY, HOUR, 0] {
        clock.leap(leap);
        assert_eq!(release().await, first, "{leap}");
    }
    assert_eq!(count_observations(client, "").await, 4);
}
