use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::tables::tests::assess;
use crate::testing::{Harness, Reply};

async fn observed() -> (Harness, String) {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    (harness, path)
}

/// The picture is a whole document; its text is text and it loads nothing.
fn picture(reply: &Reply, told: &str) -> String {
    assert_eq!(reply.status.as_u16(), 200, "{told}: {reply:?}");
    assert!(reply.header("content-type").starts_with("image/svg+xml"), "{told}");
    let svg = String::from_utf8(reply.body.to_vec()).expect("text");
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.trim_end().ends_with("</svg>"), "{told}");
    assert!(svg.contains("<title") && svg.contains("<desc") && svg.contains("<text"), "{told}");
    for forbidden in ["<script", "<style", "style=", "href=\"http", "NaN", "inf"] {
        assert!(!svg.replace("information", "").contains(forbidden), "{told} has {forbidden}");
    }
    svg
}

async fn gap(harness: &Harness, path: &str, city: &str) -> String {
    let id = path.rsplit('/').next().expect("an id");
    let new = json!({"assessment": id, "city": city, "against": "best"});
    let made = harness.post("/api/v1/gap-analyses", &new).await.json();
    format!("/api/v1/gap-analyses/{}", made["id"].as_str().expect("an id"))
}

#[actix_web::test]
async fn every_chart_of_an_assessment_comes_as_a_picture_and_as_numbers_in_both_languages_and_themes() {
    let (harness, path) = observed().await;
    let gaps = gap(&harness, &path, "a").await;
    let charts = [
        format!("{path}/charts/score-card.svg?city=a"),
        format!("{path}/charts/radar.svg?city=a"),
        format!("{path}/charts/wheel.svg?city=a"),
        format!("{path}/charts/heatmap.svg?depth=1"),
        format!("{path}/charts/distribution.svg?node=G&city=a"),
        format!("{path}/charts/intervals.svg?city=a"),
        format!("{path}/charts/ranks.svg?node=TOTAL&city=a"),
        format!("{gaps}/charts/waterfall.svg?depth=1"),
        format!("{gaps}/charts/priorities.svg?lang=en"),
    ];
    for chart in &charts {
        let light = picture(&harness.get(&format!("{chart}&theme=light")).await, chart);
        let dark = picture(&harness.get(&format!("{chart}&theme=dark")).await, chart);
        assert_ne!(light, dark, "{chart}");
        if !chart.contains("lang=") {
            let zh = picture(&harness.get(&format!("{chart}&lang=zh")).await, chart);
            assert!(zh.contains("lang=\"zh-CN\"") && zh != light, "{chart}");
        }
        let csv = harness.get(&format!("{chart}&format=csv")).await;
        assert_eq!((csv.status.as_u16(), csv.header("content-type")), (200, "text/csv"), "{chart}");
        let by_header = harness.send(harness.request(Method::GET, chart).insert_header(("accept", "text/csv"))).await;
        assert_eq!(by_header.body, csv.body, "{chart}");
        let tag = harness.get(chart).await.header("etag").to_owned();
        let known = harness.send(harness.request(Method::GET, chart).insert_header(("if-none-match", tag))).await;
        assert_eq!(known.status.as_u16(), 304, "{chart}");
    }
}

#[actix_web::test]
async fn the_numbers_of_a_chart_are_those_of_the_scores() {
    let (harness, path) = observed().await;
    let csv =
        async |chart: &str| String::from_utf8(harness.get(&format!("{path}/charts/{chart}")).await.body.to_vec()).expect("text");
    assert_eq!(
        csv("radar.svg?city=a&format=csv").await,
        "node,title,city,peer_median,best\nG,Green,10,30,40\nO,Open,,,\n",
        "the peers are the others, and nobody has reported O"
    );
    let heatmap = csv("heatmap.svg?format=csv").await;
    assert!(heatmap.contains("c,C,G,Green,40,scored") && heatmap.contains("a,A,O,Open,,missing"), "{heatmap}");
    assert_eq!(csv("ranks.svg?format=csv").await.lines().next(), Some("city,name,period,rank,breaks_before"));
    let card: Value = harness.get(&format!("{path}/cities/a")).await.json();
    let told = csv("score-card.svg?city=a&format=csv").await;
    let row =
        told.lines().find_map(|line| line.strip_prefix("score,")).and_then(|row| row.split(',').next()?.parse::<f64>().ok());
    assert_eq!(row, card["nodes"][0]["score"].as_f64(), "{told}");
}

#[actix_web::test]
async fn what_a_chart_does_not_take_or_lacks_is_told() {
    let (harness, path) = observed().await;
    for (chart, status, code) in [
        ("radar.svg", 400, "chart.no_city"),
        ("radar.svg?city=a&node=G", 400, "chart.parameter"),
        ("heatmap.svg?city=a", 400, "chart.parameter"),
        ("nothing.svg", 400, "path.invalid"),
        ("radar.svg?city=a&bom=true", 400, "query.bom"),
    ] {
        let reply = harness.get(&format!("{path}/charts/{chart}")).await;
        assert_eq!(reply.status.as_u16(), status, "{chart}");
        assert_eq!(reply.json()["errors"][0]["code"], code, "{chart}");
    }
    for (chart, status) in [
        ("radar.svg?city=nowhere", 404),
        ("heatmap.svg?depth=7", 404),
        ("distribution.svg?node=nothing", 404),
        ("radar.svg?city=a&period=1999", 404),
        ("radar.svg?city=a&peer_group=none", 404),
        ("radar.svg?city=a&plan=none", 404),
        ("radar.svg?city=a&format=pdf", 400),
    ] {
        assert_eq!(harness.get(&format!("{path}/charts/{chart}")).await.status.as_u16(), status, "{chart}");
    }
    let refused = harness
        .send(harness.request(Method::GET, &format!("{path}/charts/heatmap.svg")).insert_header(("accept", "image/png")))
        .await;
    assert_eq!(refused.status.as_u16(), 406);
}

#[actix_web::test]
async fn a_key_of_a_city_sees_its_own_charts_and_nothing_of_the_others() {
    let (harness, path) = observed().await;
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    let get =
        async |chart: &str| harness.send(harness.request_as(&reporter, Method::GET, &format!("{path}/charts/{chart}"))).await;
    for chart in ["score-card.svg?city=a", "wheel.svg?city=a"] {
        assert_eq!(get(chart).await.status.as_u16(), 200, "{chart}");
    }
    let radar = String::from_utf8(get("radar.svg?city=a&format=csv").await.body.to_vec()).expect("text");
    assert_eq!(radar.lines().next(), Some("node,title,city"), "no peers");
    let others = ["score-card.svg?city=b", "radar.svg?city=b", "heatmap.svg", "distribution.svg", "intervals.svg", "ranks.svg"];
    for chart in others {
        assert_eq!(get(chart).await.status.as_u16(), 403, "{chart}");
    }
    let nobody = harness.send(actix_web::test::TestRequest::with_uri(&format!("{path}/charts/heatmap.svg"))).await;
    assert_eq!(nobody.status.as_u16(), 401);
}
