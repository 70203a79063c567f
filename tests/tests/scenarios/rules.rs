//! Validation rules that are kept in the service, waivers, and the command that speaks of them.

use citygauge_openapi::client::{Client, ClientError};
use citygauge_openapi::{
    API_ROOT, Import, Observation, RuleFindingPage, ServiceRule, ServiceRulePage, Severity, Waiver, WaiverPage, WorkState,
};
use citygauge_tests::on_each_database;
use citygauge_tests::steps::{observations_csv, plain_set, publish, register, upload};
use serde_json::{Value, json};

const ROWS: &str = "city,period,item,value\nhz,2025,a,10\nhz,2026,a,50\nnb,2025,a,10\nnb,2026,a,12\n";

/// A set without rules, two cities, and a rule of the service that refuses what more than doubles.
async fn prepared(client: &Client) -> citygauge_openapi::SetRef {
    let set = publish(client, &plain_set("plain", &["a", "b"])).await;
    for city in ["hz", "nb"] {
        register(client, city).await;
    }
    let kept: ServiceRule =
        client.put_as_seen(&format!("{API_ROOT}/validation-rules/JUMP"), &jump()).await.expect("the rule is sound");
    assert!(kept.enabled);
    set
}

fn jump() -> Value {
    json!({"set": "plain", "rule": {"code": "JUMP", "title": {"en": "Jump"}, "severity": "error",
           "check": {"rule": "change", "items": ["a"], "at_most": 2}}})
}

fn codes(import: &Import) -> Vec<&str> {
    import.faults.items.iter().chain(&import.warnings.items).map(|fault| fault.code.as_str()).collect()
}

async fn findings(client: &Client, more: &str) -> Vec<(String, String, bool)> {
    let path = format!("{API_ROOT}/validation?set_code=plain&set_version=1{more}");
    let page: RuleFindingPage = client.get(&path).await.expect("they can be listed");
    page.items.into_iter().map(|found| (found.city.to_string(), found.period.to_string(), found.waiver.is_some())).collect()
}

on_each_database! {
    async fn a_rule_of_the_service_refuses_until_somebody_answers_for_the_finding(site: Site) {
        let client = site.client();
        let set = prepared(&client).await;
        let refused = upload(&client, &observations_csv(&set), ROWS).await;
        assert_eq!((refused.state, refused.accepted, codes(&refused)), (WorkState::Failed, 0, vec!["rule.violated"]));
        let new = json!({"rule": "JUMP", "set": "plain", "city": "hz", "period": "2026", "value": "5",
                         "reason": "two districts joined", "name": "Li Hua"});
        let waiver: Waiver = client.post(&format!("{API_ROOT}/waivers"), &new).await.expect("the waiver is sound");
        let kept = upload(&client, &observations_csv(&set), ROWS).await;
        assert_eq!((kept.state, kept.accepted, codes(&kept)), (WorkState::Succeeded, 4, vec!["rule.waived"]));
        assert!(kept.warnings.items[0].message.ends_with("(waived by Li Hua: two districts joined)"));
        assert_eq!(findings(&client, "").await, [("hz".into(), "2026".into(), true)]);

        // A correction is another finding.
        let place = format!("{API_ROOT}/observations/hz/2026/a");
        let report = |value: f64| json!({"set": {"code": "plain", "version": "1"}, "value": value});
        let refused = client.put_as_seen::<Observation>(&place, &report(60.0)).await.expect_err("it more than doubles");
        let ClientError::Problem(problem) = refused else { panic!("{refused}") };
        assert_eq!((problem.status, &*problem.errors[0].code, problem.errors[0].severity), (422, "rule.violated", Severity::Error));
        let corrected: Observation = client.put_as_seen(&place, &report(20.0)).await.expect("it doubles");
        assert_eq!(corrected.warnings, []);
        assert_eq!(findings(&client, "").await, []);
        let before = kept.finished_at.expect("it has ended");
        assert_eq!(findings(&client, &format!("&as_of={before}")).await, [("hz".into(), "2026".into(), true)]);

        let withdrawn = format!("{API_ROOT}/waivers/{}", waiver.id);
        client.delete_as_seen(&withdrawn).await.expect("it can be withdrawn");
        let shown: Waiver = client.get(&withdrawn).await.expect("it stays to be seen");
        assert!(!shown.holds && shown.withdrawn_at.is_some() && shown.withdrawn_by.is_some());
        assert_eq!(client.get::<WaiverPage>(&format!("{API_ROOT}/waivers?city=hz&holding=true")).await.expect("a list").items, []);
    }

    async fn the_command_puts_lists_and_removes_rules_and_lists_waivers(site: Site) {
        let client = site.client();
        prepared(&client).await;
        let folder = tempfile::tempdir().expect("a folder");
        let run = async |words: &[&str]| {
            let mut command = site.command(env!("CARGO_BIN_EXE_citygauge-under-test"));
            command.current_dir(folder.path()).args(words);
            let output = tokio::task::spawn_blocking(move || command.output()).await.expect("it ends").expect("it can be run");
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
            (output.status.code(), text(output.stdout), text(output.stderr))
        };
        let mut rule = jump();
        rule["enabled"] = json!(false);
        std::fs::write(folder.path().join("rule.json"), rule.to_string()).expect("the folder is ours");
        let line = "JUMP  error  change  plain  switched off  Jump\n";
        assert_eq!(run(&["rules", "put", "rule.json"]).await, (Some(0), line.to_owned(), String::new()));
        assert_eq!(run(&["rules", "list"]).await, (Some(0), line.to_owned(), String::new()));
        rule["rule"]["check"]["items"] = json!(["nix"]);
        std::fs::write(folder.path().join("wrong.json"), rule.to_string()).expect("the folder is ours");
        let (status, _, said) = run(&["rules", "put", "wrong.json"]).await;
        assert!(status == Some(1) && said.contains("rule.unknown_item"), "{said}");

        rule = jump();
        let _: ServiceRule = client.put_as_seen(&format!("{API_ROOT}/validation-rules/JUMP"), &rule).await.expect("it is sound");
        let new = json!({"rule": "JUMP", "set": "plain", "city": "hz", "reason": "joined", "name": "Li"});
        let waiver: Waiver = client.post(&format!("{API_ROOT}/waivers"), &new).await.expect("the waiver is sound");
        let expected = format!("{}  JUMP  plain  hz  every period  Li: joined\n", waiver.id);
        assert_eq!(run(&["waivers", "list", "--city", "hz", "--holding"]).await, (Some(0), expected, String::new()));
        assert_eq!(run(&["rules", "remove", "JUMP"]).await, (Some(0), String::new(), String::new()));
        let left: ServiceRulePage = client.get(&format!("{API_ROOT}/validation-rules")).await.expect("a list");
        assert_eq!(left.items, []);
        assert_eq!(run(&["rules", "remove", "JUMP"]).await.0, Some(1));
    }
}
