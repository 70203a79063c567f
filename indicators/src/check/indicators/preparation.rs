//! What is done to raw values before they are scored: imputation and treatment.

use crate::document::imputation::Imputation;
use crate::document::indicator::Indicator;
use crate::document::scoring::Scoring;
use crate::document::treatment::Treatment;
use crate::fault::{Fault, Faults};

/// Names what is wrong with an imputation.
pub(in crate::check) fn imputation(imputation: &Imputation, at: &str, faults: &mut Faults) {
    if matches!(imputation, Imputation::Previous { at_most: 0, .. }) {
        faults.push(
            Fault::error("imputation.at_most", "at_most 至少为 1", "at_most is at least 1")
                .at(format!("{at}/at_most"))
                .value("0")
                .expected("1..")
                .hint("请取 1 或以上", "take 1 or more"),
        );
    }
    if imputation.group().is_some_and(str::is_empty) {
        faults.push(
            Fault::error("imputation.group", "分组属性名为空", "the name of the attribute is empty")
                .at(format!("{at}/group"))
                .hint("请填写属性名，或删除 group", "name an attribute, or leave 'group' out"),
        );
    }
}

/// Whether the raw value of a rule is a number that can be imputed.
pub(super) fn is_imputable(scoring: &Scoring) -> bool {
    !matches!(scoring, Scoring::Choice { .. } | Scoring::Checklist { .. })
}

/// Names what is wrong with the imputation and the treatments of an indicator.
pub(super) fn check(indicator: &Indicator, at: &str, faults: &mut Faults) {
    if let Some(own) = &indicator.imputation {
        imputation(own, &format!("{at}/imputation"), faults);
        if *own != Imputation::None && !is_imputable(&indicator.scoring) {
            faults.push(
                Fault::error(
                    "imputation.not_here",
                    "选项与清单没有可插补的数值",
                    "options and checklists have no number that could be imputed",
                )
                .at(format!("{at}/imputation"))
                .hint("删除 imputation", "remove the imputation"),
            );
        }
    }
    if !indicator.treatment.is_empty() && indicator.scoring.cohort().is_none() {
        faults.push(
            Fault::error(
                "treatment.not_here",
                "只有基于参评城市的规则才能预处理原始值",
                "only a cohort rule has its raw values treated",
            )
            .at(format!("{at}/treatment"))
            .hint("删除 treatment", "remove the treatment"),
        );
    }
    for (i, treatment) in indicator.treatment.iter().enumerate() {
        let at = format!("{at}/treatment/{i}");
        parameters(treatment, &at, faults);
        if matches!(indicator.scoring, Scoring::TargetDistance { .. }) && !treatment.keeps_unit() {
            faults.push(
                Fault::error(
                    "treatment.target_unit",
                    format!("“{}”会改变取值的尺度，而目标值以原始单位给出", treatment.word()),
                    format!("'{}' changes the scale of the values, but the target is in the raw unit", treatment.word()),
                )
                .at(at)
                .value(treatment.word())
                .expected("winsorise")
                .hint("改用 winsorise，或换用没有目标值的规则", "use 'winsorise', or a rule without a target"),
            );
        }
    }
}

fn parameters(treatment: &Treatment, at: &str, faults: &mut Faults) {
    let (skewness, at_most) = match treatment {
        Treatment::Winsorise { at_most, skewness, .. } => (Some(*skewness), Some(*at_most)),
        Treatment::TwoStage { first, second, skewness, .. } => {
            parameters(first, &format!("{at}/first"), faults);
            parameters(second, &format!("{at}/second"), faults);
            (Some(*skewness), None)
        }
        Treatment::Log { .. } | Treatment::BoxCox { .. } => (None, None),
    };
    if at_most == Some(0) {
        faults.push(
            Fault::error("treatment.at_most", "at_most 至少为 1", "at_most is at least 1")
                .at(format!("{at}/at_most"))
                .value("0")
                .expected("1..")
                .hint("请取 1 或以上，例如 5", "take 1 or more, 5 for example"),
        );
    }
    if let Some(skewness) = skewness.filter(|skewness| *skewness <= 0.0) {
        faults.push(
            Fault::error("treatment.skewness", "偏度阈值必须大于 0", "the threshold of the skewness must be above 0")
                .at(format!("{at}/skewness"))
                .value(skewness.to_string())
                .hint("通常为 2", "it is usually 2"),
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{Imputation, IndicatorSet, LogVariant, SetDocument, Treatment};

    fn document(set: &Value, indicator: &Value) -> Value {
        let mut document = json!({
            "code": "s", "version": "1", "title": {"en": "S"}, "items": [{"code": "a"}, {"code": "ok", "kind": "boolean"}],
            "nodes": [{"code": "A", "title": {"en": "A"}, "indicator": {"formula": "a", "scoring": {"rule": "min_max"}}},
                      {"code": "L", "title": {"en": "L"}, "indicator": {"scoring": {"rule": "checklist", "items": {"ok": 1}}}}]
        });
        let merge = |into: &mut Value, members: &Value| {
            for (key, value) in members.as_object().expect("members") {
                into[key] = value.clone();
            }
        };
        merge(&mut document, set);
        merge(&mut document["nodes"][0]["indicator"], indicator);
        document
    }

    fn sound(set: &Value, indicator: &Value) -> IndicatorSet {
        SetDocument::check_value(&document(set, indicator)).unwrap_or_else(|faults| panic!("{faults}"))
    }

    fn faults(set: &Value, indicator: &Value) -> Vec<(String, String)> {
        let faults = SetDocument::check_value(&document(set, indicator)).expect_err("the document is wrong");
        faults.0.into_iter().map(|fault| (fault.code.to_owned(), fault.pointer.unwrap_or_default())).collect()
    }

    #[test]
    fn an_indicator_follows_the_set_unless_it_says_otherwise() {
        let set = json!({"imputation": {"method": "median", "group": "region"}});
        let of = |set: &IndicatorSet, node: usize| set.nodes()[node].leaf().expect("a leaf").imputation.clone();
        let inherited = sound(&set, &json!({}));
        assert_eq!(of(&inherited, 1), Imputation::Median { group: Some("region".into()) });
        assert_eq!(of(&inherited, 2), Imputation::None, "a checklist has no number");
        assert_eq!(of(&sound(&set, &json!({"imputation": {"method": "none"}})), 1), Imputation::None);
    }

    #[test]
    fn defaults_that_are_spelled_out_do_not_change_the_digest() {
        let short = json!({"treatment": [{"method": "two_stage"}, {"method": "log"}], "imputation": {"method": "previous"}});
        let long = json!({
            "treatment": [
                {"method": "two_stage", "skewness": 2, "kurtosis": 3.5, "second": {"method": "log", "variant": "ct"},
                 "first": {"method": "winsorise", "at_most": 5, "skewness": 2}},
                {"method": "log", "variant": "plain"}
            ],
            "imputation": {"method": "previous", "at_most": 1, "ends": "missing"}
        });
        let none = json!({"imputation": {"method": "none"}});
        let (one, other) = (sound(&json!({}), &short), sound(&none, &long));
        assert_eq!(one.digest(), other.digest());
        let again = serde_json::to_value(one.document()).expect("serialises");
        assert_eq!(SetDocument::check_value(&again).expect("sound").document(), one.document());
        let second = Treatment::Log { variant: LogVariant::Plain };
        assert_eq!(one.nodes()[1].leaf().expect("a leaf").treatment[1], second);
    }

    #[test]
    fn every_fault_is_named_where_it_stands() {
        let set = json!({"imputation": {"method": "mean", "group": ""}});
        let indicator = json!({
            "imputation": {"method": "previous", "at_most": 0},
            "treatment": [
                {"method": "winsorise", "at_most": 0, "skewness": 0},
                {"method": "two_stage", "first": {"method": "winsorise", "at_most": 0}, "skewness": -1}
            ]
        });
        let at = |code: &str, at: &str| (code.to_owned(), at.to_owned());
        let treatment = "/nodes/0/indicator/treatment";
        assert_eq!(
            faults(&set, &indicator),
            [
                at("imputation.group", "/imputation/group"),
                at("imputation.at_most", "/nodes/0/indicator/imputation/at_most"),
                at("treatment.at_most", &format!("{treatment}/0/at_most")),
                at("treatment.skewness", &format!("{treatment}/0/skewness")),
                at("treatment.at_most", &format!("{treatment}/1/first/at_most")),
                at("treatment.skewness", &format!("{treatment}/1/skewness")),
            ]
        );
        let unknown =
            json!({"imputation": {"method": "guess"}, "treatment": [{"method": "two_stage", "second": {"method": "two_stage"}}]});
        let words = ["set.wrong_word".to_owned(), "set.wrong_word".to_owned()];
        assert_eq!(faults(&json!({}), &unknown).into_iter().map(|(code, _)| code).collect::<Vec<_>>(), words);
    }

    #[test]
    fn a_treatment_needs_a_cohort_and_a_target_its_unit() {
        let log = json!([{"method": "log"}]);
        let fixed = json!({"scoring": {"rule": "ratio"}, "treatment": log});
        assert_eq!(faults(&json!({}), &fixed)[0].0, "treatment.not_here");
        let target = json!({"scoring": {"rule": "target_distance", "target": 5}, "treatment": log});
        assert_eq!(faults(&json!({}), &target)[0].0, "treatment.target_unit");
        sound(
            &json!({}),
            &json!({"scoring": {"rule": "target_distance", "target": 5}, "treatment": [{"method": "winsorise", "at_most": 2}]}),
        );
    }
}
