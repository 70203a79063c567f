//! What was imputed is marked in every form of a result.

use serde_json::{Value, json};

use super::assessed;
use crate::testing::{Harness, small_set};

#[actix_web::test]
async fn an_imputed_value_is_marked_in_the_scores_and_explained() {
    let mut set = small_set();
    set["nodes"][0]["indicator"]["imputation"] = json!({"method": "mean"});
    let harness = Harness::new().await;
    harness.post("/api/v1/indicator-sets", &set).await;
    harness.post("/api/v1/indicator-sets/small/versions/1/publish", &json!({})).await;
    harness.import("kind=cities", "text/csv", "code,name\na,A\nb,B\nc,C\n").await;
    let observations = "city,period,item,value\na,2026,trees,100\nb,2026,trees,300\nc,2026,open_data,1\n";
    harness.import("kind=observations&set_code=small&set_version=1", "text/csv", observations).await;
    let path = assessed(&harness).await;

    let items = harness.get(&format!("{path}/scores?node=G")).await.json()["items"].clone();
    let marked: Vec<&Value> = items.as_array().expect("rows").iter().map(|row| &row["imputed"]).collect();
    assert_eq!(marked, [&Value::Null, &Value::Null, &json!(true)]);
    assert_eq!((&items[2]["value"], &items[2]["score"]), (&Value::Null, &json!(20.0)));

    let csv = harness.get(&format!("{path}/scores?node=G&format=csv")).await;
    let lines: Vec<&str> = std::str::from_utf8(&csv.body).expect("text").lines().collect();
    assert!(lines[0].ends_with(",rank,level,imputed"), "{}", lines[0]);
    let last = |line: &str| line.rsplit(',').next().map(str::to_owned);
    assert_eq!([1, 2, 3].map(|line| last(lines[line])), ["0", "0", "1"].map(|flag| Some(flag.to_owned())));

    let explained = harness.get(&format!("{path}/cities/c/explain?node=G")).await.json();
    assert_eq!(explained["node"]["leaf"]["prepared"], json!(0.2), "{explained}");
    assert!(explained.to_string().contains("imputed: mean, 2 cities"), "{explained}");

    let wanted = json!({"set": set, "observations": [
        {"city": "a", "period": "2026", "item": "trees", "value": 100},
        {"city": "b", "period": "2026", "item": "open_data", "value": true}
    ]});
    let results = harness.post("/api/v1/evaluate", &wanted).await.json()["results"].clone();
    let marked = results.as_array().expect("rows").iter().filter(|row| row["imputed"] == json!(true));
    assert_eq!(marked.map(|row| (row["city"].clone(), row["node"].clone())).collect::<Vec<_>>(), [(json!("b"), json!("G"))]);
}
