//! A panel of five experts, played through the interface by the people in it: made, scored, refused on an own city, corrected,
//! closed; the results are compared with numbers that are computed here in another way, and a city is scored from them.

use citygauge_openapi::client::Client;
use citygauge_openapi::{
    API_ROOT, IssuedKey, Observation, ObservationProvider, ObservationValue, Panel, PanelClosed, PanelCompleteness, PanelResults,
    PanelScorePage, PanelScored, PanelState,
};
use citygauge_tests::steps::{assess, cities_csv, import, publish, set_ref};
use citygauge_tests::{Site, on_each_database};
use reqwest::Method;
use reqwest::header::{ETAG, IF_MATCH};
use serde_json::{Value, json};

on_each_database! {
    async fn five_experts_score_three_cities_and_a_city_is_scored_from_them(site: Site) {
        let (admin, experts) = prepared(site).await;

        // Each expert scores what it may; the first two belong to a city.
        for (expert, (who, _)) in SAID.iter().zip(&experts) {
            let sent = score(who, &sent(expert)).await;
            assert_eq!(sent.0, 200, "{}", sent.1);
            let scored: PanelScored = serde_json::from_value(sent.1).expect("what became of the scores");
            assert_eq!((scored.recorded, scored.given, scored.asked), (scored.given, scored.asked, expert.len() as u64));
        }
        // On an own city an expert is refused, by its key and by what the panel says.
        for (expert, city) in [(0, "hz"), (1, "nb")] {
            let refused = score(&experts[expert].0, &json!([{"city": city, "item": "vision", "score": 99}])).await;
            assert_eq!((refused.0, &refused.1["errors"][0]["code"]), (422, &json!("panel.own_city")), "{}", refused.1);
            assert_eq!(refused.1["errors"][0]["city"], city);
        }
        // A slip is corrected, and the former score is kept.
        let slip = score(&experts[4].0, &json!([{"city": "wz", "item": "vision", "score": 10, "comment": "a slip"}])).await;
        assert_eq!((slip.0, &slip.1["corrected"]), (200, &json!(1)));
        score(&experts[4].0, &sent(SAID[4])).await;
        let own: PanelScorePage = experts[4].0.get(&format!("{PANEL}/scores?history=true")).await.expect("its own scores");
        let of_slip = own.items.iter().filter(|score| score.city.as_str() == "wz" && score.item.as_str() == "vision");
        let of_slip: Vec<_> = of_slip.map(|score| (score.score, score.superseded_at.is_some())).collect();
        assert_eq!(of_slip, [(55.5, true), (10.0, true), (55.5, false)]);
        assert!(own.items.iter().all(|score| score.expert.as_ref().is_some_and(|key| *key.as_str() == experts[4].1)));
        let refused = experts[3].0.get::<PanelResults>(&format!("{PANEL}/results")).await.expect_err("the panel is open");
        assert!(matches!(refused, citygauge_openapi::client::ClientError::Problem(ref problem) if problem.status == 409), "{refused}");
        let progress: PanelCompleteness = admin.get(&format!("{PANEL}/completeness")).await.expect("the counts");
        assert!(progress.experts.iter().all(|expert| expert.given == expert.asked), "{progress:?}");

        // Closed.
        let closed: PanelClosed =
            admin.post_as_seen(PANEL, &format!("{PANEL}/close"), &json!({})).await.expect("the panel is closed");
        assert_eq!((closed.panel.state, closed.written, closed.not_written.len()), (PanelState::Closed, 6, 0));
        let results: PanelResults = admin.get(&format!("{PANEL}/results")).await.expect("the results");
        assert_eq!(results.items.len(), 6);
        for result in &results.items {
            let expected = by_hand(result.city.as_str(), result.item.as_str());
            let found = (result.count, result.left_out, result.mean, result.least, result.greatest);
            let Expected { count, left_out, mean, least, greatest, deviation } = expected;
            assert_eq!(found, (count, left_out, Some(mean), Some(least), Some(greatest)), "{result:?}");
            let difference = result.standard_deviation.expect("several scores") - deviation;
            assert!(difference.abs() < 1e-12, "{result:?}: {deviation}");
        }
        // Five scores of Wenzhou's vision by hand: 55.5 70 71.5 72 90, one left out at each end: 213.5 / 3 = 71.17.
        let wz = results.items.iter().find(|result| result.city.as_str() == "wz" && result.item.as_str() == "vision");
        assert_eq!(wz.and_then(|result| result.mean), Some(71.17));

        // The observation, and the score of the city from it.
        let observation: Observation = admin.get(&format!("{API_ROOT}/observations/wz/2026/vision")).await.expect("it is there");
        assert_eq!(observation.value, Some(ObservationValue::Number(71.17)));
        assert_eq!((observation.provider, observation.sample_size), (Some(ObservationProvider::Expert), Some(5)));
        assert!(observation.method.as_deref().is_some_and(|method| method.ends_with(METHOD)), "{observation:?}");
        let scores = admin.scores_csv(&assess(&admin, &set_ref("judged", "1")).await.id, &[("city", "wz")]).await.expect("the scores");
        assert!(scores.contains("wz,2026,VISION,71.17,71.17,"), "{scores}");

        // Everything is there still after a restart.
        site.restart().await;
        let panel: Panel = site.client().get(PANEL).await.expect("the panel");
        assert_eq!((panel.state, panel.experts.len()), (PanelState::Closed, 5));
    }
}

const PANEL: &str = "/api/v1/panels/vision-2026";

/// What is said of how the value of Wenzhou was obtained, as docs/panels.md shows it.
const METHOD: &str = "n = 5, trim = 0.2, 1 left out at each end; 55.5..90, median 71.5, sd 12.2505";

/// What the five say: city, vision, design.
const SAID: [&[(&str, &str, f64)]; 5] = [
    &[("nb", "vision", 60.0), ("nb", "design", 44.5), ("wz", "vision", 70.0), ("wz", "design", 61.5)],
    &[("hz", "vision", 88.0), ("hz", "design", 92.5), ("wz", "vision", 90.0), ("wz", "design", 60.0)],
    &[
        ("hz", "vision", 91.5),
        ("hz", "design", 90.0),
        ("nb", "vision", 55.0),
        ("nb", "design", 40.0),
        ("wz", "vision", 72.0),
        ("wz", "design", 58.5),
    ],
    &[
        ("hz", "vision", 79.5),
        ("hz", "design", 85.0),
        ("nb", "vision", 61.5),
        ("nb", "design", 52.0),
        ("wz", "vision", 71.5),
        ("wz", "design", 0.0),
    ],
    &[
        ("hz", "vision", 90.0),
        ("hz", "design", 90.5),
        ("nb", "vision", 58.5),
        ("nb", "design", 47.0),
        ("wz", "vision", 55.5),
        ("wz", "design", 59.0),
    ],
];

/// The result of a city and item, in halves of a point and whole numbers: no decimal is ever rounded before the end.
struct Expected {
    count: u64,
    left_out: u64,
    mean: f64,
    least: f64,
    greatest: f64,
    deviation: f64,
}

fn by_hand(city: &str, item: &str) -> Expected {
    let said = SAID.iter().copied().flatten().filter(|(of, what, _)| *of == city && *what == item);
    let mut halves: Vec<i64> = said.map(|(_, _, score)| (score * 2.0) as i64).collect();
    halves.sort_unstable();
    let count = halves.len();
    // A fifth at each end, rounded down.
    let left_out = count / 5;
    let kept = &halves[left_out..count - left_out];
    // The mean in hundredths, half up: (sum / 2) * 100 / n = sum * 50 / n.
    let (sum, n) = (kept.iter().sum::<i64>() * 50, kept.len() as i64);
    let hundredths = (2 * sum + n) / (2 * n);
    // n (n - 1) times the variance, in quarters.
    let (all, squares) = (halves.iter().sum::<i64>(), halves.iter().map(|half| half * half).sum::<i64>());
    let n = count as i64;
    let deviation = ((n * squares - all * all) as f64 / (4 * n * (n - 1)) as f64).sqrt();
    Expected {
        count: count as u64,
        left_out: left_out as u64,
        mean: hundredths as f64 / 100.0,
        least: halves[0] as f64 / 2.0,
        greatest: halves[count - 1] as f64 / 2.0,
        deviation,
    }
}

/// A set of two items that experts judge, three cities, five experts and their panel.
async fn prepared(site: &Site) -> (Client, Vec<(Client, String)>) {
    let admin = site.client();
    let scaled = json!({"rule": "scaled", "range": [0, 100]});
    let leaf = |item: &str| json!({"code": item.to_uppercase(), "title": {"en": item}, "indicator": {"formula": item, "scoring": scaled}});
    let item = |code: &str| json!({"code": code, "kind": "index", "min": 0, "max": 100, "provider": "expert"});
    let document = json!({
        "code": "judged", "version": "1", "title": {"zh": "专家评分", "en": "What experts judge"},
        "items": [item("vision"), item("design")], "nodes": [leaf("vision"), leaf("design")]
    });
    publish(&admin, &document).await;
    import(&admin, &cities_csv(), "code,name\nhz,杭州\nnb,宁波\nwz,温州\n").await;
    let mut experts = Vec::new();
    for (name, cities) in [("Lin", &["hz"][..]), ("Ng", &[]), ("Ota", &[]), ("Park", &[]), ("Qian", &[])] {
        let new = json!({"name": name, "role": "expert", "cities": cities});
        let issued: IssuedKey = admin.post(&format!("{API_ROOT}/keys"), &new).await.expect("a key");
        experts.push((site.client_with(&issued.token.expect("its token, this once")), issued.key.id.to_string()));
    }
    let members: Vec<Value> = experts.iter().map(|(_, key)| json!({"key": key, "own_cities": []})).collect();
    let mut profile = json!({
        "title_zh": "二〇二六年顶层设计评分", "set": {"code": "judged", "version": "1"}, "period": "2026",
        "items": ["vision", "design"], "cities": ["hz", "nb", "wz"], "scale": {"least": 0, "greatest": 100, "step": 0.5},
        "trim": 0.2, "places": 2, "least_scores": 3, "experts": members,
    });
    let made = admin.request(Method::PUT, PANEL).json(&profile).send().await.expect("an answer");
    assert_eq!(made.status(), 201);
    // The second belongs to Ningbo: said of the panel, where the first has it by its key.
    profile["experts"][1]["own_cities"] = json!(["nb"]);
    let tag = made.headers()[ETAG].clone();
    let changed = admin.request(Method::PUT, PANEL).header(IF_MATCH, tag).json(&profile).send().await.expect("an answer");
    assert_eq!(changed.status(), 200);
    (admin, experts)
}

fn sent(said: &[(&str, &str, f64)]) -> Value {
    said.iter().map(|(city, item, score)| json!({"city": city, "item": item, "score": score})).collect()
}

/// Sends scores; the status and what was answered.
async fn score(expert: &Client, scores: &Value) -> (u16, Value) {
    let request = expert.request(Method::PUT, &format!("{PANEL}/scores")).json(&json!({ "scores": scores }));
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}
