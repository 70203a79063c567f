use serde_json::{Value, json};

use crate::{Rule, SetDocument, Severity};

fn with(rules: &Value) -> Value {
    json!({
        "code": "small", "version": "1", "title": {"en": "Small"},
        "items": [
            {"code": "a", "kind": "count", "min": 0}, {"code": "b", "kind": "count"},
            {"code": "tier", "kind": "choice", "options": ["x", "y"]}
        ],
        "nodes": [{"code": "D", "title": {"en": "D"}, "indicator": {"formula": "a / b", "scoring": {"rule": "ratio"}}}],
        "rules": rules
    })
}

fn faults(rules: &Value) -> Vec<(String, String)> {
    let found = SetDocument::check_value(&with(rules)).expect_err("the rules are wrong");
    let mut places: Vec<_> =
        found.0.into_iter().map(|fault| (fault.code.to_owned(), fault.pointer.unwrap_or_default())).collect();
    places.sort_by(|one, other| one.1.cmp(&other.1));
    places
}

fn places<const N: usize>(mut expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.sort_by_key(|(_, at)| *at);
    expected.map(|(code, at)| (code.to_owned(), at.to_owned())).into()
}

#[test]
fn every_kind_of_rule_reads_and_comes_back() {
    let rules = json!([
        {"code": "R1", "title": {"en": "Part of whole"}, "severity": "error", "check": {"rule": "formula", "holds": "a <= b"}},
        {"code": "R2", "check": {"rule": "change", "items": ["a"], "at_least": 0.6, "at_most": 1.6}},
        {"code": "R3", "check": {"rule": "peers", "items": ["a", "b"], "group": "region"}},
        {"code": "R4", "check": {"rule": "heaping", "items": ["a"]}},
        {"code": "R5", "check": {"rule": "last_digit", "items": ["a"], "over": "item", "decimals": 1}},
        {"code": "R6", "check": {"rule": "repeated", "items": ["a", "b"], "over": "items", "at_least": 2}}
    ]);
    let set = SetDocument::check_value(&with(&rules)).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(set.rules().len(), 6);
    assert_eq!((set.rules()[0].rule.severity, set.rules()[1].rule.severity), (Severity::Error, Severity::Warning));
    assert_eq!((set.rules()[0].items.as_slice(), set.rules()[5].items.as_slice()), (&[0, 1][..], &[0, 1][..]));
    let written = serde_json::to_value(set.document()).expect("serialises");
    assert_eq!(written["rules"], rules, "what is left to its default is not written out");
}

#[test]
fn a_set_without_rules_keeps_its_digest_and_defaults_spelled_out_do_not_change_one() {
    let mut none = with(&json!([]));
    let digest = |value: &Value| SetDocument::check_value(value).unwrap_or_else(|faults| panic!("{faults}")).digest().to_owned();
    let empty = digest(&none);
    none.as_object_mut().expect("an object").remove("rules");
    assert_eq!(digest(&none), empty);
    let short = with(&json!([{"code": "R", "check": {"rule": "peers", "items": ["a"]}}]));
    let long = with(&json!([{"code": "R", "severity": "warning",
        "check": {"rule": "peers", "items": ["a"], "measure": "modified_z_score", "min_cities": 5}}]));
    assert_eq!(digest(&short), digest(&long));
    assert_ne!(digest(&short), empty);
}

#[test]
fn every_fault_of_every_rule_is_named_at_once() {
    let found = faults(&json!([
        {"code": "R", "check": {"rule": "formula", "holds": "1 < 2"}},
        {"code": "R", "check": {"rule": "change", "items": ["a", "nix", "tier", "a"], "periods": 0, "at_least": -1}},
        {"code": "S", "check": {"rule": "change", "items": [], "measure": "difference"}},
        {"code": "T", "check": {"rule": "change", "items": ["a"], "at_least": 2, "at_most": 1}},
        {"code": "U", "check": {"rule": "peers", "items": ["a"], "at_most": 0, "group": "", "min_cities": 2}},
        {"code": "V", "check": {"rule": "heaping", "items": ["a"], "at_most": 1, "min_values": 1, "decimals": 10}},
        {"code": "W", "check": {"rule": "last_digit", "items": ["a"], "significance": 0, "min_values": 49}},
        {"code": "X", "check": {"rule": "repeated", "items": ["a"], "over": "periods", "at_least": 1}},
        {"code": "Y", "check": {"rule": "repeated", "items": ["a"], "over": "items", "at_least": 2}},
        {"code": "Z", "check": {"rule": "formula", "holds": "a <= tier"}}
    ]));
    let expected = [
        ("rule.constant", "/rules/0/check/holds"),
        ("rule.duplicate", "/rules/1/code"),
        ("rule.number", "/rules/1/check/periods"),
        ("rule.number", "/rules/1/check/at_least"),
        ("rule.unknown_item", "/rules/1/check/items/1"),
        ("rule.choice_item", "/rules/1/check/items/2"),
        ("rule.items", "/rules/1/check/items/3"),
        ("rule.bounds", "/rules/2/check"),
        ("rule.items", "/rules/2/check/items"),
        ("rule.bounds", "/rules/3/check"),
        ("rule.number", "/rules/4/check/at_most"),
        ("rule.number", "/rules/4/check/min_cities"),
        ("rule.number", "/rules/4/check/group"),
        ("rule.number", "/rules/5/check/at_most"),
        ("rule.number", "/rules/5/check/min_values"),
        ("rule.number", "/rules/5/check/decimals"),
        ("rule.number", "/rules/6/check/significance"),
        ("rule.number", "/rules/6/check/min_values"),
        ("rule.number", "/rules/7/check/at_least"),
        ("rule.number", "/rules/8/check/at_least"),
        ("formula.choice_item", "/rules/9/check/holds"),
    ];
    assert_eq!(found, places(expected));
}

#[test]
fn an_unknown_key_or_word_is_refused() {
    let found = faults(&json!([
        {"code": "R", "severity": "fatal", "check": {"rule": "formula", "holds": "a <= b", "items": []}},
        {"code": "S", "message": "?", "check": {"rule": "benford", "items": ["a"]}}
    ]));
    let expected = [
        ("set.wrong_word", "/rules/0/severity"),
        ("set.unknown_key", "/rules/0/check/items"),
        ("set.wrong_word", "/rules/1/check/rule"),
        ("set.unknown_key", "/rules/1/message"),
    ];
    assert_eq!(found, places(expected));
}

#[test]
fn a_rule_that_stands_alone_is_checked_without_a_set_and_then_by_one() {
    let found = |rule: &Value| {
        let faults = Rule::read_alone(rule, "/rule").expect_err("the rule is wrong");
        faults.0.into_iter().map(|fault| (fault.code, fault.pointer.unwrap_or_default())).collect::<Vec<_>>()
    };
    let wrong = json!({"code": " R", "typo": 1, "check": {"rule": "change", "items": ["a", "a"], "periods": 0}});
    assert_eq!(
        found(&wrong),
        [
            ("set.unknown_key", "/rule/typo".into()),
            ("code.invalid", "/rule/code".into()),
            ("rule.number", "/rule/check/periods".into()),
            ("rule.bounds", "/rule/check".into()),
            ("rule.items", "/rule/check/items/1".into())
        ]
    );
    let constant = json!({"code": "R", "check": {"rule": "formula", "holds": "1 < 2"}});
    assert_eq!(found(&constant), [("rule.constant", "/rule/check/holds".into())]);
    let torn = json!({"code": "R", "check": {"rule": "formula", "holds": "a <"}});
    assert_eq!(found(&torn)[0].1, "/rule/check/holds");

    let set = SetDocument::check_value(&with(&json!([]))).expect("the set is sound");
    let rule = |holds: &str| {
        let value = json!({"code": "R", "severity": "error", "check": {"rule": "formula", "holds": holds}});
        Rule::read_alone(&value, "/rule").expect("it is sound")
    };
    let checked = set.check_rule(&rule("a <= b"), "/rule").expect("the set has both");
    assert_eq!((checked.items, checked.formula.map(|formula| formula.text().to_owned())), (vec![0, 1], Some("a <= b".into())));
    let faults = set.check_rule(&rule("nix <= tier"), "/rule").expect_err("no numbers");
    let codes: Vec<_> = faults.0.iter().map(|fault| (fault.code, fault.pointer.as_deref().unwrap_or_default())).collect();
    assert_eq!(codes, [("formula.unknown_item", "/rule/check/holds"), ("formula.choice_item", "/rule/check/holds")]);
}
