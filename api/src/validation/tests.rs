use std::collections::BTreeSet;

use citygauge_assessment::validation::Finding;
use citygauge_indicators::{Language, Severity, Text};
use serde_json::{Value, json};

use super::places::Places;
use super::waived::Waivers;
use crate::store::waivers::Waiver;
use crate::testing::Harness;

fn waiver() -> Waiver {
    Waiver {
        id: "w".into(),
        rule: "R".into(),
        set: "s".into(),
        city: "a".into(),
        period: None,
        item: None,
        value: None,
        reason: "merged".into(),
        name: "Li".into(),
        created_at_ms: 10,
        created_by: "k".into(),
        expires_at_ms: None,
        withdrawn: None,
    }
}

fn finding() -> Finding {
    Finding {
        rule: "R".into(),
        severity: Severity::Error,
        city: "a".into(),
        since: "2025".parse().expect("a year"),
        period: "2026".parse().expect("a year"),
        items: vec!["x".into(), "y".into()],
        value: "x = 1, y = 2".into(),
        expected: "x > y".into(),
        message: Text::both("规则 R：错", "rule R: wrong"),
        hint: Text::both("改", "mend"),
    }
}

#[test]
fn a_waiver_covers_what_it_names_and_nothing_else() {
    let covers = |change: fn(&mut Waiver)| {
        let mut waiver = waiver();
        change(&mut waiver);
        Waivers::new(vec![waiver]).judge(finding()).waiver.is_some()
    };
    let covering: [fn(&mut Waiver); 5] = [
        |_| (),
        |waiver| waiver.period = Some("2026".into()),
        |waiver| waiver.item = Some("y".into()),
        |waiver| waiver.value = Some("x = 1, y = 2".into()),
        // A limit of cities or sets is that of the query.
        |waiver| waiver.set = "other".into(),
    ];
    assert!(covering.into_iter().all(covers));
    let others: [fn(&mut Waiver); 5] = [
        |waiver| waiver.rule = "S".into(),
        |waiver| waiver.city = "b".into(),
        |waiver| waiver.period = Some("2025".into()),
        |waiver| waiver.item = Some("z".into()),
        |waiver| waiver.value = Some("x = 1, y = 3".into()),
    ];
    assert!(!others.into_iter().any(covers));
}

#[test]
fn a_long_value_may_be_named_as_the_report_shortens_it() {
    let long = Finding { value: "x".repeat(100), ..finding() };
    for value in ["x".repeat(100), format!("{}…", "x".repeat(80))] {
        let waivers = Waivers::new(vec![Waiver { value: Some(value), ..waiver() }]);
        assert!(waivers.judge(long.clone()).waiver.is_some());
    }
}

#[test]
fn a_waived_error_is_a_warning_that_says_why_and_by_whom() {
    let judged = Waivers::new(vec![waiver()]).judge(finding());
    let fault = judged.to_fault();
    assert_eq!((judged.is_error(), fault.code, fault.severity), (false, "rule.waived", Severity::Warning));
    assert_eq!(fault.message.get(Language::En), "rule R: wrong (waived by Li: merged)");
    assert_eq!(fault.message.get(Language::Zh), "规则 R：错（已由 Li 豁免：merged）");
    let plain = Waivers::default().judge(finding());
    assert_eq!((plain.is_error(), plain.to_fault().code), (true, "rule.violated"));
}

#[test]
fn a_waiver_holds_from_its_making_to_its_end() {
    let ends = Waiver { expires_at_ms: Some(20), ..waiver() };
    let withdrawn = Waiver { withdrawn: Some((15, "k".into())), ..ends.clone() };
    let held = |waiver: &Waiver| [9, 10, 14, 15, 19, 20].map(|at_ms| waiver.holds_at(at_ms));
    assert_eq!(held(&ends), [false, true, true, true, true, false]);
    assert_eq!(held(&withdrawn), [false, true, true, false, false, false]);
    assert!(waiver().holds_at(i64::MAX));
}

#[test]
fn places_without_a_limit_are_all_of_them() {
    let every = Places::default();
    assert!(every.periods_for(&[]).is_empty() && every.own_cities().is_empty());
    let one = Places { periods: Some(BTreeSet::from(["2026".parse().expect("a year")])), ..Places::default() };
    assert_eq!(one.periods_for(&[]), ["2026"]);
}

/// The blocks of the page that begin with these words.
fn blocks<'p>(page: &'p str, words: &str) -> Vec<&'p str> {
    let blocks = page.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    blocks.filter(|(kind, _)| *kind == words).map(|(_, text)| text).collect()
}

#[actix_web::test]
async fn the_examples_of_rules_in_the_service_and_of_waivers_are_as_the_page_says() {
    let page = include_str!("../../../docs/validation.md");
    let document = |words: &str| serde_json::from_str::<Value>(blocks(page, words)[0]).expect("JSON");
    let harness = Harness::new().await;
    assert_eq!(harness.post("/api/v1/indicator-sets", &document("json set")).await.status.as_u16(), 201);
    harness.post("/api/v1/indicator-sets/formula/versions/1/publish", &json!({})).await;
    harness.import("kind=cities", "text/csv", "code,name\nA,A\nB,B\nC,C\n").await;
    let rule = document("json service rule");
    let path = format!("/api/v1/validation-rules/{}", rule["rule"]["code"].as_str().expect("a code"));
    let import = "kind=observations&set_code=formula&set_version=1";
    let data = blocks(page, "csv data")[0];
    // The set's own error refuses the row of B, so what is stored comes before the severity of the example.
    let rows: Vec<&str> = data.lines().filter(|line| !line.starts_with("B,2025,part")).collect();
    assert_eq!(harness.import(import, "text/csv", &rows.join("\n")).await["state"], "succeeded");
    assert_eq!(harness.put(&path, None, &rule).await.status.as_u16(), 201);
    let waived = harness.post("/api/v1/waivers", &document("json waiver")).await;
    assert_eq!(waived.status.as_u16(), 201, "{waived:?}");
    let whole = json!({"rule": "PARTS", "set": "formula", "city": "B", "reason": "the example needs it", "name": "n"});
    let lifted = harness.post("/api/v1/waivers", &whole).await.header("location").to_owned();
    let report = json!({"set": {"code": "formula", "version": "1"}, "value": 5});
    assert_eq!(harness.put("/api/v1/observations/B/2025/part", None, &report).await.status.as_u16(), 201);
    harness.delete(&lifted, None).await;

    let found = harness.get("/api/v1/validation?set_code=formula&set_version=1").await.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |found: &Value| {
        let cells = ["rule", "severity", "home", "city", "period"].map(|member| text(&found[member])).join(",");
        format!("{cells},\"{}\",{}", text(&found["value"]), text(&found["waiver"]["name"]))
    };
    let rows: Vec<String> = found["items"].as_array().expect("items").iter().map(row).collect();
    let expected: Vec<&str> = blocks(page, "csv service findings")[0].lines().skip(1).collect();
    assert_eq!(rows, expected);
}
