//! Who sees which results: every operation, for every visibility and every kind of caller.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::classes::{observe, prepare, profile, published};
use crate::store::keys::Role;
use crate::testing::{Harness, Reply};

/// What an answer shows of the cities a, b (class of cities), x, y, z (counties).
fn shown(reply: &Reply) -> String {
    match reply.status.as_u16() {
        401 => return "401".into(),
        403 => return "403".into(),
        404 => return "404".into(),
        200 => {}
        status => panic!("{status}: {reply:?}"),
    }
    let mut codes = std::collections::BTreeSet::new();
    cities(&reply.json(), &mut codes);
    let named: Vec<&str> = codes.iter().map(String::as_str).filter(|code| !code.starts_with("anonymous-")).collect();
    match codes.len() > named.len() {
        true => format!("{}+?", named.join("")),
        false => named.join(""),
    }
}

/// Every text under the key `city`, and in the list `best`.
fn cities(value: &Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("city").and_then(Value::as_str).map(str::to_owned));
            let best = members.get("best").and_then(Value::as_array).into_iter().flatten();
            found.extend(best.filter_map(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| cities(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| cities(value, found)),
        _ => {}
    }
}

const VISIBILITIES: [&str; 4] = ["private", "participants", "later", "public"];

/// A round of every visibility, all of them published; the first moment of the test's clock is 2026-11-22T08:00:00Z.
async fn rounds(harness: &Harness) -> Vec<Value> {
    prepare(harness).await;
    harness.import("kind=cities", "text/csv", "code,name,class\no,O,outside\n").await;
    observe(harness).await;
    let mut made = Vec::new();
    for name in VISIBILITIES {
        let mut profile = profile();
        profile["cohort"] = json!(["a", "b", "x", "y", "z"]);
        match name {
            "later" => profile["public_from"] = json!("2026-11-22T08:00:01Z"),
            "public" => profile["public_from"] = json!("2026-11-22T08:00:00Z"),
            _ => {}
        }
        profile["visibility"] = json!(if name == "later" { "public" } else { name });
        made.push(published(harness, name, &profile).await);
    }
    made
}

/// The callers, by name.
async fn callers(harness: &Harness) -> Vec<(&'static str, Option<String>)> {
    vec![
        ("admin", Some(harness.token.clone())),
        ("viewer", Some(harness.key(Role::Viewer, &[]).await)),
        ("city", Some(harness.key(Role::Reporter, &["a"]).await)),
        ("province", Some(harness.key(Role::Evaluator, &["a", "x"]).await)),
        ("outside", Some(harness.key(Role::Reporter, &["o"]).await)),
        ("expert", Some(harness.key(Role::Expert, &[]).await)),
        ("nobody", None),
    ]
}

/// A question of somebody with a key, or without one.
fn asked(token: Option<&String>, path: &str) -> TestRequest {
    let request = TestRequest::with_uri(path).method(Method::GET);
    match token {
        Some(token) => request.insert_header(("authorization", format!("Bearer {token}"))),
        None => request,
    }
}

async fn get(harness: &Harness, token: Option<&String>, path: &str) -> Reply {
    harness.send(asked(token, path)).await
}

/// Operation; then, of each visibility, what admin, viewer, city, province, outside, expert and nobody see. `{c}` stands for the
/// assessment of the class of cities.
const EXPECTED: &[(&str, [&str; 4])] = &[
    (
        "rounds/{r}/ranking",
        [
            "abxyz abxyz a ax - 403 401",
            "abxyz abxyz a+? ax+? 403 403 401",
            "abxyz abxyz a ax - 403 401",
            "abxyz abxyz abxyz abxyz abxyz abxyz abxyz",
        ],
    ),
    (
        "assessments/{c}/ranking",
        ["ab ab 403 403 403 403 401", "ab ab a+? a+? 403 403 401", "ab ab 403 403 403 403 401", "ab ab ab ab ab ab ab"],
    ),
    (
        "assessments/{c}/scores",
        ["ab ab 403 403 403 403 401", "ab ab a+? a+? 403 403 401", "ab ab 403 403 403 403 401", "ab ab ab ab ab ab ab"],
    ),
    (
        "assessments/{c}/scores?city=b",
        ["b b 403 403 403 403 401", "b b 403 403 403 403 401", "b b 403 403 403 403 401", "b b b b b b b"],
    ),
    (
        "assessments/{c}/ranking?node=TREES",
        ["ab ab 403 403 403 403 401", "ab ab a a 403 403 401", "ab ab 403 403 403 403 401", "ab ab ab ab ab ab ab"],
    ),
    ("assessments/{c}/cities/a", ["a a a a 403 403 401", "a a a a 403 403 401", "a a a a 403 403 401", "a a a a a a a"]),
    (
        "assessments/{c}/cities/b",
        ["b b 403 403 403 403 401", "b b 403 403 403 403 401", "b b 403 403 403 403 401", "b b b b b b b"],
    ),
    ("assessments/{c}/cities/a/explain", ["a a a a 403 403 401"; 4]),
    ("assessments/{c}/cities/b/explain", ["b b 403 403 403 403 401"; 4]),
    ("assessments/{c}/diff?to={c}", ["ab ab 403 403 403 403 401"; 4]),
    ("assessments/{c}/diff?to={c}&city=a", ["a a a a 403 403 401"; 4]),
    ("assessments/{c}/trends", ["ab ab 403 403 403 403 401"; 4]),
    ("assessments/{c}/trends?city=a", ["a a a a 403 403 401"; 4]),
    ("assessments/{c}/statistics?what=screening", ["ab ab 403 403 403 403 401"; 4]),
    ("assessments/{c}/weights", ["- - 403 403 403 403 401"; 4]),
    ("assessments/{c}/uncertainty", ["- - 403 403 403 403 401"; 4]),
    (
        "assessments/{c}/charts/heatmap.svg?format=json",
        ["ab ab 403 403 403 403 401", "ab ab a a 403 403 401", "ab ab 403 403 403 403 401", "ab ab ab ab ab ab ab"],
    ),
    (
        "assessments/{c}/charts/ranks.svg?format=json",
        ["ab ab 403 403 403 403 401", "ab ab a+? a+? 403 403 401", "ab ab 403 403 403 403 401", "ab ab ab ab ab ab ab"],
    ),
    (
        "assessments/{c}/charts/distribution.svg?format=json",
        ["ab ab 403 403 403 403 401", "ab ab a+? a+? 403 403 401", "ab ab 403 403 403 403 401", "ab ab ab ab ab ab 401"],
    ),
    (
        "assessments/{c}/charts/radar.svg?city=b&format=json",
        ["- - 403 403 403 403 401", "- - 403 403 403 403 401", "- - 403 403 403 403 401", "- - - - - - -"],
    ),
    ("assessments/{c}/charts/intervals.svg?format=json", ["- - 403 403 403 403 401"; 4]),
    ("observations?item=crimes", ["ab ab a a - 403 401"; 4]),
];

#[actix_web::test]
async fn every_operation_shows_every_caller_what_the_visibility_of_the_round_says() {
    Harness::on_each_database(async |harness| {
        let rounds = rounds(&harness).await;
        let callers = callers(&harness).await;
        let mut expected = Vec::new();
        let mut requests = Vec::new();
        for (path, of_each) in EXPECTED {
            for ((round, visibility), of_callers) in rounds.iter().zip(VISIBILITIES).zip(of_each) {
                let assessment = round["classes"][0]["assessment"].as_str().expect("an id");
                let path = format!("/api/v1/{}", path.replace("{r}", visibility).replace("{c}", assessment));
                for ((caller, token), seen) in callers.iter().zip(of_callers.split(' ')) {
                    requests.push(asked(token.as_ref(), &path));
                    expected.push((format!("{visibility} {path} {caller}"), seen));
                }
            }
        }
        assert_eq!(requests.len(), EXPECTED.len() * 4 * 7);
        let found = harness.send_all(requests).await;
        let mut wrong = Vec::new();
        for ((what, expected), reply) in expected.into_iter().zip(&found) {
            let seen = shown(reply);
            if seen != expected.trim_start_matches('-') {
                wrong.push(format!("{what}: expected {expected}, found {seen}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[actix_web::test]
async fn bundles_are_for_those_who_read_releases_and_scores() {
    let harness = Harness::new().await;
    let rounds = rounds(&harness).await;
    let callers = callers(&harness).await;
    let path =
        |round: &Value| format!("/api/v1/assessments/{}/bundle", round["classes"][0]["assessment"].as_str().expect("an id"));
    let each = || rounds.iter().flat_map(|round| callers.iter().map(move |caller| (round, caller)));
    let requests = each().map(|(round, (_, token))| asked(token.as_ref(), &path(round))).collect();
    for (reply, (_, (name, _))) in harness.send_all(requests).await.iter().zip(each()) {
        let expected = match *name {
            "admin" | "viewer" => 200,
            "nobody" => 401,
            _ => 403,
        };
        assert_eq!(reply.status.as_u16(), expected, "{name}");
    }
}

#[actix_web::test]
async fn whoever_has_no_key_is_told_nothing_of_what_there_is() {
    let harness = Harness::new().await;
    rounds(&harness).await;
    let absent = "/api/v1/assessments/00000000-0000-7000-8000-ffffffffffff";
    for path in [
        "/api/v1/rounds/none/ranking".to_owned(),
        format!("{absent}/ranking"),
        format!("{absent}/scores"),
        format!("{absent}/cities/a"),
        absent.to_owned(),
        "/api/v1/rounds/public".to_owned(),
        "/api/v1/nothing".to_owned(),
    ] {
        assert_eq!(get(&harness, None, &path).await.status.as_u16(), 401, "{path}");
    }
    let wrong = get(&harness, Some(&"cg_aaaaaaaa_wrong".to_owned()), "/api/v1/rounds/public/ranking").await;
    assert_eq!(wrong.status.as_u16(), 401, "a key that does not work is none");
    let head = harness.send(TestRequest::with_uri("/api/v1/rounds/public/ranking").method(Method::HEAD)).await;
    assert_eq!(head.status.as_u16(), 200);
    let post = harness.send(TestRequest::with_uri("/api/v1/rounds/public/ranking").method(Method::POST)).await;
    assert_eq!(post.status.as_u16(), 401);
}

#[actix_web::test]
async fn pseudonyms_hold_within_a_round_and_neither_beyond_it_nor_by_the_order_of_the_register() {
    let harness = Harness::new().await;
    let cities: String = (0..40).map(|city| format!("c{city:02},C{city:02},city\n")).collect();
    prepare(&harness).await;
    harness.import("kind=cities", "text/csv", &format!("code,name,class\n{cities}")).await;
    let values: String = (0..40).map(|city| format!("c{city:02},2026,trees,50\nc{city:02},2026,parks,50\n")).collect();
    let file = format!("city,period,item,value\n{values}");
    harness.import("kind=observations&set_code=city&set_version=1", "text/csv", &file).await;
    let profile = json!({
        "title_en": "R", "set": {"code": "city", "version": "1"}, "periods": ["2026"], "visibility": "participants",
        "cohort": (0..40).map(|city| format!("c{city:02}")).collect::<Vec<_>>(),
    });
    let mut names = Vec::new();
    for round in ["one", "two"] {
        let made = published(&harness, round, &profile).await;
        let own = harness.key(Role::Reporter, &["c07"]).await;
        let ranking = get(&harness, Some(&own), &format!("/api/v1/rounds/{round}/ranking")).await.json();
        let assessment = made["assessment"].as_str().expect("an id");
        let scores =
            get(&harness, Some(&own), &format!("/api/v1/assessments/{assessment}/scores?node=TOTAL&limit=100")).await.json();
        let of = |page: &Value| -> Vec<String> {
            page["items"].as_array().expect("a list").iter().map(|row| row["city"].as_str().expect("a code").to_owned()).collect()
        };
        // All scores are equal: what is left is the order of the names that are seen.
        assert!(of(&ranking).is_sorted() && of(&ranking).len() == 40);
        let mut listed = of(&scores);
        listed.sort_unstable();
        assert_eq!(listed, of(&ranking), "the same names in another operation");
        let kept =
            crate::store::rounds::find(harness.state.db(), round).await.expect("it is there").pseudonyms.expect("they are drawn");
        assert!(!kept.is_sorted());
        names.push(kept);
        let mut text = ranking.to_string() + &scores.to_string();
        // No form of a file tells more, and none of its structure; an export is made with the eyes of whoever asked for it.
        let tables = format!("/api/v1/assessments/{assessment}");
        for form in ["csv", "ndjson", "arrow", "sdmx_csv", "sdmx_json", "ngsi_ld"] {
            let reply = get(&harness, Some(&own), &format!("{tables}/scores?format={form}")).await;
            assert_eq!(reply.status.as_u16(), 200, "{form}");
            text.push_str(&String::from_utf8_lossy(&reply.body));
        }
        for path in [
            format!("{tables}/structure"),
            format!("{tables}/ranking?format=csv"),
            format!("/api/v1/rounds/{round}/ranking?format=csv"),
        ] {
            let reply = get(&harness, Some(&own), &path).await;
            assert_eq!(reply.status.as_u16(), 200, "{path}");
            text.push_str(&String::from_utf8_lossy(&reply.body));
        }
        let asked =
            harness.request_as(&own, Method::POST, "/api/v1/exports").set_json(json!({"table": format!("{tables}/scores")}));
        let export = harness.send(asked).await.json();
        assert_eq!(harness.work(export["job"].as_str().expect("a job")).await["state"], "succeeded", "{export}");
        let file = get(&harness, Some(&own), &format!("/api/v1/exports/{}/file", export["id"].as_str().expect("an id"))).await;
        assert_eq!(file.status.as_u16(), 200);
        text.push_str(&String::from_utf8_lossy(&file.body));
        assert!(!text.contains("c08") && !text.contains("C08") && text.contains("c07"), "{text}");
        assert!(
            ranking["items"]
                .as_array()
                .expect("a list")
                .iter()
                .filter(|row| row["is_pseudonym"] == true)
                .all(|row| row["coverage"].is_null())
        );
    }
    let same = names[0].iter().zip(&names[1]).filter(|(one, other)| one == other).count();
    assert!(same < 10, "{same} of 40 cities have one pseudonym in both rounds");
}
