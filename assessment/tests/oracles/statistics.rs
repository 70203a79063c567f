//! Statistics of a set, and scores where data are missing, against what COINr gives: 51 countries and 49 indicators.
//!
//! The files are not part of the repository; where they are absent, the tests say so and pass.

use std::collections::BTreeMap;
use std::path::Path;

use citygauge_assessment::statistics::{
    Between, Concern, CorrelationKind, Correlations, IndicatorLimits, Members, Of, Reason, Relation, Screening, Statistics,
};
use citygauge_assessment::{Assessment, Observations, Options, Outputs, assess};
use citygauge_indicators::{Observation, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

use crate::oracle::{TOLERANCE, Table, difference, folder, number, rows, table};

/// Where the numbers of the indicators are taken from.
#[derive(Clone, Copy, PartialEq)]
enum Source {
    /// `inputs/iData.csv`, as it is.
    Raw,
    /// The same, each indicator over its denominator.
    Denominated,
    /// `pipeline/Treated.csv`.
    Treated,
}

const PERIOD: &str = "2018";

/// Scores the countries by the tree of `iMeta.csv`, min-max from `low` to 100, with further members of the set.
fn asem(folder: &Path, source: Source, low: u32, members: Json) -> Assessment {
    asem_with(folder, source, low, members, Outputs::All)
}

fn asem_with(folder: &Path, source: Source, low: u32, members: Json, outputs: Outputs) -> Assessment {
    let meta = rows(&folder.join("inputs/iMeta.csv"));
    let file = if source == Source::Treated { "pipeline/Treated.csv" } else { "inputs/iData.csv" };
    let countries = table(&folder.join(file), "uCode");
    let of_type = |kinds: &'static [&str]| meta.iter().filter(move |row| kinds.contains(&row["Type"].as_str()));
    let parent = |row: &BTreeMap<String, String>| match row["Parent"].as_str() {
        "Index" => json!("TOTAL"),
        other => json!(other),
    };
    // A parent is named before its children.
    let mut nodes: Vec<Json> = Vec::new();
    for level in ["3", "2"] {
        // COINr has the nodes in the order of their names, by which it breaks ties.
        let mut of_level: Vec<_> = of_type(&["Aggregate"]).filter(|row| row["Level"] == level).collect();
        of_level.sort_by_key(|row| (&row["Parent"], &row["iCode"]));
        for row in of_level {
            nodes.push(json!({"code": row["iCode"], "parent": parent(row), "title": {"en": row["iName"]}}));
        }
    }
    for row in of_type(&["Indicator"]) {
        let over = Some(&row["Denominator"]).filter(|code| source == Source::Denominated && !code.is_empty());
        let formula = over.map_or_else(|| format!("`{}`", row["iCode"]), |over| format!("`{}` / `{over}`", row["iCode"]));
        let direction = if row["Direction"] == "-1" { "lower" } else { "higher" };
        nodes.push(json!({"code": row["iCode"], "parent": parent(row), "title": {"en": row["iName"]},
            "indicator": {"formula": formula, "direction": direction, "scoring": {"rule": "min_max", "range": [low, 100]}}}));
    }
    let kinds: &[&str] = if source == Source::Denominated { &["Indicator", "Denominator"] } else { &["Indicator"] };
    let items: Vec<&String> = of_type(&["Indicator", "Denominator"])
        .filter(|row| kinds.contains(&row["Type"].as_str()))
        .map(|row| &row["iCode"])
        .collect();
    let mut document = json!({"code": "asem", "version": "1", "title": {"en": "ASEM"},
        "items": items.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(), "nodes": nodes});
    for (key, value) in members.as_object().unwrap() {
        document[key] = value.clone();
    }
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let observation = |city: &String, item: &String, text: &str| Observation {
        city: city.clone(),
        period: PERIOD.parse().unwrap(),
        item: item.clone(),
        value: number(text).map(Value::Number),
        status: if number(text).is_some() { Status::Reported } else { Status::Missing },
    };
    let observed = countries.iter().flat_map(|(city, row)| items.iter().map(move |item| observation(city, item, &row[*item])));
    let observations: Vec<Observation> = observed.collect();
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    assess(&set, &observations, &Options { outputs, ..Options::default() }).unwrap_or_else(|error| panic!("{error}"))
}

fn statistics(assessment: &Assessment) -> Statistics<'_> {
    Statistics::of(assessment, PERIOD.parse().unwrap()).unwrap()
}

/// The node that COINr calls so.
fn code(name: &str) -> &str {
    if name == "Index" { "TOTAL" } else { name }
}

/// Compares one number, both or neither being there.
fn is_that(own: Option<f64>, expected: &str, tolerance: f64, at: &dyn std::fmt::Display) {
    match (own, number(expected)) {
        (Some(own), Some(expected)) => {
            assert!(difference(own, expected) <= tolerance, "{at}: {own}, expected {expected}");
        }
        (own, expected) => assert_eq!(own, expected, "{at}"),
    }
}

#[test]
fn each_indicator_is_described_as_by_coinr() {
    let Some(folder) = folder("asem") else { return };
    for (source, file) in [(Source::Raw, "analysis/stats_Raw.csv"), (Source::Treated, "analysis/stats_Treated.csv")] {
        let assessment = asem(&folder, source, 0, json!({}));
        let expected = table(&folder.join(file), "iCode");
        let described = statistics(&assessment).indicators(&IndicatorLimits::default()).unwrap();
        let raw: Vec<_> = described.iter().filter(|described| described.of == Of::Value).collect();
        assert_eq!((raw.len(), expected.len()), (49, 49));
        for own in raw {
            let node = &assessment.set().nodes()[own.node].code;
            let row = &expected[node];
            let count = |count: usize| Some(count as f64);
            for (column, own) in [
                ("Min", own.min),
                ("Max", own.max),
                ("Mean", own.mean),
                ("Median", own.median),
                ("Std", own.sd),
                ("Skew", own.skewness),
                ("Kurt", own.kurtosis),
                ("N.Avail", count(own.available)),
                ("N.NonZero", count(own.available - own.zeros)),
                ("N.Unique", count(own.distinct)),
                ("N.Same", count(own.most_frequent)),
                ("Frc.Avail", own.available_share),
                ("Frc.NonZero", own.nonzero_share),
                ("Frc.Unique", own.distinct_share),
                ("Frc.Same", own.most_frequent_share),
            ] {
                is_that(own, &row[column], TOLERANCE, &format_args!("{file}: {node} {column}"));
            }
            for (column, concern) in [
                ("Flag.Avail", Concern::LowAvailability),
                ("Flag.NonZero", Concern::ManyZeros),
                ("Flag.Unique", Concern::FewDistinct),
                ("Flag.SkewKurt", Concern::Outliers),
            ] {
                assert_eq!(own.concerns.contains(&concern), row[column] != "ok", "{file}: {node} {column}");
            }
        }
    }
}

#[test]
fn cities_are_screened_as_by_coinr() {
    let Some(folder) = folder("asem") else { return };
    let assessment = asem(&folder, Source::Denominated, 0, json!({}));
    let statistics = statistics(&assessment);
    let data = table(&folder.join("analysis/data_availability.csv"), "uCode");
    for (by, word) in [(Reason::Missing, "byNA"), (Reason::Zeros, "byzeros"), (Reason::Both, "byNAandzeros")] {
        for least in ["0.50", "0.90", "0.95"] {
            let file = format!("missing/screen_{word}_{least}.csv");
            let expected = table(&folder.join(&file), "uCode");
            let asked = Screening { least: least.parse().unwrap(), by, ..Screening::default() };
            let screened = statistics.screening(&asked).unwrap();
            assert_eq!(screened.len(), expected.len());
            for own in screened {
                for (of, row) in [(&file, &expected[own.data.city]), (&"data_availability.csv".into(), &data[own.data.city])] {
                    let count = |count: usize| Some(count as f64);
                    for (column, own) in [
                        ("N_missing", count(own.data.missing)),
                        ("N_zero", count(own.data.zeros)),
                        ("N_miss_or_zero", count(own.data.missing + own.data.zeros)),
                        ("Dat_Avail", own.data.available_share),
                        ("Non_Zero", own.data.nonzero_share),
                    ] {
                        is_that(own, &row[column], TOLERANCE, &format_args!("{of}: {column}"));
                    }
                }
                let (row, is) = (&expected[own.data.city], |is: bool| if is { "TRUE" } else { "FALSE" });
                let said = [("LowData", own.low_data), ("LowNonZero", own.low_nonzero), ("Included", own.included)];
                for (column, own_flag) in said.into_iter().chain([("LowDatOrZeroFlag", own.low_data || own.low_nonzero)]) {
                    assert_eq!(is(own_flag), row[column], "{file}: {} {column}", own.data.city);
                }
            }
        }
    }
}

#[test]
fn the_data_below_each_node_are_counted_as_by_coinr() {
    let Some(folder) = folder("asem") else { return };
    let assessment = asem(&folder, Source::Denominated, 0, json!({}));
    let expected = table(&folder.join("analysis/data_availability_bygroup.csv"), "uCode");
    let found = statistics(&assessment).availability(|_| true);
    let own: BTreeMap<(&str, &str), Option<f64>> = found
        .iter()
        .map(|found| ((found.city, assessment.set().nodes()[found.node].code.as_str()), found.available_share))
        .collect();
    let mut cells = 0;
    for (city, row) in &expected {
        for (column, text) in row.iter().filter(|(column, _)| *column != "uCode") {
            is_that(own[&(city.as_str(), code(column))], text, TOLERANCE, &format_args!("{city} {column}"));
            cells += 1;
        }
    }
    assert_eq!((cells, found.len()), (51 * 11, 51 * 11));
}

/// Every correlation of a file, pair by pair.
fn compare_correlations(folder: &Path, file: &str, assessment: &Assessment, asked: Correlations) {
    let found = statistics(assessment).correlations(&asked).unwrap();
    let nodes = assessment.set().nodes();
    let mut own = BTreeMap::new();
    for found in &found {
        let [one, other] = [found.one, found.other].map(|node| nodes[node].code.as_str());
        own.insert((one, other), found.correlation);
        own.insert((other, one), found.correlation);
    }
    let expected = rows(&folder.join("analysis").join(file));
    for row in &expected {
        let pair = (row["Var1"].as_str(), row["Var2"].as_str());
        let found = if pair.0 == pair.1 { Some(1.0) } else { own[&pair] };
        is_that(found, &row["Correlation"], TOLERANCE, &format_args!("{file}: {pair:?}"));
    }
    let distinct = expected.iter().filter(|row| row["Var1"] < row["Var2"]).count();
    assert!(distinct == found.len() || expected.len() == found.len(), "{file}: {} of {}", found.len(), expected.len());
}

#[test]
fn correlations_of_three_kinds_are_those_of_r() {
    let Some(folder) = folder("asem") else { return };
    let assessment = asem(&folder, Source::Treated, 0, json!({}));
    for (kind, word) in
        [(CorrelationKind::Pearson, "pearson"), (CorrelationKind::Spearman, "spearman"), (CorrelationKind::Kendall, "kendall")]
    {
        // corr_L1_*.csv, corr_L2_*.csv, corr_L3_*.csv, corr_L1_L2_*.csv
        for (levels, between) in
            [("L1", Between::Leaves), ("L2", Between::Depth(2)), ("L3", Between::Depth(1)), ("L1_L2", Between::Depths(3, 2))]
        {
            let asked = Correlations { kind, between, ..Correlations::default() };
            compare_correlations(&folder, &format!("corr_{levels}_{word}.csv"), &assessment, asked);
        }
    }
}

#[test]
fn correlations_of_raw_values_leave_out_pairs_with_a_missing_side() {
    let Some(folder) = folder("asem") else { return };
    let assessment = asem(&folder, Source::Raw, 0, json!({}));
    let asked = Correlations { of: Of::Value, between: Between::Leaves, ..Correlations::default() };
    compare_correlations(&folder, "corr_Raw_pairwise_pearson.csv", &assessment, asked);
}

#[test]
fn p_values_are_those_of_r() {
    let Some(folder) = folder("asem") else { return };
    let expected = table(&folder.join("analysis/corr_L1_pearson_pvalues.csv"), "iCode");
    let assessment = asem(&folder, Source::Treated, 0, json!({}));
    let asked = Correlations { between: Between::Leaves, ..Correlations::default() };
    let found = statistics(&assessment).correlations(&asked).unwrap();
    assert_eq!(found.len(), 49 * 48 / 2);
    for found in found {
        let [one, other] = [found.one, found.other].map(|node| assessment.set().nodes()[node].code.as_str());
        is_that(found.p_value, &expected[one][other], TOLERANCE, &format_args!("{one} {other}"));
        // Small ones to their own size.
        let (own, expected) = (found.p_value.unwrap(), number(&expected[one][other]).unwrap());
        assert!((own - expected).abs() <= 1e-6 * expected, "{one} {other}: {own}, expected {expected}");
    }
}

#[test]
fn what_is_redundant_inside_a_node_is_flagged_as_by_coinr() {
    let Some(folder) = folder("asem") else { return };
    let expected = rows(&folder.join("analysis/corr_flags_high_0.7.csv"));
    let assessment = asem(&folder, Source::Treated, 0, json!({}));
    let asked = Correlations { redundant: 0.7, ..Correlations::default() };
    let nodes = assessment.set().nodes();
    let found = statistics(&assessment).correlations(&asked).unwrap();
    let is_leaf = |node: usize| nodes[node].children.is_empty();
    let flagged: Vec<_> =
        found.iter().filter(|found| is_leaf(found.one) && found.relation == Some(Relation::Redundant)).collect();
    assert_eq!(flagged.len(), expected.len());
    for row in &expected {
        let named = |node: usize| nodes[node].code == row["Ind1"] || nodes[node].code == row["Ind2"];
        let own = flagged.iter().find(|own| named(own.one) && named(own.other)).unwrap_or_else(|| panic!("{row:?}"));
        assert_eq!(nodes[own.parent.unwrap()].code, row["Group"]);
        assert!((own.correlation.unwrap() - number(&row["Corr"]).unwrap()).abs() <= 0.0005 + TOLERANCE, "{own:?}");
    }
    for found in &found {
        assert_eq!(found.relation == Some(Relation::Opposing), found.correlation.unwrap() < 0.0);
    }
}

#[test]
fn cronbachs_alpha_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let expected = rows(&folder.join("analysis/cronbach.csv"));
    let [raw, treated] = [Source::Raw, Source::Treated].map(|source| asem(&folder, source, 0, json!({})));
    assert_eq!(expected.len(), 14);
    for row in &expected {
        let (assessment, of) = if row["dset"] == "Raw" { (&raw, Of::Value) } else { (&treated, Of::Score) };
        // Level 1 are the indicators, level 2 the pillars.
        let members = if row["level"] == "1" { Members::Leaves } else { Members::Depth(2) };
        let node = assessment.set().node_index(code(&row["group"]));
        let found = statistics(assessment).consistency(members, of, node).unwrap();
        is_that(found[0].alpha, &row["alpha"], TOLERANCE, &format_args!("{row:?}"));
    }
}

#[test]
fn principal_components_are_those_of_r() {
    let Some(folder) = folder("asem") else { return };
    let assessment = asem(&folder, Source::Treated, 0, json!({}));
    let statistics = statistics(&assessment);
    let of =
        |node: &str, members| statistics.components(members, Of::Score, assessment.set().node_index(node)).unwrap().remove(0);
    let tolerance = 1e-6;
    for (file, members) in [("pca_sdev_L1_all.csv", Members::Leaves), ("pca_sdev_L2_all.csv", Members::Depth(2))] {
        let (own, expected) = (of("TOTAL", members), rows(&folder.join("analysis").join(file)));
        assert_eq!(own.components.len(), expected.len());
        for (own, row) in own.components.iter().zip(&expected) {
            is_that(Some(own.variance.sqrt()), &row["sdev"], tolerance, &format_args!("{file}: {}", row["component"]));
        }
    }
    for row in rows(&folder.join("analysis/pca_variance_L1_bygroup.csv")) {
        let own = of(&row["group"], Members::Children);
        let own = &own.components[row["component"].parse::<usize>().unwrap() - 1];
        is_that(Some(own.variance), &row["variance"], tolerance, &format_args!("{row:?}"));
        is_that(Some(own.share), &row["share"], tolerance, &format_args!("{row:?}"));
    }
    // pca_rotation_L2_all.csv, each component up to its sign.
    let (own, expected) = (of("TOTAL", Members::Depth(2)), table(&folder.join("analysis/pca_rotation_L2_all.csv"), "iCode"));
    for (place, component) in own.components.iter().enumerate() {
        let column = format!("PC{}", place + 1);
        let loading = |member: usize| number(&expected[&assessment.set().nodes()[member].code][&column]).unwrap();
        let product: f64 = own.members.iter().zip(&component.loadings).map(|(&member, own)| own * loading(member)).sum();
        for (&member, own) in own.members.iter().zip(&component.loadings) {
            let expected = loading(member) * product.signum();
            assert!(difference(*own, expected) <= tolerance, "{column} {member}: {own}, expected {expected}");
        }
    }
}

#[test]
fn a_city_is_summed_up_as_by_coinr() {
    let Some(folder) = folder("asem") else { return };
    let assessment = asem(&folder, Source::Treated, 0, json!({}));
    let rows_of = assessment.city("CHN", PERIOD.parse().unwrap()).unwrap();
    for (node, row) in table(&folder.join("analysis/CHN_unit_summary.csv"), "Code") {
        let own = rows_of.iter().find(|own| own.node == code(&node)).unwrap();
        is_that(own.score, &row["Score"], TOLERANCE, &node);
        is_that(own.rank.map(f64::from), &row["Rank"], 0.0, &node);
    }
}

#[test]
fn strengths_and_weaknesses_are_those_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let assessment = asem(&folder, Source::Raw, 0, json!({}));
    let nodes = assessment.set().nodes();
    let three_digits = |value: f64| format!("{value:.2e}").parse::<f64>().unwrap();
    let found = statistics(&assessment).standings("CHN", Of::Value, 6).unwrap();
    // Where a city has n indicators without a value, COINr passes over its n worst; China has none for NEET, and its worst
    // is the freedom of the press, 51st of 51.
    let worst = found.weaknesses[0];
    assert_eq!((nodes[worst.node].code.as_str(), worst.rank, worst.cities), ("FreePress", 51, 51));
    for (name, own) in [("CHN_strengths.csv", &found.strengths[..5]), ("CHN_weaknesses.csv", &found.weaknesses[1..])] {
        let expected = table(&folder.join("analysis").join(name), "Code");
        assert_eq!(own.len(), expected.len());
        for own in own {
            let row = &expected[&nodes[own.node].code];
            is_that(Some(f64::from(own.rank)), &row["Rank"], 0.0, &format_args!("{name}: {}", row["Code"]));
            is_that(own.value.map(three_digits), &row["Value"], TOLERANCE, &format_args!("{name}: {}", row["Code"]));
        }
    }
}

/// Every cell of a wide file of scores.
fn compare_scores(file: &Path, assessment: &Assessment) -> usize {
    let expected: Table = table(file, "uCode");
    let own: BTreeMap<(&str, &str), Option<f64>> = assessment.long().map(|row| ((row.city, row.node), row.score)).collect();
    let mut empty = 0;
    for (city, row) in &expected {
        for (column, text) in row.iter().filter(|(column, _)| *column != "uCode") {
            let node = code(column);
            let Some(own) = own.get(&(city.as_str(), node)) else { panic!("{}: no {node}", file.display()) };
            is_that(*own, text, TOLERANCE, &format_args!("{}: {city} {column}", file.display()));
            empty += usize::from(own.is_none());
        }
    }
    assert_eq!(expected.len(), 51);
    empty
}

#[test]
fn missing_data_leave_weights_to_the_others_as_by_coinr() {
    let Some(folder) = folder("asem") else { return };
    let means =
        [("a_amean", 0, "arithmetic"), ("a_amean", 1, "arithmetic"), ("a_gmean", 1, "geometric"), ("a_hmean", 1, "harmonic")];
    for (mean, low, method) in means {
        for least in ["none", "0.50", "0.80", "0.90", "1.00"] {
            let mut members = json!({"aggregation": method});
            if let Some(least) = number(least) {
                members["min_coverage"] = json!({"by": "count", "at_least": least});
            }
            let assessment = asem_with(&folder, Source::Denominated, low, members, Outputs::Scores);
            compare_scores(&folder.join(format!("missing/{mean}_minmax{low}_100_thresh_{least}.csv")), &assessment);
            if least == "none" {
                let empty = compare_scores(&folder.join(format!("missing/normalised_minmax{low}_100.csv")), &assessment);
                assert!(empty > 0, "the data have gaps");
            }
        }
    }
}
