//! Editions that name a round, what is seen of them, and rank intervals.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{PATH, faults};
use crate::routes::rounds::tests::classes::{observe, prepare, profile, published};
use crate::store::keys::Role;
use crate::testing::Harness;

/// A round `one` of two periods and a round `two` of a third, both for their participants.
async fn rounds(harness: &Harness) -> [Value; 2] {
    prepare(harness).await;
    observe(harness).await;
    for year in ["2025", "2027"] {
        let file = format!(
            "city,period,item,value\na,{year},trees,50\na,{year},parks,50\na,{year},crimes,50\nb,{year},trees,20\nb,{year},parks,20\nb,{year},crimes,20\n"
        );
        harness.import("kind=observations&set_code=city&set_version=1", "text/csv", &file).await;
        let file = format!("city,period,item,value\nx,{year},trees,1\nx,{year},roads,2\n");
        harness.import("kind=observations&set_code=county&set_version=1", "text/csv", &file).await;
    }
    let with = |periods: Value| {
        let mut profile = profile();
        profile["periods"] = periods;
        profile["visibility"] = json!("participants");
        profile
    };
    [published(harness, "one", &with(json!(["2025", "2026"]))).await, published(harness, "two", &with(json!(["2027"]))).await]
}

fn benchmark(editions: Value) -> Value {
    json!({"title_en": "Yearly", "editions": editions})
}

fn edition(period: &str, round: &str) -> Value {
    json!({"period": period, "round": round, "class": "city"})
}

async fn as_city(harness: &Harness, token: &str, query: &str) -> Value {
    let reply = harness.send(harness.request_as(token, Method::GET, &format!("{PATH}/{query}"))).await;
    assert_eq!(reply.status.as_u16(), 200, "{query}: {reply:?}");
    reply.json()
}

#[actix_web::test]
async fn an_edition_takes_the_newest_publication_of_its_round_and_keeps_it() {
    let harness = Harness::new().await;
    let [one, two] = rounds(&harness).await;
    let wrong = benchmark(json!([
        {"period": "2024"}, {"period": "2025", "round": "none"}, {"period": "2026", "round": "one"}, {"period": "2027", "round": "two", "class": "none"},
        {"period": "2028", "round": "two", "class": "city", "assessment": one["classes"][0]["assessment"]}, {"period": "2029", "class": "city", "assessment": one["classes"][0]["assessment"]},
        {"period": "2030", "round": "one", "class": "city"},
    ]));
    assert_eq!(
        faults(&harness.put(PATH, None, &wrong).await),
        [
            "benchmark.unnamed /editions/0",
            "benchmark.round_absent /editions/1/round",
            "benchmark.class /editions/2/class",
            "benchmark.class /editions/3/class",
            "benchmark.other_round /editions/4/assessment",
            "benchmark.class_alone /editions/5/class",
            "benchmark.period_absent /editions/4/assessment",
            "benchmark.period_absent /editions/5/assessment",
            "benchmark.period_absent /editions/6/assessment",
        ]
    );
    let made = harness.put(PATH, None, &benchmark(json!([edition("2026", "one"), edition("2027", "two")]))).await.json();
    assert_eq!(
        made["editions"][0],
        json!({"period": "2026", "round": "one", "class": "city", "assessment": one["classes"][0]["assessment"]})
    );
    assert_eq!(made["editions"][1]["assessment"], two["classes"][0]["assessment"]);
    let series = harness.get(&format!("{PATH}/series?city=b")).await.json();
    assert_eq!(
        (&series["items"][0]["score"], &series["items"][0]["best"], &series["items"][1]["best"]),
        (&json!(40.0), &json!(40.0), &json!(50.0))
    );
    let drafted = harness.put("/api/v1/rounds/draft", None, &profile()).await;
    assert_eq!(drafted.status.as_u16(), 201);
    let open = harness.put("/api/v1/benchmarks/other", None, &benchmark(json!([edition("2026", "draft")]))).await;
    assert_eq!(faults(&open), ["benchmark.round_open /editions/0/round"]);
}

#[actix_web::test]
async fn participants_see_others_under_pseudonyms_that_link_nothing_over_rounds() {
    let harness = Harness::new().await;
    rounds(&harness).await;
    let own = harness.key(Role::Reporter, &["a"]).await;
    harness.put(PATH, None, &benchmark(json!([edition("2025", "one"), edition("2026", "one")]))).await;
    let shown = |found: &Value| -> Vec<String> {
        let name = |it: &Value| it["city"].as_str().unwrap_or("?").to_owned();
        found["items"].as_array().expect("rows").iter().map(name).collect()
    };
    let series = as_city(&harness, &own, "series").await;
    let names = shown(&series);
    assert_eq!((names.len(), &names[..2]), (4, &["a".to_owned(), "a".to_owned()][..]));
    assert!(names[2].starts_with("anonymous-") && names[2] == names[3], "one round, one pseudonym: {names:?}");
    assert_eq!((&series["items"][3]["score"], &series["items"][3]["coverage"]), (&json!(40.0), &Value::Null));
    let movers = as_city(&harness, &own, "movers").await;
    let mut moved = shown(&movers);
    moved.sort_unstable();
    assert_eq!(moved, ["a", names[2].as_str()]);
    let spread = as_city(&harness, &own, "distribution").await;
    assert_eq!((&spread["items"][0]["best"], &spread["items"][1]["best"]), (&json!(["a"]), &json!([names[2]])));
    let compared = as_city(&harness, &own, &format!("comparison?cities=a,{}", names[2])).await;
    let (total, leaf) = (&compared["items"][0]["cities"][1], &compared["items"][1]["cities"][1]);
    assert_eq!((&total["city"], &total["score"], &total["coverage"]), (&json!(names[2]), &json!(40.0), &Value::Null));
    assert_eq!(leaf["score"], Value::Null, "the score of an indicator tells its value");
    for (query, status) in [
        ("comparison?cities=b", 403),
        ("comparison?cities=anonymous-9", 403),
        ("series?city=b", 403),
        ("series?node=TREES", 200),
        ("comparison?cities=a&peer_group=x", 403),
        ("series?peer_group=x", 403),
        ("distribution?peer_group=x", 403),
    ] {
        let reply = harness.send(harness.request_as(&own, Method::GET, &format!("{PATH}/{query}"))).await;
        assert_eq!(reply.status.as_u16(), status, "{query}");
    }
    assert_eq!(shown(&as_city(&harness, &own, "series?node=TREES").await), ["a", "a"]);

    // Over two rounds: another city is seen in each edition, and nothing says that it is the same one.
    let tag = harness.get(PATH).await.header("etag").to_owned();
    harness.put(PATH, Some(&tag), &benchmark(json!([edition("2026", "one"), edition("2027", "two")]))).await;
    assert_eq!(shown(&as_city(&harness, &own, "movers").await), ["a"]);
    let series = as_city(&harness, &own, "series?bridge=difference").await;
    assert_eq!(shown(&series).len(), 4);
    for unnamed in series["items"].as_array().expect("points").iter().filter(|it| it["city"] != "a") {
        assert_eq!(unnamed["bridged"], Value::Null);
    }
    // An evaluator sees everybody.
    assert_eq!(shown(&harness.get(&format!("{PATH}/movers")).await.json()).len(), 2);
}

#[actix_web::test]
async fn ranks_have_intervals_where_an_uncertainty_analysis_says_so() {
    let harness = Harness::new().await;
    let [one, two] = rounds(&harness).await;
    harness.put(PATH, None, &benchmark(json!([edition("2026", "one"), edition("2027", "two")]))).await;
    let without = harness.get(&format!("{PATH}/series?city=b")).await.json();
    assert_eq!(
        (&without["items"][0]["rank"], &without["items"][0]["rank_low"], &without["items"][0]["uncertainty"]),
        (&json!(1), &Value::Null, &Value::Null)
    );
    assert_eq!(harness.get(&format!("{PATH}/movers")).await.json()["items"][0]["is_distinct"], Value::Null);
    for round in [&one, &two] {
        let assessment = format!("/api/v1/assessments/{}", round["classes"][0]["assessment"].as_str().expect("an id"));
        let wanted = json!({"replications": 20, "seed": 1, "choices": [{"kind": "weights", "plus_minus": 0.5}]});
        let accepted = harness.post(&format!("{assessment}/uncertainty"), &wanted).await.json();
        assert_eq!(harness.work(accepted["job"].as_str().expect("a job")).await["state"], "succeeded");
    }
    let series = harness.get(&format!("{PATH}/series?city=b")).await.json();
    let shown: Vec<Value> = series["items"]
        .as_array()
        .expect("points")
        .iter()
        .map(|it| json!([it["rank"], it["rank_low"], it["rank_high"], it["uncertainty"]]))
        .collect();
    assert_eq!(json!(shown), json!([[1, 1.0, 1.0, 1], [2, 2.0, 2.0, 1]]), "no weighting turns these ranks");
    let leaf = harness.get(&format!("{PATH}/series?city=b&node=TREES")).await.json();
    assert_eq!(leaf["items"][0]["rank_low"], Value::Null, "the analysis is about TOTAL");
    let compared = harness.get(&format!("{PATH}/comparison?cities=a,b&period=2026")).await.json();
    assert_eq!(
        (
            &compared["uncertainty"],
            &compared["items"][0]["cities"][1]["rank_high"],
            &compared["items"][1]["cities"][1]["rank_high"]
        ),
        (&json!(1), &json!(1.0), &Value::Null)
    );
    let movers = harness.get(&format!("{PATH}/movers")).await.json();
    assert_eq!((&movers["items"][0]["city"], &movers["items"][0]["is_distinct"]), (&json!("a"), &json!(true)));
    let csv = harness.get(&format!("{PATH}/series?city=b&format=csv")).await;
    assert!(String::from_utf8_lossy(&csv.body).contains(",rank_low,rank_high,uncertainty\n"), "{csv:?}");

    // An analysis of the other period says nothing of an edition.
    let tag = harness.get(PATH).await.header("etag").to_owned();
    harness.put(PATH, Some(&tag), &benchmark(json!([edition("2025", "one"), edition("2026", "one")]))).await;
    let series = harness.get(&format!("{PATH}/series?city=b")).await.json();
    assert_eq!((&series["items"][0]["rank_low"], &series["items"][1]["rank_low"]), (&Value::Null, &json!(1.0)));
}

#[actix_web::test]
async fn a_comparison_has_the_median_and_the_best_of_a_peer_group() {
    let harness = Harness::new().await;
    rounds(&harness).await;
    harness.put(PATH, None, &benchmark(json!([edition("2026", "one")]))).await;
    let group = json!({"title_en": "Only a", "cities": ["a"]});
    assert_eq!(harness.put("/api/v1/peer-groups/few", None, &group).await.status.as_u16(), 201);
    let compared = harness.get(&format!("{PATH}/comparison?cities=b&peer_group=few")).await.json();
    let total = &compared["items"][0];
    assert_eq!(
        (&compared["peer_group"], &total["best"], &total["median"], &total["cities"][0]["score"]),
        (&json!("few"), &json!(20.0), &json!(20.0), &json!(40.0))
    );
    let series = harness.get(&format!("{PATH}/series?peer_group=few")).await.json();
    assert_eq!((&series["items"][0]["score"], &series["items"][0]["best"]), (&json!(20.0), &json!(20.0)));
}
