//! What statistics say where there is little to say: none with its reason, and never a NaN.

use serde_json::{Value as Json, json};

use super::*;
use crate::testing::{assessed, leaf, period};

/// Two leaves under one node; the values of each city, `a` then `b`.
fn pair(values: &[(&'static str, Option<f64>, Option<f64>)]) -> Assessment {
    let mut observed = Vec::new();
    for (city, a, b) in values {
        observed.extend(a.map(|a| (*city, "2026", "a", a)));
        observed.extend(b.map(|b| (*city, "2026", "b", b)));
    }
    let parent = json!({"code": "G", "title": {"en": "G"}});
    let nodes: Vec<Json> = vec![parent, leaf("A", json!({"parent": "G"})), leaf("B", json!({"parent": "G"}))];
    let named = |(code, ..): &(&'static str, _, _)| citygauge_indicators::City { code: (*code).into(), ..Default::default() };
    assessed(json!({}), &nodes, &observed, Some(&values.iter().map(named).collect::<Vec<_>>()))
}

fn of(assessment: &Assessment) -> Statistics<'_> {
    Statistics::of(assessment, period("2026")).expect("a result")
}

#[test]
fn one_city_has_a_mean_and_no_spread() {
    let assessment = pair(&[("x", Some(40.0), Some(60.0))]);
    let described = &of(&assessment).indicators(&IndicatorLimits::default()).expect("no defect")[0];
    assert_eq!((described.mean, described.median, described.sd, described.skewness), (Some(40.0), Some(40.0), None, None));
    assert_eq!((described.absence, described.concerns.as_slice()), (Some(Absence::TooFew), &[][..]));
    let found = of(&assessment).correlations(&Correlations::default()).expect("no defect");
    let told: Vec<_> = found.iter().map(|found| (found.correlation, found.p_value, found.absence)).collect();
    assert_eq!(told, [(None, None, Some(Absence::TooFew))]);
    let alpha = of(&assessment).consistency(Members::Leaves, Of::Score, None).expect("no defect");
    assert!(alpha.iter().all(|of| of.alpha.is_none() && of.absence == Some(Absence::TooFew)), "{alpha:?}");
    let components = of(&assessment).components(Members::Leaves, Of::Score, None).expect("no defect");
    assert!(components.iter().all(|of| of.components.is_empty() && of.absence == Some(Absence::TooFew)), "{components:?}");
}

#[test]
fn a_constant_indicator_does_not_discriminate_and_correlates_with_nothing() {
    let assessment = pair(&[
        ("x", Some(0.1), Some(1.0)),
        ("y", Some(0.1), Some(2.0)),
        ("z", Some(0.1), Some(4.0)),
        ("w", Some(0.1), Some(3.0)),
    ]);
    let described = &of(&assessment).indicators(&IndicatorLimits::default()).expect("no defect")[0];
    assert_eq!((described.sd, described.distinct, described.skewness), (Some(0.0), 1, None));
    assert_eq!((described.absence, described.most_frequent_share), (Some(Absence::Constant), Some(1.0)));
    assert!(described.concerns.contains(&Concern::DoesNotDiscriminate), "{described:?}");
    for kind in [CorrelationKind::Pearson, CorrelationKind::Spearman, CorrelationKind::Kendall] {
        let found = of(&assessment).correlations(&Correlations { kind, ..Correlations::default() }).expect("no defect");
        let told: Vec<_> = found.iter().map(|found| (found.correlation, found.p_value, found.absence)).collect();
        assert_eq!(told, [(None, None, Some(Absence::Constant))]);
    }
    let balance = of(&assessment).balance(CorrelationKind::Pearson).expect("no defect");
    assert_eq!((balance[1].correlation, balance[1].importance_share, balance[1].absence), (None, None, Some(Absence::Constant)));
    assert!((balance[2].importance_share.expect("alone") - 1.0).abs() < 1e-12);
    let components = of(&assessment).components(Members::Children, Of::Score, Some(1)).expect("no defect");
    assert_eq!(components[0].absence, Some(Absence::Constant));
}

#[test]
fn an_indicator_without_any_value_is_described_by_its_absence() {
    let assessment = pair(&[("x", None, Some(1.0)), ("y", None, Some(2.0)), ("z", None, Some(4.0))]);
    let described = of(&assessment).indicators(&IndicatorLimits::default()).expect("no defect");
    assert_eq!(
        (described[0].absence, described[0].available_share, described[0].mean),
        (Some(Absence::NoValues), Some(0.0), None)
    );
    assert_eq!(described[0].concerns, [Concern::LowAvailability]);
    let found = of(&assessment).correlations(&Correlations::default()).expect("no defect");
    assert_eq!(found[0].absence, Some(Absence::NoValues));
    let alpha = of(&assessment).consistency(Members::Children, Of::Score, Some(1)).expect("no defect");
    assert_eq!(alpha[0].absence, Some(Absence::NoValues));
    let components = of(&assessment).components(Members::Children, Of::Score, Some(1)).expect("no defect");
    assert_eq!(components[0].absence, Some(Absence::NoValues));
}

#[test]
fn numbers_near_the_end_of_the_range_give_none_and_no_infinity() {
    let assessment = pair(&[
        ("x", Some(1e300), Some(1.0)),
        ("y", Some(-1e300), Some(2.0)),
        ("z", Some(1e308), Some(4.0)),
        ("w", Some(-1.7e308), Some(4.5)),
    ]);
    let described = &of(&assessment).indicators(&IndicatorLimits::default()).expect("no defect")[0];
    for number in [described.mean, described.median, described.sd, described.skewness, described.kurtosis].into_iter().flatten() {
        assert!(number.is_finite(), "{described:?}");
    }
    assert_eq!(described.absence, Some(Absence::Overflow));
    let asked = Correlations { of: Of::Value, between: Between::Leaves, ..Correlations::default() };
    let found = of(&assessment).correlations(&asked).expect("no defect");
    assert_eq!((found[0].correlation, found[0].absence), (None, Some(Absence::Overflow)));
    let alpha = of(&assessment).consistency(Members::Leaves, Of::Value, Some(0)).expect("no defect");
    assert_eq!((alpha[0].alpha, alpha[0].absence), (None, Some(Absence::Overflow)));
}

#[test]
fn who_is_screened_out_depends_on_data_and_may_be_forced() {
    let assessment = pair(&[("x", Some(1.0), None), ("y", Some(0.0), Some(2.0)), ("z", Some(3.0), Some(4.0))]);
    let kept = |screening: Screening| -> Vec<&str> {
        let screened = of(&assessment).screening(&screening).expect("no fault");
        screened.into_iter().filter(|screened| screened.included).map(|screened| screened.data.city).collect()
    };
    // A share of one half is not below one half.
    assert_eq!(kept(Screening { least: 0.5, ..Screening::default() }), ["x", "y", "z"]);
    assert_eq!(kept(Screening { least: 0.51, ..Screening::default() }), ["y", "z"]);
    assert_eq!(kept(Screening { least_nonzero: 0.51, by: Reason::Zeros, ..Screening::default() }), ["x", "z"]);
    let forced = Screening { least: 0.51, keep: vec!["x".into()], drop: vec!["z".into()], ..Screening::default() };
    assert_eq!(kept(forced), ["x", "y"]);
}

#[test]
fn every_fault_of_a_screening_is_named() {
    let assessment = pair(&[("x", Some(1.0), Some(1.0))]);
    let screening = Screening {
        least: 1.5,
        least_nonzero: f64::NAN,
        by: Reason::Both,
        keep: vec!["x".into(), "nowhere".into()],
        drop: vec!["x".into()],
    };
    let faults = of(&assessment).screening(&screening).expect_err("faults");
    let codes: Vec<&str> = faults.0.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["statistics.share", "statistics.share", "statistics.unknown_city", "statistics.kept_and_dropped"]);
    let faults = of(&assessment).standings("nowhere", Of::Score, 5).expect_err("unknown");
    assert_eq!(faults.0[0].code, "statistics.unknown_city");
}

#[test]
fn a_value_on_the_fence_is_no_outlier() {
    // Quartiles 0.2 and 0.4, fences -0.1 and 0.7; in doubles 0.4 + 1.5 (0.4 - 0.2) lies above 0.7.
    let on_fence = [0.1, 0.2, 0.3, 0.4, 0.7].map(Some);
    let cities = ["a", "b", "c", "d", "e"];
    let rows: Vec<_> = cities.into_iter().zip(on_fence).map(|(city, value)| (city, value, Some(1.0))).collect();
    let described = |rows: &[(&'static str, Option<f64>, Option<f64>)]| {
        of(&pair(rows)).indicators(&IndicatorLimits::default()).expect("no defect")[0].outliers
    };
    assert_eq!(described(&rows), Outliers { low: 0, high: 0 });
    let mut beyond = rows.clone();
    beyond[4].1 = Some(0.700_000_000_000_000_1);
    assert_eq!(described(&beyond), Outliers { low: 0, high: 1 });
}

#[test]
fn sisters_that_work_against_each_other_are_flagged() {
    let rows = [("a", 1.0, 9.0), ("b", 2.0, 7.0), ("c", 3.0, 8.0), ("d", 4.0, 2.0)].map(|(city, a, b)| (city, Some(a), Some(b)));
    let assessment = pair(&rows);
    let found = of(&assessment).correlations(&Correlations::default()).expect("no defect");
    assert_eq!(found[0].relation, Some(Relation::Opposing));
    // Between levels nothing is said: that a child goes with its parent is no fault.
    let across = Correlations { between: Between::Depths(2, 1), ..Correlations::default() };
    let found = of(&assessment).correlations(&across).expect("no defect");
    assert_eq!((found.len(), of(&assessment).pairs(across.between)), (2, 2));
    assert!(found.iter().all(|found| found.relation.is_none() && found.parent.is_none()));
}

#[test]
fn covariances_that_contradict_each_other_give_no_alpha() {
    // The sum of the two is the same in every city.
    let opposing = [("a", 0.0, 9.0), ("b", 5.0, 4.0), ("c", 9.0, 0.0)].map(|(city, a, b)| (city, Some(a), Some(b)));
    let assessment = pair(&opposing);
    let alpha = of(&assessment).consistency(Members::Children, Of::Score, Some(1)).expect("no defect");
    assert_eq!((alpha[0].alpha, alpha[0].absence), (None, Some(Absence::Indefinite)));
}

#[test]
fn what_is_imputed_is_still_missing() {
    let members = json!({"indicator": {"formula": "a", "imputation": {"method": "mean"}, "scoring": {"rule": "scaled", "range": [0, 100]}}});
    let nodes = vec![leaf("A", members), leaf("B", json!({}))];
    let observed = [
        ("x", "2026", "a", 10.0),
        ("y", "2026", "a", 30.0),
        ("x", "2026", "b", 1.0),
        ("y", "2026", "b", 1.0),
        ("z", "2026", "b", 1.0),
    ];
    let assessment = assessed(json!({}), &nodes, &observed, None);
    let described = of(&assessment).indicators(&IndicatorLimits::default()).expect("no defect");
    let told: Vec<_> = described.iter().map(|of| (of.of, of.available, of.mean)).collect();
    assert_eq!(told[..3], [(Of::Value, 2, Some(20.0)), (Of::Prepared, 3, Some(20.0)), (Of::Score, 3, Some(20.0))]);
    let short = of(&assessment).availability(|of| of.available_share == Some(0.5));
    assert_eq!(short.iter().map(|of| (of.city, of.missing)).collect::<Vec<_>>(), [("z", 1)]);
}
