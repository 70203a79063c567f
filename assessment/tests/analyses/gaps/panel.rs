//! 341 Chinese cities and prefectures over 24 years: rates and verdicts against a computation of its own in whole numbers.
//!
//! A slope between two years is a difference over 1 to 23 years, so that slopes times the least common multiple of these are whole where
//! the values are; so are twice their medians, and twenty times percentiles between them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use citygauge_assessment::gap::{Asked, Reference, Rule, analyse_with};
use citygauge_assessment::rates::Verdict;
use citygauge_assessment::years::Quantity;
use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{Observation, Period, SetDocument, Status, Value};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use serde_json::json;

/// Item, column, worst and best.
const INDICATORS: [(&str, &str, f64, f64); 4] = [
    ("gdp", "gdp_100m_yuan", 0.0, 50_000.0),
    ("tertiary", "tertiary_share_of_gdp", 0.0, 1.0),
    ("density", "population_density_per_km2", 3_000.0, 0.0),
    ("road", "road_area_per_capita_m2", 0.0, 40.0),
];

/// The least common multiple of 1 to 23.
const LCM: i128 = 5_354_228_880;

/// The decimals of the panel, at most.
const DECIMALS: u32 = 9;

/// City, item and year to the written number.
type Written = BTreeMap<(String, &'static str), BTreeMap<i128, String>>;

fn read() -> Option<Written> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/cn-prefecture-panel-2000-2023");
    if !folder.is_dir() {
        eprintln!("skipped: the panel is not at {}", folder.display());
        return None;
    }
    let mut reader = csv::Reader::from_path(folder.join("panel_2000_2023.csv")).unwrap();
    let mut written = Written::new();
    for row in reader.deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        for (item, column, ..) in INDICATORS {
            if !row[column].is_empty() {
                let series = written.entry((row["city_code"].clone(), item)).or_default();
                series.insert(row["year"].parse().unwrap(), row[column].clone());
            }
        }
    }
    Some(written)
}

/// A written decimal as a whole number of 1e-9.
fn whole(text: &str) -> i128 {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (units, decimals) = text.split_once('.').unwrap_or((text, ""));
    assert!(decimals.len() <= DECIMALS as usize, "{text} has more decimals than it was made for");
    let padded = format!("{decimals:0<width$}", width = DECIMALS as usize);
    sign * (units.parse::<i128>().unwrap() * 10_i128.pow(DECIMALS) + padded.parse::<i128>().unwrap())
}

/// Twice the median slope, times the least common multiple and 1e9.
fn twice_slope(series: &BTreeMap<i128, String>) -> Option<i128> {
    let points: Vec<(i128, i128)> = series.iter().map(|(year, text)| (*year, whole(text))).collect();
    let mut slopes = Vec::new();
    for (late, &(year, value)) in points.iter().enumerate() {
        for &(earlier, before) in &points[..late] {
            slopes.push((value - before) * (LCM / (year - earlier)));
        }
    }
    slopes.sort_unstable();
    let count = slopes.len();
    match count {
        0 => None,
        _ if count % 2 == 1 => Some(2 * slopes[count / 2]),
        _ => Some(slopes[count / 2 - 1] + slopes[count / 2]),
    }
}

/// A number that counts units of 1 / (`parts` x LCM x 1e9).
fn fraction(number: i128, parts: i128) -> BigRational {
    BigRational::new(BigInt::from(number), BigInt::from(parts) * BigInt::from(LCM) * BigInt::from(10_i128.pow(DECIMALS)))
}

/// The percentile (type 7) of `twentieths` / 20 of twice-slopes in rising order.
fn percentile(sorted: &[i128], twentieths: i128) -> BigRational {
    let place = (sorted.len() as i128 - 1) * twentieths;
    let (below, part) = ((place / 20) as usize, place % 20);
    let (low, high) = (sorted[below], sorted[(below + 1).min(sorted.len() - 1)]);
    fraction(low * 20 + part * (high - low), 40)
}

/// The decimal that a double stands for.
fn decimal(double: f64) -> BigRational {
    let text = format!("{double}");
    let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
    let (units, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits: BigInt = format!("{units}{decimals}").parse().unwrap();
    BigRational::new(digits * sign, BigInt::from(10).pow(decimals.len() as u32))
}

fn close(found: Option<f64>, expected: &BigRational, at: &str) {
    let (found, expected) = (found.unwrap_or_else(|| panic!("{at}: none")), expected.to_f64().unwrap());
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1e-6), "{at}: {found}, expected {expected}");
}

fn assessment(written: &Written) -> Assessment {
    let nodes = INDICATORS.map(|(item, _, worst, best)| {
        let direction = if worst < best { "higher" } else { "lower" };
        json!({"code": item.to_uppercase(), "title": {"en": item}, "indicator": {
            "formula": item, "direction": direction, "scoring": {"rule": "goalposts", "worst": worst, "best": best}
        }})
    });
    let items = INDICATORS.map(|(item, ..)| json!({"code": item}));
    let document = json!({"code": "panel", "version": "1", "title": {"en": "Panel"}, "items": items, "nodes": nodes});
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let mut observations = Vec::new();
    for ((city, item), series) in written {
        for (year, text) in series {
            observations.push(Observation {
                city: city.clone(),
                period: year.to_string().parse().unwrap(),
                item: (*item).into(),
                value: Some(Value::Number(text.parse().unwrap())),
                status: Status::Reported,
            });
        }
    }
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    assess(&set, &observations, &Options::default()).unwrap()
}

#[test]
fn rates_and_verdicts_of_the_chinese_panel_are_those_of_whole_numbers() {
    let Some(written) = read() else { return };
    let assessment = assessment(&written);
    let cities: BTreeSet<&str> = written.keys().map(|(city, _)| city.as_str()).collect();
    assert!(cities.len() > 300, "{} cities", cities.len());
    let slopes: BTreeMap<(&str, &str), i128> =
        written.iter().filter_map(|((city, item), series)| Some(((city.as_str(), *item), twice_slope(series)?))).collect();
    let period: Period = "2023".parse().unwrap();
    let few: Vec<String> = cities.iter().take(4).map(|city| (*city).to_owned()).collect();
    let (mut seen, mut compared) = (BTreeMap::<Verdict, usize>::new(), 0);
    let started = std::time::Instant::now();
    let mut analyses = 0;
    for (place, city) in cities.iter().copied().enumerate().step_by(9) {
        if !assessment.cities_of(period).any(|known| known == city) {
            continue;
        }
        for (by, peers) in [(2024, None), (2028, None), (2035, None), (2060, None), (2030, Some(few.as_slice()))] {
            if peers.is_some() && place % 2 == 0 {
                continue;
            }
            let asked = Asked { peers, by: Some(by.to_string().parse().unwrap()), rule: Rule::PointsLost };
            let found = analyse_with(&assessment, city, period, &Reference::PeerTopQuartile, asked).unwrap();
            analyses += 1;
            for (gap, (item, _, worst, best)) in found.gaps[1..].iter().zip(INDICATORS) {
                let at = format!("{city} {item} by {by}");
                let Some(text) = written.get(&(city.to_owned(), item)).and_then(|series| series.get(&2023)) else { continue };
                assert_eq!(gap.value, Some(text.parse().unwrap()), "{at}");
                assert_eq!(gap.outlook.of, Quantity::Value, "{at}");
                let is_peer = |other: &str| other != city && peers.is_none_or(|peers| peers.iter().any(|peer| peer == other));
                let mut rates: Vec<i128> =
                    slopes.iter().filter(|((other, of), _)| *of == item && is_peer(other)).map(|(_, slope)| *slope).collect();
                assert_eq!(gap.outlook.peers, rates.len(), "{at}");
                let own = slopes.get(&(city, item)).copied();
                if let Some(own) = own {
                    close(gap.outlook.own, &fraction(own, 2), &at);
                }
                let change = gap.target_value.map(|target| decimal(target) - decimal(text.parse().unwrap()));
                let is_reached = gap.gap_score.unwrap() <= 0.0;
                assert_eq!(is_reached, change.is_none(), "{at}");
                // The way of the gap; where there is none, that in which the indicator improves.
                let sign: i128 = match &change {
                    Some(change) if *change < BigRational::zero() => -1,
                    Some(_) => 1,
                    None if worst < best => 1,
                    None => -1,
                };
                rates.iter_mut().for_each(|rate| *rate *= sign);
                rates.sort_unstable();
                let on_the_way = |number: BigRational| number * BigRational::from(BigInt::from(sign));
                let percentiles = [10, 15, 18].map(|twentieths| percentile(&rates, twentieths));
                for (found, expected) in gap.outlook.percentiles.iter().zip(&percentiles) {
                    close(*found, &on_the_way(expected.clone()), &at);
                }
                let years = BigRational::from(BigInt::from(by - 2023));
                let expected = match change {
                    None => Verdict::Reached,
                    Some(change) => {
                        let required = change / years;
                        close(gap.outlook.required, &required, &at);
                        let required = on_the_way(required);
                        assert!(required > BigRational::zero(), "{at}");
                        match () {
                            () if own.is_some_and(|own| on_the_way(fraction(own, 2)) >= required) => Verdict::OnTrack,
                            () if rates.len() < 5 => Verdict::NoEvidence,
                            () if percentiles[1] >= required => Verdict::Attainable,
                            () if percentiles[2] >= required => Verdict::Stretch,
                            () => Verdict::Unprecedented,
                        }
                    }
                };
                assert_eq!(gap.verdict(), Some(expected), "{at}");
                *seen.entry(expected).or_default() += 1;
                compared += 1;
            }
        }
    }
    eprintln!("{compared} gaps in {analyses} analyses of {:?}: {seen:?}", started.elapsed());
    assert!(compared > 400, "only {compared}");
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), Verdict::ALL, "{seen:?}");
}
