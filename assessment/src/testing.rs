//! What the tests of explanations and gaps share: small sets and their observations, written down in a line.

use citygauge_indicators::{City, Observation, Period, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

use crate::{Assessment, Observations, Options, assess};

/// A leaf whose raw value, 0 to 100, is its score, with further members.
pub(crate) fn leaf(code: &str, members: Json) -> Json {
    let mut node = json!({"code": code, "title": {"en": code}, "indicator": {
        "formula": code.to_lowercase(), "scoring": {"rule": "scaled", "range": [0, 100]}
    }});
    for (key, value) in members.as_object().expect("members") {
        node[key] = value.clone();
    }
    node
}

/// Assesses a set of these nodes; an observation is city, period, item and value.
pub(crate) fn assessed(
    members: Json,
    nodes: &[Json],
    observed: &[(&str, &str, &str, f64)],
    cities: Option<&[City]>,
) -> Assessment {
    let read = nodes.iter().filter_map(|node| node["indicator"]["formula"].as_str());
    let items = read.map(|code| json!({"code": code})).collect::<Vec<_>>();
    let mut document = json!({"code": "small", "version": "1", "title": {"en": "Small"}, "items": items, "nodes": nodes});
    for (key, value) in members.as_object().expect("members") {
        document[key] = value.clone();
    }
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let observation = |(city, period, item, value): &(&str, &str, &str, f64)| Observation {
        city: (*city).into(),
        period: self::period(period),
        item: (*item).into(),
        value: Some(Value::Number(*value)),
        status: Status::Reported,
    };
    let observations: Vec<Observation> = observed.iter().map(observation).collect();
    let observations = Observations::from_long(&set, &observations, cities).unwrap_or_else(|faults| panic!("{faults}"));
    assess(&set, &observations, &Options::default()).expect("nothing refuses")
}

pub(crate) fn period(text: &str) -> Period {
    text.parse().expect("a period")
}
