use serde_json::json;

use crate::testing::Harness;

#[actix_web::test]
async fn published_codes_are_found_by_name_year_and_province() {
    let harness = Harness::new().await;
    let found = |query: &'static str| {
        let harness = &harness;
        async move { harness.get(&format!("/api/v1/city-codes?{query}")).await.json() }
    };
    let hangzhou = found("q=hangzhou&province=330000&valid_at=2020").await;
    assert_eq!(hangzhou["items"].as_array().expect("it is there").len(), 1, "{hangzhou}");
    assert_eq!(
        hangzhou["items"][0],
        json!({
            "code": "330100", "name_zh": "杭州市", "name_en": "Hangzhou", "class": "sub_provincial", "province": "330000",
            "province_zh": "浙江省", "province_en": "Zhejiang", "region": "east", "first_year": 1994,
        })
    );
    let turpan = found("q=6521").await;
    assert_eq!((&turpan["items"][0]["last_year"], &turpan["items"][0]["successors"]), (&json!(2014), &json!(["650400"])));
    let zhejiang = found("province=33&level=prefecture&valid_at=2020&limit=4").await;
    assert_eq!(zhejiang["items"].as_array().expect("it is there").len(), 4);
    let next = zhejiang["next"].as_str().expect("eleven cities are three pages");
    let second =
        harness.get(&format!("/api/v1/city-codes?province=33&level=prefecture&valid_at=2020&limit=10&cursor={next}")).await;
    let second = second.json();
    assert_eq!((second["items"].as_array().expect("it is there").len(), second["next"].is_null()), (7, true));
    for query in ["class=village", "valid_at=1979", "valid_at=2101"] {
        assert_eq!(harness.get(&format!("/api/v1/city-codes?{query}")).await.problem().1, "malformed-request", "{query}");
    }
}
