use actix_web::http::Method;
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::panels::closing;
use crate::store::keys::Role;
use crate::store::panels;
use crate::testing::{Harness, Reply};

const PANEL: &str = "/api/v1/panels/p26";

/// Two items of experts on 0 to 10, and items that no panel scores.
fn set() -> Value {
    let scaled = json!({"rule": "scaled", "range": [0, 10]});
    let leaf = |item: &str| json!({"code": item.to_uppercase(), "title": {"en": item}, "indicator": {"formula": item, "scoring": scaled}});
    let expert = |code: &str| json!({"code": code, "kind": "index", "min": 0, "max": 10, "provider": "expert"});
    json!({
        "code": "judged", "version": "1", "title": {"en": "Judged"},
        "items": [
            expert("vision"), expert("design"), {"code": "trees"}, {"code": "seal", "kind": "count", "provider": "expert"},
            {"code": "trust", "kind": "index", "provider": "citizen"},
        ],
        "nodes": [leaf("vision"), leaf("design"), leaf("trees"), leaf("seal"), leaf("trust")]
    })
}

/// An expert: its token and the identifier of its key.
struct Expert {
    token: String,
    key: String,
}

async fn expert(harness: &Harness, name: &str, cities: &[&str]) -> Expert {
    let issued = harness.post("/api/v1/keys", &json!({"name": name, "role": "expert", "cities": cities})).await;
    assert_eq!(issued.status.as_u16(), 201, "{issued:?}");
    let text = |member: &str| issued.json()[member].as_str().expect("text").to_owned();
    Expert { token: text("token"), key: text("id") }
}

/// The published set, the cities a, b and c, and three experts: the first has `a` for its own by its key.
async fn prepare(harness: &Harness) -> [Expert; 3] {
    harness.post("/api/v1/indicator-sets", &set()).await;
    harness.post("/api/v1/indicator-sets/judged/versions/1/publish", &json!({})).await;
    harness.import("kind=cities", "text/csv", "code,name\na,A\nb,B\nc,C\n").await;
    [expert(harness, "Lin", &["a"]).await, expert(harness, "Ng", &[]).await, expert(harness, "Ota", &[]).await]
}

/// A panel of two items and three cities; the second expert has `b` for its own by what the panel says.
fn profile(experts: &[Expert]) -> Value {
    let own = [json!([]), json!(["b"]), json!([])];
    let members: Vec<Value> =
        experts.iter().zip(own).map(|(expert, own)| json!({"key": expert.key, "own_cities": own})).collect();
    json!({
        "title_en": "The panel of 2026", "set": {"code": "judged", "version": "1"}, "period": "2026", "items": ["vision", "design"],
        "cities": ["c", "a", "b"], "scale": {"least": 0, "greatest": 10, "step": 0.5}, "trim": 0.34, "least_scores": 2,
        "experts": members,
    })
}

async fn made(harness: &Harness) -> [Expert; 3] {
    let experts = prepare(harness).await;
    let made = harness.put(PANEL, None, &profile(&experts)).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    experts
}

async fn get_as(harness: &Harness, token: &str, path: &str) -> Reply {
    harness.send(harness.request_as(token, Method::GET, path)).await
}

async fn score(harness: &Harness, token: &str, scores: &[(&str, &str, f64)]) -> Reply {
    let scores: Vec<Value> =
        scores.iter().map(|(city, item, score)| json!({"city": city, "item": item, "score": score})).collect();
    let request = harness.request_as(token, Method::PUT, &format!("{PANEL}/scores"));
    harness.send(request.set_json(json!({ "scores": scores }))).await
}

/// Does something to the panel, as somebody who has seen it.
async fn step(harness: &Harness, token: &str, action: &str, body: Value) -> Reply {
    let tag = harness.get(PANEL).await.header("etag").to_owned();
    let request = harness.request_as(token, Method::POST, &format!("{PANEL}/{action}"));
    harness.send(request.insert_header(("if-match", tag)).set_json(body)).await
}

/// Changes the panel, as somebody who has seen it.
async fn change(harness: &Harness, profile: &Value) -> Reply {
    let tag = harness.get(PANEL).await.header("etag").to_owned();
    harness.put(PANEL, Some(&tag), profile).await
}

fn count(reply: &Reply) -> Option<usize> {
    reply.json()["items"].as_array().map(Vec::len)
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_panel_is_told_at_once() {
    let harness = Harness::new().await;
    let experts = prepare(&harness).await;
    let reporter = harness.post("/api/v1/keys", &json!({"name": "r", "role": "reporter", "cities": ["a"]})).await.json();
    let revoked = expert(&harness, "gone", &[]).await;
    harness.post(&format!("/api/v1/keys/{}/revoke", revoked.key), &json!({})).await;
    let wrong = json!({
        "set": {"code": "judged", "version": "1"}, "period": "2026",
        "items": ["vision", "trees", "seal", "nothing", "vision"], "cities": ["a", "z", "a"],
        "scale": {"least": 0, "greatest": 11, "step": 3}, "trim": 0.5, "places": 11, "least_scores": 9,
        "experts": [
            {"key": experts[0].key, "own_cities": ["z"]}, {"key": experts[0].key}, {"key": reporter["id"]}, {"key": revoked.key},
            {"key": "00000000-0000-7000-8000-000000000000"},
        ],
    });
    let refused = harness.put(PANEL, None, &wrong).await;
    assert_eq!(refused.problem().0, 422);
    let expected = [
        ("panel.no_title", ""),
        ("panel.scale_outside_item", "/items/0"),
        ("panel.foreign_item", "/items/1"),
        ("panel.not_sampled", "/items/2"),
        ("panel.unknown_item", "/items/3"),
        ("panel.duplicate_item", "/items/4"),
        ("observation.unknown_city", "/cities/1"),
        ("city.duplicate", "/cities/2"),
        ("panel.scale", "/scale/step"),
        ("panel.trim", "/trim"),
        ("panel.places", "/places"),
        ("panel.least_scores", "/least_scores"),
        ("observation.unknown_city", "/experts/0/own_cities/0"),
        ("panel.duplicate_expert", "/experts/1/key"),
        ("panel.not_an_expert", "/experts/2/key"),
        ("panel.revoked_expert", "/experts/3/key"),
        ("panel.unknown_expert", "/experts/4/key"),
    ];
    assert_eq!(refused.faults(), expected.map(|(code, at)| (code.to_owned(), at.to_owned())));
    let errors = refused.json()["errors"].clone();
    assert!(errors.as_array().expect("a list").iter().all(|fault| fault["hint"].is_string()), "{errors}");
    assert_eq!(harness.get(PANEL).await.status.as_u16(), 404);
    let mut draft = profile(&experts);
    draft["set"]["version"] = json!("9");
    draft["items"] = json!([]);
    assert_eq!(
        harness.put(PANEL, None, &draft).await.faults(),
        [("panel.items".into(), "/items".into()), ("panel.set".into(), "/set".into())]
    );
}

#[actix_web::test]
async fn who_may_do_what_to_a_panel() {
    let harness = Harness::new().await;
    let experts = made(&harness).await;
    let other = expert(&harness, "elsewhere", &[]).await;
    for (role, cities) in
        [(Role::Viewer, &[][..]), (Role::Methodologist, &[]), (Role::Reporter, &["a"]), (Role::Evaluator, &["a"])]
    {
        let token = harness.key(role, cities).await;
        for path in [PANEL.to_owned(), "/api/v1/panels".into(), format!("{PANEL}/scores"), format!("{PANEL}/results")] {
            assert_eq!(get_as(&harness, &token, &path).await.status.as_u16(), 403, "{role} {path}");
        }
        assert_eq!(score(&harness, &token, &[("c", "vision", 1.0)]).await.status.as_u16(), 403, "{role}");
    }
    let evaluator = harness.key(Role::Evaluator, &[]).await;
    for token in [&harness.token, &evaluator] {
        assert_eq!(score(&harness, token, &[("c", "vision", 1.0)]).await.status.as_u16(), 403, "whoever runs it has no say");
        assert_eq!(get_as(&harness, token, PANEL).await.status.as_u16(), 200);
    }
    // To an expert who is no member the panel is not there.
    for path in [PANEL.to_owned(), format!("{PANEL}/scores"), format!("{PANEL}/results"), format!("{PANEL}/completeness")] {
        assert_eq!(get_as(&harness, &other.token, &path).await.status.as_u16(), 404, "{path}");
    }
    assert_eq!(score(&harness, &other.token, &[("c", "vision", 1.0)]).await.status.as_u16(), 404);
    assert_eq!(count(&get_as(&harness, &other.token, "/api/v1/panels").await), Some(0));
    // A member sees itself alone.
    let seen = get_as(&harness, &experts[0].token, "/api/v1/panels").await.json()["items"][0].clone();
    assert_eq!(seen["experts"], json!([{"key": experts[0].key, "name": "Lin", "own_cities": ["a"]}]));
    assert_eq!(seen["cities"], json!(["a", "b", "c"]));
    let put = harness.request_as(&experts[0].token, Method::PUT, PANEL).set_json(profile(&experts));
    assert_eq!(harness.send(put).await.status.as_u16(), 403);
    assert_eq!(step(&harness, &experts[0].token, "close", json!({})).await.status.as_u16(), 403);
    assert_eq!(step(&harness, &evaluator, "close", json!({})).await.status.as_u16(), 200);
    assert_eq!(step(&harness, &evaluator, "reopen", json!({"reason": "x"})).await.status.as_u16(), 403);
    // What exists changes only for a caller who has seen it.
    assert_eq!(harness.put(PANEL, None, &profile(&experts)).await.status.as_u16(), 428);
    assert_eq!(harness.put(PANEL, Some("\"0-0\""), &profile(&experts)).await.status.as_u16(), 412);
    assert_eq!(harness.post(&format!("{PANEL}/close"), &json!({})).await.status.as_u16(), 428);
    assert_eq!(change(&harness, &profile(&experts)).await.status.as_u16(), 409, "a closed panel stays as it is");
}

#[actix_web::test]
async fn every_fault_of_the_scores_is_told_and_then_nothing_is_kept() {
    Harness::on_each_database(async |harness| {
        let [lin, ng, _] = made(&harness).await;
        let wrong = [
            ("a", "vision", 5.0),
            ("z", "vision", 5.0),
            ("b", "trees", 5.0),
            ("c", "vision", 10.5),
            ("c", "design", 5.25),
            ("c", "design", -1.0),
        ];
        let refused = score(&harness, &lin.token, &wrong).await;
        assert_eq!(refused.problem().0, 422);
        let expected = [
            ("panel.own_city", "/scores/0/city"),
            ("panel.unknown_city", "/scores/1/city"),
            ("panel.unknown_item", "/scores/2/item"),
            ("panel.outside_scale", "/scores/3/score"),
            ("panel.off_step", "/scores/4/score"),
            ("panel.duplicate_score", "/scores/5"),
            ("panel.outside_scale", "/scores/5/score"),
        ];
        assert_eq!(refused.faults(), expected.map(|(code, at)| (code.to_owned(), at.to_owned())));
        let own = score(&harness, &ng.token, &[("b", "vision", 5.0), ("a", "vision", 5.0)]).await;
        assert_eq!(own.faults(), [("panel.own_city".into(), "/scores/0/city".into())], "by what the panel says");
        assert_eq!(score(&harness, &lin.token, &[]).await.faults(), [("panel.scores".into(), "/scores".into())]);
        let progress = harness.get(&format!("{PANEL}/completeness")).await.json();
        assert!(progress["experts"].as_array().expect("a list").iter().all(|expert| expert["given"] == 0), "{progress}");
    })
    .await;
}

#[actix_web::test]
async fn experts_see_their_own_scores_until_the_panel_is_closed() {
    Harness::on_each_database(async |harness| {
        let [lin, ng, ota] = made(&harness).await;
        let first = [("b", "vision", 4.0), ("b", "design", 5.5), ("c", "vision", 7.0)];
        let scored = score(&harness, &lin.token, &first).await.json();
        assert_eq!(scored, json!({"recorded": 3, "corrected": 0, "unchanged": 0, "given": 3, "asked": 4}));
        let again = score(&harness, &lin.token, &first).await.json();
        assert_eq!(again, json!({"recorded": 0, "corrected": 0, "unchanged": 3, "given": 3, "asked": 4}));
        let corrected = score(&harness, &lin.token, &[("b", "vision", 4.5), ("c", "design", 0.0)]).await.json();
        assert_eq!(corrected, json!({"recorded": 1, "corrected": 1, "unchanged": 0, "given": 4, "asked": 4}));
        score(&harness, &ng.token, &[("a", "vision", 9.0), ("c", "vision", 2.0)]).await;
        score(&harness, &ota.token, &[("a", "vision", 6.0), ("c", "vision", 3.0)]).await;

        // Open: an expert sees its own, whoever runs the panel who has said how much.
        let own = get_as(&harness, &lin.token, &format!("{PANEL}/scores")).await.json();
        let seen: Vec<_> = own["items"].as_array().expect("a list").iter().map(|score| score["score"].clone()).collect();
        assert_eq!(seen, [json!(5.5), json!(4.5), json!(0.0), json!(7.0)], "by city and item: {own}");
        let history = get_as(&harness, &lin.token, &format!("{PANEL}/scores?history=true&limit=2")).await;
        let next = history.json()["next"].as_str().expect("more follow").to_owned();
        let rest = get_as(&harness, &lin.token, &format!("{PANEL}/scores?history=true&limit=2&cursor={next}")).await.json();
        let former = &history.json()["items"][1];
        assert_eq!(
            (&former["item"], &former["score"], former["superseded_at"].is_string()),
            (&json!("vision"), &json!(4.0), true)
        );
        assert_eq!((&rest["items"][0]["score"], rest["items"][0].get("superseded_at")), (&json!(4.5), None));
        for token in [&lin.token, &harness.token] {
            let results = get_as(&harness, token, &format!("{PANEL}/results")).await;
            let expected = if token == &harness.token { 200 } else { 409 };
            assert_eq!(results.status.as_u16(), expected, "{results:?}");
        }
        let counts = harness.get(&format!("{PANEL}/results")).await.json();
        let of_c = json!({"city": "c", "item": "vision", "count": 3, "left_out": 1, "enough": true});
        assert_eq!((&counts["state"], &counts["items"][5]), (&json!("open"), &of_c), "no number is shown");
        assert_eq!(harness.get(&format!("{PANEL}/scores")).await.problem().0, 409);
        let progress = harness.get(&format!("{PANEL}/completeness")).await.json();
        let told: Vec<_> = progress["experts"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|expert| (expert["name"].clone(), expert["given"].clone(), expert["asked"].clone()))
            .collect();
        assert_eq!(
            told,
            [("Lin", 4, 4), ("Ng", 2, 4), ("Ota", 2, 6)].map(|(name, given, asked)| (json!(name), json!(given), json!(asked)))
        );
        let progress = get_as(&harness, &ng.token, &format!("{PANEL}/completeness")).await.json();
        assert_eq!((progress["experts"].as_array().map(Vec::len), &progress["experts"][0]["name"]), (Some(1), &json!("Ng")));

        // Closed: all of them, with names for whoever runs the panel.
        let closed = step(&harness, &harness.token, "close", json!({})).await;
        assert_eq!(closed.status.as_u16(), 200, "{closed:?}");
        let named = harness.get(&format!("{PANEL}/scores?limit=2")).await.json();
        assert_eq!((&named["items"][0]["name"], &named["items"][1]["name"]), (&json!("Ng"), &json!("Ota")));
        let all = get_as(&harness, &ng.token, &format!("{PANEL}/scores")).await.json()["items"].clone();
        let all = all.as_array().expect("a list");
        assert_eq!(all.len(), 8);
        assert!(all.iter().all(|score| score.get("name").is_none_or(|name| name == "Ng")), "{all:?}");
        assert_eq!(all.iter().filter(|score| score.get("expert").is_some()).count(), 2, "its own are marked");
        assert_eq!(score(&harness, &lin.token, &[("c", "vision", 1.0)]).await.problem().0, 409);
    })
    .await;
}

#[actix_web::test]
async fn closing_writes_the_results_as_observations() {
    Harness::on_each_database(async |harness| {
        let [lin, ng, ota] = made(&harness).await;
        score(&harness, &lin.token, &[("c", "vision", 7.0), ("b", "vision", 3.0)]).await;
        score(&harness, &ng.token, &[("c", "vision", 2.0), ("a", "vision", 9.0)]).await;
        score(&harness, &ota.token, &[("c", "vision", 3.0), ("a", "vision", 6.5)]).await;
        let tag = harness.get(PANEL).await.header("etag").to_owned();
        let close = || {
            let request = harness.request(Method::POST, &format!("{PANEL}/close")).insert_header(("if-match", tag.clone()));
            harness.send(request.insert_header(("idempotency-key", "once")).set_json(json!({"note": "The first sitting."})))
        };
        let closed = close().await.json();
        assert_eq!((&closed["panel"]["state"], &closed["written"], &closed["unchanged"]), (&json!("closed"), &json!(2), &json!(0)));
        let gap = |city: &str, item: &str, count: u64| json!({"city": city, "item": item, "count": count, "withdrawn": false});
        let gaps = json!([gap("a", "design", 0), gap("b", "design", 0), gap("b", "vision", 1), gap("c", "design", 0)]);
        assert_eq!(closed["not_written"], gaps);
        assert_eq!(close().await.json(), closed, "a repeated request gets the same answer");

        let written = harness.get("/api/v1/observations/c/2026/vision").await.json();
        let expected = json!({
            "value": 3.0, "status": "reported", "provider": "expert", "sample_size": 3, "quality": "personal_estimate",
            "source": "panel p26", "note": "The first sitting.",
        });
        for (member, value) in expected.as_object().expect("an object") {
            assert_eq!(&written[member], value, "{member}: {written}");
        }
        let method = written["method"].as_str().expect("a text");
        assert!(method.contains("n = 3, trim = 0.34, 1 left out at each end; 2..7, median 3, sd 2.6458"), "{method}");
        assert_eq!(harness.get("/api/v1/observations?provider=expert").await.json()["items"].as_array().map(Vec::len), Some(2));

        let results = harness.get(&format!("{PANEL}/results?limit=4")).await.json();
        assert_eq!(results["items"][1], json!({
            "city": "a", "item": "vision", "count": 2, "left_out": 0, "enough": true, "mean": 7.75, "least": 6.5, "median": 7.75,
            "greatest": 9.0, "standard_deviation": 3.125f64.sqrt(),
        }));
        assert_eq!(results["items"][3], json!({
            "city": "b", "item": "vision", "count": 1, "left_out": 0, "enough": false, "least": 3.0, "median": 3.0, "greatest": 3.0,
        }));
        let rest = format!("{PANEL}/results?limit=4&cursor={}", results["next"].as_str().expect("more follow"));
        let rest = harness.get(&rest).await.json();
        assert_eq!((rest["items"][1]["mean"].clone(), rest["next"].clone()), (json!(3.0), Value::Null));
        let table = harness.get(&format!("{PANEL}/results?format=csv")).await;
        let text = String::from_utf8(table.body.to_vec()).expect("UTF-8");
        assert!(text.starts_with("city,item,count,left_out,enough,mean,least,median,greatest,standard_deviation\n"), "{text}");
        assert!(text.contains("\nb,vision,1,0,false,,3,3,3,\n"), "{text}");
        assert_eq!(get_as(&harness, &lin.token, &format!("{PANEL}/results")).await.status.as_u16(), 200);
        let trail = harness.get("/api/v1/audit-events").await.json().to_string();
        for action in ["create_panel", "score_panel", "close_panel"] {
            assert!(trail.contains(action), "{action}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_panel_that_is_opened_again_corrects_and_withdraws_what_it_wrote() {
    Harness::on_each_database(async |harness| {
        let experts = made(&harness).await;
        let [lin, ng, ota] = &experts;
        score(&harness, &lin.token, &[("c", "vision", 8.0)]).await;
        score(&harness, &ng.token, &[("c", "vision", 7.0), ("a", "vision", 9.0)]).await;
        score(&harness, &ota.token, &[("c", "vision", 2.0), ("a", "vision", 6.0)]).await;
        assert_eq!(step(&harness, &harness.token, "close", json!({})).await.json()["written"], 2);
        assert_eq!(step(&harness, &harness.token, "close", json!({})).await.problem().0, 409);
        let unsaid = step(&harness, &harness.token, "reopen", json!({"reason": " "})).await;
        assert_eq!(unsaid.faults(), [("panel.reason_required".into(), "/reason".into())]);
        let opened = step(&harness, &harness.token, "reopen", json!({"reason": "Ng lived in A."})).await;
        assert_eq!(opened.json()["state"], "open", "{opened:?}");
        assert_eq!(step(&harness, &harness.token, "reopen", json!({"reason": "again"})).await.problem().0, 409);

        // With scores, what they rest on stays; a city becomes somebody's own, and its scores cease to count.
        let mut moved = profile(&experts);
        moved["period"] = json!("2027");
        moved["items"] = json!(["design"]);
        moved["scale"]["step"] = json!(1);
        let told = change(&harness, &moved).await.faults();
        assert_eq!(told, ["/period", "/scale", "/items"].map(|at| ("panel.scored".to_owned(), at.to_owned())));
        let mut conflict = profile(&experts);
        conflict["experts"][1]["own_cities"] = json!(["a", "b"]);
        conflict["cities"] = json!(["a", "b", "c"]);
        assert_eq!(change(&harness, &conflict).await.status.as_u16(), 200);
        assert_eq!(score(&harness, &ng.token, &[("a", "vision", 9.0)]).await.faults()[0].0, "panel.own_city");
        score(&harness, &ota.token, &[("c", "vision", 6.5)]).await;
        let closed = step(&harness, &harness.token, "close", json!({})).await.json();
        assert_eq!((&closed["written"], &closed["not_written"][1]["withdrawn"]), (&json!(2), &json!(true)), "{closed}");

        let withdrawn = harness.get("/api/v1/observations/a/2026/vision").await.json();
        assert_eq!((&withdrawn["status"], &withdrawn["value"]), (&json!("missing"), &Value::Null));
        assert!(withdrawn["note"].as_str().is_some_and(|note| note.contains("1 scores of 2")), "{withdrawn}");
        let history = harness.get("/api/v1/observations/c/2026/vision/history").await.json();
        let values: Vec<_> = history["items"].as_array().expect("a list").iter().map(|value| value["value"].clone()).collect();
        assert_eq!(values, [json!(7.0), json!(7.0)], "one left out at each end of 6.5 7 8, and of 2 7 8");
        let former = harness.get(&format!("{PANEL}/scores?history=true")).await.json()["items"].clone();
        let superseded = |score: &&Value| score.get("superseded_at").is_some();
        assert_eq!(former.as_array().expect("a list").iter().filter(superseded).count(), 2, "{former}");
        assert!(harness.get("/api/v1/audit-events").await.json().to_string().contains("Ng lived in A."));
    })
    .await;
}

#[actix_web::test]
async fn what_a_round_has_verified_is_corrected_by_a_panel_with_a_note_only() {
    let harness = Harness::new().await;
    let experts = prepare(&harness).await;
    // In an earlier version of the set cities delivered the item themselves.
    let mut earlier = set();
    earlier["version"] = json!("0");
    earlier["items"][0]["provider"] = json!("city");
    harness.post("/api/v1/indicator-sets", &earlier).await;
    harness.post("/api/v1/indicator-sets/judged/versions/0/publish", &json!({})).await;
    let file = "city,period,item,value\na,2026,vision,5\na,2026,trees,5\n";
    harness.import("kind=observations&set_code=judged&set_version=0", "text/csv", file).await;
    let round = "/api/v1/rounds/r26";
    let about = json!({"title_en": "R", "set": {"code": "judged", "version": "0"}, "periods": ["2026"], "cohort": ["a"]});
    harness.put(round, None, &about).await;
    let act = async |place: &str, path: &str, body: Value| {
        let tag = harness.get(place).await.header("etag").to_owned();
        let done = harness.send(harness.request(Method::POST, path).insert_header(("if-match", tag)).set_json(body)).await;
        assert_eq!(done.status.as_u16(), 200, "{done:?}");
    };
    act(round, &format!("{round}/open"), json!({})).await;
    let submissions = harness.get(&format!("{round}/submissions")).await.json();
    let submission = format!("{round}/submissions/{}", submissions["items"][0]["id"].as_str().expect("an id"));
    for action in ["submit", "accept", "verify"] {
        act(&submission, &format!("{submission}/transitions"), json!({"action": action})).await;
    }
    assert_eq!(harness.put(PANEL, None, &profile(&experts)).await.status.as_u16(), 201);
    score(&harness, &experts[1].token, &[("a", "vision", 9.0)]).await;
    score(&harness, &experts[2].token, &[("a", "vision", 8.0)]).await;
    let refused = step(&harness, &harness.token, "close", json!({})).await;
    assert_eq!(refused.faults(), [("observation.reason_required".into(), "/note".into())]);
    assert_eq!(harness.get(PANEL).await.json()["state"], "open", "nothing changed");
    assert_eq!(harness.get("/api/v1/observations/a/2026/vision").await.json()["value"], 5.0);
    let closed = step(&harness, &harness.token, "close", json!({"note": "Experts judge it now."})).await;
    assert_eq!(closed.json()["written"], 1, "{closed:?}");
    let now = harness.get("/api/v1/observations/a/2026/vision").await.json();
    assert_eq!((&now["value"], &now["note"]), (&json!(8.5), &json!("Experts judge it now.")));
}

#[actix_web::test]
async fn a_score_that_comes_while_the_results_are_computed_is_not_lost() {
    Harness::on_each_database(async |harness| {
        let [lin, ng, _] = made(&harness).await;
        score(&harness, &lin.token, &[("c", "vision", 8.0)]).await;
        let close = async |prepared| {
            let transaction = harness.state.store().begin().await.expect("the database is ours");
            let panel = panels::find_to_change(&transaction, "p26").await.expect("it is there");
            let closed = closing::close(&transaction, &harness.state, &Caller::service(), panel, prepared, None).await;
            transaction.rollback().await.expect("nothing is kept");
            closed.map(|closed| closed.written).map_err(|failure| failure.status().as_u16())
        };
        let prepare = async || closing::prepare(&harness.state, "p26", None).await.expect("the panel is open");
        // Another score, a corrected one, and one that was taken out: each makes the results those of another moment.
        let early = prepare().await;
        score(&harness, &ng.token, &[("c", "vision", 6.0)]).await;
        assert_eq!(close(early).await, Err(409));
        let early = prepare().await;
        score(&harness, &ng.token, &[("c", "vision", 6.5)]).await;
        assert_eq!(close(early).await, Err(409));
        let early = prepare().await;
        let mut conflict = profile(&[lin, ng]);
        conflict["experts"][1]["own_cities"] = json!(["c"]);
        assert_eq!(change(&harness, &conflict).await.status.as_u16(), 200);
        assert_eq!(close(early).await, Err(409));
        assert_eq!(close(prepare().await).await, Ok(0), "one score of two is too few");
    })
    .await;
}
