//! What most scenarios begin with, each step to its end.

use std::collections::BTreeMap;
use std::time::Duration;

use citygauge_openapi::client::{Client, ClientError, Upload};
use citygauge_openapi::{
    API_ROOT, Assessment, City, CityProfile, Code, Cohort, Id, Import, ImportKind, ImportMode, Job, Line, NewAssessment,
    NewRelease, ObservationPage, OnFault, Release, SetRef, WorkState,
};
use serde_json::{Value, json};

/// How long a job may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// The reference of a set version.
#[must_use]
pub fn set_ref(code: &str, version: &str) -> SetRef {
    SetRef { code: Code::trusted(code), version: Code::trusted(version) }
}

/// A set of plain leaves under TOTAL: an item `a`, `b`, … from 0 to 100 is its own score.
#[must_use]
pub fn plain_set(code: &str, items: &[&str]) -> Value {
    let scaled = json!({"rule": "scaled", "range": [0, 100]});
    let leaf = |item: &&str| {
        let indicator = json!({"formula": item, "scoring": scaled});
        json!({"code": item.to_uppercase(), "title": {"en": item}, "indicator": indicator})
    };
    json!({
        "code": code, "version": "1", "title": {"en": "A set of plain leaves", "zh": "简单指标体系"},
        "items": items.iter().map(|item| json!({"code": item, "kind": "amount", "min": 0, "max": 100})).collect::<Vec<_>>(),
        "nodes": items.iter().map(leaf).collect::<Vec<_>>()
    })
}

/// Makes a draft of a document and publishes it.
pub async fn publish(client: &Client, document: &Value) -> SetRef {
    let draft = client.create_set(document.to_string()).await.expect("the document is sound");
    let set = SetRef { code: draft.summary.code, version: draft.summary.version };
    client.publish_set(&set).await.expect("a sound draft can be published");
    set
}

/// Registers a city that has only a name, or says why not.
///
/// # Errors
/// Where the service does not answer that it did.
pub async fn try_to_register(client: &Client, code: &str) -> Result<City, ClientError> {
    let profile = CityProfile {
        name: Line::trusted(code),
        name_zh: None,
        name_en: None,
        attributes: BTreeMap::new(),
        attributes_from: None,
        aliases: None,
        valid_from: None,
        valid_to: None,
    };
    client.put_city(code, &profile).await
}

/// Registers a city that has only a name.
pub async fn register(client: &Client, code: &str) {
    try_to_register(client, code).await.expect("the city is registered");
}

/// An upload of cities as CSV, all or nothing.
#[must_use]
pub fn cities_csv() -> Upload {
    Upload {
        kind: ImportKind::Cities,
        mode: ImportMode::Commit,
        on_fault: OnFault::RejectAll,
        set: None,
        period: None,
        file_name: None,
        content_type: "text/csv".into(),
    }
}

/// An upload of observations as CSV, all or nothing.
#[must_use]
pub fn observations_csv(set: &SetRef) -> Upload {
    Upload { kind: ImportKind::Observations, set: Some(set.clone()), ..cities_csv() }
}

/// Uploads a file and waits until its import is over, however it ends.
pub async fn upload(client: &Client, upload: &Upload, body: impl Into<Vec<u8>>) -> Import {
    let import = client.upload(upload, body.into()).await.expect("the file is taken");
    let job = finished(client, &import.job).await;
    let import = client.import(&import.id).await.expect("the import is there");
    assert_eq!(import.state, job.state, "the import and its job end alike");
    import
}

/// Uploads a file that is sound.
pub async fn import(client: &Client, kind: &Upload, body: impl Into<Vec<u8>>) -> Import {
    let import = upload(client, kind, body).await;
    assert_eq!(import.state, WorkState::Succeeded, "{:#?}", import.faults);
    import
}

/// Scores everything that is known.
pub async fn assess(client: &Client, set: &SetRef) -> Assessment {
    let new = NewAssessment { set: set.clone(), periods: None, cohort: Cohort::default(), release: None, supersedes: None };
    let assessment = client.create_assessment(&new).await.expect("the assessment is taken");
    let job = finished(client, &assessment.job).await;
    assert_eq!(job.state, WorkState::Succeeded, "{:?}", job.error);
    client.assessment(&assessment.id).await.expect("the assessment is there")
}

/// Freezes the observations.
pub async fn freeze(client: &Client, new: &NewRelease) -> Release {
    let job: Job = client.post(&format!("{API_ROOT}/releases"), new).await.expect("the release is taken");
    let job = finished(client, &job.id).await;
    assert_eq!(job.state, WorkState::Succeeded, "{:?}", job.error);
    client.get(&job.result.expect("the job names the release")).await.expect("the release is there")
}

/// A job once it is over.
pub async fn finished(client: &Client, job: &Id) -> Job {
    let mut made = 0.0;
    let waiting = client.wait_for_job(job, |progress| made = progress);
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(Ok(job)) => job,
        Ok(Err(error)) => panic!("the state of job {job} was expected, found instead: {error} ({error:?})"),
        Err(_) => panic!("job {job} was expected to be over within {PATIENCE:?}, found at progress {made}"),
    }
}

/// How many observations a list holds, over all of its pages; `filter` such as `period=2026`.
pub async fn count_observations(client: &Client, filter: &str) -> usize {
    let mut count = 0;
    let mut cursor = String::new();
    loop {
        let page: ObservationPage =
            client.get(&format!("{API_ROOT}/observations?limit=1000&{filter}{cursor}")).await.expect("a page");
        count += page.items.len();
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return count,
        }
    }
}
