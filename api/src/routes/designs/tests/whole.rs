//! A whole dossier with its goal plan and its roadmap: the linter finds each fault that is put into the plan, conformance moves on to
//! satisfied, and what rests on a goal is to be re-checked when the goal is revised.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::conformance::{rows, satisfied, statuses};
use super::{Ground, link, text};

/// Three years of nine cities, so that rates have evidence: a grows by 0.01 of its trees a year, nobody falls.
async fn with_history(ground: &Ground) -> String {
    let cities = ["d", "e", "f", "g", "h", "i"];
    let named: String = cities.iter().map(|city| format!("{city},{city}\n")).collect();
    ground.harness.import("kind=cities", "text/csv", &format!("code,name\n{named}")).await;
    let years = ["2024", "2025", "2026"];
    let mut observed = String::from("city,period,item,value\na,2024,trees,80\na,2025,trees,90\n");
    for (place, city) in cities.iter().enumerate() {
        for (year, period) in years.iter().enumerate() {
            observed.push_str(&format!("{city},{period},trees,{}\n", 100 + 10 * (place + 1) * (year + 1)));
        }
    }
    ground.harness.import("kind=observations&set_code=small&set_version=1", "text/csv", &observed).await;
    let accepted = ground.harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await.json();
    let job = ground.harness.work(accepted["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    text(&accepted["id"])
}

/// A plan without a finding beside its dossier; the vision stands in the dossier alone.
fn clean(ground: &Ground, assessment: &str) -> Value {
    let design = ground.design.rsplit('/').next().expect("an identifier");
    let goal = |code: &str, level: &str, more: Value| {
        let mut goal = json!({"code": code, "level": level, "owner": {"en": "Parks"}, "due": "2030", "serves": ["S-vision"],
            "requirements": ["R-goal"]});
        more.as_object().expect("members").iter().for_each(|(key, value)| goal[key] = value.clone());
        goal
    };
    json!({
        "code": "A5", "title": {"en": "Goals of A"}, "city": "a", "design": design,
        "set": {"code": "small", "version": "1"}, "baseline": {"assessment": assessment, "period": "2026"},
        "period": {"from": "2027", "to": "2030"},
        "goals": [
            goal("O", "overall", json!({"statement": {"en": "A total of 6.2"}, "node": "TOTAL", "quantity": "score",
                "baseline_value": 5.0, "target_value": 6.2,
                "objective_areas": ["convenient_services", "refined_governance", "liveable_environment", "intelligent_infrastructure",
                    "lasting_security"], "principles": ["green_development"]})),
            goal("G", "sub", json!({"parent": "O", "statement": {"en": "124 trees per 1,000 residents"}, "node": "G", "unit": "1",
                "baseline_value": 0.1, "target_value": 0.124, "path": [{"period": "2028", "value": 0.112}, {"period": "2030", "value": 0.124}]})),
            goal("W", "stage", json!({"parent": "O", "statement": {"en": "Plant"}, "from": "2027", "to": "2030",
                "deliverable": {"en": "A park"}, "tasks": {"en": "t"}, "content": {"en": "c"}, "results": {"en": "r"}})),
        ]
    })
}

#[actix_web::test]
async fn the_linter_finds_each_fault_and_conformance_moves_on_to_satisfied() {
    Ground::on_each_database(async |ground| {
        let elements: Vec<Value> = rows(&ground).into_iter().map(|(element, _)| element).collect();
        ground.put_all(&elements).await;
        let assessment = with_history(&ground).await;
        let plan = clean(&ground, &assessment);
        let made = ground.harness.post("/api/v1/goal-plans", &plan).await;
        assert_eq!(made.status.as_u16(), 201, "{made:?}");
        let path = format!("/api/v1/goal-plans/{}", text(&made.json()["id"]));
        let report = ground.harness.get(&format!("{path}/lint")).await.json();
        assert_eq!((&report["ok"], &report["findings"]), (&json!(true), &json!([])), "{report}");

        // Another plan asks for more trees than this one: only the dossier knows it.
        let asks = |value: f64| {
            json!({"kind": "reference_plan", "document": {"code": "P-trees", "title": {"en": "Trees"}, "kind": "environmental_protection",
                "relation": {"en": "The design carries it out"},
                "targets": [{"node": "G", "period": "2030", "value": value, "bound": "at_least"}]}})
        };
        ground.put_all(&[asks(0.3)]).await;
        assert_eq!(statuses(&ground).await["7.3.3.e"], "partial");
        ground.put_all(&[asks(0.12)]).await;
        assert_eq!(statuses(&ground).await["7.3.3.e"], "satisfied");

        // One fault at a time, each under its letter.
        let seeded = [
            ("7.1.1", "/goals/1/requirements", json!(["R-nothing"])),
            ("7.3.3.a", "/goals/1/owner", Value::Null),
            ("7.3.3.b", "/goals/1/baseline_value", json!(0.105)),
            ("7.3.3.b", "/goals/1/target_value", json!(0.09)),
            ("7.3.3.c", "/goals/1/target_value", json!(0.99)),
            ("7.3.3.d", "/goals/1/serves", json!(["S-nothing"])),
            ("7.3.3.f", "/goals/1/due", json!("2035")),
        ];
        for (clause, at, value) in seeded {
            let mut faulty = plan.clone();
            *faulty.pointer_mut(at).expect("a member") = value;
            if at.ends_with("target_value") || at.ends_with("due") {
                faulty["goals"][1]["path"] = json!([]);
            }
            let tag = ground.harness.get(&path).await.header("etag").to_owned();
            assert_eq!(ground.harness.put(&path, Some(&tag), &faulty).await.status.as_u16(), 200, "{clause} {at}");
            let report = ground.harness.get(&format!("{path}/lint")).await.json();
            let found: Vec<&str> =
                report["findings"].as_array().expect("findings").iter().filter_map(|finding| finding["clause"].as_str()).collect();
            assert!(found.contains(&format!("gbt36333-2018:{clause}").as_str()), "{clause} {at}: {report}");
            if clause != "7.1.1" {
                assert_eq!(statuses(&ground).await[clause], "partial", "{clause} {at}");
            }
        }
        let tag = ground.harness.get(&path).await.header("etag").to_owned();
        assert_eq!(ground.harness.put(&path, Some(&tag), &plan).await.status.as_u16(), 200);

        // Adopted, then adjusted to what happened (7.3.4).
        let act = async |at: &str, body: Value| {
            let tag = ground.harness.get(&path).await.header("etag").to_owned();
            let request = ground.harness.request(actix_web::http::Method::POST, &format!("{path}{at}"));
            let reply = ground.harness.send(request.insert_header(("if-match", tag)).set_json(body)).await;
            assert!(reply.status.is_success(), "{at}: {reply:?}");
        };
        act("/adopt", json!({"approver": "Mayor Li", "reason": "meeting 7"})).await;
        assert_ne!(statuses(&ground).await["7.3.4"], "satisfied");
        let mut task = elements.iter().find(|element| element["document"]["code"] == "T1").expect("a task").clone();
        let goal = json!({"goal": {"plan": "A5", "goal": "G"}});
        task["links"].as_array_mut().expect("links").push(link("serves", goal));
        ground.put_all(&[task]).await;
        assert!(!ground.marked().await.contains(&"T1".to_owned()));
        let mut revised = plan.clone();
        revised["goals"][1]["target_value"] = json!(0.122);
        revised["goals"][1]["path"] = json!([]);
        act("/revisions", json!({"document": revised, "approver": "Mayor Li", "reason": "a dry year"})).await;
        let marked = ground.marked().await;
        assert!(["T1", "K1"].iter().all(|code| marked.iter().any(|known| known == code)), "{marked:?}");
        for code in marked {
            assert_eq!(ground.confirm(&code).await.status.as_u16(), 200, "{code}");
        }
        assert_eq!(ground.marked().await, Vec::<String>::new());
        assert_eq!(statuses(&ground).await["7.3.4"], "satisfied");

        // The roadmap takes the key projects of the design.
        let design = text(&plan["design"]);
        let roadmap = json!({"title": {"en": "Roadmap of A"}, "assessment": assessment, "city": "a", "design": design,
            "first_year": 2027, "years": 3, "budget": [10, 10, 10]});
        let made = ground.harness.post("/api/v1/roadmaps", &roadmap).await;
        assert_eq!(made.status.as_u16(), 201, "{made:?}");
        assert_eq!((&made.json()["schedule"][0]["project"], &made.json()["schedule"][0]["start"]), (&json!("K1"), &json!(2027)));
        let found = statuses(&ground).await;
        let open: BTreeSet<&String> = found.iter().filter(|(_, status)| *status != "satisfied").map(|(clause, _)| clause).collect();
        assert_eq!((satisfied(&found).len(), open), (229, BTreeSet::new()));

        // From the project back to the evidence, over the goal.
        let trace = ground.get("/trace?from=K1&direction=back").await;
        let kinds: BTreeSet<&str> = trace["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["type"].as_str()).collect();
        for kind in ["task", "goal", "gap", "indicator", "observation", "evidence", "assessment"] {
            assert!(kinds.contains(kind), "{kind} is not among {kinds:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_roadmap_of_a_design_that_is_not_the_citys_is_refused() {
    let ground = Ground::new().await;
    let roadmap = |design: &str, city: &str| {
        json!({"title": {"en": "R"}, "assessment": ground.assessment, "city": city, "design": design, "first_year": 2027, "years": 3,
            "budget": 10})
    };
    let own = ground.design.rsplit('/').next().expect("an identifier").to_owned();
    for (design, city) in [("00000000-0000-7000-8000-000000000000", "a"), (own.as_str(), "b")] {
        let refused = ground.harness.post("/api/v1/roadmaps", &roadmap(design, city)).await;
        let told: Vec<(String, String)> = refused.faults();
        assert_eq!(
            (refused.status.as_u16(), told),
            (422, vec![("roadmap.unknown_design".into(), "/design".into())]),
            "{refused:?}"
        );
    }
}

#[actix_web::test]
async fn requirements_of_an_analysis_go_into_the_design_as_they_are() {
    let ground = Ground::new().await;
    let given = ground.harness.get(&format!("/api/v1/gap-analyses/{}/requirements", ground.gap)).await.json();
    let elements = given["elements"].as_array().expect("elements").clone();
    assert!(!elements.is_empty(), "{given}");
    ground.put_all(&elements).await;
    let kept = ground.get("/elements?kind=requirement").await;
    assert_eq!(kept["items"].as_array().map(Vec::len), Some(elements.len()), "{kept}");
}
