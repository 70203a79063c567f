//! The 100 Spanish cities of 2018, whose data have one period, and the Chinese panel with its 24 years.

use std::collections::BTreeMap;
use std::path::{Path as File, PathBuf};
use std::time::Instant;

use citygauge_assessment::path::{Basis, Goal, Limits, Outcome, Request, find};
use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{Observation, Status, Value, catalog};

use super::cases::{period, quantile};

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
