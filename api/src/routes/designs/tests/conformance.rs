use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Ground, text};

/// What goal plans and roadmaps bear out, and what is summed up of them.
const OF_GOAL_PLANS_AND_ROADMAPS: [&str; 20] = [
    "4.1.3",
    "5.1.1",
    "5.1.4",
    "5.2.2",
    "5.2.4",
    "7.1.2",
    "7.3.1",
    "7.3.3.a",
    "7.3.3.b",
    "7.3.3.c",
    "7.3.3.d",
    "7.3.3.e",
    "7.3.3.f",
    "7.3.4",
    "9.3.1",
    "9.3.2",
    "A.goals.out.1",
    "A.goals.out.2",
    "A.goals.out.3",
    "A.stages.out.1",
];

/// Rows that an element adds to the dossier, each with the clauses that it satisfies.
pub(super) fn rows(ground: &Ground) -> Vec<(Value, Vec<String>)> {
    let text = include_str!("dossier.json")
        .replace("{gap}", &ground.gap)
        .replace("{assessment}", &ground.assessment)
        .replace("{evidence}", &ground.evidence);
    let rows: Vec<Value> = serde_json::from_str(&text).expect("a list of rows");
    let then = |row: &Value| row["then"].as_array().expect("clauses").iter().map(super::text).collect();
    rows.iter().map(|row| (row["element"].clone(), then(row))).collect()
}

pub(super) async fn statuses(ground: &Ground) -> BTreeMap<String, String> {
    let found = ground.get("/conformance?standard=gbt36333-2018").await;
    let clauses = found["clauses"].as_array().expect("clauses").iter();
    clauses.map(|clause| (text(&clause["clause"])["gbt36333-2018:".len()..].to_owned(), text(&clause["status"]))).collect()
}

pub(super) fn satisfied(statuses: &BTreeMap<String, String>) -> BTreeSet<String> {
    statuses.iter().filter(|(_, status)| *status == "satisfied").map(|(clause, _)| clause.clone()).collect()
}

#[actix_web::test]
async fn a_dossier_moves_row_by_row_from_missing_to_satisfied() {
    let ground = Ground::new().await;
    let mut before = statuses(&ground).await;
    assert_eq!(satisfied(&before), BTreeSet::from(["4.3".to_owned()]));
    for (element, then) in rows(&ground) {
        let code = element["document"]["code"].as_str().expect("a code");
        let reply = ground.harness.put(&format!("{}/elements/{code}", ground.design), None, &element).await;
        assert_eq!(reply.status.as_u16(), 201, "{element}: {reply:?}");
        // Rows that bring nothing by themselves are looked at with the next one.
        if then.is_empty() {
            continue;
        }
        let after = statuses(&ground).await;
        for clause in &then {
            assert_ne!(before[clause], "satisfied", "{clause} before {code}");
            assert_eq!(after[clause], "satisfied", "{clause} after {code}");
        }
        before = after;
    }
    let open: BTreeSet<&str> =
        before.iter().filter(|(_, status)| *status != "satisfied").map(|(clause, _)| clause.as_str()).collect();
    assert_eq!(open, BTreeSet::from(OF_GOAL_PLANS_AND_ROADMAPS));
}

#[actix_web::test]
async fn a_whole_dossier_satisfies_what_its_rows_do() {
    Ground::on_each_database(async |ground| {
        let mut dossier = super::header("a");
        dossier["elements"] = rows(&ground).into_iter().map(|(element, _)| element).collect();
        let path = format!("{}/dossier", ground.design);
        let tag = ground.harness.get(&path).await.header("etag").to_owned();
        let put = ground.harness.put(&path, Some(&tag), &dossier).await;
        assert_eq!((put.status.as_u16(), &put.json()["put"]), (200, &json!(86)), "{put:?}");
        let found = statuses(&ground).await;
        assert_eq!(found.len() - satisfied(&found).len(), OF_GOAL_PLANS_AND_ROADMAPS.len());
    })
    .await;
}

#[actix_web::test]
async fn a_clause_says_what_is_missing_in_both_languages_and_where_its_proof_is() {
    let ground = Ground::new().await;
    ground.put_all(&ground.chain()).await;
    let clause = async |language: &str, clause: &str| -> Value {
        let path = format!("{}/conformance?standard=gbt36333-2018", ground.design);
        let request = ground.harness.request(actix_web::http::Method::GET, &path).insert_header(("accept-language", language));
        let found = ground.harness.send(request).await.json();
        let clauses = found["clauses"].as_array().expect("clauses");
        clauses.iter().find(|found| found["clause"] == format!("gbt36333-2018:{clause}")).expect("a clause").clone()
    };
    let users = clause("en", "6.5.2.b").await;
    assert_eq!((&users["status"], &users["lacks"]), (&json!("missing"), &json!(["there is no requirement (kind=user)"])));
    assert_eq!(clause("zh", "6.5.2.b").await["lacks"], json!(["没有建设需求（kind=user）"]));
    let goals = clause("en", "6.5.2.a").await;
    let proof = json!([{"path": format!("{}/elements/R", ground.design), "element": "R"}]);
    assert_eq!((&goals["status"], &goals["proof"]), (&json!("satisfied"), &proof));
    let assessed = clause("en", "6.3").await;
    assert_eq!(assessed["proof"], json!([{"path": format!("/api/v1/assessments/{}", ground.assessment)}]));
    let project = clause("en", "9.1.4.b").await;
    assert_eq!((&project["status"], &project["lacks"]), (&json!("partial"), &json!(["'P' lacks content, mode, owner"])));
    let note = clause("en", "7.3.1").await;
    assert!(note["note"].as_str().is_some_and(|note| note.contains("7.2")), "{note}");
}

#[actix_web::test]
async fn a_conformance_is_given_out_as_a_table_and_only_of_a_standard_that_is_known() {
    let ground = Ground::new().await;
    let path = format!("{}/conformance", ground.design);
    let csv = ground.harness.get(&format!("{path}?standard=gbt36333-2018&format=csv")).await;
    let text = String::from_utf8(csv.body.to_vec()).expect("UTF-8");
    assert_eq!(text.lines().next(), Some("clause,role,status,text,lacks,proof,note"));
    assert_eq!(text.lines().filter(|line| line.starts_with("gbt36333-2018:")).count(), 229);
    assert!(text.contains("gbt36333-2018:A.goals.out.1,output,missing,overall goals,"), "{text}");
    let book = ground.harness.get(&format!("{path}?standard=gbt36333-2018&format=xlsx")).await;
    assert!(book.body.starts_with(b"PK"));
    assert_eq!(ground.harness.get(&format!("{path}?standard=iso")).await.status.as_u16(), 404);
    assert_eq!(ground.harness.get(&path).await.status.as_u16(), 400);
}
