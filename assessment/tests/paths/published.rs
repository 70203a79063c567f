//! The 100 Spanish cities of 2018, whose data have one period, and the Chinese panel with its 24 years.

use std::collections::BTreeMap;
use std::path::{Path as File, PathBuf};
use std::time::Instant;

use citygauge_assessment::path::{Basis, Goal, Limits, Outcome, Request, find};
use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{Observation, Status, Value, catalog};

use serde_json::json;

use super::cases::{checked, period, quantile, theil_sen};

/// The published data, which are not part of the repository; none where they are not there.
fn shared(name: &str) -> Option<PathBuf> {
    let folder = File::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there", folder.display());
    None
}

fn rows(file: &File) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn spain() -> Option<Assessment> {
    let folder = shared("es-100-cities-sdg-2018")?;
    let set = catalog::find("es-sdg-cities-2018").unwrap().check().unwrap();
    let observations: Vec<Observation> = rows(&folder.join("observations.csv"))
        .iter()
        .flat_map(|row| {
            let cells = row.iter().filter(|(column, text)| *column != "city" && *column != "period" && !text.is_empty());
            cells.map(|(item, text)| Observation {
                city: row["city"].clone(),
                period: period(&row["period"]),
                item: item.clone(),
                value: Some(Value::Number(text.parse().unwrap())),
                status: Status::Reported,
            })
        })
        .collect();
    let observations = Observations::from_long(&set, &observations, None).unwrap();
    Some(assess(&set, &observations, &Options::default()).unwrap())
}

#[test]
fn every_spanish_city_has_a_path_to_the_next_ten_points_within_what_its_peers_have_reached() {
    let Some(assessment) = spain() else { return };
    let cities: Vec<String> = assessment.cities().iter().map(|city| city.code.clone()).collect();
    assert_eq!(cities.len(), 100);
    let values: BTreeMap<String, Vec<(String, f64)>> = assessment
        .long()
        .filter_map(|row| Some((row.node.to_owned(), (row.city.to_owned(), row.value?))))
        .fold(BTreeMap::new(), |mut all, (node, value)| {
            all.entry(node).or_insert_with(Vec::new).push(value);
            all
        });
    let (mut slowest, mut changed, mut exact) = (0.0_f64, 0, 0);
    for city in &cities {
        let now = assessment.city(city, period("2018")).unwrap()[0].score.unwrap();
        let wanted = (now * 100.0).round() / 100.0 + 10.0;
        let limits = Limits { basis: Basis::PeerLevel, percentile: 0.9 };
        let request = Request { limits, ..Request::new(city, period("2018"), Goal::Score(wanted), period("2030")) };
        let start = Instant::now();
        let path = find(&assessment, &request).unwrap_or_else(|error| panic!("{city}: {error}"));
        slowest = slowest.max(start.elapsed().as_secs_f64());
        let Outcome::Path { after, changes, effort, least } = &path.outcome else { panic!("{city}: {:?}", path.outcome) };
        assert!(after.score.unwrap() >= wanted, "{city}: {after:?} is not {wanted}");
        assert!(after.score.unwrap() <= wanted + 1e-9, "{city}: {after:?} is more than {wanted}");
        assert!((effort - least).abs() <= 1e-9 * least, "{city}: {effort} is not {least}");
        for change in changes {
            let node = assessment.set().nodes()[change.leaves[0].node].code.as_str();
            let others: Vec<f64> = values[node].iter().filter(|(other, _)| other != city).map(|(_, value)| *value).collect();
            let (p, sign) = if change.change > 0.0 { (0.9, 1.0) } else { (0.1, -1.0) };
            let level = quantile(&others, p);
            assert!(sign * (level - change.target) >= -1e-9 * level.abs(), "{city} {node}: {} is beyond {level}", change.target);
            changed += 1;
        }
        // The frontier passes through the path, where it is exact: a city that has a value beyond the worst end of its scale has to
        // choose whether to come back to it.
        let points = &path.curve.points;
        assert!(points.windows(2).all(|pair| pair[1].effort >= pair[0].effort && pair[1].score >= pair[0].score));
        if !path.curve.is_exact {
            continue;
        }
        exact += 1;
        let after = points.iter().position(|point| point.score >= wanted).unwrap();
        let (low, high) = (&points[after - 1], &points[after]);
        let on_curve = low.effort + (wanted - low.score) / (high.score - low.score) * (high.effort - low.effort);
        assert!((on_curve - effort).abs() <= 1e-8 * effort, "{city}: {on_curve} on the curve, {effort} on the path");
    }
    eprintln!("100 paths, {changed} changes, {exact} exact frontiers, the slowest in {slowest:.3} s");
    assert!(changed > 200 && exact > 0);
}

/// The columns of the Chinese panel that are indicators here, and whether more is better.
const CHINESE: [(&str, bool); 4] = [
    ("tertiary_share_of_gdp", true),
    ("industry_upgrade_index", true),
    ("road_area_per_capita_m2", true),
    ("population_density_per_km2", false),
];

#[test]
fn in_the_chinese_panel_no_change_is_faster_than_the_rates_that_peers_have_kept() {
    let Some(folder) = shared("cn-prefecture-panel-2000-2023") else { return };
    let panel = rows(&folder.join("panel_2000_2023.csv"));
    let nodes = CHINESE.map(|(item, rising)| {
        json!({"code": item, "title": {"en": item}, "indicator": {"formula": item, "scoring": {"rule": "min_max"},
            "direction": if rising { "higher" } else { "lower" }}})
    });
    let set = checked(&json!({"code": "cn", "version": "1", "title": {"en": "CN"}, "nodes": nodes,
        "items": CHINESE.map(|(item, _)| json!({"code": item})), "rounding": {"mode": "half_up", "places": 2, "depths": [0]}}));
    let mut series: BTreeMap<(&str, &str), Vec<(f64, f64)>> = BTreeMap::new();
    let mut observations = Vec::new();
    for row in &panel {
        for (item, _) in CHINESE {
            let Ok(value) = row[item].parse::<f64>() else { continue };
            series.entry((&row["city_code"], item)).or_default().push((row["year"].parse().unwrap(), value));
            let (city, period) = (row["city_code"].clone(), period(&row["year"]));
            let value = Some(Value::Number(value));
            observations.push(Observation { city, period, item: item.into(), value, status: Status::Reported });
        }
    }
    let observations = Observations::from_long(&set, &observations, None).unwrap();
    let assessment = assess(&set, &observations, &Options::default()).unwrap();
    let rates: BTreeMap<(&str, &str), f64> = series.iter().filter_map(|(&of, series)| Some((of, theil_sen(series)?))).collect();
    let base = period("2023");
    let cities: Vec<&str> = assessment.cities_of(base).collect();
    let (mut paths, mut changed, mut bound, mut unreachable) = (0, 0, 0, 0);
    for city in cities.into_iter().step_by(29) {
        let Some(now) = assessment.city(city, base).and_then(|rows| rows[0].score) else { continue };
        for percentile in [0.5, 0.75, 0.9] {
            let limits = Limits { basis: Basis::Rates, percentile };
            let request = Request { limits, ..Request::new(city, base, Goal::Score(now + 3.0), period("2030")) };
            let path = find(&assessment, &request).unwrap_or_else(|error| panic!("{city}: {error}"));
            let (changes, effort) = match &path.outcome {
                Outcome::Path { changes, effort, after, .. } => {
                    assert!(after.score.unwrap() >= now + 3.0);
                    (changes, *effort)
                }
                Outcome::Unreachable(_) => {
                    assert!(path.furthest.score.unwrap() < now + 3.0);
                    unreachable += 1;
                    continue;
                }
                Outcome::Reached => panic!("{city}"),
            };
            paths += 1;
            let mut efforts = 0.0;
            for change in changes {
                let item = set.nodes()[change.leaves[0].node].code.as_str();
                let sign = change.change.signum();
                let of_peers = rates.iter().filter(|((peer, of), _)| *peer != city && *of == item);
                let of_peers: Vec<f64> = of_peers.map(|(_, rate)| rate * sign).collect();
                let rate = quantile(&of_peers, percentile);
                // Seven years at that rate, to the last digits.
                assert!(change.change.abs() <= rate * 7.0 * (1.0 + 1e-12), "{city} {item}: {} a year", change.required_rate);
                bound += usize::from(change.change.abs() > rate * 7.0 * (1.0 - 1e-9));
                efforts += change.change.abs() / rate;
                changed += 1;
                assert!((change.steps.last().unwrap().1 - change.target).abs() == 0.0 && change.steps.len() == 7);
                // Nothing in between is faster either.
                assert!((change.steps[0].1 - change.value - change.change / 7.0).abs() < 1e-9 * change.value.abs().max(1.0));
                let own = rates.get(&(city, item)).copied();
                assert!((change.own_rate.unwrap() - own.unwrap()).abs() < 1e-9 * own.unwrap().abs().max(1.0));
            }
            assert!((efforts - effort).abs() < 1e-9 * effort.max(1.0), "{city}: {effort} is not {efforts}");
        }
    }
    eprintln!("{paths} paths, {changed} changes, {bound} at their limit, {unreachable} out of reach");
    assert!(paths > 5 && bound > 0 && unreachable > 0);
}
