use serde_json::{Value, json};

use super::{Ground, header, link};

#[actix_web::test]
async fn every_fault_of_a_dossier_is_told_at_once_and_nothing_is_changed() {
    Ground::on_each_database(async |ground| {
        ground.put_all(&ground.chain()).await;
        let path = format!("{}/dossier", ground.design);
        let before = ground.harness.get(&path).await;
        let mut dossier = header("a");
        let nothing = "00000000-0000-7000-8000-000000000000";
        dossier["elements"] = json!([
            {"kind": "requirement", "document": {"code": "R1", "kind": "goal", "text": {"en": "x"}, "urgency": 1}, "links": [
                link("based_on", json!({"element": "no such"})),
                link("based_on", json!({"assessment": nothing})),
                link("based_on", json!({"gap": {"analysis": ground.gap, "node": "no such"}})),
                link("based_on", json!({"indicator": {"set": "small", "version": "2", "node": "G"}})),
                link("based_on", json!({"observation": {"city": "b", "period": "2026", "item": "trees"}})),
                link("based_on", json!({"evidence": nothing})),
                link("based_on", json!({"goal": {"plan": "p", "goal": "g"}})),
                link("based_on", json!({"roadmap": nothing})),
                link("based_on", json!({"path": nothing})),
            ]},
            {"kind": "stage", "document": {"code": "W", "title": {"en": "w"}, "from": "2026", "to": "2031"}},
        ]);
        let refused = ground.harness.put(&path, Some(before.header("etag")), &dossier).await;
        assert_eq!(refused.status.as_u16(), 422);
        let told: Vec<String> = refused.faults().into_iter().map(|(code, at)| format!("{code} {at}")).collect();
        assert_eq!(
            told,
            [
                "design.dangling /elements/0/links/0/to/element",
                "design.no_origin /elements/0/links",
                "design.stage_outside /elements/1/document/to",
                "design.unknown_target /elements/0/links/1/to",
                "design.unknown_target /elements/0/links/2/to",
                "design.unknown_target /elements/0/links/3/to",
                "design.unknown_target /elements/0/links/4/to",
                "design.unknown_target /elements/0/links/5/to",
                "design.unknown_target /elements/0/links/6/to",
                "design.unknown_target /elements/0/links/7/to",
                "design.unknown_target /elements/0/links/8/to",
            ]
        );
        assert_eq!(ground.harness.get(&path).await.body, before.body);
    })
    .await;
}

#[actix_web::test]
async fn what_cannot_be_read_is_refused_with_its_place() {
    let ground = Ground::new().await;
    let element = async |body: Value| {
        let reply = ground.harness.put(&format!("{}/elements/X", ground.design), None, &body).await;
        assert_eq!(reply.status.as_u16(), 422, "{reply:?}");
        reply.faults().into_iter().map(|(code, at)| format!("{code} {at}")).collect::<Vec<_>>()
    };
    assert_eq!(element(json!({"kind": "wish", "document": {}})).await, ["set.wrong_word /kind"]);
    assert_eq!(
        element(json!({"kind": "task", "document": {"code": "X", "priority": 9, "owner": 1}, "more": true})).await,
        [
            "set.missing_key /document",
            "set.wrong_type /document/owner",
            "planning.out_of_range /document/priority",
            "set.unknown_key /more",
        ]
    );
    let other = json!({"kind": "task", "document": {"code": "Y", "title": {"en": "y"}, "priority": 1}});
    assert_eq!(element(other).await, ["design.other_code /document/code"]);
    let long = json!({"kind": "task", "document": {"code": "X", "title": {"en": "y".repeat(20_001)}, "priority": 1}});
    assert_eq!(element(long).await, ["design.too_large /document/title/en"]);
    let refused = async |header: Value| {
        let reply = ground.harness.post("/api/v1/designs", &header).await;
        assert_eq!(reply.status.as_u16(), 422, "{reply:?}");
        reply.faults().into_iter().map(|(code, at)| format!("{code} {at}")).collect::<Vec<_>>()
    };
    let wrong = json!({"title": {}, "city": "a", "from": "2030", "to": "2026", "members": [{"name": ""}], "state": "open"});
    assert_eq!(
        refused(wrong).await,
        ["set.wrong_word /state", "design.period_order /to", "design.line /title", "design.line /members/0/name"]
    );
    assert_eq!(refused(header("nowhere")).await, ["design.unknown_city /city"]);
}

#[actix_web::test]
async fn a_design_keeps_its_city_and_its_stages_within_its_period() {
    let ground = Ground::new().await;
    let stage = json!({"kind": "stage", "document": {"code": "W", "title": {"en": "w"}, "from": "2029", "to": "2030"}});
    ground.put_all(&[stage]).await;
    let tag = ground.harness.get(&ground.design).await.header("etag").to_owned();
    let mut shorter = header("a");
    shorter["to"] = json!("2029");
    let refused = ground.harness.put(&ground.design, Some(&tag), &shorter).await;
    assert_eq!(refused.faults()[0].0, "design.stage_outside");
    let refused = ground.harness.put(&ground.design, Some(&tag), &header("b")).await;
    assert_eq!(refused.faults(), [("design.other_city".to_owned(), "/city".to_owned())]);
}
