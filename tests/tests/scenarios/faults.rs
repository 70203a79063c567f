//! What bad input gets: every fault named once, and nothing changed.

use std::collections::BTreeMap;

use citygauge_openapi::client::{Client, ClientError, Upload};
use citygauge_openapi::{API_ROOT, Fault, Import, ImportMode, OnFault, SetRef, WorkState};
use citygauge_tests::on_each_database;
use citygauge_tests::steps::{count_observations, finished, import, observations_csv, plain_set, publish, register, upload};
use serde_json::{Value, json};

on_each_database! {
    async fn a_file_with_one_of_each_fault_reports_each_of_them_once(site: Site) {
        let client = site.client();
        let set = prepared(&client).await;
        for (mode, on_fault) in [(ImportMode::Validate, OnFault::RejectAll), (ImportMode::Commit, OnFault::RejectAll)] {
            let ended = upload(&client, &Upload { mode, on_fault, ..observations_csv(&set) }, file_with_each_fault()).await;
            assert_eq!(ended.state, WorkState::Failed);
            assert_eq!(places(&ended), FAULTS);
            assert_eq!((ended.faults.total, ended.rejected, ended.accepted), (9, 9, 0));
            assert!(ended.faults.items.iter().all(|fault| fault.hint.is_some()), "{:#?}", ended.faults.items);
            assert_eq!(count_observations(&client, "").await, 1, "nothing has changed");
        }
    }

    async fn rows_with_faults_are_skipped_only_when_asked_for_and_the_import_says_partial(site: Site) {
        let client = site.client();
        let set = prepared(&client).await;
        let skip_rows = Upload { on_fault: OnFault::SkipRows, ..observations_csv(&set) };
        let ended = upload(&client, &skip_rows, file_with_each_fault()).await;
        assert_eq!(ended.state, WorkState::Partial);
        assert_eq!(places(&ended), FAULTS);
        assert_eq!((ended.accepted, ended.rejected, ended.unchanged), (2, 9, 0));
        assert_eq!(count_observations(&client, "").await, 3);

        let again = upload(&client, &skip_rows, file_with_each_fault()).await;
        assert_eq!((again.state, again.accepted, again.unchanged), (WorkState::Partial, 0, 2));
    }

    async fn a_file_that_is_none_is_refused_as_a_whole_even_when_rows_may_be_skipped(site: Site) {
        let client = site.client();
        let set = prepared(&client).await;
        let skip_rows = Upload { on_fault: OnFault::SkipRows, ..observations_csv(&set) };
        let files: [(&str, Vec<u8>, &str); 4] = [
            ("an empty file", Vec::new(), "file.empty"),
            ("a wrong header", b"town,period,item,value\nhz,2026,gdp,1\n".to_vec(), "file.missing_column"),
            ("ten megabytes of one line", vec![b'x'; 10 << 20], "file.line_too_long"),
            ("no text", vec![0xFF, 0xFE, 0x00, 0x81], "file.encoding"),
        ];
        for (what, file, code) in files {
            let ended = upload(&client, &skip_rows, file).await;
            assert_eq!(ended.state, WorkState::Failed, "{what}");
            let once = ended.faults.items.iter().filter(|fault| fault.code == code).count();
            assert_eq!(once, 1, "{what}: {:#?}", ended.faults.items);
            let job = finished(&client, &ended.job).await;
            assert!(job.error.is_some(), "{what}: the job says why it failed");
        }
        assert_eq!(count_observations(&client, "").await, 1, "nothing has changed");
    }

    async fn a_set_with_one_of_each_fault_is_refused_with_each_of_them_once(site: Site) {
        let client = site.client();
        for refused in [client.create_set(set_with_each_fault().to_string()).await, client.create_set(set_in_a_circle().to_string()).await] {
            let Err(ClientError::Problem(problem)) = refused else { panic!("{refused:?}") };
            assert_eq!((problem.status, problem.kind.as_str()), (422, "/problems/invalid"));
            assert!(problem.errors.iter().all(|fault| fault.pointer.is_some() && !fault.message.is_empty()), "{:#?}", problem.errors);
        }
        let checked = |document: Value| {
            let client = client.clone();
            async move {
                let check: Value = client.post(&format!("{API_ROOT}/indicator-sets/check"), &document).await.expect("a check is no refusal");
                let faults: Vec<Fault> = serde_json::from_value(check["faults"].clone()).expect("faults");
                by_code(&faults)
            }
        };
        let each = ["formula.too_deep", "formula.unknown_item", "node.duplicate", "scoring.goalposts", "set.unknown_key", "weight.sum"];
        assert_eq!(checked(set_with_each_fault()).await, each.map(|code| (code.to_owned(), 1)).into());
        assert_eq!(checked(set_in_a_circle()).await, [("node.cycle".to_owned(), 1)].into());
        let sets: Value = client.get(&format!("{API_ROOT}/indicator-sets")).await.expect("the list");
        assert_eq!(sets["items"], json!([]), "nothing was kept");
    }
}

/// Code, row and column of each fault of [`file_with_each_fault`], in the order of the file.
const FAULTS: [(&str, u64, &str); 9] = [
    ("observation.unknown_city", 3, "city"),
    ("observation.unknown_item", 4, "item"),
    ("observation.not_a_number", 5, "value"),
    ("observation.out_of_range", 6, "value"),
    ("observation.not_finite", 7, "value"),
    ("observation.not_finite", 8, "value"),
    ("observation.duplicate", 9, "item"),
    ("file.line_too_long", 10, ""),
    ("period.invalid", 11, "period"),
];

/// Two sound rows, at the ends, and one of each fault between them.
fn file_with_each_fault() -> Vec<u8> {
    let long_line = "x".repeat(10 << 20);
    format!(
        "city,period,item,value\n\
         hz,2026,gdp,1.5\n\
         atlantis,2026,gdp,1\n\
         hz,2026,gpd,1\n\
         hz,2025,gdp,many\n\
         hz,2025,share,101\n\
         hz,2024,share,NaN\n\
         hz,2023,share,1e999\n\
         hz,2026,gdp,2\n\
         {long_line}\n\
         hz,2026-13,gdp,1\n\
         hz,2022,share,100\n"
    )
    .into_bytes()
}

/// Two items, one city, one observation.
async fn prepared(client: &Client) -> SetRef {
    let set = publish(client, &plain_set("faults", &["gdp", "share"])).await;
    register(client, "hz").await;
    import(client, &observations_csv(&set), "city,period,item,value\nhz,2000,gdp,7\n").await;
    set
}

fn places(import: &Import) -> Vec<(&str, u64, &str)> {
    let items = import.faults.items.iter();
    items.map(|fault| (fault.code.as_str(), fault.row.unwrap_or_default(), fault.column.as_deref().unwrap_or_default())).collect()
}

fn by_code(faults: &[Fault]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for fault in faults {
        *counts.entry(fault.code.clone()).or_default() += 1;
    }
    counts
}

/// A set whose only faults are those of the list, one of each; a cycle has a set of its own, for it takes the tree away.
fn set_with_each_fault() -> Value {
    let leaf = |code: &str, weight: f64, formula: &str, scoring: Value| json!({"code": code, "title": {"en": code}, "weight": weight, "weight_of": "parent", "indicator": {"formula": formula, "scoring": scoring}});
    let ratio = || json!({"rule": "ratio"});
    let nested = format!("{}a{}", "(".repeat(65), ")".repeat(65));
    json!({
        "code": "bad", "version": "1", "title": {"en": "One of each fault"}, "colour": "green",
        "items": [{"code": "a"}],
        "nodes": [
            leaf("TWIN", 20.0, "a", ratio()),
            leaf("TWIN", 20.0, "a", ratio()),
            leaf("UNKNOWN", 20.0, "b", ratio()),
            leaf("DEEP", 20.0, &nested, ratio()),
            leaf("FLAT", 10.0, "a", json!({"rule": "goalposts", "worst": 1, "best": 1})),
        ]
    })
}

fn set_in_a_circle() -> Value {
    let leaf = |code: &str, parent: &str| json!({"code": code, "parent": parent, "title": {"en": code}});
    json!({
        "code": "circle", "version": "1", "title": {"en": "A circle"}, "items": [{"code": "a"}],
        "nodes": [
            {"code": "LEAF", "title": {"en": "leaf"}, "indicator": {"formula": "a", "scoring": {"rule": "ratio"}}},
            leaf("HEN", "EGG"),
            leaf("EGG", "HEN"),
        ]
    })
}
