//! Proposals on published data: what a plan promises is what the engine gives, and its rates are those of the histories.
//!
//! The files are not part of the repository; where they are absent, the tests say so and pass.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use citygauge_assessment::goals::lint::{Ground, lint};
use citygauge_assessment::goals::{Ambition, Asked, Proposal, propose};
use citygauge_assessment::{Assessment, Observations, Options, assess, what_if};
use citygauge_indicators::planning::GoalPlan;
use citygauge_indicators::{City, IndicatorSet, Observation, Period, SetDocument, Status, Value, catalog};
use serde_json::json;

fn shared(folder: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(folder);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: the data is not at {}", folder.display());
    None
}

fn rows(file: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(file).expect("the file is there");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let records = reader.records().map(|record| record.expect("a row"));
    records.map(|record| header.iter().cloned().zip(record.iter().map(str::to_owned)).collect()).collect()
}

fn period(text: &str) -> Period {
    text.parse().expect("a period")
}

fn observation(city: &str, at: &str, item: &str, text: &str) -> Option<Observation> {
    let value = text.parse::<f64>().ok()?;
    let value = Some(Value::Number(value));
    Some(Observation { city: city.into(), period: period(at), item: item.into(), value, status: Status::Reported })
}

fn spain() -> Option<Assessment> {
    let folder = shared("es-100-cities-sdg-2018")?;
    let set = catalog::find("es-sdg-cities-2018").expect("it is in the catalog").check().expect("a sound set");
    let city = |row: &BTreeMap<String, String>| row.get("city").or_else(|| row.get("code")).expect("a code").clone();
    let table = rows(&folder.join("observations.csv"));
    let observed = table.iter().flat_map(|row| {
        set.items().iter().filter_map(|item| observation(&city(row), &row["period"], &item.code, row.get(&item.code)?))
    });
    let observed: Vec<Observation> = observed.collect();
    let cities: Vec<City> = table.iter().map(|row| City { code: city(row), ..City::default() }).collect();
    let observations = Observations::from_long(&set, &observed, Some(&cities)).unwrap_or_else(|faults| panic!("{faults}"));
    Some(assess(&set, &observations, &Options::default()).expect("nothing refuses"))
}

fn proposal(assessment: &Assessment, city: &str, at: &str, by: &str, ambition: &str) -> Proposal {
    let ambition: Ambition = ambition.parse().expect("an ambition");
    let asked = Asked {
        code: "P",
        title: None,
        city,
        period: period(at),
        by: period(by),
        ambition: &ambition,
        given: &[],
        peers: None,
        stages: None,
    };
    propose(assessment, &asked).unwrap_or_else(|error| panic!("{city} {ambition}: {error}"))
}

/// The targets of indicators in a plan, as changes of the items that the indicators are.
fn changes<'a>(set: &'a IndicatorSet, plan: &GoalPlan) -> Vec<(&'a str, Option<Value>)> {
    let leaves = plan.goals.iter().filter(|goal| goal.code.starts_with("I-"));
    let each = leaves.map(|goal| {
        let node = set.node_index(goal.node.as_deref().expect("a node")).expect("it is there");
        let leaf = set.nodes()[node].leaf().expect("an indicator");
        let code = set.items()[leaf.items[0]].code.as_str();
        assert_eq!(leaf.formula.as_ref().map(|formula| formula.text()), Some(code));
        (code, goal.target_value.map(Value::Number))
    });
    each.collect()
}

#[test]
fn plans_of_spanish_cities_reach_what_they_promise() {
    let Some(assessment) = spain() else { return };
    let set = assessment.set();
    let cities: Vec<String> = assessment.cities_of(period("2018")).step_by(10).map(str::to_owned).collect();
    assert_eq!(cities.len(), 10);
    for city in &cities {
        let own = assessment.city(city, period("2018")).expect("it is there");
        let score = own[0].score.expect("every city has a total");
        let wanted = format!("score:{}", (score + 5.0).floor());
        for ambition in [wanted.as_str(), "percentile:75", "gap:peer_top_quartile", "gap:full_mark"] {
            let found = proposal(&assessment, city, "2018", "2022", ambition);
            let supposed = what_if(&assessment, city, period("2018"), &changes(set, &found.plan)).expect("nothing refuses");
            assert_eq!(supposed[0].score, found.score_reached, "{city} {ambition}");
            assert!(found.reached, "{city} {ambition}: short by {:?}, unmoved {:?}", found.shortfall, found.unmoved);
            if ambition == wanted {
                let aim = (score + 5.0).floor();
                let reached = supposed[0].score.expect("a total");
                assert!((aim..aim + 0.05).contains(&reached), "{city}: {reached}, wanted {aim}");
            }
            for goal in found.plan.goals.iter().filter(|goal| goal.code.starts_with("I-")) {
                assert_eq!(goal.path.len(), 4);
                assert_eq!(goal.path.last().map(|point| Some(point.value)), Some(goal.target_value), "{city} {}", goal.code);
            }
            let ground =
                Ground { assessment: &assessment, against: &[], peers: None, requirements: None, today: Some("2019-01-01") };
            let report = lint(&found.plan, &ground);
            let own_fault = [
                "goal.baseline_differs",
                "goal.unit_differs",
                "goal.wrong_side",
                "goal.beyond_bounds",
                "goal.path_end",
                "goal.path_order",
                "goal.path_turns",
                "plan.weights_exceed_whole",
                "goal.due_outside_period",
                "goal.stages_overlap",
                "goal.stage_span",
                "plan.stages_leave_a_hole",
                "goal.bound_against_direction",
            ];
            let wrong: Vec<_> = report.findings.iter().filter(|finding| own_fault.contains(&finding.rule.code)).collect();
            assert!(wrong.is_empty(), "{city} {ambition}: {wrong:?}");
        }
    }
}

const ITEMS: [&str; 3] = ["gdp_100m_yuan", "tertiary_share_of_gdp", "resident_population_10k"];

/// The Chinese prefectures whose code is one of a prefecture, 2000 to 2023.
fn china() -> Option<(Assessment, Vec<BTreeMap<String, String>>)> {
    let folder = shared("cn-prefecture-panel-2000-2023")?;
    let table = rows(&folder.join("panel_2000_2023.csv"));
    let items: Vec<_> = ITEMS.iter().map(|code| json!({"code": code})).collect();
    let nodes = ITEMS
        .iter()
        .map(|code| json!({"code": code, "title": {"en": code}, "indicator": {"formula": code, "scoring": {"rule": "min_max"}}}));
    let nodes: Vec<_> = nodes.collect();
    let document = json!({"code": "cn", "version": "1", "title": {"en": "Prefectures"}, "items": items, "nodes": nodes});
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let observed: Vec<Observation> = table
        .iter()
        .flat_map(|row| ITEMS.iter().filter_map(|item| observation(&row["city_code"], &row["year"], item, &row[*item])))
        .collect();
    let observations = Observations::from_long(&set, &observed, None).unwrap_or_else(|faults| panic!("{faults}"));
    Some((assess(&set, &observations, &Options::default()).expect("nothing refuses"), table))
}

/// The median of all slopes, by definition.
fn theil_sen(series: &[(f64, f64)]) -> Option<f64> {
    let mut slopes = Vec::new();
    for (place, late) in series.iter().enumerate() {
        slopes.extend(series[..place].iter().map(|early| (late.1 - early.1) / (late.0 - early.0)));
    }
    quantile(slopes, 0.5)
}

/// R's type 7.
fn quantile(mut values: Vec<f64>, p: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let at = values.len().checked_sub(1)? as f64 * p;
    let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
    Some(low + (high - low) * at.fract())
}

#[test]
fn the_rates_of_a_chinese_plan_are_those_of_an_independent_computation() {
    let Some((assessment, table)) = china() else { return };
    let mut series: BTreeMap<(&str, &str), Vec<(f64, f64)>> = BTreeMap::new();
    for row in &table {
        for item in ITEMS {
            if let Ok(value) = row[item].parse::<f64>() {
                series.entry((item, row["city_code"].as_str())).or_default().push((row["year"].parse().expect("a year"), value));
            }
        }
    }
    let mut verdicts = Vec::new();
    for (city, ambition) in [("130100", "gap:full_mark"), ("620100", "gap:full_mark"), ("330100", "gap:full_mark")] {
        let found = proposal(&assessment, city, "2023", "2028", ambition);
        for target in &found.targets {
            let (evidence, item) = (&target.evidence, ITEMS[target.evidence.node - 1]);
            let own = theil_sen(&series[&(item, city)]);
            let sign = if evidence.target >= evidence.baseline { 1.0 } else { -1.0 };
            let peers: Vec<f64> = series
                .iter()
                .filter(|((of, code), values)| *of == item && *code != city && values.len() > 1)
                .filter_map(|(_, values)| theil_sen(values).map(|rate| sign * rate))
                .collect();
            let near = |one: Option<f64>, other: Option<f64>| match (one, other) {
                (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1e-9),
                (one, other) => one == other,
            };
            assert_eq!(evidence.peers, peers.len(), "{city} {item}");
            let percentile = |p: f64| quantile(peers.clone(), p).map(|rate| sign * rate);
            for (given, expected) in [
                (evidence.own_rate, own),
                (evidence.peers_p50, percentile(0.5)),
                (evidence.peers_p75, percentile(0.75)),
                (evidence.peers_p90, percentile(0.9)),
            ] {
                assert!(near(given, expected), "{city} {item}: {given:?}, expected {expected:?}");
            }
            let required = sign * (evidence.target - evidence.baseline) / 5.0;
            assert!(near(Some(required), Some(sign * evidence.required_rate)));
            let at_most = |rate: Option<f64>| rate.is_some_and(|rate| required <= sign * rate);
            let expected = match () {
                () if at_most(own) => "on_track",
                () if at_most(percentile(0.75)) => "attainable",
                () if at_most(percentile(0.9)) => "stretch",
                () => "unprecedented",
            };
            assert_eq!(evidence.verdict.word(), expected, "{city} {item}");
            verdicts.push(expected);
        }
    }
    assert!(verdicts.len() >= 6, "{verdicts:?}");
}
