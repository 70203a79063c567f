//! Artifacts behind the S3 protocol.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use citygauge_api::artifacts::{ArtifactError, Artifacts};
use citygauge_api::clock::Sources;
use citygauge_api::config::{Config, Objects};
use citygauge_openapi::{API_ROOT, Cohort, NewAssessment, NewRelease, SetRef, WorkState};
use citygauge_tests::steps::{assess, finished, freeze, import, observations_csv, plain_set, publish, register};
use citygauge_tests::{Bucket, Place, Process};
use futures_util::{TryStreamExt, stream};
use serde_json::{Value, json};

use crate::{BINARY, codes, unavailable};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_and_large_artifacts_go_through_a_bucket() {
    let Some(bucket) = Bucket::start().await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let objects = bucket.settings(&folder.path().join("credentials"));
    let open = |objects: Objects| {
        Artifacts::open(&Config { objects, ..Config::default() }, Sources::system()).expect("the settings make sense")
    };
    let artifacts = open(objects.clone());
    artifacts.ping().await.expect("the server answers");
    let small = artifacts.put(Bytes::from_static(b"small")).await.expect("kept");
    assert_eq!(artifacts.put(Bytes::from_static(b"small")).await.expect("kept"), small, "twice is once");
    let piece = Bytes::from(vec![3; 5 << 20]);
    let pieces = stream::iter(vec![piece.clone(); 4].into_iter().map(Ok::<_, Infallible>));
    let large = artifacts.put_stream(pieces, u64::MAX).await.expect("kept").expect("nothing broke off");
    assert_eq!(artifacts.put(vec![3; 20 << 20].into()).await.expect("kept"), large);
    assert_eq!(artifacts.get(&small.digest).await.expect("found"), "small");
    let read: Vec<Bytes> = artifacts.stream(&large.digest).await.expect("found").try_collect().await.expect("sound");
    assert_eq!(read.iter().map(Bytes::len).sum::<usize>(), 20 << 20);
    let none = "0".repeat(64);
    assert!(matches!(artifacts.get(&none).await, Err(ArtifactError::Absent(_))));

    bucket.proxy.go_away();
    assert!(matches!(artifacts.get(&small.digest).await, Err(ArtifactError::Failed(_))));
    assert!(matches!(artifacts.put(Bytes::from_static(b"other")).await, Err(ArtifactError::Failed(_))));
    let told = artifacts.ping().await.expect_err("it is away").to_string();
    assert!(!told.contains("not-to-be-told"), "{told}");
    bucket.proxy.come_back();
    assert_eq!(artifacts.get(&small.digest).await.expect("it is back"), "small");

    let elsewhere = open(Objects { url: Some("s3://no-such-bucket".into()), ..objects });
    assert!(matches!(elsewhere.ping().await, Err(ArtifactError::Failed(_))));
    assert!(matches!(elsewhere.get(&none).await, Err(ArtifactError::Failed(_))), "of one artifact nothing is known");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_without_its_bucket_says_so_and_its_jobs_wait_for_it() {
    let Some(bucket) = Bucket::start().await else { return };
    let place = Place::folder();
    let endpoint = bucket.endpoint();
    let mut settings = vec![("CITYGAUGE_JOBS_POLL_MS", "100"), ("CITYGAUGE_LOG_FILTER", "error")];
    settings.extend(Bucket::environment(&endpoint));
    let service = Process::start_with(BINARY, &place, &settings);
    let key = service.first_key().expect("the first start issues a key").to_owned();
    let client = service.client(&key);
    let set = publish(&client, &plain_set("bucket", &["a", "b"])).await;
    register(&client, "hz").await;
    import(&client, &observations_csv(&set), "city,period,item,value\nhz,2026,a,40\nhz,2026,b,60\n").await;
    let release = freeze(&client, &NewRelease::default()).await;
    let file = format!("{API_ROOT}/releases/{}/parquet", release.id);
    let whole = client.bytes(&file).await.expect("the release");
    assert_eq!(whole.len() as u64, release.bytes);
    let assessment = assess(&client, &set).await;
    let bundle = format!("{API_ROOT}/assessments/{}/bundle", assessment.id);
    let signed = client.bytes(&bundle).await.expect("a bundle");
    assert!(!place.data_dir().join("objects/sha256").exists(), "nothing is kept in the folder");

    bucket.proxy.go_away();
    for path in [&file, &bundle] {
        assert_eq!(unavailable(client.bytes(path).await).kind, "/problems/unavailable", "{path}");
    }
    let refused = client.upload(&observations_csv(&set), "city,period,item,value\nhz,2025,a,1\n").await;
    assert_eq!(unavailable(refused).status, 503);
    let ready = unavailable(client.get::<Value>("/readyz").await);
    assert_eq!(codes(&ready), ["ready.objects"]);
    let taken = client.create_assessment(&new_assessment(&set)).await.expect("the database is there, and so the job");
    tokio::time::sleep(Duration::from_secs(4)).await;
    let waiting = client.assessment(&taken.id).await.expect("it is there");
    assert!(matches!(waiting.state, WorkState::Queued | WorkState::Running), "{:?}", waiting.state);

    bucket.proxy.come_back();
    let job = finished(&client, &taken.job).await;
    assert_eq!(job.state, WorkState::Succeeded, "{:?}", job.error);
    assert!((2..=3).contains(&job.attempts), "at most one attempt for each worker was in vain: {}", job.attempts);
    assert_eq!(client.get::<Value>("/readyz").await.expect("it is ready")["objects"], json!(true));
    assert!(client.bytes(&bundle).await.expect("a bundle") == signed, "the same bytes as before");

    bucket.proxy.go_away();
    service.kill();
    let again = Process::start_with(BINARY, &place, &settings);
    let client = again.client(&key);
    assert_eq!(unavailable(client.bytes(&file).await).status, 503, "it serves what does not need the bucket");
    client.assessment(&assessment.id).await.expect("which the database has");
    bucket.proxy.come_back();
    assert!(client.bytes(&file).await.expect("the release") == whole);
}

fn new_assessment(set: &SetRef) -> NewAssessment {
    NewAssessment { set: set.clone(), periods: None, cohort: Cohort::default(), release: None, supersedes: None }
}
