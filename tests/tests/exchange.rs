//! The files of a table in the tools of analysts: pyarrow, Polars, openpyxl, LibreOffice and pysdmx see the numbers of JSON.

use std::process::Command;

use citygauge_openapi::client::Client;
use citygauge_tests::steps::{assess, cities_csv, import, observations_csv, publish};
use citygauge_tests::{on_each_database, shared, workspace};
use serde_json::{Value, json};

on_each_database! {
    async fn every_file_of_scores_has_the_numbers_of_json(site: Site) {
        let client = site.client();
        let set = publish(&client, &document()).await;
        let (cities, observations) = (format!("code,name,name_zh\n{}", cities()), observations());
        import(&client, &cities_csv(), cities).await;
        import(&client, &observations_csv(&set), observations).await;
        let id = assess(&client, &set).await.id;
        compared(&client, &format!("/api/v1/assessments/{id}")).await;
    }

    async fn every_file_of_published_scores_has_the_numbers_of_json(site: Site) {
        let Some(folder) = shared("data/es-100-cities-sdg-2018") else { return };
        let client = site.client();
        let document = citygauge_indicators::catalog::find("es-sdg-cities-2018").expect("it is in the catalog");
        let set = publish(&client, &json!(document)).await;
        let read = |name: &str| std::fs::read(folder.join(name)).expect("it is there");
        import(&client, &cities_csv(), read("cities.csv")).await;
        import(&client, &observations_csv(&set), read("observations.csv")).await;
        let id = assess(&client, &set).await.id;
        compared(&client, &format!("/api/v1/assessments/{id}")).await;
    }
}

on_each_database! {
    async fn the_command_makes_exports_and_uploads_releases(site: Site) {
        let client = site.client();
        let set = publish(&client, &document()).await;
        import(&client, &cities_csv(), format!("code,name,name_zh\n{}", cities())).await;
        import(&client, &observations_csv(&set), observations()).await;
        let id = assess(&client, &set).await.id;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = |name: &str| folder.path().join(name).display().to_string();
        let run = |words: &[&str]| {
            let ran = site.command(BINARY).args(words).output().expect("the command runs");
            let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (ran.status.code(), said(&ran.stdout), said(&ran.stderr))
        };
        let table = format!("/api/v1/assessments/{id}/scores?node=TOTAL");

        let (status, _, told) = run(&["exports", "make", &table, "--out", &place("scores.parquet")]);
        assert_eq!(status, Some(0), "{told}");
        let same = client.bytes(&format!("{table}&format=parquet")).await.expect("the same table");
        assert!(std::fs::read(place("scores.parquet")).expect("it is there") == same);
        let (status, _, told) = run(&["exports", "make", &table, "--format", "sdmx_csv", "--out", &place("scores.txt")]);
        assert_eq!(status, Some(0), "{told}");
        let (status, listed, _) = run(&["exports", "list"]);
        assert!(status == Some(0) && listed.lines().count() == 2 && listed.contains("sdmx_csv"), "{listed}");
        let export = listed.split_whitespace().next().expect("an identifier").to_owned();
        let (status, _, told) = run(&["exports", "download", &export, "--out", &place("again.txt")]);
        assert_eq!(status, Some(0), "{told}");
        assert!(std::fs::read(place("again.txt")).expect("it is there") == std::fs::read(place("scores.txt")).expect("it is there"));
        assert_eq!(run(&["exports", "remove", &export]).0, Some(0));
        let (status, _, told) = run(&["exports", "download", &export, "--out", &place("gone.txt")]);
        assert!(status == Some(1) && !std::path::Path::new(&place("gone.txt")).exists(), "{told}");
        let (status, _, told) = run(&["exports", "make", "/api/v1/nothing", "--out", &place("none.csv")]);
        assert!(status == Some(1) && told.contains("export.no_table"), "{told}");
        assert_eq!(run(&["exports", "make", &table, "--out", &place("unknown.pdf")]).0, Some(2));

        let (status, listed, _) = run(&["releases", "list"]);
        assert!(status == Some(0) && listed.lines().count() == 1, "{listed}");
        let release = listed.split_whitespace().next().expect("an identifier").to_owned();
        let (status, _, told) = run(&["releases", "download", &release, "--out", &place("release.parquet")]);
        assert_eq!(status, Some(0), "{told}");
        let named = format!("{}@{}", set.code, set.version);
        let (status, said, told) = run(&["releases", "upload", &place("release.parquet"), "--set", &named]);
        assert!(status == Some(0) && said.contains("cities: 40, periods: 2"), "{said}{told}");
        std::fs::write(place("broken.parquet"), "PAR1").expect("the folder is ours");
        let (status, said, told) = run(&["releases", "upload", &place("broken.parquet"), "--set", &named]);
        assert!(status == Some(1) && said.is_empty() && !told.is_empty(), "{said}{told}");
        assert_eq!(run(&["releases", "upload", &place("absent.parquet"), "--set", &named]).0, Some(1));
        assert_eq!(run(&["releases", "upload", &place("release.parquet"), "--set", "nothing"]).0, Some(2));
    }
}

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");

/// Downloads every form of the scores and lets the script compare them; says what it could not compare.
async fn compared(client: &Client, assessment: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lines = client.bytes(&format!("{assessment}/scores?format=ndjson")).await.expect("the lines");
    let rows: Vec<Value> =
        std::str::from_utf8(&lines).expect("UTF-8").lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    std::fs::write(folder.path().join("scores.json"), json!(rows).to_string()).expect("the folder is ours");
    let scores =
        ["arrow", "parquet", "xlsx", "csv"].map(|format| (format!("scores?format={format}"), format!("scores.{format}")));
    let others = [
        ("scores?format=sdmx_csv", "scores.sdmx.csv"),
        ("scores?format=sdmx_json", "scores.sdmx.json"),
        ("structure", "structure.json"),
    ];
    for (path, name) in scores.into_iter().chain(others.map(|(path, name)| (path.to_owned(), name.to_owned()))) {
        let bytes = client.bytes(&format!("{assessment}/{path}")).await.expect("the file");
        std::fs::write(folder.path().join(name), bytes).expect("the folder is ours");
    }
    let script = workspace().join("tests/exchange/compare.py");
    let run = Command::new("python3").arg(script).arg(folder.path()).output();
    let output = match run {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return eprintln!("skipped: python3 is absent"),
        run => run.expect("python3 can be run"),
    };
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    eprint!("{said}");
    assert!(output.status.success(), "{failed}");
    assert!(said.contains("CSV: ") && said.contains("SDMX-JSON: "), "what needs no tool was compared: {said}");
}

/// Codes that are no identifiers, a level, and an indicator that nobody reports.
fn document() -> Value {
    let ratio = json!({"rule": "ratio"});
    json!({
        "code": "exchange", "version": "1", "title": {"zh": "交换", "en": "Exchange"},
        "items": [{"code": "1.10", "kind": "amount", "min": 0}, {"code": "绿地", "kind": "amount", "min": 0}, {"code": "none", "kind": "amount"}],
        "nodes": [
            {"code": "G.1", "title": {"zh": "绿", "en": "Green"}, "indicator": {"formula": "`1.10` / 3", "scoring": ratio}},
            {"code": "绿", "title": {"zh": "绿地", "en": "Park"}, "indicator": {"formula": "`绿地` / 7", "scoring": ratio}},
            {"code": "N", "title": {"en": "Nothing"}, "indicator": {"formula": "none", "scoring": ratio}}
        ],
        "levels": {"bands": [{"code": "low level", "from": 0}, {"code": "high", "from": 50, "title": {"zh": "高", "en": "High"}}]}
    })
}

fn cities() -> String {
    (0..40).map(|city| format!("c.{city},City {city},城市{city}\n")).collect()
}

fn observations() -> String {
    let row = |city: usize| {
        let other = if city.is_multiple_of(5) { String::new() } else { format!("{}", (city % 7) as f64 + 0.1 * city as f64) };
        format!("c.{city},2026,{},{other}\nc.{city},2026-Q3,{},\n", city as f64 / 13.0, 1e-9 * city as f64)
    };
    std::iter::once("city,period,1.10,绿地\n".to_owned()).chain((0..40).map(row)).collect()
}
