use serde_json::json;

use crate::testing::{Harness, small_set};

#[actix_web::test]
async fn equal_observations_are_frozen_into_equal_files() {
    let harness = Harness::new().await;
    harness.post("/api/v1/indicator-sets", &small_set()).await;
    harness.import("kind=cities", "text/csv", "code,name\na,A\nb,B\n").await;
    let query = "kind=observations&set_code=small&set_version=1";
    let rows = "a,2026,trees,10\na,2026,open_data,no\nb,2025,trees,1\nb,2026,trees,2\nb,2027,trees,3\n";
    harness.import(query, "text/csv", &format!("city,period,item,value\n{rows}")).await;
    let mut releases = Vec::new();
    for _ in 0..2 {
        let accepted = harness.post("/api/v1/releases", &json!({})).await;
        assert_eq!(accepted.status.as_u16(), 202, "{accepted:?}");
        let job = harness.work(accepted.json()["id"].as_str().expect("a job has an id")).await;
        assert_eq!(job["state"], "succeeded", "{job}");
        releases.push(harness.get(job["result"].as_str().expect("a path")).await.json());
    }
    let counts = ["rows", "items", "cities", "periods"].map(|what| releases[0][what].as_u64().expect("a count"));
    assert_eq!(counts, [5, 2, 2, 3]);
    assert_eq!(releases[0]["digest"], releases[1]["digest"]);
    assert_ne!(releases[0]["id"], releases[1]["id"]);
    let path = format!("/api/v1/releases/{}/parquet", releases[0]["id"].as_str().expect("an id"));
    let file = harness.get(&path).await;
    assert_eq!(file.header("content-type"), "application/vnd.apache.parquet");
    assert_eq!((&file.body[..4], file.body.len() as u64), (&b"PAR1"[..], releases[0]["bytes"].as_u64().expect("a size")));
}

#[actix_web::test]
async fn a_moment_to_come_cannot_be_frozen() {
    let harness = Harness::new().await;
    let reply = harness.post("/api/v1/releases", &json!({"as_of": "2999-01-01T00:00:00Z"})).await;
    assert_eq!(reply.faults(), [("release.future".into(), "/as_of".into())]);
}
