use serde_json::{Value, json};

use crate::testing::{Harness, small_set};

const OBSERVATIONS: &str = "kind=observations&set_code=small&set_version=1";

/// A service with a set of these rules, four cities and what was observed in 2025.
async fn with(rules: Value) -> Harness {
    let harness = Harness::new().await;
    let mut set = small_set();
    set["rules"] = rules;
    harness.post("/api/v1/indicator-sets", &set).await;
    let cities = "code,name,region\na,A,east\nb,B,east\nc,C,east\nd,D,west\n";
    harness.import("kind=cities", "text/csv", cities).await;
    let before = "city,period,item,value\na,2025,trees,100\nb,2025,trees,110\nc,2025,trees,120\nd,2025,trees,100\n";
    let kept = harness.import(OBSERVATIONS, "text/csv", before).await;
    assert_eq!(kept["accepted"], 4, "{kept}");
    harness
}

fn tally(import: &Value) -> [Value; 5] {
    [&import["state"], &import["accepted"], &import["rejected"], &import["faults"]["total"], &import["warnings"]["total"]]
        .map(Clone::clone)
}

async fn faults(harness: &Harness, import: &Value) -> Vec<Value> {
    let id = import["id"].as_str().expect("an id");
    harness.get(&format!("/api/v1/imports/{id}/faults")).await.json()["items"].as_array().expect("items").clone()
}

fn change(severity: &str) -> Value {
    json!([{"code": "JUMP", "severity": severity, "title": {"zh": "变化", "en": "Change"},
            "check": {"rule": "change", "items": ["trees"], "at_least": 0.5, "at_most": 2}}])
}

#[actix_web::test]
async fn an_error_of_a_rule_refuses_the_file_or_skips_its_row_and_a_warning_does_neither() {
    let harness = with(change("error")).await;
    let file = "city,period,item,value\na,2026,trees,120\nb,2026,trees,500\n";
    let refused = harness.import(OBSERVATIONS, "text/csv", file).await;
    assert_eq!(tally(&refused)[..4], [json!("failed"), json!(0), json!(1), json!(1)], "{refused}");
    let told = faults(&harness, &refused).await;
    assert_eq!(
        [&told[0]["code"], &told[0]["row"], &told[0]["city"], &told[0]["period"], &told[0]["value"], &told[0]["expected"]],
        [&json!("rule.violated"), &json!(3), &json!("b"), &json!("2026"), &json!("4.545455"), &json!("0.5..2")],
        "{told:?}"
    );
    let partial = harness.import(&format!("{OBSERVATIONS}&on_fault=skip_rows"), "text/csv", file).await;
    assert_eq!(tally(&partial)[..4], [json!("partial"), json!(1), json!(1), json!(1)], "{partial}");

    let harness = with(change("warning")).await;
    let warned = harness.import(OBSERVATIONS, "text/csv", file).await;
    assert_eq!(tally(&warned)[..4], [json!("succeeded"), json!(2), json!(0), json!(0)], "{warned}");
    let told = faults(&harness, &warned).await;
    assert_eq!((told.len(), &told[0]["severity"]), (1, &json!("warning")), "{told:?}");
}

#[actix_web::test]
async fn a_correction_of_an_earlier_value_is_judged_by_what_is_stored_after_it() {
    let harness = with(change("error")).await;
    let later = "city,period,item,value\na,2026,trees,150\n";
    assert_eq!(harness.import(OBSERVATIONS, "text/csv", later).await["accepted"], 1);
    // 150 of 2026 would be 15 times the corrected value of 2025.
    let corrected = harness.import(OBSERVATIONS, "text/csv", "city,period,item,value\na,2025,trees,10\n").await;
    assert_eq!(tally(&corrected)[..2], [json!("failed"), json!(0)], "{corrected}");
    assert_eq!(faults(&harness, &corrected).await[0]["row"], 2);
}

#[actix_web::test]
async fn peers_are_those_of_the_store_and_only_the_places_of_the_file_are_told_of() {
    let rules = json!([{"code": "FAR", "check": {"rule": "peers", "items": ["trees"], "group": "region", "min_cities": 3}}]);
    let harness = with(rules).await;
    let import = harness.import(OBSERVATIONS, "text/csv", "city,period,item,value\nc,2025,trees,900\n").await;
    assert_eq!(tally(&import)[..3], [json!("succeeded"), json!(1), json!(0)], "{import}");
    let told = faults(&harness, &import).await;
    assert_eq!((told.len(), &told[0]["city"], &told[0]["value"]), (1, &json!("c"), &json!("900")), "{told:?}");
    // The west has one city, and what stands in the store alone is not this file's.
    let other = harness.import(OBSERVATIONS, "text/csv", "city,period,item,value\nd,2025,trees,999\n").await;
    assert!(faults(&harness, &other).await.is_empty());
}
