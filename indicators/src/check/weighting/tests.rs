use serde_json::{Value, json};

use crate::{IndicatorSet, SetDocument, Weighting};

/// Three indicators under D, which weighs them as it is told.
fn with(weighting: Value) -> Value {
    let leaf = |code: &str| json!({"code": code, "parent": "D", "title": {"en": code}, "indicator": {"formula": "a", "scoring": {"rule": "ratio"}}});
    json!({
        "code": "weighed", "version": "1", "title": {"en": "Weighed"}, "items": [{"code": "a"}],
        "nodes": [{"code": "D", "title": {"en": "D"}, "weighting": weighting}, leaf("X"), leaf("Y"), leaf("Z")]
    })
}

fn check(document: &Value) -> Result<IndicatorSet, Vec<(String, String)>> {
    let faults = SetDocument::check_value(document);
    faults.map_err(|faults| {
        assert!(faults.0.iter().all(|fault| fault.hint.is_some()), "every fault says how to mend it: {faults}");
        faults.0.into_iter().map(|fault| (fault.code.to_owned(), fault.pointer.unwrap_or_default())).collect()
    })
}

fn fault(weighting: Value) -> (String, String) {
    let mut found = check(&with(weighting.clone())).expect_err("refused");
    assert_eq!(found.len(), 1, "{weighting}: {found:?}");
    found.remove(0)
}

fn is(found: (String, String), code: &str, at: &str) {
    assert_eq!(found, (code.to_owned(), format!("/nodes/0/weighting{at}")));
}

#[test]
fn every_method_reads_and_writes_itself() {
    let matrix = json!([[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]);
    for weighting in [
        json!({"method": "given"}),
        json!({"method": "equal"}),
        json!({"method": "ahp", "matrices": [matrix, matrix]}),
        json!({"method": "entropy", "shift": 0.0001, "on": "raw", "cohort": "pooled"}),
        json!({"method": "critic", "cohort": {"base": "2020"}}),
        json!({"method": "std_dev", "on": "scores"}),
        json!({"method": "coefficient_of_variation", "on": "min_max"}),
        json!({"method": "pca"}),
        json!({"method": "benefit_of_the_doubt", "shares": [0.1, 0.6]}),
        json!({"method": "correlations", "targets": [1, 2, 1]}),
        json!({"method": "correlations", "aim": "infomax"}),
        json!({"method": "mix", "of": [{"method": "given", "part": 0.5}, {"method": "critic", "part": 0.5}]}),
        json!({"method": "mix", "combine": "product", "of": [{"method": "entropy"}, {"method": "critic"}]}),
    ] {
        let set = check(&with(weighting.clone())).unwrap_or_else(|faults| panic!("{weighting}: {faults:?}"));
        let again = check(&serde_json::to_value(set.document()).expect("serialises")).expect("sound");
        assert_eq!((again.document(), again.digest()), (set.document(), set.digest()), "{weighting}");
        let read = set.document().nodes[0].weighting.as_ref().map(Weighting::word);
        assert_eq!(read, weighting["method"].as_str());
    }
}

#[test]
fn a_matrix_of_judgements_is_square_positive_and_reciprocal() {
    let ahp = |matrix: Value| json!({"method": "ahp", "matrices": [matrix]});
    is(fault(json!({"method": "ahp", "matrices": []})), "weighting.ahp", "");
    is(fault(ahp(json!([[1, 2], [0.5, 1]]))), "weighting.matrix", "/matrices/0");
    is(fault(ahp(json!([[1, 2, 4], [0.5, 1], [0.25, 0.5, 1]]))), "weighting.matrix", "/matrices/0");
    is(fault(ahp(json!([[1, 2, 4], [0.5, 1, 2], [0, 0.5, 1]]))), "weighting.judgement", "/matrices/0/2/0");
    is(fault(ahp(json!([[1, 2, 4], [0.5, 1, 2], [0.3, 0.5, 1]]))), "weighting.not_reciprocal", "/matrices/0/2/0");
    is(fault(ahp(json!([[2, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]))), "weighting.not_reciprocal", "/matrices/0/0/0");
    assert!(check(&with(ahp(json!([[1, 3, 3], [0.333, 1, 1], [0.333, 1, 1]])))).is_ok(), "a third as people write it");
}

#[test]
fn judgements_that_contradict_each_other_are_refused_with_their_ratio_unless_accepted() {
    let matrix = json!([[1, 5, 0.2], [0.2, 1, 5], [5, 0.2, 1]]);
    let document = with(json!({"method": "ahp", "matrices": [matrix]}));
    let faults = SetDocument::check_value(&document).expect_err("refused");
    assert_eq!(faults.0[0].code, "weighting.inconsistent");
    assert!(faults.0[0].value.as_ref().is_some_and(|ratio| ratio.starts_with("2.")), "{faults}");
    assert!(check(&with(json!({"method": "ahp", "matrices": [matrix], "accept_above": 5}))).is_ok());
}

#[test]
fn a_child_of_weight_zero_stands_in_no_matrix() {
    let mut document = with(json!({"method": "ahp", "matrices": [[[1, 2], [0.5, 1]]]}));
    document["nodes"][2]["weight"] = json!(0);
    assert!(check(&document).is_ok());
}

#[test]
fn shares_and_parts_must_be_able_to_add_up() {
    is(fault(json!({"method": "benefit_of_the_doubt", "shares": [0.4, 0.5]})), "weighting.shares", "/shares");
    is(fault(json!({"method": "benefit_of_the_doubt", "shares": [0.1, 0.3]})), "weighting.shares", "/shares");
    is(fault(json!({"method": "benefit_of_the_doubt", "shares": [0.5, 0.3]})), "weighting.shares", "/shares");
    is(
        fault(json!({"method": "mix", "of": [{"method": "equal", "part": 0.5}, {"method": "pca", "part": 0.4}]})),
        "weighting.mix",
        "/of",
    );
    is(fault(json!({"method": "mix", "combine": "product", "of": []})), "weighting.mix", "/of");
    is(fault(json!({"method": "correlations", "targets": [1, 1]})), "weighting.targets", "/targets");
    is(fault(json!({"method": "correlations", "aim": "infomax", "targets": [1, 1, 1]})), "weighting.targets", "/targets");
    is(fault(json!({"method": "entropy", "shift": -1})), "weighting.shift", "/shift");
    is(fault(json!({"method": "critic", "cohort": {"base": "x"}})), "period.invalid", "/cohort/base");
}

#[test]
fn weights_that_differ_by_city_are_no_part_of_a_mixture() {
    let (code, at) = fault(json!({"method": "mix", "of": [{"method": "benefit_of_the_doubt", "part": 1}]}));
    assert_eq!((code.as_str(), at.as_str()), ("set.wrong_word", "/nodes/0/weighting/of/0/method"));
}

#[test]
fn what_takes_the_sense_out_of_derived_weights_is_refused_by_name() {
    let code = |edit: &dyn Fn(&mut Value)| {
        let mut document = with(json!({"method": "benefit_of_the_doubt"}));
        edit(&mut document);
        check(&document).expect_err("refused").remove(0).0
    };
    assert_eq!(code(&|document| document["nodes"][0]["aggregation"] = json!("geometric")), "weighting.aggregation");
    assert_eq!(code(&|document| document["arithmetic"] = json!("points")), "weighting.arithmetic");
    assert_eq!(code(&|document| document["nodes"][0]["aggregation"] = json!("minimum")), "weighting.unused");
    assert_eq!(code(&|document| document["nodes"][1]["weighting"] = json!({"method": "equal"})), "weighting.leaf");
    let of_parent = |document: &mut Value| {
        for (child, weight) in [(1, 50), (2, 25), (3, 25)] {
            document["nodes"][child]["weight"] = json!(weight);
            document["nodes"][child]["weight_of"] = json!("parent");
        }
    };
    assert_eq!(code(&of_parent), "weighting.weight_of");
    let raw = |document: &mut Value| {
        document["nodes"][0]["weighting"] = json!({"method": "entropy", "on": "raw"});
        document["items"][0]["kind"] = json!("boolean");
        document["nodes"][2]["indicator"] = json!({"scoring": {"rule": "checklist", "items": {"a": 1}}});
    };
    assert_eq!(code(&raw), "weighting.raw");
}

#[test]
fn another_method_can_be_tried_on_a_node() {
    let set = check(&with(json!({"method": "equal"}))).expect("sound");
    assert!(set.with_weighting("TOTAL", Weighting::Equal).is_ok());
    assert!(set.with_weighting("D", Weighting::Critic { cohort: crate::Cohort::Period }).is_ok());
    assert_eq!(set.with_weighting("Q", Weighting::Equal).expect_err("unknown").0[0].code, "weighting.unknown_node");
    assert_eq!(set.with_weighting("X", Weighting::Equal).expect_err("a leaf").0[0].code, "weighting.leaf");
}

#[test]
fn other_weights_change_the_shares_below_them_and_nothing_else() {
    let set = check(&with(json!({"method": "equal"}))).expect("sound");
    let other = set.with_weights(&[(2, 0.25), (3, 0.75), (4, 0.0)].into());
    let shares: Vec<f64> = other.nodes().iter().map(crate::SetNode::share_f64).collect();
    assert_eq!(shares, [1.0, 1.0, 0.25, 0.75, 0.0]);
    assert_eq!(other.digest(), set.digest());
}
