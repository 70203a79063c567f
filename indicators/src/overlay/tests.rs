use serde_json::{Value, json};

use super::*;
use crate::SetDocument;

fn base() -> IndicatorSet {
    let leaf = |code: &str, parent: &str, weight: f64| {
        json!({"code": code, "parent": parent, "weight": weight, "weight_of": "parent", "title": {"en": code},
               "indicator": {"formula": "x", "scoring": {"rule": "goalposts", "worst": 0, "best": 10}}})
    };
    let document = json!({
        "code": "base", "version": "1", "title": {"en": "Base"}, "rounding": {"places": 2},
        "items": [{"code": "x", "max": 10}, {"code": "y"}],
        "nodes": [
            {"code": "A", "title": {"en": "A"}, "weight": 60, "weight_of": "parent"},
            {"code": "B", "title": {"en": "B"}, "weight": 40, "weight_of": "parent"},
            leaf("A1", "A", 50.0), leaf("A2", "A", 50.0), leaf("B1", "B", 100.0)
        ]
    });
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

fn applied(changes: Value, to: &IndicatorSet) -> Result<IndicatorSet, Faults> {
    let overlay = json!({"code": "local", "version": "1", "title": {"en": "Local"}, "changes": changes});
    Overlay::parse(overlay.to_string().as_bytes())?.apply(to)
}

fn places(faults: Faults) -> Vec<(&'static str, String)> {
    faults.0.into_iter().map(|fault| (fault.code, fault.pointer.unwrap_or_default())).collect()
}

#[test]
fn what_is_changed_differs_and_the_rest_stays() {
    let set = applied(
        json!({
            "set": {"rounding": null, "full_mark": 10},
            "nodes": {
                "TOTAL": {"missing": {"rule": "zero"}},
                "A1": {"weight": 30, "indicator": {"scoring": {"best": 20}}},
                "A2": {"weight": 70, "indicator": {"scoring": {"rule": "ratio"}}}
            },
            "items": {"x": {"max": null, "min": 1}},
            "remove": {"nodes": ["B"]},
            "add": {"items": [{"code": "z"}], "nodes": [
                {"code": "C", "title": {"en": "C"}, "weight": 40, "weight_of": "parent",
                 "indicator": {"formula": "z", "scoring": {"rule": "ratio"}}}
            ]}
        }),
        &base(),
    )
    .unwrap_or_else(|faults| panic!("{faults}"));
    let document = set.document();
    assert_eq!((document.code.as_str(), document.title.en.as_deref(), document.full_mark), ("local", Some("Local"), 10.0));
    assert_eq!(document.rounding, None);
    let codes: Vec<_> = document.nodes.iter().map(|node| node.code.as_str()).collect();
    assert_eq!(codes, ["TOTAL", "A", "A1", "A2", "C"], "a branch goes with its root");
    let scoring = |at: usize| json!(document.nodes[at].indicator.as_ref().expect("a leaf").scoring);
    assert_eq!((scoring(2)["worst"].as_f64(), scoring(2)["best"].as_f64()), (Some(0.0), Some(20.0)));
    assert_eq!(scoring(3), json!({"rule": "ratio", "cap": 1.0}), "another rule has parameters of its own");
    assert_eq!((document.items[0].min, document.items[0].max), (Some(1.0), None));
}

#[test]
fn the_lineage_names_every_generation_with_its_digest() {
    let base = base();
    let child = applied(json!({"set": {"full_mark": 10}}), &base).expect("in order");
    let overlay = json!({"code": "local", "version": "2", "changes": {"items": {"y": {"min": 0}}}});
    let overlay = Overlay::parse(overlay.to_string().as_bytes()).expect("in order");
    let grandchild = overlay.apply(&child).expect("in order");
    let lineage = grandchild.document().derived_from.clone().expect("it derives from another");
    let named: Vec<_> = lineage.generations().map(|set| (set.code.clone(), set.version.clone(), set.digest.clone())).collect();
    let of = |set: &IndicatorSet| (set.document().code.clone(), set.document().version.clone(), set.digest().to_owned());
    assert_eq!(named, [of(&child), of(&base)]);
    assert_eq!(grandchild.document().title, child.document().title);
}

#[test]
fn every_fault_points_into_the_overlay() {
    let faults = applied(
        json!({
            "set": {"full_mark": -1},
            "nodes": {"A1": {"weight": 30, "colour": 1}, "B1": {"weight": 100}, "X": {"weight": 1}},
            "items": {"q": {}},
            "remove": {"nodes": ["B", "Y"], "items": ["y"]},
            "add": {"nodes": [{"code": "A", "title": {"en": "A"}}], "items": [{"code": "k", "kind": "colour"}]}
        }),
        &base(),
    )
    .expect_err("at fault");
    let found = places(faults);
    for expected in [
        ("overlay.unknown_code", "/changes/items/q"),
        ("overlay.unknown_code", "/changes/remove/nodes/1"),
        ("overlay.unknown_code", "/changes/nodes/X"),
        ("overlay.changed_and_removed", "/changes/nodes/B1"),
        ("set.unknown_key", "/changes/nodes/A1/colour"),
        ("set.wrong_word", "/changes/add/items/0/kind"),
        ("set.full_mark", "/changes/set/full_mark"),
        ("node.duplicate", "/changes/add/nodes/0/code"),
    ] {
        assert!(found.contains(&(expected.0, expected.1.to_owned())), "{expected:?} in {found:#?}");
    }
    assert!(found.iter().all(|(_, at)| at.starts_with("/changes")), "{found:#?}");
}

#[test]
fn a_consequence_elsewhere_names_the_node_it_concerns() {
    let faults = applied(json!({"nodes": {"A1": {"weight": 30}}}), &base()).expect_err("the weights no longer add up");
    assert!(faults.0.iter().all(|fault| fault.pointer.as_deref().is_some_and(|at| at.starts_with("/changes"))), "{faults}");
}

#[test]
fn what_is_no_overlay_is_refused_with_all_its_faults() {
    let faulty = json!({"code": "local", "changes": {"set": {"code": "x", "nodes": []}, "nodes": [], "colour": 1}});
    let found = places(Overlay::parse(faulty.to_string().as_bytes()).expect_err("at fault"));
    for expected in ["/changes/set/code", "/changes/set/nodes", "/changes/nodes", "/changes/colour", ""] {
        assert!(found.iter().any(|(_, at)| at == expected), "{expected} in {found:?}");
    }
    let same = json!({"code": "base", "version": "1", "changes": {}});
    let same = Overlay::parse(same.to_string().as_bytes()).expect("in order").apply(&base()).expect_err("its own base");
    assert!(places(same).contains(&("overlay.same_name", "/version".into())));
}

#[test]
fn a_lineage_without_a_digest_or_in_a_circle_is_refused() {
    let mut document = json!(base().document());
    document["derived_from"] = json!({"code": "base", "version": "1", "digest": "abc"});
    let found = places(SetDocument::check_value(&document).expect_err("at fault"));
    assert_eq!(found, [("lineage.digest", "/derived_from/digest".into()), ("lineage.circle", "/derived_from".into())]);
}
