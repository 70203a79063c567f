use actix_web::http::Method;
use polars::prelude::{Column, DataFrame, ParquetReader, SerReader};
use serde_json::{Value, json};

use crate::assessments::kept::parquet;
use crate::testing::{Harness, small_set};

const UPLOAD: &str = "/api/v1/releases/parquet?set_code=small&set_version=1";

/// The job that reads a file as a release, once it has ended.
async fn uploaded(harness: &Harness, file: &[u8]) -> Value {
    let request = harness.request(Method::POST, UPLOAD).insert_header(("content-type", "application/vnd.apache.parquet"));
    let accepted = harness.send(request.set_payload(file.to_vec())).await;
    assert_eq!(accepted.status.as_u16(), 202, "{accepted:?}");
    harness.work(accepted.json()["id"].as_str().expect("a job has an id")).await
}

/// The path of an assessment that has succeeded.
async fn assessed(harness: &Harness, request: &Value) -> String {
    let accepted = harness.post("/api/v1/assessments", request).await.json();
    let job = harness.work(accepted["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    format!("/api/v1/assessments/{}", accepted["id"].as_str().expect("an id"))
}

/// City, period, item, value, choice and status.
type Row<'r> = (&'r str, &'r str, &'r str, Option<f64>, Option<&'r str>, &'r str);

/// A file with the columns of a release.
fn rows(rows: &[Row]) -> Vec<u8> {
    let text = |name: &str, of: &dyn Fn(usize) -> Option<String>| {
        Column::new(name.into(), (0..rows.len()).map(of).collect::<Vec<Option<String>>>())
    };
    let columns = vec![
        text("city", &|row| Some(rows[row].0.to_owned()).filter(|city| !city.is_empty())),
        text("period", &|row| Some(rows[row].1.to_owned())),
        text("item", &|row| Some(rows[row].2.to_owned())),
        Column::new("value".into(), rows.iter().map(|row| row.3).collect::<Vec<Option<f64>>>()),
        text("choice", &|row| rows[row].4.map(str::to_owned)),
        text("status", &|row| Some(rows[row].5.to_owned())),
    ];
    parquet(&mut DataFrame::new(rows.len(), columns).expect("columns of one length")).expect("Parquet").to_vec()
}

#[actix_web::test]
async fn a_release_that_was_downloaded_is_uploaded_and_assessed_like_the_first() {
    Harness::on_each_database(async |harness| {
        harness.observe().await;
        let request = json!({"set": {"code": "small", "version": "1"}});
        let first = assessed(&harness, &request).await;
        let frozen = harness.get(&first).await.json()["release"].as_str().expect("a release").to_owned();
        let file = harness.get(&format!("/api/v1/releases/{frozen}/parquet")).await.body;
        let job = uploaded(&harness, &file).await;
        assert_eq!(job["state"], "succeeded", "{job}");
        let release = harness.get(job["result"].as_str().expect("a path")).await.json();
        assert_eq!((&release["uploaded"], &release["bytes"]), (&json!(true), &json!(file.len())));
        assert_eq!(harness.get(&format!("/api/v1/releases/{frozen}")).await.json()["uploaded"], json!(false));
        let second = assessed(&harness, &json!({"set": {"code": "small", "version": "1"}, "release": release["id"]})).await;
        let scores = async |path: &str| harness.get(&format!("{path}/scores")).await.json()["items"].clone();
        assert_eq!(scores(&second).await, scores(&first).await);
    })
    .await;
}

#[actix_web::test]
async fn a_file_that_is_no_release_is_told_all_that_is_wrong_and_leaves_nothing() {
    let harness = Harness::observed().await;
    let job = uploaded(&harness, b"not Parquet").await;
    assert!(job["state"] == "failed" && job.to_string().contains("file.unreadable"), "{job}");
    let file = rows(&[
        ("a", "2026", "trees", Some(1.0), None, "reported"),
        ("a", "2026", "trees", Some(2.0), None, "reported"),
        ("a", "2025", "trees", Some(2_000.0), None, "reported"),
        ("nowhere", "2026", "trees", Some(1.0), None, "reported"),
        ("a", "2026", "flowers", Some(1.0), None, "reported"),
        ("a", "26", "open_data", Some(1.0), None, "reported"),
        ("a", "2024", "open_data", Some(2.0), None, "reported"),
        ("a", "2024", "trees", None, Some("many"), "reported"),
        ("b", "2024", "trees", Some(1.0), None, "missing"),
        ("b", "2023", "trees", None, None, "reported"),
        ("b", "2022", "trees", Some(1.0), None, "draft"),
        ("", "2022", "trees", Some(1.0), None, "reported"),
    ]);
    let job = uploaded(&harness, &file).await;
    let told = job.to_string();
    for code in [
        "observation.duplicate",
        "observation.out_of_range",
        "observation.unknown_city",
        "observation.unknown_item",
        "observation.wrong_type",
        "observation.unexpected_value",
        "observation.no_value",
        "observation.unknown_status",
        "observation.missing_key",
        "period.",
    ] {
        assert!(told.contains(code), "{code} is not told: {job}");
    }
    let mut wide = ParquetReader::new(std::io::Cursor::new(rows(&[]))).finish().expect("Parquet");
    wide = wide.drop("status").expect("a column");
    wide.with_column(Column::new("value".into(), Vec::<String>::new())).expect("columns of one length");
    wide.with_column(Column::new("note".into(), Vec::<String>::new())).expect("columns of one length");
    let job = uploaded(&harness, &parquet(&mut wide).expect("Parquet")).await;
    for code in ["file.missing_column", "file.column_type", "file.unknown_column"] {
        assert!(job.to_string().contains(code), "{code} is not told: {job}");
    }
    assert_eq!(harness.get("/api/v1/releases").await.json()["items"], json!([]));
    let request = |uri: &str, kind: &'static str| harness.request(Method::POST, uri).insert_header(("content-type", kind));
    assert_eq!(harness.send(request(UPLOAD, "text/csv").set_payload("x")).await.status.as_u16(), 415);
    let nowhere = UPLOAD.replace("small", "large");
    assert_eq!(harness.send(request(&nowhere, "application/vnd.apache.parquet").set_payload("x")).await.status.as_u16(), 404);
}

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
