use citygauge_indicators::Faults;
use serde_json::{Value, json};

use crate::audit::{Sound, check_file};
use crate::signing::PublicKey;
use crate::testing::Harness;

fn checked(file: &[u8], known: Option<&Value>) -> Result<Sound, Faults> {
    let known = known.map(|known| serde_json::from_value(known.clone()).expect("a checkpoint"));
    check_file(file, known.as_ref(), None)
}

#[actix_web::test]
async fn the_file_of_the_trail_is_checked_without_the_service_and_tells_who_took_it() {
    let harness = Harness::observed().await;
    let before = harness.get("/api/v1/audit-events/checkpoint").await.json();
    let file = harness.get("/api/v1/audit-events/file").await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/x-ndjson"));
    let sound = checked(&file.body, Some(&before)).expect("a sound trail");
    assert_eq!(json!(sound.place), json!(before["place"].as_i64().expect("a number") + 1), "the download is a line itself");
    let listed = harness.get("/api/v1/audit-events?limit=1").await.json();
    assert_eq!(listed["items"][0]["action"], "download_audit_events");
    assert_eq!(listed["items"][0]["digest"], json!(sound.digest));

    let text = String::from_utf8(file.body.to_vec()).expect("text");
    let codes = |text: &str| -> Vec<&str> {
        checked(text.as_bytes(), Some(&before)).expect_err("it was changed").0.iter().map(|fault| fault.code).collect()
    };
    assert_eq!(codes(&text.replacen("create_indicator_set", "create_indicator_sex", 1)), ["audit.changed"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(codes(&format!("{}\n", lines[..lines.len() - 1].join("\n"))), ["audit.no_end"]);
    assert_eq!(codes(&lines[1..].join("\n")), ["audit.place"]);
    assert_eq!(codes(&format!("{}\n{}", lines[0], lines[lines.len() - 1])), ["audit.cut"]);
    assert_eq!(codes("{}"), ["audit.unreadable"]);
    let other = Harness::new().await.get("/api/v1/audit-events/checkpoint").await.json();
    let key = PublicKey::from_pem(other["public_key"].as_str().expect("a key")).expect("a key");
    let faults = check_file(&*file.body, None, Some(&key)).expect_err("another service's key");
    assert_eq!(faults.0[0].code, "audit.signature");
}

#[actix_web::test]
async fn the_trail_is_for_administrators() {
    let harness = Harness::new().await;
    let evaluator = harness.key(crate::store::keys::Role::Evaluator, &[]).await;
    for path in ["/api/v1/audit-events/file", "/api/v1/audit-events/checkpoint", "/api/v1/audit-events"] {
        let reply = harness.send(harness.request_as(&evaluator, actix_web::http::Method::GET, path)).await;
        assert_eq!(reply.status.as_u16(), 403, "{path}");
    }
}
