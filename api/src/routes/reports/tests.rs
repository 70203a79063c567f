use std::io::{Cursor, Read};

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::tables::tests::assess;
use crate::testing::{Harness, Reply};

async fn asked(harness: &Harness, body: &Value) -> (Value, Value) {
    let accepted = harness.post("/api/v1/reports", body).await;
    assert_eq!(accepted.status.as_u16(), 202, "{accepted:?}");
    let job = accepted.header("location").rsplit('/').next().expect("a path").to_owned();
    let job = harness.work(&job).await;
    let id = accepted.json()["id"].as_str().expect("an id").to_owned();
    (harness.get(&format!("/api/v1/reports/{id}")).await.json(), job)
}

async fn file(harness: &Harness, report: &Value) -> Reply {
    harness.get(report["file"].as_str().unwrap_or_else(|| panic!("a file: {report}"))).await
}

/// The text of a part of a Word document or workbook.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("the part").read_to_string(&mut text).expect("text");
    text
}

#[actix_web::test]
async fn the_report_of_a_city_and_of_all_come_in_both_languages_and_name_their_assessment() {
    Harness::on_each_database(async |harness: Harness| {
        harness.observe().await;
        let path = assess(&harness).await;
        let id = path.rsplit('/').next().expect("an id");
        for language in ["zh", "en"] {
            for about in [json!({"city": "a"}), json!({})] {
                let mut body = json!({"assessment": id, "language": language, "format": "html", "body": "<b>Body & Co"});
                body.as_object_mut().expect("an object").extend(about.as_object().expect("an object").clone());
                let (report, job) = asked(&harness, &body).await;
                assert_eq!(job["state"], "succeeded", "{job}");
                let reply = file(&harness, &report).await;
                let html = String::from_utf8(reply.body.to_vec()).expect("text");
                assert!(html.contains(id) && html.contains("<svg"), "{html}");
                assert!(html.contains("&lt;b&gt;Body &amp; Co") && !html.contains("<b>Body"), "what is given is text");
                assert!(!html.contains("<script"), "it runs nothing");
                assert!(reply.header("content-security-policy").contains("sandbox"));
            }
        }
        let (report, _) = asked(&harness, &json!({"assessment": id, "city": "a", "format": "docx"})).await;
        let docx = file(&harness, &report).await;
        assert!(part(&docx.body, "word/document.xml").contains(id));
        let (report, _) = asked(&harness, &json!({"assessment": id, "city": "a", "format": "xlsx"})).await;
        assert!(part(&file(&harness, &report).await.body, "xl/worksheets/sheet1.xml").contains("<f>"), "formulas are live");
        let listed = harness.get(&format!("/api/v1/reports?assessment={id}")).await.json();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(6));
    })
    .await;
}

#[actix_web::test]
async fn a_report_quotes_a_gap_analysis_that_is_kept() {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    let id = path.rsplit('/').next().expect("an id");
    let (report, _) =
        asked(&harness, &json!({"assessment": id, "city": "a", "against": "best", "format": "html", "language": "en"})).await;
    let analysis = harness.get("/api/v1/gap-analyses").await.json()["items"][0].clone();
    assert_eq!((&analysis["city"], &analysis["against"]), (&json!("a"), &json!("best")));
    let html = String::from_utf8(file(&harness, &report).await.body.to_vec()).expect("text");
    assert!(html.contains(analysis["id"].as_str().expect("an id")), "the report names the analysis");
}

#[actix_web::test]
async fn the_template_of_the_operator_is_used_and_its_faults_are_told_with_their_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().to_owned();
    let harness = Harness::with(|config| config.reports.templates = Some(place)).await;
    harness.observe().await;
    let path = assess(&harness).await;
    let body = json!({"assessment": path.rsplit('/').next(), "city": "a", "format": "html", "language": "en"});
    std::fs::write(folder.path().join("city.en.md"), "# Our report of {{ city.name }}\n\nTotal: {{ total.score }}\n")
        .expect("a file");
    let (report, _) = asked(&harness, &body).await;
    let html = String::from_utf8(file(&harness, &report).await.body.to_vec()).expect("text");
    assert!(html.contains("Our report of A") && html.contains("10.00"), "{html}");
    std::fs::write(folder.path().join("city.en.md"), "# Report\n\n{{ city.nothing }}\n").expect("a file");
    let (report, job) = asked(&harness, &body).await;
    assert_eq!((&job["state"], &report["state"]), (&json!("failed"), &json!("failed")));
    assert!(report["error"].as_str().is_some_and(|error| error.contains("line 3")), "{report}");
    let gone = harness.get(&format!("/api/v1/reports/{}/file", report["id"].as_str().expect("an id"))).await;
    assert_eq!(gone.status.as_u16(), 409);
}

#[actix_web::test]
async fn a_request_at_fault_tells_all_and_a_city_reads_its_own_reports_only() {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    let id = path.rsplit('/').next().expect("an id");
    let refused =
        harness.post("/api/v1/reports", &json!({"against": "nobody", "by": "soon", "class": "x", "format": "pdf"})).await;
    assert_eq!(refused.status.as_u16(), 422, "{refused:?}");
    let refused = harness.post("/api/v1/reports", &json!({"against": "nobody", "class": "x", "format": "pdf"})).await;
    let codes: Vec<String> = refused.faults().into_iter().map(|(code, _)| code).collect();
    for code in ["report.subject", "report.class", "report.no_city"] {
        assert!(codes.contains(&code.to_owned()), "{codes:?}");
    }
    for (body, status) in [
        (json!({"assessment": id, "city": "nowhere", "format": "html"}), 404),
        (json!({"assessment": id, "city": "a", "period": "1999", "format": "html"}), 404),
        (json!({"round": "none", "format": "html"}), 404),
        (json!({"assessment": id, "city": "a", "against": "target:p", "format": "html"}), 422),
        (json!({"assessment": id, "city": "a", "format": "odt"}), 422),
    ] {
        assert_eq!(harness.post("/api/v1/reports", &body).await.status.as_u16(), status, "{body}");
    }
    let (own, _) = asked(&harness, &json!({"assessment": id, "city": "a", "format": "html"})).await;
    let (all, _) = asked(&harness, &json!({"assessment": id, "format": "html"})).await;
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    let get = async |path: &str| harness.send(harness.request_as(&reporter, Method::GET, path)).await;
    assert_eq!(get(own["file"].as_str().expect("a path")).await.status.as_u16(), 200);
    assert_eq!(get(all["file"].as_str().expect("a path")).await.status.as_u16(), 403);
    assert_eq!(get("/api/v1/reports").await.json()["items"].as_array().map(Vec::len), Some(1));
    let other = harness.key(Role::Reporter, &["b"]).await;
    let refused = harness.send(harness.request_as(&other, Method::GET, own["file"].as_str().expect("a path"))).await;
    assert_eq!(refused.status.as_u16(), 403);
    let place = format!("/api/v1/reports/{}", own["id"].as_str().expect("an id"));
    assert_eq!(harness.delete(&place, None).await.status.as_u16(), 204);
    assert_eq!(harness.get(&place).await.status.as_u16(), 404);
}
