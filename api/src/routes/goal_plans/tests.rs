//! Goal plans through the API.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, Reply};

const PLANS: &str = "/api/v1/goal-plans";

/// Assesses what is observed; gives the identifier.
async fn assess(harness: &Harness) -> String {
    let accepted = harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await.json();
    let job = harness.work(accepted["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    accepted["id"].as_str().expect("an id").to_owned()
}

/// A plan of a that no error refuses.
fn plan(assessment: &str) -> Value {
    json!({
        "code": "A5", "title": {"en": "Goals of A"}, "city": "a", "set": {"code": "small", "version": "1"},
        "baseline": {"assessment": assessment, "period": "2026"}, "period": {"from": "2027", "to": "2030"},
        "statements": [{"code": "V", "kind": "vision", "text": {"en": "A green city"}}],
        "goals": [
            {"code": "O", "level": "overall", "statement": {"en": "A total of 20"}, "owner": {"en": "Mayor"}, "node": "TOTAL",
             "baseline_value": 10.0, "target_value": 20.0, "due": "2030", "serves": ["V"]},
            {"code": "G", "level": "sub", "parent": "O", "weight": 0.5, "statement": {"en": "Twice the trees"}, "owner": {"en": "Parks"},
             "node": "G", "baseline_value": 0.1, "target_value": 0.2, "due": "2030", "serves": ["V"],
             "path": [{"period": "2028", "value": 0.15}, {"period": "2030", "value": 0.2}]},
            {"code": "T", "level": "stage", "parent": "O", "statement": {"en": "Plant"}, "from": "2027", "to": "2030",
             "tasks": {"en": "t"}, "content": {"en": "c"}, "results": {"en": "r"}}
        ]
    })
}

async fn observed() -> (Harness, String) {
    let harness = Harness::observed().await;
    let assessment = assess(&harness).await;
    (harness, assessment)
}

async fn post_as_seen(harness: &Harness, path: &str, tag: &str, body: &Value) -> Reply {
    harness.send(harness.request(Method::POST, path).insert_header(("if-match", tag)).set_json(body)).await
}

fn codes(reply: &Reply) -> Vec<String> {
    reply.faults().into_iter().map(|(code, at)| format!("{code} {at}")).collect()
}

fn found(report: &Value, severity: &str) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings").iter();
    let of = findings.filter(|finding| finding["severity"] == severity);
    of.map(|finding| format!("{} {}", finding["code"].as_str().unwrap_or(""), finding["goal"].as_str().unwrap_or("-"))).collect()
}

#[actix_web::test]
async fn a_plan_is_drafted_adopted_with_its_findings_waived_and_revised_with_reasons() {
    Harness::on_each_database(async |harness| {
        harness.observe().await;
        let assessment = assess(&harness).await;
        let mut draft = plan(&assessment);
        draft["goals"][1]["owner"] = Value::Null;
        let made = harness.post(PLANS, &draft).await;
        assert_eq!((made.status.as_u16(), made.json()["state"].as_str()), (201, Some("draft")), "{made:?}");
        let path = format!("{PLANS}/A5");
        assert_eq!(harness.put(&path, None, &draft).await.status.as_u16(), 428);
        assert_eq!(harness.put(&format!("{PLANS}/B5"), None, &draft).await.status.as_u16(), 422);
        let tag = harness.get(&path).await.header("etag").to_owned();
        assert_eq!(harness.put(&path, Some(&tag), &draft).await.status.as_u16(), 200);
        assert_eq!(harness.put(&path, Some(&tag), &draft).await.status.as_u16(), 412);
        let shown = harness.get(&path).await;
        let (tag, id) = (shown.header("etag").to_owned(), shown.json()["id"].as_str().expect("an id").to_owned());
        assert_eq!(harness.get(&format!("{PLANS}/{id}")).await.json(), shown.json());

        let report = harness.get(&format!("{path}/lint")).await.json();
        assert_eq!(
            (&report["ok"], found(&report, "error")),
            (&json!(false), vec!["goal.owner_missing G".to_owned()]),
            "{report}"
        );
        let adoption = json!({"approver": "Mayor Li", "reason": "meeting 7"});
        let refused = post_as_seen(&harness, &format!("{path}/adopt"), &tag, &adoption).await;
        assert_eq!((refused.status.as_u16(), codes(&refused)), (422, vec!["goal.owner_missing /goals/1".to_owned()]));
        let mut waived = adoption.clone();
        waived["waivers"] = json!([{"finding": "goal.owner_missing", "goal": "O", "name": "Li", "reason": "to be named"}]);
        let refused = post_as_seen(&harness, &format!("{path}/adopt"), &tag, &waived).await;
        assert_eq!(codes(&refused), ["goal.owner_missing /goals/1", "goal_plan.waiver_unused /waivers/0"]);
        waived["waivers"][0]["goal"] = json!("G");
        waived["peer_group"] = json!("nobody");
        let refused = post_as_seen(&harness, &format!("{path}/adopt"), &tag, &waived).await;
        assert_eq!(refused.status.as_u16(), 404, "{refused:?}");
        waived["peer_group"] = Value::Null;
        assert_eq!(harness.post(&format!("{path}/adopt"), &waived).await.status.as_u16(), 428);
        let adopted = post_as_seen(&harness, &format!("{path}/adopt"), &tag, &waived).await;
        assert_eq!((adopted.status.as_u16(), &adopted.json()["revision"]), (200, &json!(1)), "{adopted:?}");
        let report = harness.get(&format!("{path}/lint")).await.json();
        let of_owner = report["findings"].as_array().expect("findings").iter().find(|it| it["code"] == "goal.owner_missing");
        assert_eq!((&report["ok"], &of_owner.expect("still told")["waived"]), (&json!(true), &json!(true)), "{report}");
        let tag = adopted.header("etag").to_owned();
        assert_eq!(post_as_seen(&harness, &format!("{path}/adopt"), &tag, &waived).await.status.as_u16(), 409);
        assert_eq!(harness.put(&path, Some(&tag), &draft).await.status.as_u16(), 409);
        assert_eq!(harness.delete(&path, Some(&tag)).await.status.as_u16(), 409);

        let mut changed = plan(&assessment);
        changed["goals"][1]["target_value"] = json!(0.3);
        changed["goals"][1]["path"] = json!([]);
        let revision = json!({"document": changed, "approver": "Mayor Li", "reason": "more money"});
        let revisions = format!("{path}/revisions");
        let revised = post_as_seen(&harness, &revisions, &tag, &revision).await;
        assert_eq!((revised.status.as_u16(), &revised.json()["revision"]), (201, &json!(2)), "{revised:?}");
        assert_eq!(post_as_seen(&harness, &revisions, &tag, &revision).await.status.as_u16(), 412);
        let shown = harness.get(&path).await.json();
        let former = &shown["former_targets"];
        assert_eq!(former.as_array().map(Vec::len), Some(1), "{former}");
        assert_eq!(
            (&former[0]["goal"], &former[0]["target_value"], &former[0]["revision"]),
            (&json!("G"), &json!(0.2), &json!(1))
        );
        assert_eq!((&former[0]["reason"], &former[0]["approver"]), (&json!("more money"), &json!("Mayor Li")));
        let listed = harness.get(&revisions).await.json();
        let numbers: Vec<_> = listed["items"].as_array().expect("a page").iter().map(|item| item["number"].clone()).collect();
        assert_eq!(numbers, [json!(2), json!(1)]);
        let first = harness.get(&format!("{revisions}/1")).await.json();
        assert_eq!((&first["document"]["goals"][1]["target_value"], &first["waivers"][0]["name"]), (&json!(0.2), &json!("Li")));
        assert_eq!(harness.get(&format!("{revisions}/3")).await.status.as_u16(), 404);
        let mut moved = revision.clone();
        moved["document"]["city"] = json!("b");
        let tag = harness.get(&path).await.header("etag").to_owned();
        assert_eq!(codes(&post_as_seen(&harness, &revisions, &tag, &moved).await), ["goal_plan.fixed /document/city"]);
        let trail = harness.get("/api/v1/audit-events").await.json().to_string();
        for action in ["create_goal_plan", "replace_goal_plan", "adopt_goal_plan", "revise_goal_plan", "more money"] {
            assert!(trail.contains(action), "{action}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_draft_is_removed_by_who_has_seen_it() {
    let (harness, assessment) = observed().await;
    let made = harness.put(&format!("{PLANS}/A5"), None, &plan(&assessment)).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    assert_eq!(harness.post(PLANS, &plan(&assessment)).await.status.as_u16(), 409);
    let tag = made.header("etag").to_owned();
    assert_eq!(harness.delete(&format!("{PLANS}/A5"), None).await.status.as_u16(), 428);
    assert_eq!(harness.delete(&format!("{PLANS}/A5"), Some(&tag)).await.status.as_u16(), 204);
    assert_eq!(harness.get(&format!("{PLANS}/A5")).await.status.as_u16(), 404);
}

#[actix_web::test]
async fn a_proposal_reaches_its_ambition_and_is_kept_and_monitored() {
    let (harness, assessment) = observed().await;
    let asked = json!({"assessment": assessment, "city": "a", "by": "2030", "ambition": "score:25"});
    let draft = harness.post(&format!("{PLANS}/propose"), &asked).await;
    let proposal = draft.json();
    assert_eq!(draft.status.as_u16(), 200, "{draft:?}");
    assert_eq!(
        (&proposal["reached"], &proposal["score"], &proposal["score_reached"]),
        (&json!(true), &json!(10.0), &json!(25.0))
    );
    assert_eq!(
        (&proposal["targets"][0]["rates"]["node"], &proposal["targets"][0]["rates"]["verdict"]),
        (&json!("G"), &json!("no_evidence"))
    );
    assert_eq!(harness.get(PLANS).await.json()["items"], json!([]));
    let mut keep = asked.clone();
    keep["keep"] = json!(true);
    let kept = harness.post(&format!("{PLANS}/propose"), &keep).await;
    assert_eq!(kept.status.as_u16(), 201, "{kept:?}");
    let path = format!("{PLANS}/goals-a-2030");
    assert_eq!(harness.get(&path).await.json()["id"], kept.json()["id"]);
    let report = harness.get(&format!("{path}/lint")).await.json();
    let errors = found(&report, "error");
    assert!(errors.iter().all(|found| found.starts_with("goal.owner_missing") || found == "plan.no_vision -"), "{errors:?}");

    // G of a goes from 0.1 to 0.25 in four years: 0.1375 by 2027.
    let later = "city,period,item,value\na,2027,trees,150\nb,2027,trees,200\n";
    harness.import("kind=observations&set_code=small&set_version=1", "text/csv", later).await;
    let newer = assess(&harness).await;
    let monitored = harness.get(&format!("{path}/monitoring?assessment={newer}")).await.json();
    let of = |code: &str| {
        let goals = monitored["goals"].as_array().expect("goals");
        goals.iter().find(|goal| goal["goal"] == code).unwrap_or_else(|| panic!("{monitored}")).clone()
    };
    assert_eq!(
        (&of("I-G")["standing"], &of("I-G")["expected"], &of("I-G")["actual"]),
        (&json!("ahead"), &json!(0.1375), &json!(0.15))
    );
    assert_eq!(monitored["period"], "2027");
    let early = harness.get(&format!("{path}/monitoring?assessment={newer}&period=2026")).await;
    assert_eq!(codes(&early), ["goals.before_plan "]);
}

#[actix_web::test]
async fn what_is_wrong_is_told_at_once_and_changes_nothing() {
    let (harness, assessment) = observed().await;
    let mut faulty = plan(&assessment);
    faulty["goals"][0]["weight"] = json!(2);
    faulty["goals"][1]["code"] = json!("O");
    faulty["period"] = json!({"from": "2031", "to": "2030"});
    let refused = harness.post(PLANS, &faulty).await;
    let mut told = codes(&refused);
    told.sort();
    let expected =
        ["goal_plan.duplicate /goals/1/code", "goal_plan.period_backwards /period", "planning.out_of_range /goals/0/weight"];
    assert_eq!((refused.status.as_u16(), told), (422, expected.map(str::to_owned).to_vec()));
    let mut wrong = plan(&assessment);
    wrong["goals"][1]["target_value"] = json!(0.05);
    let report = harness.post(&format!("{PLANS}/lint"), &json!({"document": wrong})).await.json();
    assert_eq!(found(&report, "error"), ["goal.wrong_side G", "goal.path_end G"]);
    assert_eq!(report["findings"][0]["clause"].as_str().map(|clause| clause.starts_with("gbt36333-2018:")), Some(true));
    wrong["baseline"] = json!({"period": "2026"});
    let refused = harness.post(&format!("{PLANS}/lint"), &json!({"document": wrong})).await;
    assert_eq!(codes(&refused), ["goal_plan.no_assessment /document/baseline/assessment"]);
    let asked = json!({"assessment": assessment, "city": "a", "by": "2026", "ambition": "level"});
    let refused = harness.post(&format!("{PLANS}/propose"), &asked).await;
    assert_eq!((refused.status.as_u16(), codes(&refused)), (422, vec!["goals.deadline /by".to_owned()]));
    let asked = json!({"assessment": assessment, "city": "a", "by": "2030", "ambition": "rank:1"});
    assert_eq!(codes(&harness.post(&format!("{PLANS}/propose"), &asked).await), ["goals.unknown_ambition /ambition"]);
    assert_eq!(harness.get(PLANS).await.json()["items"], json!([]));
}

#[actix_web::test]
async fn plans_of_one_city_that_contradict_are_found() {
    let (harness, assessment) = observed().await;
    harness.post(PLANS, &plan(&assessment)).await;
    let mut other = plan(&assessment);
    other["code"] = json!("B5");
    other["goals"][1]["target_value"] = json!(0.4);
    other["goals"][1]["path"] = json!([]);
    harness.post(PLANS, &other).await;
    for code in ["A5", "B5"] {
        let against = if code == "A5" { "B5" } else { "A5" };
        let report = harness.get(&format!("{PLANS}/{code}/lint?against={against}")).await.json();
        assert_eq!(found(&report, "error"), ["goal.contradicts_plan G"], "{report}");
        assert_eq!(report["findings"].as_array().map(|all| all.iter().any(|one| one["quote"] == "Twice the trees")), Some(true));
    }
}

#[actix_web::test]
async fn whoever_is_limited_to_a_city_sees_and_writes_its_plans_only() {
    let (harness, assessment) = observed().await;
    let mut of_b = plan(&assessment);
    of_b["code"] = json!("B5");
    of_b["city"] = json!("b");
    harness.post(PLANS, &plan(&assessment)).await;
    harness.post(PLANS, &of_b).await;
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    let viewer = harness.key(Role::Viewer, &[]).await;
    let status = async |token: &str, method: Method, path: &str, body: Option<&Value>| -> u16 {
        let request = harness.request_as(token, method, &format!("{PLANS}{path}"));
        let request = match body {
            Some(body) => request.set_json(body),
            None => request,
        };
        harness.send(request).await.status.as_u16()
    };
    let listed = harness.send(harness.request_as(&reporter, Method::GET, PLANS)).await.json();
    let listed: Vec<_> = listed["items"].as_array().expect("a page").iter().map(|plan| plan["code"].clone()).collect();
    assert_eq!(listed, [json!("A5")]);
    assert_eq!(status(&reporter, Method::GET, "?city=b", None).await, 403);
    let adoption = json!({"approver": "x", "reason": "y"});
    let asked = |city: &str, ambition: &str| json!({"assessment": assessment, "city": city, "by": "2030", "ambition": ambition});
    let monitoring = format!("/B5/monitoring?assessment={assessment}");
    for (method, path, body) in [
        (Method::GET, "/B5", None),
        (Method::GET, "/B5/lint", None),
        (Method::GET, "/A5/lint?against=B5", None),
        (Method::GET, "/B5/revisions", None),
        (Method::GET, "/B5/revisions/1", None),
        (Method::GET, &*monitoring, None),
        (Method::POST, "/B5/adopt", Some(&adoption)),
        (Method::DELETE, "/B5", None),
        (Method::PUT, "/B5", Some(&of_b)),
        (Method::POST, "", Some(&of_b)),
        (Method::POST, "/lint", Some(&json!({"document": of_b}))),
        (Method::POST, "/propose", Some(&asked("b", "percentile:50"))),
        (Method::POST, "/propose", Some(&asked("a", "gap:city:b"))),
    ] {
        assert_eq!(status(&reporter, method.clone(), path, body).await, 403, "{method} {path}");
    }
    for (method, path, body) in [
        (Method::GET, "/A5", None),
        (Method::GET, "/A5/lint", None),
        (Method::POST, "/lint", Some(&json!({"document": plan(&assessment)}))),
        (Method::POST, "/propose", Some(&asked("a", "percentile:50"))),
    ] {
        assert_eq!(status(&reporter, method.clone(), path, body).await, 200, "{method} {path}");
    }
    assert_eq!(status(&viewer, Method::GET, "/B5", None).await, 200);
    assert_eq!(status(&viewer, Method::POST, "", Some(&of_b)).await, 403);
    let mut kept = asked("a", "percentile:50");
    kept["keep"] = json!(true);
    assert_eq!(status(&viewer, Method::POST, "/propose", Some(&kept)).await, 403);
}
