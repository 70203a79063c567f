use actix_web::http::Method;
use serde_json::json;

use super::{Ground, link};

const CORRECTED: &str = "city,period,item,value\na,2026,trees,120\n";

#[actix_web::test]
async fn a_corrected_value_marks_what_rests_on_it_and_a_confirmation_with_a_reason_clears_it() {
    Ground::on_each_database(async |ground| {
        ground.put_all(&ground.chain()).await;
        assert!(ground.marked().await.is_empty());
        ground.harness.import("kind=observations&set_code=small&set_version=1", "text/csv", CORRECTED).await;
        // The finding rests on the value; the task on a gap behind which it stands; the others on them.
        assert_eq!(ground.marked().await, ["F", "R", "P", "T"]);
        let marks = ground.get("/recheck").await;
        assert_eq!(
            (&marks["items"][0]["changed"], &marks["items"][0]["kind"]),
            (&json!(["observation:a/2026/trees"]), &json!("finding"))
        );
        assert_eq!((&marks["items"][1]["changed"], &marks["items"][1]["through"]), (&json!([]), &json!(["F"])));
        assert_eq!(marks["items"][3]["changed"], json!([format!("gap:{}/G", ground.gap)]));
        assert_eq!(ground.get("/elements/P").await["recheck"]["through"], json!(["T"]));
        assert_eq!(ground.get("/elements?recheck=true&kind=finding").await["items"][0]["code"], "F");
        // What is in doubt bears a clause out in part only.
        let clauses = ground.get("/conformance?standard=gbt36333-2018").await;
        let clause =
            clauses["clauses"].as_array().expect("a list").iter().find(|clause| clause["clause"] == "gbt36333-2018:6.2.1");
        let clause = clause.expect("a clause");
        assert_eq!((&clause["status"], &clause["lacks"]), (&json!("partial"), &json!(["to be re-checked: F"])));
        let confirmed = ground.confirm("F").await;
        assert_eq!(confirmed.status.as_u16(), 200, "{confirmed:?}");
        assert!(confirmed.json().get("recheck").is_none());
        assert_eq!(ground.marked().await, ["P", "T"]);
        ground.confirm("T").await;
        assert!(ground.marked().await.is_empty());
        let history = ground.get("/elements/F/history").await;
        assert_eq!(
            (&history["items"][0]["action"], &history["items"][0]["reason"]),
            (&json!("rechecked"), &json!("it still stands"))
        );
    })
    .await;
}

#[actix_web::test]
async fn a_changed_element_marks_what_links_to_it_and_its_own_change_confirms_nothing() {
    let ground = Ground::new().await;
    let mut chain = ground.chain();
    ground.put_all(&chain).await;
    chain[0]["document"]["text"] = json!({"en": "very few trees"});
    ground.put_all(&chain[..1]).await;
    assert_eq!(ground.marked().await, ["R", "P", "T"]);
    chain[1]["document"]["urgency"] = json!(4);
    ground.put_all(&chain[1..2]).await;
    assert_eq!(ground.marked().await, ["R", "P", "T"], "a change is no confirmation");
    ground.confirm("R").await;
    assert_eq!(ground.marked().await, ["P", "T"], "the task has seen the former need");
    // The same again changes nothing and marks nothing more.
    let put = ground.put(&chain[1]).await;
    assert_eq!(put.status.as_u16(), 200);
    assert_eq!(ground.get("/elements/R/history").await["items"].as_array().map(Vec::len), Some(3));
}

#[actix_web::test]
async fn withdrawn_evidence_stays_marked_until_its_link_is_taken_out() {
    let ground = Ground::new().await;
    let mut activity = json!({"kind": "activity", "document": {"code": "A", "title": {"en": "x"}, "method": "meeting"},
        "links": [link("evidence", json!({"evidence": ground.evidence}))]});
    ground.put_all(&[activity.clone()]).await;
    let withdraw = format!("/api/v1/evidence/{}/withdraw", ground.evidence);
    let withdrawn =
        ground.harness.send(ground.harness.request(Method::POST, &withdraw).set_json(json!({"reason": "wrong file"}))).await;
    assert!(withdrawn.status.is_success(), "{withdrawn:?}");
    assert_eq!(ground.marked().await, ["A"]);
    assert_eq!(ground.confirm("A").await.status.as_u16(), 200);
    assert_eq!(ground.marked().await, ["A"], "what is gone cannot be confirmed");
    activity["document"]["title"] = json!({"en": "y"});
    ground.put_all(&[activity.clone()]).await;
    activity["links"] = json!([]);
    ground.put_all(&[activity]).await;
    assert!(ground.marked().await.is_empty());
}

#[actix_web::test]
async fn a_confirmation_needs_a_reason_and_the_tag_of_what_was_seen() {
    let ground = Ground::new().await;
    ground.put_all(&ground.chain()).await;
    let path = format!("{}/elements/F", ground.design);
    let before = ground.harness.get(&path).await.header("etag").to_owned();
    ground.harness.import("kind=observations&set_code=small&set_version=1", "text/csv", CORRECTED).await;
    let confirm = async |tag: Option<&str>, reason: &str| {
        let request = ground.harness.request(Method::POST, &format!("{path}/rechecked")).set_json(json!({"reason": reason}));
        let request = match tag {
            Some(tag) => request.insert_header(("if-match", tag)),
            None => request,
        };
        ground.harness.send(request).await.status.as_u16()
    };
    assert_eq!(confirm(None, "x").await, 428);
    assert_eq!(confirm(Some(&before), "x").await, 412, "whoever confirms has seen what has changed");
    let now = ground.harness.get(&path).await.header("etag").to_owned();
    assert_ne!(now, before);
    assert_eq!(confirm(Some(&now), " ").await, 422);
    assert_eq!(confirm(Some(&now), "x").await, 200);
}
