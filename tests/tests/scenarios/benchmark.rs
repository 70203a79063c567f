//! Five years of 341 Chinese prefecture-level units under two versions of a set, against numbers that are computed here in
//! another way: the series, where they break, how they are bridged, who moved, and how scores are distributed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use citygauge_openapi::client::Client;
use citygauge_openapi::{
    API_ROOT, Benchmark, BenchmarkBreak, BenchmarkBreaks, BenchmarkComparison, BenchmarkDistributions, BenchmarkMove,
    BenchmarkMovers, BenchmarkPoint, BenchmarkRelation, BenchmarkSeries, Cohort, Id, NewAssessment, PeriodCode, SetRef,
    WorkState,
};
use citygauge_tests::steps::{cities_csv, finished, import, observations_csv, publish};
use citygauge_tests::{on_each_database, shared};
use serde_json::{Value, json};

/// The folder of the panel, which is not part of the repository.
const FOLDER: &str = "data/cn-prefecture-panel-2000-2023";

const YEARS: [&str; 5] = ["2018", "2019", "2020", "2021", "2022"];

/// The first year of the second version.
const CHANGE: usize = 3;

const PATH: &str = "/api/v1/benchmarks/prefectures";

/// How far an unrounded number may lie from the one computed here.
const TOLERANCE: f64 = 1e-9;

/// Indicator, parent, weight in the first and in the second version (none where it is not in it), raw item, worst, best.
type Row = (&'static str, &'static str, Option<f64>, Option<f64>, &'static str, f64, f64);

/// One is dropped (UPGRADE), one is added (OUTPUT), one has another weight (ROADS).
const INDICATORS: [Row; 5] = [
    ("SERVICES", "ECONOMY", Some(2.0), Some(2.0), "tertiary_share_of_gdp", 0.2, 0.8),
    ("UPGRADE", "ECONOMY", Some(1.0), None, "industry_upgrade_index", 2.0, 2.9),
    ("OUTPUT", "ECONOMY", None, Some(1.0), "gdp_100m_yuan", 0.0, 20_000.0),
    ("ROADS", "LIVING", Some(1.0), Some(3.0), "road_area_per_capita_m2", 2.0, 30.0),
    ("DENSITY", "LIVING", Some(1.0), Some(1.0), "population_density_per_km2", 2000.0, 5.0),
];

const PARENTS: [&str; 2] = ["ECONOMY", "LIVING"];

fn weight(row: &Row, version: usize) -> Option<f64> {
    if version == 0 { row.2 } else { row.3 }
}

fn set(version: usize) -> Value {
    let mut nodes: Vec<Value> = PARENTS.iter().map(|code| json!({"code": code, "title": {"en": code}})).collect();
    let rows: Vec<&Row> = INDICATORS.iter().filter(|row| weight(row, version).is_some()).collect();
    nodes.extend(rows.iter().map(|row| {
        json!({"code": row.0, "parent": row.1, "weight": weight(row, version), "title": {"en": row.0}, "indicator": {
            "formula": row.4, "scoring": {"rule": "goalposts", "worst": row.5, "best": row.6}}})
    }));
    json!({
        "code": "prefectures", "version": (version + 1).to_string(), "title": {"zh": "地级单位", "en": "Prefectures"},
        "items": rows.iter().map(|row| json!({"code": row.4})).collect::<Vec<_>>(), "nodes": nodes,
    })
}

/// Raw values by year, city and item.
type Panel = BTreeMap<(String, String), BTreeMap<String, f64>>;

fn panel(folder: &Path) -> Panel {
    let mut reader = csv::Reader::from_path(folder.join("panel_2000_2023.csv")).expect("the panel");
    let header = reader.headers().expect("a header").clone();
    let mut panel = Panel::new();
    for row in reader.records().map(|row| row.expect("a row")) {
        let of = |name: &str| &row[header.iter().position(|known| known == name).expect("a column")];
        let (year, city) = (of("year").to_owned(), of("city_code").to_owned());
        if !YEARS.contains(&year.as_str()) || city.is_empty() {
            continue;
        }
        let values = INDICATORS.iter().filter_map(|it| Some((it.4.to_owned(), of(it.4).parse::<f64>().ok()?)));
        panel.entry((year, city)).or_insert_with(|| values.collect());
    }
    panel
}

/// The scores of a city in a year by a version, computed without the engine: node to score.
fn scored(values: &BTreeMap<String, f64>, version: usize) -> BTreeMap<String, f64> {
    let mut scores = BTreeMap::new();
    let mean = |parts: &[(f64, f64)]| {
        let weights: f64 = parts.iter().map(|(weight, _)| weight).sum();
        (weights > 0.0).then(|| parts.iter().map(|(weight, score)| weight * score).sum::<f64>() / weights)
    };
    let mut tops = Vec::new();
    for parent in PARENTS {
        let mut parts = Vec::new();
        for row in INDICATORS.iter().filter(|row| row.1 == parent) {
            let (Some(weight), Some(value)) = (weight(row, version), values.get(row.4)) else { continue };
            let score = (100.0 * (value - row.5) / (row.6 - row.5)).clamp(0.0, 100.0);
            parts.push((weight, score));
            scores.insert(row.0.to_owned(), score);
        }
        if let Some(score) = mean(&parts) {
            tops.push((1.0, score));
            scores.insert(parent.to_owned(), score);
        }
    }
    scores.extend(mean(&tops).map(|score| ("TOTAL".to_owned(), score)));
    scores
}

/// What is expected of a year: city to node to score, by the version of that year or another.
fn expected(panel: &Panel, year: &str, version: usize) -> BTreeMap<String, BTreeMap<String, f64>> {
    let of_year = panel.iter().filter(|((of, _), values)| of == year && !values.is_empty());
    of_year.map(|((_, city), values)| (city.clone(), scored(values, version))).collect()
}

/// Competition ranks on scores that are equal when they are equal to ten decimals.
fn ranks(scores: &BTreeMap<String, f64>) -> BTreeMap<String, u64> {
    let key = |score: f64| (score * 1e10).round() as i64;
    scores
        .iter()
        .map(|(city, score)| (city.clone(), 1 + scores.values().filter(|it| key(**it) > key(*score)).count() as u64))
        .collect()
}

fn version_of(place: usize) -> usize {
    usize::from(place >= CHANGE)
}

fn near(found: Option<f64>, expected: Option<f64>, what: &str) {
    match (found, expected) {
        (None, None) => {}
        (Some(found), Some(expected)) => assert!((found - expected).abs() < TOLERANCE, "{what}: {found}, expected {expected}"),
        _ => panic!("{what}: {found:?}, expected {expected:?}"),
    }
}

async fn assessed(client: &Client, set: &SetRef, year: &str) -> Id {
    let periods = Some(vec![year.parse::<PeriodCode>().expect("a year")]);
    let new = NewAssessment { set: set.clone(), periods, cohort: Cohort::default(), release: None, supersedes: None };
    let assessment = client.create_assessment(&new).await.expect("taken");
    assert_eq!(finished(client, &assessment.job).await.state, WorkState::Succeeded);
    assessment.id
}

/// The panel in the service, with both versions and a benchmark of five editions; and what somebody may say of nodes.
async fn prepared(client: &Client, panel: &Panel) -> Value {
    let cities: BTreeSet<&String> = panel.keys().map(|(_, city)| city).collect();
    let register: String = cities.iter().map(|city| format!("{city},{city}\n")).collect();
    import(client, &cities_csv(), format!("code,name\n{register}")).await;
    let mut sets = Vec::new();
    let mut known = BTreeSet::new();
    for version in [0, 1] {
        let set = publish(client, &set(version)).await;
        let items = INDICATORS.iter().filter(|row| weight(row, version).is_some()).map(|row| row.4);
        let new: Vec<&str> = items.filter(|item| known.insert(*item)).collect();
        let mut file = "city,period,item,value\n".to_owned();
        for ((year, city), values) in panel {
            let rows = new.iter().filter_map(|item| Some(format!("{city},{year},{item},{}\n", values.get(*item)?)));
            file.extend(rows);
        }
        import(client, &observations_csv(&set), file).await;
        sets.push(set);
    }
    let mut editions = Vec::new();
    for (place, year) in YEARS.iter().enumerate() {
        editions.push(json!({"period": year, "assessment": assessed(client, &sets[version_of(place)], year).await}));
    }
    editions[CHANGE]["overlap"] = json!(assessed(client, &sets[1], YEARS[CHANGE - 1]).await);
    let document = json!({"title_zh": "地级单位年度基准", "title_en": "Prefectures", "editions": editions});
    client.put_as_seen::<Benchmark>(PATH, &document).await.expect("a sound benchmark");
    document
}

async fn series(client: &Client, query: &str) -> Vec<BenchmarkPoint> {
    let mut points = Vec::new();
    let mut cursor = String::new();
    loop {
        let page: BenchmarkSeries = client.get(&format!("{PATH}/series?limit=1000&{query}{cursor}")).await.expect("a series");
        points.extend(page.items);
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return points,
        }
    }
}

on_each_database! {
    async fn five_years_and_two_versions_give_the_series_the_breaks_the_movers_and_a_bridge(site: Site) {
        let Some(folder) = shared(FOLDER) else { return };
        let client = site.client();
        let panel = panel(&folder);
        let document = prepared(&client, &panel).await;
        let own: Vec<_> = YEARS.iter().enumerate().map(|(place, year)| expected(&panel, year, version_of(place))).collect();
        let overlap = expected(&panel, YEARS[CHANGE - 1], 1);
        assert!(own.iter().all(|year| year.len() > 300), "most units are there in every year");

        the_series_are_right(&client, &own, &overlap).await;
        the_breaks_are_named(&client).await;
        the_movers_are_right(&client, &own, &overlap).await;
        the_distributions_are_right(&client, &own).await;
        cities_stand_side_by_side(&client, &own).await;
        what_is_said_of_a_node_holds(&client, document).await;
    }
}

async fn the_series_are_right(
    client: &Client,
    own: &[BTreeMap<String, BTreeMap<String, f64>>],
    overlap: &BTreeMap<String, BTreeMap<String, f64>>,
) {
    for node in ["TOTAL", "ECONOMY", "LIVING", "SERVICES", "ROADS", "OUTPUT"] {
        let changes = matches!(node, "TOTAL" | "ECONOMY" | "LIVING");
        let points = series(client, &format!("node={node}&bridge=difference")).await;
        let ratios = series(client, &format!("node={node}&bridge=ratio")).await;
        let ranked: Vec<_> = own
            .iter()
            .map(|year| {
                let of_node = year.iter().filter_map(|(city, nodes)| Some((city.clone(), *nodes.get(node)?)));
                ranks(&of_node.collect())
            })
            .collect();
        let mut bridged = 0;
        for (point, by_ratio) in points.iter().zip(&ratios) {
            let place = YEARS.iter().position(|year| *year == point.period.as_str()).expect("an edition");
            let city = point.city.as_ref().expect("a series of cities").to_string();
            let what = format!("{node} {city} {}", point.period);
            let score = own[place].get(&city).and_then(|nodes| nodes.get(node)).copied();
            near(point.score, score, &what);
            assert_eq!(point.rank, ranked[place].get(&city).copied(), "{what}");
            let is_there = node != "OUTPUT" || place >= CHANGE;
            assert_eq!(point.ranked, if is_there { ranked[place].len() as u64 } else { 0 }, "{what}");
            assert_eq!(point.node.is_some(), is_there, "{what}");
            assert_eq!(point.is_break, place == CHANGE && (changes || node == "OUTPUT"), "{what}");
            let relation = match (place, is_there) {
                (0, _) | (_, false) => None,
                (CHANGE, _) if node == "OUTPUT" => None,
                (CHANGE, _) if changes => Some(BenchmarkRelation::Broken),
                _ => Some(BenchmarkRelation::Same),
            };
            assert_eq!(point.relation, relation, "{what}");
            // The overlap is 2020 by both versions.
            let of = |year: &BTreeMap<String, BTreeMap<String, f64>>| year.get(&city).and_then(|nodes| nodes.get(node)).copied();
            let joined = of(&own[CHANGE - 1]).zip(of(overlap));
            let moved = |link: &dyn Fn(f64, (f64, f64)) -> f64| match (score, changes && place < CHANGE) {
                (Some(score), true) => joined.map(|joined| link(score, joined)),
                (score, _) => score,
            };
            near(point.bridged, moved(&|score, (earlier, later)| score + later - earlier), &what);
            if joined.is_none_or(|(earlier, _)| earlier != 0.0) {
                near(by_ratio.bridged, moved(&|score, (earlier, later)| score * later / earlier), &what);
            }
            bridged += usize::from(point.bridged.is_some() && point.bridged != point.score);
        }
        assert_eq!(bridged > 500, changes, "{node}: {bridged} points were moved");
    }
    let without: Vec<_> = series(client, "city=110000").await.into_iter().map(|point| point.bridged).collect();
    assert_eq!(without, [None; 5], "nothing is bridged that nobody asked for");
}

async fn the_breaks_are_named(client: &Client) {
    let found: BenchmarkBreaks = client.get(&format!("{PATH}/breaks")).await.expect("the breaks");
    let shown = |it: &BenchmarkBreak| {
        let code = |code: &Option<citygauge_openapi::Code>| code.as_ref().map_or("-".to_owned(), ToString::to_string);
        let differences: Vec<String> = it.differences.iter().map(|it| format!("{}:{}", it.node, it.part)).collect();
        let relation = it.relation.map_or("-", BenchmarkRelation::word);
        format!("{} {}>{} {relation} {} {}", it.period, code(&it.from), code(&it.to), it.is_bridged, differences.join(" "))
    };
    let rows: Vec<String> = found.items.iter().map(shown).collect();
    assert_eq!(
        rows,
        [
            "2021 TOTAL>TOTAL broken true OUTPUT:added UPGRADE:removed ROADS:weight DENSITY:weight",
            "2021 ECONOMY>ECONOMY broken true OUTPUT:added UPGRADE:removed",
            "2021 SERVICES>SERVICES same false ",
            "2021 ->OUTPUT - false ",
            "2021 LIVING>LIVING broken true ROADS:weight DENSITY:weight",
            "2021 ROADS>ROADS same false ",
            "2021 DENSITY>DENSITY same false ",
            "2021 UPGRADE>- - false ",
        ]
    );
}

async fn movers(client: &Client, query: &str) -> (BenchmarkMovers, Vec<BenchmarkMove>) {
    let found: BenchmarkMovers = client.get(&format!("{PATH}/movers?limit=1000&{query}")).await.expect("the movers");
    let items = found.items.clone();
    (found, items)
}

async fn the_movers_are_right(
    client: &Client,
    own: &[BTreeMap<String, BTreeMap<String, f64>>],
    overlap: &BTreeMap<String, BTreeMap<String, f64>>,
) {
    let totals = |year: &BTreeMap<String, BTreeMap<String, f64>>| -> BTreeMap<String, f64> {
        year.iter().filter_map(|(city, nodes)| Some((city.clone(), *nodes.get("TOTAL")?))).collect()
    };
    // Across the change: ranks move, scores only by the overlap.
    let (before, after, joined) = (totals(&own[CHANGE - 1]), totals(&own[CHANGE]), totals(overlap));
    let (ranks_before, ranks_after) = (ranks(&before), ranks(&after));
    let (told, plain) = movers(client, "from=2020&to=2021").await;
    assert!(told.is_break && plain.iter().all(|it| it.score_change.is_none()));
    let (_, bridged) = movers(client, "from=2020&to=2021&bridge=difference").await;
    for it in &bridged {
        let city = it.city.to_string();
        near(it.score_before, before.get(&city).copied(), &city);
        near(it.score_after, after.get(&city).copied(), &city);
        let change = ranks_before.get(&city).zip(ranks_after.get(&city)).map(|(was, is)| *was as i64 - *is as i64);
        assert_eq!(it.rank_change, change, "{city}");
        // What is earlier is moved to where the second version had it in 2020.
        let gained = after.get(&city).zip(before.get(&city).and(joined.get(&city))).map(|(is, was)| is - was);
        near(it.score_change, gained, &city);
    }
    let moved = bridged.iter().filter(|it| it.rank_change.is_some());
    assert!(moved.clone().is_sorted_by_key(|it| -it.rank_change.unwrap_or(0)), "who rose most comes first");
    assert!(moved.count() > 300 && bridged[0].rank_change > Some(10));
    // Within a version scores are compared as they are; the editions next to each other unless others are asked for.
    let (told, latest) = movers(client, "").await;
    assert_eq!((told.from.as_str(), told.to.as_str(), told.is_break), ("2021", "2022", false));
    let (before, after) = (totals(&own[3]), totals(&own[4]));
    for it in latest {
        let city = it.city.to_string();
        near(it.score_change, after.get(&city).zip(before.get(&city)).map(|(is, was)| is - was), &city);
    }
}

async fn the_distributions_are_right(client: &Client, own: &[BTreeMap<String, BTreeMap<String, f64>>]) {
    let found: BenchmarkDistributions = client.get(&format!("{PATH}/distribution?node=LIVING&bins=4")).await.expect("they are");
    assert_eq!(found.items.len(), YEARS.len());
    for (it, year) in found.items.iter().zip(own) {
        let mut scores: Vec<f64> = year.values().filter_map(|nodes| nodes.get("LIVING")).copied().collect();
        scores.sort_by(f64::total_cmp);
        let quantile = |p: f64| {
            let at = p * (scores.len() - 1) as f64;
            let (low, part) = (at.floor() as usize, at.fract());
            scores[low] + part * (scores[(low + 1).min(scores.len() - 1)] - scores[low])
        };
        let what = it.period.to_string();
        assert_eq!(it.count, scores.len() as u64, "{what}");
        for (found, p) in [(it.least, 0.0), (it.p25, 0.25), (it.median, 0.5), (it.p75, 0.75), (it.greatest, 1.0)] {
            near(found, Some(quantile(p)), &what);
        }
        near(it.mean, Some(scores.iter().sum::<f64>() / scores.len() as f64), &what);
        let bin =
            |from: f64, to: f64| scores.iter().filter(|score| **score >= from && (**score < to || to == 100.0)).count() as u64;
        let counts: Vec<u64> = it.histogram.iter().map(|bin| bin.count).collect();
        assert_eq!(counts, [bin(0.0, 25.0), bin(25.0, 50.0), bin(50.0, 75.0), bin(75.0, 100.0)], "{what}");
        assert!(!it.best.is_empty());
    }
}

async fn cities_stand_side_by_side(client: &Client, own: &[BTreeMap<String, BTreeMap<String, f64>>]) {
    let found: BenchmarkComparison =
        client.get(&format!("{PATH}/comparison?cities=330100,110000&period=2019")).await.expect("they are compared");
    assert_eq!(found.items.len(), 7);
    for node in &found.items {
        for city in &node.cities {
            near(city.score, own[1][city.city.as_str()].get(node.node.as_str()).copied(), node.node.as_str());
        }
    }
    // The median of a group: of three cities the one in the middle.
    let group = json!({"title_en": "three", "cities": ["110000", "120000", "130100"]});
    client.put_as_seen::<Value>(&format!("{API_ROOT}/peer-groups/three"), &group).await.expect("a group");
    let points = series(client, "peer_group=three&node=SERVICES").await;
    for (point, year) in points.iter().zip(own) {
        let mut scores: Vec<f64> = ["110000", "120000", "130100"].iter().map(|city| year[*city]["SERVICES"]).collect();
        scores.sort_by(f64::total_cmp);
        near(point.score, Some(scores[1]), point.period.as_str());
        assert_eq!((point.city.is_none(), point.ranked), (true, 3));
    }
}

/// A break that people call similar is none, and their note stands in the series; what cannot be true is refused.
async fn what_is_said_of_a_node_holds(client: &Client, mut document: Value) {
    let (from, to) = (json!({"code": "prefectures", "version": "1"}), json!({"code": "prefectures", "version": "2"}));
    let said = json!({"to": "LIVING", "relation": "similar", "note": "道路权重由 1 改为 3"});
    document["crosswalks"] = json!([{"from": from, "to": to, "nodes": [said]}]);
    client.put_as_seen::<Benchmark>(PATH, &document).await.expect("a sound benchmark");
    let points = series(client, "node=LIVING&city=110000").await;
    let at = &points[CHANGE];
    assert_eq!((at.relation, at.is_break), (Some(BenchmarkRelation::Similar), false));
    assert_eq!(at.note.as_deref(), Some("道路权重由 1 改为 3"));
    document["crosswalks"][0]["nodes"][0] = json!({"to": "LIVING", "relation": "same"});
    let refused = client.put_as_seen::<Benchmark>(PATH, &document).await.expect_err("its weights changed");
    assert!(format!("{refused:?}").contains("crosswalk.not_same"), "{refused:?}");
}
