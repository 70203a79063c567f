//! What was kept stays: over a restart, over a correction, and below an assessment that was made earlier.

use citygauge_openapi::client::Client;
use citygauge_openapi::{
    API_ROOT, CityPage, NewAssessment, NewRelease, Observation, ObservationHistory, ObservationPage, Release, SetRef, WorkState,
};
use citygauge_openapi::{Assessment, Cohort, ObservationValue};
use citygauge_tests::on_each_database;
use citygauge_tests::steps::{assess, cities_csv, finished, freeze, import, observations_csv, plain_set, publish};
use reqwest::Method;
use reqwest::header::{ETAG, IF_MATCH};
use serde_json::{Value, json};

on_each_database! {
    async fn a_restart_keeps_everything(site: Site) {
        let (set, assessment) = assessed(&site.client()).await;
        let before = everything(&site.client(), &set, &assessment).await;
        site.restart().await;
        assert_eq!(everything(&site.client(), &set, &assessment).await, before);
    }

    async fn a_restarted_service_goes_on_where_it_stopped(site: Site) {
        let (set, earlier) = assessed(&site.client()).await;
        site.restart().await;
        let client = site.client();
        import(&client, &observations_csv(&set), "city,period,item,value\nhz,2027,a,90\n").await;
        let later = assess(&client, &set).await;
        assert!(later.id > earlier.id, "identifiers sort in the order of their making");
        assert_eq!(total(&client, &later, "hz", "2027").await, "90");
    }

    async fn a_correction_takes_the_place_of_a_value_and_leaves_it_in_the_history(site: Site) {
        let client = site.client();
        let (set, _) = assessed(&client).await;
        let first = observation(&client).await;
        correct(&client, &set, 60.0).await;
        site.restart().await;
        let client = site.client();

        assert_eq!(observation(&client).await.value, Some(ObservationValue::Number(60.0)));
        let history: ObservationHistory = client.get(&format!("{PLACE}/history")).await.expect("the history");
        let values: Vec<_> = history.items.iter().map(|then| (then.value.clone(), then.superseded_at.is_some())).collect();
        let number = |value| Some(ObservationValue::Number(value));
        assert_eq!(values, [(number(60.0), false), (number(40.0), true)], "the newest first");
        assert_eq!(history.items[1].import, first.import, "where a value came from stays with it");
    }

    async fn the_past_can_be_read_as_it_was(site: Site) {
        let client = site.client();
        let (set, _) = assessed(&client).await;
        let then = observation(&client).await.recorded_at;
        correct(&client, &set, 60.0).await;
        let as_of = |moment: String| {
            let client = client.clone();
            async move {
                let path = format!("{API_ROOT}/observations?city=hz&item=a&as_of={moment}");
                let page: ObservationPage = client.get(&path).await.expect("a page");
                page.items.into_iter().map(|observation| observation.value.expect("a value")).collect::<Vec<_>>()
            }
        };
        assert_eq!(as_of(json!(then).as_str().expect("a time").to_owned()).await, [ObservationValue::Number(40.0)]);
        assert_eq!(as_of("2000-01-01T00:00:00Z".into()).await, []);
        let now = observation(&client).await.recorded_at;
        assert_eq!(as_of(json!(now).as_str().expect("a time").to_owned()).await, [ObservationValue::Number(60.0)]);

        let frozen = freeze(&client, &NewRelease { as_of: Some(then) }).await;
        let scored = assess_release(&client, &set, &frozen).await;
        assert_eq!(total(&client, &scored, "hz", "2026").await, "30");
    }

    async fn an_assessment_stands_on_what_it_has_read_whatever_is_corrected_later(site: Site) {
        let client = site.client();
        let (set, assessment) = assessed(&client).await;
        let before = client.scores_csv(&assessment.id, &[]).await.expect("the scores");
        let release: Release = client
            .get(&format!("{API_ROOT}/releases/{}", assessment.release.as_ref().expect("a release was frozen")))
            .await
            .expect("the release");

        correct(&client, &set, 60.0).await;
        site.restart().await;
        let client = site.client();
        assert_eq!(client.scores_csv(&assessment.id, &[]).await.expect("the scores"), before);
        let again = assess_release(&client, &set, &release).await;
        assert_eq!(client.scores_csv(&again.id, &[]).await.expect("the scores"), before, "the release gives the same digits again");
        let now = assess(&client, &set).await;
        assert_eq!(total(&client, &now, "hz", "2026").await, "40", "a new assessment reads the correction");
    }

    async fn a_correction_by_someone_who_has_not_seen_the_value_is_refused(site: Site) {
        let client = site.client();
        let (set, _) = assessed(&client).await;
        let report = json!({"set": set, "value": 60});
        let blind = client.request(Method::PUT, PLACE).json(&report).send().await.expect("an answer");
        assert_eq!(blind.status(), 428);
        let stale = client.request(Method::PUT, PLACE).header(IF_MATCH, "\"stale\"").json(&report).send().await.expect("an answer");
        assert_eq!(stale.status(), 412);
        assert_eq!(observation(&client).await.value, Some(ObservationValue::Number(40.0)));
    }
}

const PLACE: &str = "/api/v1/observations/hz/2026/a";

/// Two cities with two items, a published set, and an assessment: Hangzhou has 40 and 20, so 30.
async fn assessed(client: &Client) -> (SetRef, Assessment) {
    let set = publish(client, &plain_set("history", &["a", "b"])).await;
    import(client, &cities_csv(), "code,name,region\nhz,杭州,east\nnb,宁波,east\n").await;
    import(client, &observations_csv(&set), "city,period,a,b\nhz,2026,40,20\nnb,2026,50,70\n").await;
    let assessment = assess(client, &set).await;
    assert_eq!(total(client, &assessment, "hz", "2026").await, "30");
    (set, assessment)
}

async fn observation(client: &Client) -> Observation {
    client.get(PLACE).await.expect("the observation is there")
}

/// Corrects the first item of Hangzhou, as somebody who has seen what it says now.
async fn correct(client: &Client, set: &SetRef, value: f64) {
    let seen = client.request(Method::GET, PLACE).send().await.expect("an answer");
    let tag = seen.headers()[ETAG].clone();
    let report = json!({"set": set, "value": value, "note": "as published in the yearbook"});
    let answer = client.request(Method::PUT, PLACE).header(IF_MATCH, tag).json(&report).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
}

async fn assess_release(client: &Client, set: &SetRef, release: &Release) -> Assessment {
    let new = NewAssessment {
        set: set.clone(),
        periods: None,
        cohort: Cohort::default(),
        release: Some(release.id.clone()),
        supersedes: None,
    };
    let assessment = client.create_assessment(&new).await.expect("the assessment is taken");
    assert_eq!(finished(client, &assessment.job).await.state, WorkState::Succeeded);
    assessment
}

/// The index of a city, as the table of scores writes it.
async fn total(client: &Client, assessment: &Assessment, city: &str, period: &str) -> String {
    let filter = [("node", "TOTAL"), ("city", city), ("period", period)];
    let table = client.scores_csv(&assessment.id, &filter).await.expect("the scores");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let score = reader.headers().expect("a header").iter().position(|column| column == "score").expect("a column of scores");
    let row = reader.records().next().expect("a row").expect("a record");
    row[score].to_owned()
}

/// All that a client can see, but for what changes by looking.
async fn everything(client: &Client, set: &SetRef, assessment: &Assessment) -> Value {
    let page: CityPage = client.get(&format!("{API_ROOT}/cities")).await.expect("the cities");
    let mut seen = json!({"cities": page, "scores": client.scores_csv(&assessment.id, &[]).await.expect("the scores")});
    let paths = [
        format!("indicator-sets/{}/versions/{}", set.code, set.version),
        "observations".to_owned(),
        "imports".to_owned(),
        "releases".to_owned(),
        "jobs".to_owned(),
        "keys".to_owned(),
        "audit-events".to_owned(),
        format!("assessments/{}", assessment.id),
        format!("assessments/{}/ranking", assessment.id),
        format!("assessments/{}/cities/hz", assessment.id),
    ];
    for path in paths {
        seen[&path] = client.get(&format!("{API_ROOT}/{path}")).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    // A key remembers when it was last used.
    for key in seen["keys"]["items"].as_array_mut().expect("a list of keys") {
        key.as_object_mut().expect("a key").remove("last_used_at");
    }
    seen
}
