use serde_json::json;

use crate::testing::Harness;

const PATH: &str = "/api/v1/peer-groups/coast";

#[actix_web::test]
async fn a_group_has_registered_cities_each_once() {
    let harness = Harness::new().await;
    for code in ["b", "a"] {
        harness.put(&format!("/api/v1/cities/{code}"), None, &json!({"name": code})).await;
    }
    let faulty = harness.put(PATH, None, &json!({"cities": ["a", "z", "a"]})).await;
    let codes: Vec<_> = faulty.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["peer_group.no_title", "peer_group.unknown_city", "peer_group.duplicate_city"]);
    let made = harness.put(PATH, None, &json!({"title_en": "Coast", "cities": ["b", "a"]})).await;
    assert_eq!((made.status.as_u16(), &made.json()["cities"]), (201, &json!(["a", "b"])), "{made:?}");
    let changed = harness.put(PATH, Some(made.header("etag")), &json!({"title_en": "Coast", "cities": ["b"]})).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["cities"]), (200, &json!(["b"])));
    assert_eq!(harness.delete("/api/v1/cities/b", Some("*")).await.status.as_u16(), 409, "it is in a group");
    assert_eq!(harness.delete(PATH, Some(changed.header("etag"))).await.status.as_u16(), 204);
    assert_eq!(harness.delete("/api/v1/cities/b", Some("*")).await.status.as_u16(), 204);
}
