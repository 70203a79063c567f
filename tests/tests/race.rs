//! Many write to one row at once: one of them is heard, the others are told that they have not seen it, and nothing that was acknowledged is
//! lost or done twice.
//!
//! A hundred writers and five rounds, unless `CITYGAUGE_RACERS` and `CITYGAUGE_RACES` say otherwise:
//!
//! ```text
//! CITYGAUGE_RACES=100 cargo test -p citygauge-tests --test race -- --nocapture --test-threads 1
//! ```

use std::collections::BTreeSet;

use citygauge_api::audit::check_file;
use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Assessment, ObservationHistory, ObservationValue, SetRef};
use citygauge_tests::steps::{cities_csv, import, observations_csv, plain_set, publish};
use citygauge_tests::{Place, Site, number};
use futures_util::future::join_all;
use reqwest::header::{ETAG, IF_MATCH};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const ROW: &str = "/api/v1/observations/hz/2026/a";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_writers_one_is_heard_and_none_is_lost_on_sqlite() {
    race(Place::folder()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_writers_one_is_heard_and_none_is_lost_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    race(place).await;
}

async fn race(place: Place) {
    let (racers, races) = (number("CITYGAUGE_RACERS", 100), number("CITYGAUGE_RACES", 5));
    let site = Site::open_with(place, |config| config.limits.requests_per_s = 0).await;
    let client = site.client();
    let set = publish(&client, &plain_set("race", &["a", "b"])).await;
    import(&client, &cities_csv(), "code,name\nhz,杭州\nnb,宁波\n").await;
    import(&client, &observations_csv(&set), "city,period,a,b\nhz,2026,40,20\nnb,2026,50,70\n").await;

    let mut acknowledged = Vec::new();
    for round in 0..races {
        acknowledged.push(with_one_tag(&client, &set, round, racers).await);
    }
    let patient = racers.min(20);
    acknowledged.extend(until_heard(&client, &set, patient).await);
    assert_eq!(
        kept(&client).await,
        [vec![40.0], acknowledged.clone()].concat(),
        "every acknowledged value, in its order, and no other"
    );
    once(&client, &set, racers).await;

    let file = client.bytes(&format!("{API_ROOT}/audit-events/file")).await.expect("the trail");
    check_file(&*file, None, None).expect("the trail is one chain");
    let corrected =
        String::from_utf8_lossy(&file).lines().filter(|line| line.contains(r#""action":"correct_observation""#)).count();
    assert_eq!(corrected, acknowledged.len(), "a line for each that was acknowledged");
    println!("{races} races of {racers}, {patient} until each was heard: {} acknowledged, 0 lost, 0 ghosts", acknowledged.len());
    site.close().await;
}

/// All write at once, each having seen the same. The value of the one that was heard.
async fn with_one_tag(client: &Client, set: &SetRef, round: usize, racers: usize) -> f64 {
    let tag = seen(client).await;
    let value = |racer: usize| (round * racers + racer) as f64 / 1_000.0;
    let asked = (0..racers).map(|racer| write(client, set, &tag, value(racer)));
    let answers = join_all(asked).await;
    let heard: Vec<usize> = (0..racers).filter(|racer| answers[*racer] == StatusCode::OK).collect();
    assert_eq!(heard.len(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::PRECONDITION_FAILED).count(), racers - 1, "{answers:?}");
    value(heard[0])
}

/// All write at once, and look again until they are heard. The values in the order in which they were.
async fn until_heard(client: &Client, set: &SetRef, racers: usize) -> Vec<f64> {
    let before = kept(client).await.len();
    let racing = (0..racers).map(|racer| async move {
        let value = 90.0 + racer as f64 / 1_000.0;
        loop {
            match write(client, set, &seen(client).await, value).await {
                StatusCode::OK => return value.to_string(),
                StatusCode::PRECONDITION_FAILED => {}
                other => panic!("{other}"),
            }
        }
    });
    let said: BTreeSet<String> = join_all(racing).await.into_iter().collect();
    let kept = kept(client).await.split_off(before);
    assert_eq!(kept.len(), racers, "each once");
    assert_eq!(kept.iter().map(ToString::to_string).collect::<BTreeSet<_>>(), said);
    kept
}

/// All ask for the same work under one `Idempotency-Key`: it is done once.
async fn once(client: &Client, set: &SetRef, racers: usize) {
    let body = json!({"set": set, "periods": ["2026"]});
    let asked = (0..racers).map(|_| async {
        let request =
            client.request(Method::POST, &format!("{API_ROOT}/assessments")).header("idempotency-key", "race").json(&body);
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        (status, answer.json::<Value>().await.expect("JSON"))
    });
    let mut made = BTreeSet::new();
    for (status, answer) in join_all(asked).await {
        match status {
            StatusCode::ACCEPTED => drop(made.insert(answer["id"].to_string())),
            StatusCode::CONFLICT => {}
            other => panic!("{other}: {answer}"),
        }
    }
    let listed: Value = client.get(&format!("{API_ROOT}/assessments")).await.expect("a list");
    let listed: Vec<Assessment> = serde_json::from_value(listed["items"].clone()).expect("assessments");
    assert_eq!((made.len(), listed.len()), (1, 1));
}

async fn seen(client: &Client) -> String {
    let answer = client.request(Method::GET, ROW).send().await.expect("an answer");
    answer.headers()[ETAG].to_str().expect("a tag").to_owned()
}

async fn write(client: &Client, set: &SetRef, tag: &str, value: f64) -> StatusCode {
    let report = json!({"set": set, "value": value, "note": "as published in the yearbook"});
    client.request(Method::PUT, ROW).header(IF_MATCH, tag).json(&report).send().await.expect("an answer").status()
}

/// Every value that the row has had, the oldest first.
async fn kept(client: &Client) -> Vec<f64> {
    let history: ObservationHistory = client.get(&format!("{ROW}/history")).await.expect("the history");
    let number = |value: Option<ObservationValue>| match value {
        Some(ObservationValue::Number(number)) => number,
        other => panic!("{other:?}"),
    };
    let mut values: Vec<f64> = history.items.into_iter().map(|then| number(then.value)).collect();
    values.reverse();
    values
}
