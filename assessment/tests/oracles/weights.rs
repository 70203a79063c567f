//! Derived weights against reference results, against weights written by hand, and what refuses them.

use std::collections::BTreeMap;
use std::path::Path;

use citygauge_assessment::{Assessment, AssessmentError, Observations, Options, assess};
use citygauge_indicators::{Faults, IndicatorSet, Observation, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

use crate::oracle::{TOLERANCE, difference, folder, number, rows, table};

/// A city, then its values by indicator; an empty one is missing.
type Data = Vec<(String, BTreeMap<String, Option<f64>>)>;

/// How an indicator is scored, by its code.
type Indicator<'a> = &'a dyn Fn(&str) -> Json;

/// Indicators under TOTAL, which weighs them as it is told.
fn set(codes: &[String], weighting: &Json, indicator: impl Fn(&str) -> Json, weight: impl Fn(&str) -> f64) -> IndicatorSet {
    let leaf = |code: &String| {
        let mut indicator = indicator(code);
        indicator["formula"] = json!(format!("`{code}`"));
        json!({"code": code, "title": {"en": code}, "weight": weight(code), "indicator": indicator})
    };
    let mut nodes: Vec<Json> = codes.iter().map(leaf).collect();
    nodes.push(json!({"code": "TOTAL", "title": {"en": "Total"}, "weighting": weighting}));
    let items: Vec<Json> = codes.iter().map(|code| json!({"code": code})).collect();
    let document = json!({"code": "weighed", "version": "1", "title": {"en": "Weighed"}, "items": items, "nodes": nodes});
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

fn observations(set: &IndicatorSet, data: &Data) -> Observations {
    let observation = |(city, values): &(String, BTreeMap<String, Option<f64>>)| {
        let of = |(item, value): (&String, &Option<f64>)| Observation {
            city: city.clone(),
            period: "2026".parse().unwrap(),
            item: item.clone(),
            value: value.map(Value::Number),
            status: if value.is_some() { Status::Reported } else { Status::Missing },
        };
        values.iter().map(of).collect::<Vec<_>>()
    };
    let observed: Vec<Observation> = data.iter().flat_map(observation).collect();
    Observations::from_long(set, &observed, None).unwrap_or_else(|faults| panic!("{faults}"))
}

fn assessed(set: &IndicatorSet, data: &Data) -> Assessment {
    assess(set, &observations(set, data), &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(set: &IndicatorSet, data: &Data) -> Faults {
    match assess(set, &observations(set, data), &Options::default()) {
        Err(AssessmentError::Refused(faults)) => faults,
        other => panic!("{:?} is no refusal", other.map(|_| ())),
    }
}

/// The data of a file: a row per city, its name under `name`.
fn data(path: &Path, name: &str) -> Data {
    let city = |mut row: BTreeMap<String, String>| {
        let city = row.remove(name).unwrap();
        (city, row.into_iter().map(|(item, text)| (item, number(&text))).collect())
    };
    rows(path).into_iter().map(city).collect()
}

/// The raw value as the score.
fn as_it_is(_: &str) -> Json {
    json!({"scoring": {"rule": "scaled", "range": [0, 100]}})
}

fn small(values: &[[f64; 3]]) -> Data {
    let city = |(i, of): (usize, &[f64; 3])| {
        let values = ["a", "b", "c"].iter().zip(of).map(|(item, value)| ((*item).to_owned(), Some(*value)));
        (format!("c{i}"), values.collect())
    };
    values.iter().enumerate().map(city).collect()
}

fn three(weighting: &Json) -> IndicatorSet {
    set(&["a".into(), "b".into(), "c".into()], weighting, as_it_is, |_| 1.0)
}

/// Every column of `mcdm/{small_6x5,medium_30x12,large_285x24}/weights_expected.csv`.
#[test]
fn weights_are_those_of_the_libraries_for_multiple_criteria() {
    let Some(folder) = folder("mcdm") else { return };
    let mut worst: f64 = 0.0;
    for case in ["small_6x5", "medium_30x12", "large_285x24"] {
        let folder = folder.join(case);
        let criteria = table(&folder.join("criteria.csv"), "criterion");
        let expected = table(&folder.join("weights_expected.csv"), "criterion");
        let data = data(&folder.join("input.csv"), "alternative");
        let codes: Vec<String> = rows(&folder.join("criteria.csv")).into_iter().map(|row| row["criterion"].clone()).collect();
        let directed = |code: &str| {
            let direction = if criteria[code]["direction"].starts_with('-') { "lower" } else { "higher" };
            json!({"direction": direction, "scoring": {"rule": "min_max"}})
        };
        let undirected = |_: &str| json!({"scoring": {"rule": "min_max"}});
        let raw = |_: &str| as_it_is("");
        let entropy = json!({"method": "entropy", "on": "raw"});
        let part = |mut weighting: Json, part: Option<f64>| {
            if let Some(part) = part {
                weighting["part"] = json!(part);
            }
            weighting
        };
        let half =
            json!({"method": "mix", "of": [part(json!({"method": "given"}), Some(0.5)), part(entropy.clone(), Some(0.5))]});
        let product = json!({"method": "mix", "combine": "product", "of": [part(entropy.clone(), None), {"method": "critic"}]});
        let columns: [(&str, Json, Indicator); 11] = [
            ("entropy_raw", entropy, &directed),
            ("entropy_minmax_shift0", json!({"method": "entropy"}), &directed),
            ("entropy_minmax_shift0.0001", json!({"method": "entropy", "shift": 0.0001}), &directed),
            ("entropy_minmax_shift0.01", json!({"method": "entropy", "shift": 0.01}), &directed),
            ("critic", json!({"method": "critic"}), &directed),
            ("critic_ignoring_direction", json!({"method": "critic"}), &undirected),
            ("std_raw_ddof1", json!({"method": "std_dev", "on": "raw"}), &directed),
            ("std_minmax_ddof1", json!({"method": "std_dev"}), &directed),
            ("coefficient_of_variation", json!({"method": "coefficient_of_variation"}), &raw),
            ("combined_product_entropy_critic", product, &directed),
            ("combined_half_given_half_entropy", half, &directed),
        ];
        for (column, weighting, indicator) in columns {
            let weight = |code: &str| number(&criteria[code]["weight"]).unwrap();
            let assessment = assessed(&set(&codes, &weighting, indicator, weight), &data);
            for weight in assessment.weights().filter(|weight| weight.parent.is_some()) {
                let own = weight.normalised_weight.unwrap();
                let difference = difference(own, number(&expected[weight.node][column]).unwrap());
                assert!(difference <= TOLERANCE, "{case} {column}: {} weighs {own}", weight.node);
                worst = worst.max(difference);
            }
            if column == "entropy_raw" {
                for told in assessment.derivations().flat_map(|derivation| &derivation.statistics) {
                    let code = &assessment.set().nodes()[told.child.unwrap()].code;
                    let value = number(&expected[code]["entropy_value_raw"]).unwrap();
                    assert!(difference(told.value, value) <= TOLERANCE, "{case}: entropy of {code} is {}", told.value);
                }
            }
        }
    }
    println!("mcdm weights: largest difference {worst:e}");
}

/// `bod` and `bod_shares_5_to_30` of `bod_mpi/expected_r.csv` and `bod_mpi/expected_numpy.csv`.
#[test]
fn benefit_of_the_doubt_is_that_of_two_solvers() {
    let Some(folder) = folder("bod_mpi") else { return };
    let data = data(&folder.join("input.csv"), "uCode");
    let codes: Vec<String> = data[0].1.keys().cloned().collect();
    let mut worst: f64 = 0.0;
    for (column, weighting) in [
        ("bod", json!({"method": "benefit_of_the_doubt"})),
        ("bod_shares_5_to_30", json!({"method": "benefit_of_the_doubt", "shares": [0.05, 0.3]})),
    ] {
        let assessment = assessed(&set(&codes, &weighting, as_it_is, |_| 1.0), &data);
        let period = "2026".parse().unwrap();
        for file in ["expected_r.csv", "expected_numpy.csv"] {
            for (city, row) in table(&folder.join(file), "uCode") {
                let own = assessment.city(&city, period).unwrap()[0].score.unwrap() / 100.0;
                let difference = (own - number(&row[column]).unwrap()).abs();
                assert!(difference <= 1e-8, "{file} {column}: {city} has {own}, off by {difference:e}");
                worst = worst.max(difference);
            }
        }
        if column == "bod_shares_5_to_30" {
            for (city, _) in &data {
                let explained = assessment.explain(city, period, "TOTAL", 1).unwrap();
                let shares: Vec<f64> = explained.children.iter().map(|child| child.effective_share.unwrap()).collect();
                assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{city}: {shares:?}");
                assert!(shares.iter().all(|share| (0.05 - 1e-8..=0.3 + 1e-8).contains(share)), "{city}: {shares:?}");
            }
        }
    }
    println!("bod_mpi: largest difference {worst:e}");
}

fn asem_set(weighting: impl Fn(&str) -> Option<Json>) -> Option<(IndicatorSet, Data)> {
    let folder = folder("asem")?;
    let meta = rows(&folder.join("inputs/iMeta.csv"));
    let kept: Vec<_> = meta.iter().filter(|row| row["Type"] == "Indicator" || row["Type"] == "Aggregate").collect();
    let name = |code: &str| if code == "Index" { "TOTAL".to_owned() } else { code.to_owned() };
    let node = |row: &&BTreeMap<String, String>| {
        let code = name(&row["iCode"]);
        let mut node = json!({"code": code, "title": {"en": code}});
        if let Some(weighting) = weighting(&code).filter(|_| row["Type"] == "Aggregate") {
            node["weighting"] = weighting;
        }
        if code != "TOTAL" {
            node["parent"] = json!(name(&row["Parent"]));
            node["weight"] = json!(number(&row["Weight"]).unwrap());
        }
        if row["Parent"] == "Index" {
            node.as_object_mut().unwrap().remove("parent");
        }
        if row["Type"] == "Indicator" {
            let direction = if row["Direction"] == "-1" { "lower" } else { "higher" };
            node["indicator"] = json!({"formula": format!("`{code}`"), "direction": direction, "scoring": {"rule": "min_max"}});
        }
        node
    };
    let nodes: Vec<Json> = kept.iter().map(node).collect();
    let items = kept.iter().filter(|row| row["Type"] == "Indicator").map(|row| json!({"code": row["iCode"]}));
    let document =
        json!({"code": "asem", "version": "1", "title": {"en": "ASEM"}, "items": items.collect::<Vec<_>>(), "nodes": nodes});
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    Some((set, data(&folder.join("pipeline/Treated.csv"), "uCode")))
}

/// `asem/analysis/pca_weights_L1_bygroup.csv` and `pca_variance_L1_bygroup.csv`: signs are arbitrary, squares are not.
#[test]
fn squared_loadings_are_those_of_coinr() {
    let Some((set, data)) = asem_set(|code| (!["TOTAL", "Conn", "Sust"].contains(&code)).then(|| json!({"method": "pca"})))
    else {
        return;
    };
    let analysis = folder("asem").unwrap().join("analysis");
    let assessment = assessed(&set, &data);
    let expected = table(&analysis.join("pca_weights_L1_bygroup.csv"), "iCode");
    let pillars: Vec<_> = assessment.weights().filter(|weight| weight.method == "pca").collect();
    assert_eq!(pillars.len(), 49);
    let mut worst: f64 = 0.0;
    for weight in pillars {
        let difference = (weight.weight.unwrap().sqrt() - number(&expected[weight.node]["Weight"]).unwrap().abs()).abs();
        assert!(difference <= 1e-6, "{}: {:?}", weight.node, weight.weight);
        worst = worst.max(difference);
    }
    let variances = rows(&analysis.join("pca_variance_L1_bygroup.csv"));
    for derivation in assessment.derivations() {
        let code = &assessment.set().nodes()[derivation.node].code;
        let first = variances.iter().find(|row| row["group"] == *code && row["component"] == "1").unwrap();
        let explained = derivation.statistics.iter().find(|told| told.name == "explained_variance").unwrap().value;
        assert!((explained - number(&first["share"]).unwrap()).abs() <= 1e-6, "{code}: {explained}");
    }
    println!("pca weights: largest difference {worst:e}");
}

/// `asem/analysis/pca_weights_L2_all.csv` and `pca_sdev_L2_all.csv`: the eight pillars side by side.
#[test]
fn squared_loadings_of_the_pillars_are_those_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let expected = table(&folder.join("analysis/pca_weights_L2_all.csv"), "iCode");
    let codes: Vec<String> = expected.iter().filter(|(_, row)| row["Level"] == "2").map(|(code, _)| code.clone()).collect();
    let mut data = data(&folder.join("pipeline/Aggregated.csv"), "uCode");
    data.iter_mut().for_each(|(_, values)| values.retain(|item, _| codes.contains(item)));
    let assessment = assessed(&set(&codes, &json!({"method": "pca"}), as_it_is, |_| 1.0), &data);
    for weight in assessment.weights().filter(|weight| weight.parent.is_some()) {
        let loading = number(&expected[weight.node]["Weight"]).unwrap().abs();
        assert!((weight.weight.unwrap().sqrt() - loading).abs() <= 1e-6, "{}: {:?}", weight.node, weight.weight);
    }
    let sdev = number(&rows(&folder.join("analysis/pca_sdev_L2_all.csv"))[0]["sdev"]).unwrap();
    let explained = assessment.derivations().next().unwrap().statistics[0].value;
    assert!((explained - sdev * sdev / 8.0).abs() <= 1e-6, "{explained}");
}

/// `asem/analysis/effective_weights.csv`.
#[test]
fn effective_weights_are_those_of_coinr() {
    let Some((set, data)) = asem_set(|_| None) else { return };
    let assessment = assessed(&set, &data);
    let expected = table(&folder("asem").unwrap().join("analysis/effective_weights.csv"), "iCode");
    assert_eq!(expected.len(), 60);
    for weight in assessment.weights() {
        let code = if weight.node == "TOTAL" { "Index" } else { weight.node };
        assert!((weight.share - number(&expected[code]["EffWeight"]).unwrap()).abs() <= TOLERANCE, "{code}");
        assert_eq!(weight.method, "given");
    }
}

#[test]
fn one_city_or_two_are_too_few() {
    for method in ["entropy", "critic", "std_dev", "coefficient_of_variation", "pca", "correlations", "benefit_of_the_doubt"] {
        let set = three(&json!({"method": method}));
        for cities in [&[[1.0, 2.0, 3.0]][..], &[[1.0, 2.0, 3.0], [2.0, 3.0, 1.0]]] {
            let faults = refused(&set, &small(cities));
            assert_eq!((faults.0.len(), faults.0[0].code), (1, "weighting.too_few_cities"), "{method}: {faults}");
            assert_eq!(faults.0[0].period.as_deref(), Some("2026"));
        }
    }
}

#[test]
fn a_cohort_in_which_nothing_differs_weighs_nothing() {
    for method in ["entropy", "critic", "std_dev", "coefficient_of_variation", "pca", "correlations"] {
        let faults = refused(&three(&json!({"method": method})), &small(&[[1.0, 2.0, 3.0]; 4]));
        assert_eq!(faults.0[0].code, "weighting.constant", "{method}");
    }
}

#[test]
fn a_child_that_is_constant_weighs_nothing_and_is_named() {
    let data = small(&[[1.0, 2.0, 50.0], [2.0, 4.0, 50.0], [4.0, 3.0, 50.0], [5.0, 9.0, 50.0]]);
    for method in ["entropy", "critic", "std_dev", "coefficient_of_variation", "pca", "correlations"] {
        let assessment = assessed(&three(&json!({"method": method})), &data);
        let constant = assessment.weights().find(|weight| weight.node == "c").unwrap();
        assert_eq!(constant.weight, Some(0.0), "{method}");
        assert_eq!(assessment.warnings().len(), 1, "{method}");
        assert_eq!(assessment.warnings()[0].code, "weighting.constant_child", "{method}");
        assert_eq!(assessment.warnings()[0].node_or_item.as_deref(), Some("c"));
    }
}

#[test]
fn sisters_that_go_together_exactly_have_no_critic_weights() {
    let faults = refused(
        &three(&json!({"method": "critic"})),
        &small(&[[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [4.0, 8.0, 12.0], [5.0, 10.0, 15.0]]),
    );
    assert_eq!(faults.0[0].code, "weighting.zero_sum");
}

#[test]
fn values_that_a_method_cannot_take_are_named() {
    let data = small(&[[-1.0, 2.0, 3.0], [2.0, 4.0, 1.0], [-1.0, 5.0, 2.0]]);
    let faults = refused(&three(&json!({"method": "entropy", "on": "raw"})), &data);
    assert_eq!((faults.0[0].code, faults.0[0].value.as_deref()), ("weighting.negative_value", Some("a")));
    let faults = refused(&three(&json!({"method": "coefficient_of_variation"})), &data);
    assert_eq!((faults.0[0].code, faults.0[0].value.as_deref()), ("weighting.zero_mean", Some("a")));
    let faults = refused(&three(&json!({"method": "pca", "cohort": {"base": "2020"}})), &data);
    assert_eq!(faults.0[0].code, "weighting.base_period");
}

#[test]
fn a_city_without_a_child_is_left_out_of_the_sample_and_scored_all_the_same() {
    let whole = small(&[[1.0, 2.0, 7.0], [2.0, 4.0, 1.0], [4.0, 3.0, 2.0], [5.0, 9.0, 8.0]]);
    let mut holed = whole.clone();
    holed.push(("late".into(), [("a".to_owned(), Some(3.0)), ("b".to_owned(), None), ("c".to_owned(), Some(90.0))].into()));
    let set = three(&json!({"method": "entropy"}));
    let (whole, holed) = (assessed(&set, &whole), assessed(&set, &holed));
    let weights = |assessment: &Assessment| assessment.weights().map(|weight| weight.weight).collect::<Vec<_>>();
    assert_eq!(weights(&whole), weights(&holed));
    assert_eq!(holed.derivations().next().unwrap().cities, Some(4));
    assert!(holed.city("late", "2026".parse().unwrap()).unwrap()[0].score.is_some());
}

#[test]
fn a_city_in_its_best_light_needs_what_the_bounds_demand() {
    let mut data = small(&[[10.0, 20.0, 30.0], [20.0, 40.0, 10.0], [40.0, 30.0, 20.0], [50.0, 0.0, 80.0], [-1.0, 5.0, 5.0]]);
    data.push(("late".into(), [("a".to_owned(), Some(30.0)), ("b".to_owned(), None), ("c".to_owned(), None)].into()));
    let bounded = assessed(&three(&json!({"method": "benefit_of_the_doubt", "shares": [0.1, 0.6]})), &data);
    let total = |assessment: &Assessment, city: &str| assessment.city(city, "2026".parse().unwrap()).unwrap()[0].score;
    let warned = |city: &str| bounded.warnings().iter().find(|fault| fault.city.as_deref() == Some(city)).unwrap().code;
    assert_eq!((total(&bounded, "c3"), total(&bounded, "c4"), total(&bounded, "late")), (None, None, None));
    assert_eq!((warned("c3"), warned("c4")), ("weighting.not_positive", "weighting.not_positive"));
    assert_eq!(warned("late"), "weighting.shares_infeasible");
    let free = assessed(&three(&json!({"method": "benefit_of_the_doubt"})), &data);
    assert_eq!(total(&free, "c3"), Some(100.0));
    assert_eq!(total(&free, "late"), Some(60.0), "30 of the best 50 in what it has");
}

#[test]
fn weights_below_are_in_place_before_those_above_are_derived() {
    let leaf = |code: &str, parent: &str| {
        json!({"code": code, "parent": parent, "title": {"en": code},
            "indicator": {"formula": code, "scoring": {"rule": "scaled", "range": [0, 100]}}})
    };
    let document = |lower: Json, upper: Json| {
        json!({"code": "two", "version": "1", "title": {"en": "Two"}, "items": [{"code": "a"}, {"code": "b"}, {"code": "c"}],
            "nodes": [{"code": "TOTAL", "title": {"en": "T"}, "weighting": upper}, {"code": "D", "title": {"en": "D"}, "weighting": lower},
                leaf("a", "D"), leaf("b", "D"), {"code": "E", "title": {"en": "E"}}, leaf("c", "E")]})
    };
    let data = small(&[[1.0, 20.0, 7.0], [2.0, 4.0, 1.0], [40.0, 3.0, 2.0], [5.0, 9.0, 80.0]]);
    let upper = |lower: Json| {
        let set = SetDocument::check_value(&document(lower, json!({"method": "std_dev", "on": "scores"}))).unwrap();
        let assessment = assessed(&set, &data);
        assessment.weights().find(|weight| weight.node == "D").unwrap().weight
    };
    assert_ne!(upper(json!({"method": "entropy"})), upper(json!({"method": "equal"})));
}
