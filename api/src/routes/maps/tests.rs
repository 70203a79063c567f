use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::Harness;

fn shapes(codes: &[&str]) -> Value {
    let area = |(code, east): (&&str, u32)| {
        let east = f64::from(east);
        json!({
            "type": "Feature",
            "properties": {"adcode": code, "name": format!("{code} city"), "secret": 1},
            "geometry": {"type": "Polygon", "coordinates": [[[east, 0.0], [east + 1.0, 0.0], [east, 1.0], [east, 0.0]]]},
        })
    };
    json!({"type": "FeatureCollection", "features": codes.iter().zip(0..).map(area).collect::<Vec<_>>()})
}

const PLACE: &str = "/api/v1/maps/cn";
const PUT: &str = "/api/v1/maps/cn?approval_number=GS(2024)0650%E5%8F%B7&key=adcode&title_zh=%E5%9C%B0%E5%9B%BE";

#[actix_web::test]
async fn a_map_is_uploaded_with_its_approval_number_changed_and_removed_on_both_databases() {
    Harness::on_each_database(async |harness: Harness| {
        let made = harness.put(PUT, None, &shapes(&["330100", "110000"])).await;
        assert_eq!(made.status.as_u16(), 201, "{made:?}");
        let map = made.json();
        assert_eq!(
            (&map["approval_number"], &map["features"], &map["key"]),
            (&json!("GS(2024)0650号"), &json!(2), &json!("adcode"))
        );
        let listed = harness.get("/api/v1/maps").await.json();
        assert_eq!(listed["items"][0], map);
        let drawn = harness.get(&format!("{PLACE}/geojson")).await;
        assert_eq!(drawn.header("content-type"), "application/geo+json");
        let properties = &drawn.json()["features"][0]["properties"];
        assert_eq!(*properties, json!({"adcode": "330100", "name": "330100 city"}), "nothing else is kept");
        let known =
            harness.request(Method::GET, &format!("{PLACE}/geojson")).insert_header(("if-none-match", drawn.header("etag")));
        assert_eq!(harness.send(known).await.status.as_u16(), 304);

        assert_eq!(harness.put(PUT, None, &shapes(&["330100"])).await.status.as_u16(), 428, "it is there already");
        let changed = harness.put(PUT, Some(made.header("etag")), &shapes(&["330100"])).await;
        assert_eq!((changed.status.as_u16(), &changed.json()["features"]), (200, &json!(1)));
        assert_eq!(harness.put(PUT, Some(made.header("etag")), &shapes(&["330100"])).await.status.as_u16(), 412);
        let gone = harness.delete(PLACE, Some(changed.header("etag"))).await;
        assert_eq!(gone.status.as_u16(), 204);
        assert_eq!(harness.get(&format!("{PLACE}/geojson")).await.status.as_u16(), 404);
    })
    .await;
}

#[actix_web::test]
async fn a_map_without_a_number_a_title_or_areas_is_refused_and_only_an_administrator_uploads_one() {
    let harness = Harness::new().await;
    let refused = harness.put("/api/v1/maps/cn?title_zh=x", None, &shapes(&["a"])).await;
    assert_eq!(refused.status.as_u16(), 400, "the number is needed");
    let refused =
        harness.put("/api/v1/maps/cn?approval_number=x", None, &json!({"type": "FeatureCollection", "features": []})).await;
    assert_eq!(refused.status.as_u16(), 422);
    let codes: Vec<String> = refused.faults().into_iter().map(|(code, _)| code).collect();
    assert!(codes.contains(&"map.features".to_owned()) && codes.contains(&"map.untitled".to_owned()), "{codes:?}");
    let evaluator = harness.key(Role::Evaluator, &[]).await;
    let request = harness.request_as(&evaluator, Method::PUT, PUT).set_json(shapes(&["a"]));
    assert_eq!(harness.send(request).await.status.as_u16(), 403);
    assert_eq!(harness.get("/api/v1/maps").await.json()["items"], json!([]), "nothing was kept");
}
