use citygauge_openapi::{Code, StatisticsCorrelation, StatisticsTable};
use serde_json::json;

use super::*;

/// One row of each kind.
fn tables() -> Vec<StatisticsTable> {
    let row = |what: &str, members: serde_json::Value| json!({"what": what, "items": [members]});
    let documents = [
        row(
            "indicators",
            json!({"node": "A", "title": "A", "of": "score", "cities": 1, "available": 1, "zeros": 0, "distinct": 1,
                "most_frequent": 1, "outliers_low": 0, "outliers_high": 0, "concerns": ["many_zeros", "outliers"]}),
        ),
        row("correlations", json!({"one": "A", "other": "B", "cities": 2})),
        row("consistency", json!({"node": "A", "title": "A", "members": 2, "cities": 2})),
        row("components", json!({"node": "A", "cities": 2})),
        row("availability", json!({"city": "a", "node": "A", "leaves": 2, "missing": 1, "zeros": 0})),
        row(
            "screening",
            json!({"city": "a", "leaves": 2, "missing": 1, "zeros": 0, "low_data": true, "low_nonzero": false,
                "included": false, "forced": false}),
        ),
        row("balance", json!({"node": "A", "title": "A", "parent": "B", "weight": 1.0, "share": 1.0, "cities": 2})),
        row("standings", json!({"city": "a", "standing": "strength", "node": "A", "title": "A", "rank": 1, "cities": 2})),
    ];
    documents.into_iter().map(|document| serde_json::from_value(document).expect("a row of the contract")).collect()
}

#[test]
fn the_columns_of_a_table_are_the_members_of_its_rows() {
    for rows in tables() {
        let document = serde_json::to_value(&rows).expect("it serialises");
        let members: Vec<&String> = document["items"][0].as_object().expect("a row").keys().collect();
        let table = table(&rows);
        let mut columns: Vec<&String> = table.columns().iter().map(|column| &column.name).collect();
        columns.sort();
        let mut sorted = members.clone();
        sorted.sort();
        assert_eq!(columns, sorted);
        assert_eq!(table.each(|_, _| Ok(())).expect("rows fit their columns"), 1);
    }
}

#[test]
fn a_number_that_is_whole_is_a_number_in_a_column_of_numbers() {
    let row = StatisticsCorrelation {
        parent: None,
        one: Code::trusted("A"),
        other: Code::trusted("B"),
        cities: 3,
        correlation: Some(-1.0),
        p_value: Some(0.0),
        relation: None,
        reason: None,
        note: None,
    };
    let rows = StatisticsTable::Correlations { items: vec![row] };
    assert_eq!(table(&rows).each(|_, _| Ok(())).expect("rows fit their columns"), 1);
}

#[test]
fn words_that_name_nodes_are_read_and_others_refused() {
    use asked::{Below, Within};
    for good in ["node", "leaves", "depth:0", "depth:3:2"] {
        assert!(good.parse::<Within>().is_ok(), "{good}");
    }
    for bad in ["", "depth", "depth:", "depth:-1", "depth:1:", "depth:1:2:3", "children"] {
        assert!(bad.parse::<Within>().is_err(), "{bad}");
    }
    assert!("depth:1".parse::<Below>().is_ok() && "depth:1:2".parse::<Below>().is_err());
}
