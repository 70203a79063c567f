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

#[actix_web::test]
async fn a_rule_of_the_service_judges_imports_like_one_of_the_set_until_it_is_switched_off() {
    let harness = with(json!([])).await;
    harness.post("/api/v1/indicator-sets/small/versions/1/publish", &json!({})).await;
    let rule = |enabled: bool| {
        json!({"enabled": enabled, "rule": {"severity": "error",
               "check": {"rule": "change", "items": ["trees"], "at_most": 2}}})
    };
    let path = "/api/v1/validation-rules/JUMP";
    let made = harness.put(path, None, &rule(true)).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let file = "city,period,item,value\nb,2026,trees,500\n";
    let refused = harness.import(OBSERVATIONS, "text/csv", file).await;
    assert_eq!(tally(&refused)[..4], [json!("failed"), json!(0), json!(1), json!(1)], "{refused}");
    assert_eq!(faults(&harness, &refused).await[0]["code"], "rule.violated");
    let off = harness.put(path, Some(made.header("etag")), &rule(false)).await;
    assert_eq!(off.status.as_u16(), 200);
    let kept = harness.import(OBSERVATIONS, "text/csv", file).await;
    assert_eq!(tally(&kept), [json!("succeeded"), json!(1), json!(0), json!(0), json!(0)], "{kept}");
}

#[actix_web::test]
async fn a_waived_error_refuses_nothing_and_is_told_of_with_its_reason() {
    let harness = with(change("error")).await;
    let waive = json!({"rule": "JUMP", "set": "small", "city": "b", "period": "2026", "value": "4.545455",
                       "reason": "two districts joined", "name": "Li Hua"});
    let made = harness.post("/api/v1/waivers", &waive).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let file = "city,period,item,value\nb,2026,trees,500\n";
    // Another value is another finding.
    let other = harness.import(OBSERVATIONS, "text/csv", "city,period,item,value\nb,2026,trees,600\n").await;
    assert_eq!(tally(&other)[0], "failed", "{other}");
    let kept = harness.import(OBSERVATIONS, "text/csv", file).await;
    assert_eq!(tally(&kept), [json!("succeeded"), json!(1), json!(0), json!(0), json!(1)], "{kept}");
    let told = &kept["warnings"]["items"][0];
    assert_eq!((&told["code"], &told["severity"], &told["row"]), (&json!("rule.waived"), &json!("warning"), &json!(2)), "{told}");
    assert!(told["message"].as_str().expect("text").ends_with("(waived by Li Hua: two districts joined)"), "{told}");
    harness.delete(made.header("location"), None).await;
    let withdrawn = harness.import(OBSERVATIONS, "text/csv", file).await;
    assert_eq!(tally(&withdrawn)[0], "failed", "{withdrawn}");
}

#[actix_web::test]
async fn a_finding_in_a_workbook_names_its_sheet() {
    let harness = with(change("error")).await;
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, city, value) in [("north", "a", "120"), ("south", "b", "500")] {
        let sheet = workbook.add_worksheet().set_name(name).expect("a name");
        sheet.write_row(0, 0, ["city", "period", "item", "value"]).expect("written");
        sheet.write_row(1, 0, [city, "2026", "trees", value]).expect("written");
    }
    let bytes = workbook.save_to_buffer().expect("saved");
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let import = harness.import_bytes_as(&harness.token, OBSERVATIONS, xlsx, &bytes).await;
    let told = faults(&harness, &import).await;
    assert_eq!(
        (told.len(), &told[0]["sheet"], &told[0]["row"], &told[0]["city"]),
        (1, &json!("south"), &json!(2), &json!("b")),
        "{told:?}"
    );
}
