//! Planning: roadmaps of sixty projects over five years, and the least-effort paths of the 100 Spanish cities.
//!
//! ```text
//! cargo bench -p citygauge-assessment --bench planning
//! ```
//!
//! The cases of roadmaps are drawn from fixed seeds. The Spanish data are not part of the repository; without them that part is skipped.

use std::path::Path;
use std::time::Instant;

use citygauge_assessment::path::{Basis, Goal, Limits, Outcome, Request, find};
use citygauge_assessment::roadmap::plan;
use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::planning::{Document, Roadmap};
use citygauge_indicators::{Observation, Period, SetDocument, Status, Value, catalog};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value as Json, json};

/// The allocator of the `citygauge` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PROJECTS: usize = 60;
const INDICATORS: usize = 30;

fn period(text: &str) -> Period {
    text.parse().expect("a year")
}

fn observation(city: &str, at: &str, item: &str, value: f64) -> Observation {
    Observation {
        city: city.into(),
        period: period(at),
        item: item.into(),
        value: Some(Value::Number(value)),
        status: Status::Reported,
    }
}

/// One city with thirty indicators from 0 to 100, each capped at the end of its scale.
fn city(random: &mut StdRng) -> Assessment {
    let item = |at: usize| format!("I{at:02}");
    let leaves = (0..INDICATORS).map(|at| {
        json!({"code": item(at), "title": {"en": "indicator"}, "indicator": {
            "formula": item(at), "scoring": {"rule": "goalposts", "worst": 0, "best": 100}}})
    });
    let document = json!({
        "code": "bench", "version": "1", "title": {"en": "Thirty indicators"}, "nodes": leaves.collect::<Vec<_>>(),
        "items": (0..INDICATORS).map(|at| json!({"code": item(at)})).collect::<Vec<_>>(),
    });
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let observed: Vec<Observation> =
        (0..INDICATORS).map(|at| observation("x", "2026", &item(at), f64::from(random.random_range(30..80_u32)))).collect();
    let observations = Observations::from_long(&set, &observed, None).expect("sound");
    assess(&set, &observations, &Options::default()).expect("nothing refuses")
}

/// Sixty projects of one to three years, a third of them with a dependency, two effects each; a year pays `share` of a fifth of all costs.
fn roadmap(random: &mut StdRng, share: f64, carry_over: bool) -> Roadmap {
    let mut all = 0.0;
    let projects: Vec<Json> = (0..PROJECTS)
        .map(|at| {
            let cost = f64::from(random.random_range(5..40_u32));
            all += cost;
            let effect = |random: &mut StdRng| {
                json!({"node": format!("I{:02}", random.random_range(0..INDICATORS)),
                    "change": f64::from(random.random_range(2..20_u32))})
            };
            let after = (at > 0 && random.random_bool(0.33)).then(|| format!("P{:02}", random.random_range(0..at)));
            json!({"code": format!("P{at:02}"), "title": {"en": "project"}, "cost": cost,
                "duration_years": random.random_range(1..=3_u32), "urgency": random.random_range(1..=5_u32),
                "difficulty": random.random_range(1..=5_u32), "depends_on": after.into_iter().collect::<Vec<_>>(),
                "effects": [effect(random), effect(random)]})
        })
        .collect();
    let year = (all * share / 5.0).round();
    let document = json!({"title": {"en": "Sixty projects"}, "city": "x", "first_year": 2027, "years": 5, "budget": [year, year, year, year, year],
        "carry_over": carry_over, "projects": projects});
    Roadmap::read_at(&document, "").unwrap_or_else(|faults| panic!("{faults}"))
}

fn roadmaps() {
    println!("roadmaps: {PROJECTS} projects, 5 years, with the five smaller budgets of the answer");
    for (share, carry_over) in [(0.7, false), (0.7, true), (0.5, false), (0.5, true), (0.3, false), (0.3, true)] {
        for seed in 1..=3 {
            let mut random = StdRng::seed_from_u64(seed);
            let assessment = city(&mut random);
            let asked = roadmap(&mut random, share, carry_over);
            let start = Instant::now();
            let made =
                plan(&assessment, "x", period("2026"), &asked.projects, &asked.terms, 1.0).expect("nothing has to be done");
            let seconds = start.elapsed().as_secs_f64();
            let gap = (made.bound - made.objective) / made.objective;
            println!(
                "  {:3.0} % of all costs, carry-over {carry_over:5}, seed {seed}: {seconds:6.2} s, proven {}, gap {:.3} %, objective {}",
                share * 100.0,
                made.is_optimal,
                gap * 100.0,
                made.objective
            );
        }
    }
}

/// The Spanish data, where they are.
fn spain() -> Option<Assessment> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/es-100-cities-sdg-2018/observations.csv");
    let Ok(mut reader) = csv::Reader::from_path(&file) else {
        println!("paths: skipped, {} is not there", file.display());
        return None;
    };
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|known| known == name).expect("a column");
    let (of_city, of_period) = (column("city"), column("period"));
    let mut observed = Vec::new();
    for row in reader.records() {
        let row = row.expect("a row");
        for (place, item) in header.iter().enumerate().filter(|(place, _)| *place != of_city && *place != of_period) {
            if let Some(text) = row.get(place).filter(|text| !text.is_empty()) {
                observed.push(observation(&row[of_city], &row[of_period], item, text.parse().expect("a number")));
            }
        }
    }
    let set = catalog::find("es-sdg-cities-2018").expect("in the catalog").check().expect("sound");
    let observations = Observations::from_long(&set, &observed, None).expect("sound");
    Some(assess(&set, &observations, &Options::default()).expect("nothing refuses"))
}

fn paths() {
    let Some(assessment) = spain() else { return };
    let at = period("2018");
    let mut seconds: Vec<f64> = Vec::new();
    for city in assessment.cities() {
        let now = assessment.city(&city.code, at).expect("a result")[0].score.expect("a score");
        let limits = Limits { basis: Basis::PeerLevel, percentile: 0.9 };
        let goal = Goal::Score((now * 100.0).round() / 100.0 + 10.0);
        let request = Request { limits, ..Request::new(&city.code, at, goal, period("2030")) };
        let start = Instant::now();
        let path = find(&assessment, &request).expect("sound");
        seconds.push(start.elapsed().as_secs_f64());
        assert!(matches!(path.outcome, Outcome::Path { .. }), "{}", city.code);
    }
    seconds.sort_by(f64::total_cmp);
    let (middle, slowest) = (seconds[seconds.len() / 2], seconds[seconds.len() - 1]);
    println!("paths: {} Spanish cities, ten points up: median {middle:.4} s, slowest {slowest:.4} s", seconds.len());
}

fn main() {
    paths();
    roadmaps();
}
