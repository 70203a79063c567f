//! The check on documents that are right, wrong in one way, and wrong in every way.

use serde_json::{Value, json};

use crate::{IndicatorSet, SetDocument, WeightOf};

fn small() -> Value {
    json!({
        "code": "small", "version": "1", "title": {"en": "Small", "zh": "小"},
        "items": [
            {"code": "a", "kind": "count", "min": 0}, {"code": "b", "kind": "count"},
            {"code": "ok", "kind": "boolean"}, {"code": "tier", "kind": "choice", "options": ["x", "y"]}
        ],
        "nodes": [
            {"code": "D", "title": {"en": "D"}},
            {"code": "D1", "parent": "D", "title": {"en": "D1"}, "indicator": {"formula": "a / b", "scoring": {"rule": "ratio"}}},
            {"code": "D2", "parent": "D", "title": {"en": "D2"}, "weight": 2, "indicator": {"scoring": {"rule": "checklist", "items": {"ok": 1}}}},
            {"code": "E", "title": {"en": "E"}, "indicator": {"formula": "tier", "scoring": {"rule": "choice", "scores": {"x": 0, "y": 100}}}}
        ]
    })
}

fn check(value: &Value) -> Result<IndicatorSet, Vec<(String, String)>> {
    SetDocument::check_value(value)
        .map_err(|faults| faults.0.into_iter().map(|f| (f.code.to_owned(), f.pointer.unwrap_or_default())).collect())
}

fn faults(value: &Value) -> Vec<(String, String)> {
    check(value).expect_err("the document is wrong")
}

fn one(code: &str, at: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), at.to_owned())]
}

#[test]
fn a_sound_document_becomes_a_set_in_tree_order() {
    let set = check(&small()).expect("sound");
    let codes: Vec<_> = set.nodes().iter().map(|node| node.code.as_str()).collect();
    assert_eq!(codes, ["TOTAL", "D", "D1", "D2", "E"]);
    assert_eq!(set.nodes()[3].share_f64(), 1.0 / 3.0);
    assert_eq!(set.nodes()[0].children, [1, 4]);
    assert_eq!(set.digest().len(), 64);
}

#[test]
fn defaults_that_are_spelled_out_do_not_change_the_digest() {
    let mut spelled = small();
    spelled["full_mark"] = json!(100);
    spelled["arithmetic"] = json!("scores");
    spelled["nodes"][0]["weight"] = json!(1.0);
    spelled["nodes"][1]["indicator"]["scoring"]["cap"] = json!(1);
    assert_eq!(check(&spelled).expect("sound").digest(), check(&small()).expect("sound").digest());
}

#[test]
fn a_document_survives_the_round_trip_through_json() {
    let set = check(&small()).expect("sound");
    let again = serde_json::to_value(set.document()).expect("serialises");
    assert_eq!(check(&again).expect("sound").document(), set.document());
}

#[test]
fn each_fault_is_named_where_it_stands() {
    type Change = fn(&mut Value);
    let cases: [(Change, &str, &str); 16] = [
        (|v| v["colour"] = json!("red"), "set.unknown_key", "/colour"),
        (|v| v["nodes"][1]["indicator"]["scoring"]["capp"] = json!(1), "set.unknown_key", "/nodes/1/indicator/scoring/capp"),
        (|v| v["nodes"][3]["code"] = json!("D1"), "node.duplicate", "/nodes/3/code"),
        (|v| v["nodes"][2]["weight"] = json!(-1), "weight.negative", "/nodes/2/weight"),
        (|v| v["nodes"][1]["indicator"]["formula"] = json!("a / c"), "formula.unknown_item", "/nodes/1/indicator/formula"),
        (
            |v| v["nodes"][1]["indicator"]["formula"] = json!(format!("{}a{}", "(".repeat(65), ")".repeat(65))),
            "formula.too_deep",
            "/nodes/1/indicator/formula",
        ),
        (
            |v| v["nodes"][1]["indicator"]["scoring"] = json!({"rule": "goalposts", "worst": 3, "best": 3}),
            "scoring.goalposts",
            "/nodes/1/indicator/scoring",
        ),
        (|v| v["nodes"][0]["parent"] = json!("D"), "node.cycle", "/nodes/0/parent"),
        (|v| v["nodes"][1]["parent"] = json!("F"), "node.unknown_parent", "/nodes/1/parent"),
        (|v| v["nodes"][1]["title"] = json!("D1"), "set.wrong_type", "/nodes/1/title"),
        (|v| v["nodes"][1]["indicator"]["formula"] = json!("a + tier"), "formula.choice_item", "/nodes/1/indicator/formula"),
        (|v| v["nodes"][1]["indicator"]["direction"] = json!("lower"), "direction.contradicted", "/nodes/1/indicator/direction"),
        (
            |v| v["nodes"][3]["indicator"]["scoring"]["scores"] = json!({"x": 0}),
            "scoring.choice",
            "/nodes/3/indicator/scoring/scores",
        ),
        (
            |v| v["levels"] = json!({"bands": [{"code": "a", "from": 0}, {"code": "b", "from": 0}]}),
            "level.order",
            "/levels/bands/1/from",
        ),
        (|v| v["arithmetic"] = json!("sum"), "set.wrong_word", "/arithmetic"),
        (|v| v["items"][1]["code"] = json!("a"), "item.duplicate", "/items/1/code"),
    ];
    for (change, code, at) in cases {
        let mut document = small();
        change(&mut document);
        let found: Vec<_> = faults(&document).into_iter().filter(|(found, _)| found == code).collect();
        assert_eq!(found, one(code, at), "{code}");
    }
}

#[test]
fn weights_of_the_parent_must_add_up_to_one_hundred() {
    let mut document = small();
    for (i, weight) in [(1, 60.0), (2, 39.9)] {
        document["nodes"][i]["weight_of"] = json!("parent");
        document["nodes"][i]["weight"] = json!(weight);
    }
    assert_eq!(faults(&document), one("weight.sum", "/nodes/0"));
    document["nodes"][2]["weight"] = json!(40.0);
    assert_eq!(check(&document).expect("sound").nodes()[2].weight_of, WeightOf::Parent);
    document["nodes"][2]["weight_of"] = json!("siblings");
    assert_eq!(faults(&document), one("weight.mixed_scales", "/nodes/2/weight_of"));
}

#[test]
fn one_unreadable_member_is_one_fault_and_the_rest_is_still_checked() {
    let mut document = small();
    document["nodes"][1]["indicator"]["scoring"] = json!({"rule": "ratio", "cap": "one"});
    document["nodes"][3]["indicator"]["formula"] = json!("tiers");
    let found = faults(&document);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&("set.wrong_type".into(), "/nodes/1/indicator/scoring/cap".into())));
    assert!(found.contains(&("formula.unknown_item".into(), "/nodes/3/indicator/formula".into())));
}

#[test]
fn all_faults_of_a_document_are_reported_at_once_and_each_of_them_once() {
    let document = json!({
        "code": "wrong", "version": "1", "title": {"en": "Wrong"}, "colour": "red",
        "items": [{"code": "a"}],
        "nodes": [
            {"code": "A", "title": {"en": "A"}, "weight": 30, "weight_of": "total", "indicator": {"formula": "a", "scoring": {"rule": "ratio"}}},
            {"code": "B", "title": {"en": "B"}, "weight": 30, "weight_of": "total", "indicator": {"formula": "nothing", "scoring": {"rule": "ratio"}}},
            {"code": "C", "title": {"en": "C"}, "weight": 30, "weight_of": "total", "indicator": {"formula": format!("{}a{}", "(".repeat(65), ")".repeat(65)), "scoring": {"rule": "ratio"}}},
            {"code": "D", "title": {"en": "D"}, "weight": 5, "weight_of": "total", "indicator": {"formula": "a", "scoring": {"rule": "goalposts", "worst": 1, "best": 1}}},
            {"code": "D", "title": {"en": "D again"}, "weight": 5, "weight_of": "total", "indicator": {"formula": "a", "scoring": {"rule": "ratio"}}},
            {"code": "E", "title": {"en": "E"}, "parent": "F"}, {"code": "F", "title": {"en": "F"}, "parent": "E"},
            {"code": "W", "title": {"en": "W"}, "weight": 0, "weight_of": "total"},
            {"code": "W1", "parent": "W", "title": {"en": "W1"}, "weight": 1, "weight_of": "parent", "indicator": {"formula": "a", "scoring": {"rule": "ratio"}}}
        ]
    });
    let found = faults(&document);
    for code in [
        "set.unknown_key",
        "node.duplicate",
        "weight.sum",
        "formula.unknown_item",
        "formula.too_deep",
        "scoring.goalposts",
        "node.cycle",
    ] {
        assert_eq!(found.iter().filter(|(found, _)| found == code).count(), 1, "{code} in {found:?}");
    }
}

#[test]
fn a_tree_deeper_than_two_hundred_levels_is_refused_in_whatever_order_it_is_listed() {
    let chain = |length: usize, backwards: bool| {
        let mut nodes: Vec<Value> = (0..length)
            .map(|level| {
                let mut node = json!({"code": format!("n{level}"), "title": {"en": "n"}});
                if level > 0 {
                    node["parent"] = json!(format!("n{}", level - 1));
                }
                if level + 1 == length {
                    node["indicator"] = json!({"formula": "a", "scoring": {"rule": "ratio"}});
                }
                node
            })
            .collect();
        if backwards {
            nodes.reverse();
        }
        json!({"code": "deep", "version": "1", "title": {"en": "Deep"}, "items": [{"code": "a"}], "nodes": nodes})
    };
    for backwards in [false, true] {
        assert!(check(&chain(200, backwards)).is_ok());
        let at = if backwards { "/nodes/49/parent" } else { "/nodes/200/parent" };
        assert_eq!(faults(&chain(250, backwards)), one("node.too_deep", at));
    }
    let mut around = chain(250, false);
    around["nodes"][0]["parent"] = json!("n249");
    around["nodes"][249].as_object_mut().expect("it is a node").remove("indicator");
    let found = faults(&around);
    assert!(found.iter().any(|(code, _)| code == "node.cycle") && found.iter().all(|(code, _)| code != "node.too_deep"));
}

#[test]
fn a_formula_of_a_thousand_parts_does_not_exhaust_the_stack() {
    let mut document = small();
    document["nodes"][1]["indicator"]["formula"] = json!(vec!["a"; 500].join("+"));
    assert!(check(&document).is_ok());
}

#[test]
fn points_arithmetic_knows_the_arithmetic_mean_only() {
    let mut document = small();
    document["arithmetic"] = json!("points");
    document["nodes"][0]["aggregation"] = json!("geometric");
    assert_eq!(faults(&document), one("aggregation.points", "/nodes/0/aggregation"));
}

#[test]
fn an_unknown_key_is_told_every_known_one_once() {
    let mut document = small();
    document["colour"] = json!("red");
    let found = SetDocument::check_value(&document).expect_err("the key is unknown");
    let expected = found.0[0].expected.as_deref().expect("the known keys");
    let mut keys: Vec<&str> = expected.split(", ").collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all, "{expected}");
}

#[test]
fn where_points_are_counted_over_maximum_points_branches_have_no_weights_of_their_own() {
    let leaf = json!({"formula": "a", "scoring": {"rule": "ratio"}});
    let mut value = small();
    value["items"] = json!([{"code": "a"}]);
    value["aggregation"] = json!("reported_points");
    value["nodes"] = json!([
        {"code": "P", "title": {"en": "P"}},
        {"code": "A", "parent": "P", "title": {"en": "A"}, "weight": 3, "indicator": leaf},
        {"code": "B", "parent": "P", "title": {"en": "B"}, "indicator": leaf},
        {"code": "C", "title": {"en": "C"}, "weight": 4, "indicator": leaf}
    ]);
    let set = check(&value).expect("sound");
    let share = |code: &str| set.nodes()[set.node_index(code).expect("listed")].share_f64();
    assert_eq!([share("P"), share("A"), share("B"), share("C")], [0.5, 0.375, 0.125, 0.5]);
    let codes: Vec<&str> = set.nodes()[0].terms.iter().map(|&term| set.nodes()[term].code.as_str()).collect();
    assert_eq!(codes, ["A", "B", "C"]);
    value["nodes"][0]["weight"] = json!(2);
    assert_eq!(faults(&value), one("aggregation.reported_points.weight", "/nodes/0/weight"));
    value["nodes"][0].as_object_mut().expect("ours").remove("weight");
    value["nodes"][0]["aggregation"] = json!("arithmetic");
    assert_eq!(faults(&value), one("aggregation.reported_points.below", "/nodes/0/aggregation"));
    value["nodes"][0].as_object_mut().expect("ours").remove("aggregation");
    value["nodes"][1]["weight_of"] = json!("parent");
    value["nodes"][2]["weight_of"] = json!("parent");
    value["nodes"][2]["weight"] = json!(97);
    assert_eq!(faults(&value)[0], one("aggregation.reported_points.weight_of", "/nodes/1/weight_of")[0]);
}

/// A staged model over the small set whose second stage counts these nodes.
fn staged(nodes: Value) -> Value {
    let mut document = small();
    document["levels"] = json!({"of": ["TOTAL", "D", "E"], "staged": [
        {"code": "1", "require": [{"node": "D1", "at_least": 10}]},
        {"code": "2", "require": [{"nodes": nodes, "reach": "1", "count": 1}, {"item": "ok", "at_least": 1}]}
    ]});
    document
}

#[test]
fn the_requirements_of_a_stage_speak_of_what_they_name_and_of_what_stands_above() {
    let set = check(&staged(json!(["D1"]))).expect("sound");
    let of = |code: &str| set.stage_requirements(set.node_index(code).expect("known")).map(<[_]>::to_vec);
    assert_eq!(of("TOTAL"), Some(vec![vec![0], vec![0, 1]]));
    assert_eq!(of("D"), Some(vec![vec![0], vec![0, 1]]), "D1 and the item of D2 lie below D");
    assert_eq!(of("D1"), Some(vec![vec![0], vec![]]), "a node is not counted in its own requirement");
    assert_eq!(of("E"), Some(vec![vec![0], vec![0, 1]]), "nothing speaks of E");
    assert_eq!(of("D2"), None, "nobody asks for its level");
}

#[test]
fn a_stage_counts_no_node_of_which_nothing_speaks_and_not_the_whole() {
    let at = |place: usize| ("level.no_stage".to_owned(), format!("/levels/staged/1/require/0/nodes/{place}"));
    assert_eq!(faults(&staged(json!(["D1", "E", "TOTAL"]))), [at(1), at(2)]);
}

#[test]
fn scores_of_several_scales_under_one_node_are_warned_of() {
    let leaf = |code: &str, rule: &str| json!({"code": code, "title": {"en": code}, "indicator": {"formula": "a", "scoring": {"rule": rule}}});
    let warned = |rules: [&str; 2], aggregation: &str| {
        let document = json!({
            "code": "scales", "version": "1", "title": {"en": "Scales"}, "items": [{"code": "a"}], "aggregation": aggregation,
            "nodes": [leaf("A", rules[0]), leaf("B", rules[1])]
        });
        let set = check(&document).expect("sound");
        set.warnings().0.iter().map(|fault| (fault.code, fault.value.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(warned(["rank", "min_max"], "arithmetic"), [("scoring.scales_mixed", "0..full_mark, rank".to_owned())]);
    assert_eq!(warned(["z_score", "borda"], "median"), [("scoring.scales_mixed", "borda, z_score(0, 1)".to_owned())]);
    assert_eq!(warned(["rank", "rank"], "arithmetic"), []);
    assert_eq!(warned(["percentile_rank", "max_fraction"], "arithmetic"), []);
    assert_eq!(warned(["rank", "min_max"], "copeland"), []);
    // So is one that counts comparisons, next to a sister from 0 to the full mark.
    let mut counted = json!({
        "code": "scales", "version": "1", "title": {"en": "Scales"}, "items": [{"code": "a"}],
        "nodes": [{"code": "P", "title": {"en": "P"}, "aggregation": "copeland"}, leaf("A", "min_max"), leaf("B", "min_max")]
    });
    counted["nodes"][1]["parent"] = json!("P");
    assert_eq!(check(&counted).expect("sound").warnings().0[0].value.as_deref(), Some("0..full_mark, copeland"));
    counted["nodes"][0]["aggregation"] = json!({"method": "copeland", "scale": "full_mark"});
    assert!(check(&counted).expect("sound").warnings().is_empty());
    // A branch of ranks is on their scale too.
    let branch = json!([{"code": "P", "title": {"en": "P"}}, leaf("A", "rank"), leaf("B", "min_max")]);
    let mut document =
        json!({"code": "scales", "version": "1", "title": {"en": "Scales"}, "items": [{"code": "a"}], "nodes": branch});
    document["nodes"][1]["parent"] = json!("P");
    assert_eq!(check(&document).expect("sound").warnings().0[0].node_or_item.as_deref(), Some("TOTAL"));
}
