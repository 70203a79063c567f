//! Validation rules in what is made of sets: overlays and comparisons.

use citygauge_indicators::diff::{Happened, Subject, between};
use citygauge_indicators::overlay::Overlay;
use citygauge_indicators::{IndicatorSet, RuleCheck, SetDocument};
use serde_json::{Value, json};

fn base() -> IndicatorSet {
    let set = json!({
        "code": "base", "version": "1", "title": {"en": "Base"}, "items": [{"code": "x"}, {"code": "y"}],
        "nodes": [{"code": "X", "title": {"en": "X"}, "indicator": {"formula": "x + y", "scoring": {"rule": "min_max"}}}],
        "rules": [
            {"code": "PART", "check": {"rule": "formula", "holds": "x <= y"}},
            {"code": "JUMP", "title": {"en": "Jump"}, "check": {"rule": "change", "items": ["x"], "at_most": 2}}
        ]
    });
    SetDocument::check_value(&set).unwrap_or_else(|faults| panic!("{faults}"))
}

fn applied(changes: &Value) -> Result<IndicatorSet, Vec<(&'static str, Option<String>)>> {
    let overlay = json!({"code": "local", "version": "1", "changes": changes}).to_string();
    let overlay = Overlay::parse(overlay.as_bytes()).unwrap_or_else(|faults| panic!("{faults}"));
    overlay.apply(&base()).map_err(|faults| faults.0.into_iter().map(|fault| (fault.code, fault.pointer)).collect())
}

#[test]
fn an_overlay_changes_adds_and_removes_rules_and_a_comparison_tells_it() {
    let derived = applied(&json!({
        "rules": {"JUMP": {"severity": "error", "check": {"rule": "peers", "items": ["y"]}}},
        "remove": {"rules": ["PART"]},
        "add": {"rules": [{"code": "NEW", "check": {"rule": "formula", "holds": "y >= 0"}}]}
    }))
    .unwrap_or_else(|faults| panic!("{faults:?}"));
    let codes: Vec<&str> = derived.rules().iter().map(|rule| rule.rule.code.as_str()).collect();
    assert_eq!(codes, ["JUMP", "NEW"]);
    // Another kind of check replaces the parameters of the former one, and the rule keeps its title.
    assert!(matches!(&derived.rules()[0].rule.check, RuleCheck::Peers { items, .. } if items == &["y"]));
    assert_eq!(derived.rules()[0].rule.title.en.as_deref(), Some("Jump"));
    let changes = between(&base(), &derived);
    let told = |happened, code: &str| {
        changes
            .iter()
            .any(|change| change.subject == Subject::Rule && change.happened == happened && change.code.as_deref() == Some(code))
    };
    assert!(told(Happened::Removed, "PART") && told(Happened::Changed, "JUMP") && told(Happened::Added, "NEW"), "{changes:?}");
}

#[test]
fn a_fault_of_a_rule_is_told_at_its_place_in_the_overlay() {
    let found = applied(&json!({
        "rules": {"JUMP": {"check": {"at_most": -1}}, "NIX": {"severity": "error"}},
        "add": {"rules": [{"code": "NEW", "check": {"rule": "formula", "holds": "1"}}]}
    }))
    .expect_err("the changes are wrong");
    for (code, at) in [
        ("overlay.unknown_code", "/changes/rules/NIX"),
        ("rule.number", "/changes/rules/JUMP/check/at_most"),
        ("rule.constant", "/changes/add/rules/0/check/holds"),
    ] {
        assert!(found.contains(&(code, Some(at.to_owned()))), "{code} at {at} in {found:?}");
    }
}

#[test]
fn rules_are_no_setting_of_the_set() {
    let overlay = json!({"code": "local", "version": "1", "changes": {"set": {"rules": []}}}).to_string();
    let faults = Overlay::parse(overlay.as_bytes()).expect_err("elsewhere");
    assert_eq!(faults.0[0].code, "overlay.elsewhere");
}
