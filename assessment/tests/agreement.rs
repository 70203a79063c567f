//! The engine and the reference scorer must agree: on random sets and cities, on the worked example of the method,
//! and on published data.
//!
//! `CITYGAUGE_AGREEMENT_CASES` says on how many random cases (2,000 unless set), `CITYGAUGE_AGREEMENT_SEED` from which
//! seed on (0 unless set). A hundred thousand cases, in release mode:
//!
//! ```text
//! CITYGAUGE_AGREEMENT_CASES=100000 cargo test --release -p citygauge-assessment --test agreement
//! ```

mod properties;
mod reference;
mod sql;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::panic::catch_unwind;

use citygauge_assessment::{AssessmentError, Observations, Options, Pivot, assess, assess_parts};
use citygauge_indicators::{Arithmetic, City, Faults, IndicatorSet, Observation, SetDocument, SetNode, Status, Value, WeightOf};
use polars::prelude::{Column, DataFrame};
use reference::number::{Exact, nearest_double};
use reference::random::{Case, case};
use reference::{Cell, Place, Warning, by_hand, published};
use serde_json::json;

/// How far an unrounded number may lie from the exact one: absolute up to 1, relative above.
const TOLERANCE: f64 = 1e-9;

const THREADS: u64 = 2;

/// How many disagreements are listed; the first is shown in full.
const SHOWN: usize = 30;

#[test]
fn random_sets_and_cities_agree_with_the_reference_scorer() {
    let cases = number_from("CITYGAUGE_AGREEMENT_CASES", 2_000);
    let first = number_from("CITYGAUGE_AGREEMENT_SEED", 0);
    let disagreements = |seeds: std::iter::StepBy<std::ops::Range<u64>>| -> BTreeMap<u64, String> {
        let all = seeds.filter_map(|seed| {
            let Case { set, observations, cities, .. } = case(seed);
            let difference = agree(&set, &observations, cities.as_deref()).err()?;
            Some((seed, difference))
        });
        all.collect()
    };
    let found: BTreeMap<u64, String> = std::thread::scope(|scope| {
        let seeds = |thread: u64| (first + thread..first + cases).step_by(THREADS as usize);
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || disagreements(seeds(thread)))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a thread panicked; its message stands above")).collect()
    });
    let Some((seed, difference)) = found.first_key_value() else {
        println!("{cases} cases from seed {first} on: 0 differences");
        return;
    };
    let mut list = String::new();
    for (seed, difference) in found.iter().take(SHOWN) {
        let first = difference.lines().next().unwrap_or_default();
        writeln!(list, "seed {seed}: {first}").expect("writing to a String cannot fail");
    }
    panic!("{}\n{} of {cases} cases disagree:\n{list}", report(*seed, difference), found.len());
}

/// Derived weights are decimals like given ones: written into the set by hand they give the same digits, and what the
/// reference scorer gives.
#[test]
fn derived_weights_written_by_hand_give_the_same_digits() {
    let methods = [
        json!({"method": "equal"}),
        json!({"method": "entropy", "cohort": "pooled"}),
        json!({"method": "critic", "cohort": "pooled"}),
        json!({"method": "std_dev", "on": "scores", "cohort": "pooled"}),
        json!({"method": "pca", "cohort": "pooled"}),
        json!({"method": "mix", "of": [{"method": "given", "part": 0.4}, {"method": "std_dev", "cohort": "pooled", "part": 0.6}]}),
    ];
    let mut compared = 0;
    for seed in 0..number_from("CITYGAUGE_AGREEMENT_CASES", 2_000) / 4 {
        let Case { mut document, set, observations, cities } = case(seed);
        let inner: Vec<String> =
            set.nodes().iter().filter(|node| !node.children.is_empty()).map(|node| node.code.clone()).collect();
        let code = &inner[seed as usize % inner.len()];
        let total = json!({"code": "TOTAL", "title": {"en": "Total"}});
        let nodes = document["nodes"].as_array_mut().expect("nodes");
        if nodes.iter().all(|node| node["code"] != "TOTAL") {
            nodes.push(total);
        }
        let node = nodes.iter_mut().find(|node| node["code"] == **code).expect("the node is listed");
        node["weighting"] = methods[seed as usize % methods.len()].clone();
        // Sets in which weights cannot be derived there, and cohorts that tell nothing, are refused; other tests see to that.
        let Ok(derived) = SetDocument::check_value(&document) else { continue };
        let Ok(read) = Observations::from_long(&derived, &observations, cities.as_deref()) else { continue };
        let Ok(assessment) = assess(&derived, &read, &Options::default()) else { continue };
        for node in document["nodes"].as_array_mut().expect("nodes") {
            node.as_object_mut().expect("a node").remove("weighting");
            let weight = assessment.weights().find(|weight| node["code"] == weight.node).expect("every node has a weight");
            if weight.parent == Some(code.as_str()) {
                node["weight"] = json!(weight.weight);
            }
        }
        let given = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("seed {seed}: {faults}"));
        let by_hand = assess(&given, &read, &Options::default()).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for (one, other) in assessment.long().zip(by_hand.long()) {
            assert_eq!(one, other, "seed {seed}");
        }
        agree(&given, &observations, cities.as_deref()).unwrap_or_else(|difference| panic!("seed {seed}: {difference}"));
        compared += 1;
    }
    assert!(compared > 0, "no set derives weights");
    println!("{compared} sets with derived weights");
}

/// What is assessed part by part, out of a release, gives the digits, warnings and refusals of the whole.
#[test]
fn a_release_assessed_in_parts_gives_the_digits_of_the_whole() {
    let (mut apart, mut refused) = (0, 0);
    for seed in 0..number_from("CITYGAUGE_AGREEMENT_CASES", 2_000) / 4 {
        let Case { set, observations, cities, .. } = case(seed);
        let listed: Option<Vec<String>> = cities.as_ref().map(|cities| cities.iter().map(|city| city.code.clone()).collect());
        let whole = Observations::from_long(&set, &observations, cities.as_deref());
        let mut pivot = Pivot::new(&set, listed.as_deref());
        for rows in observations.chunks(7) {
            pivot.add(&release(rows)).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        }
        let pivoted = pivot.finish(cities.as_deref().unwrap_or_default());
        let (whole, pivoted) = match (whole, pivoted) {
            (Ok(whole), Ok(pivoted)) => (whole, pivoted),
            (Err(whole), Err(pivoted)) => {
                same("the faults", &pivoted, &whole).unwrap_or_else(|difference| panic!("seed {seed}: {difference}"));
                continue;
            }
            (whole, pivoted) => panic!("seed {seed}: whole {:?}, pivoted {:?}", whole.err(), pivoted.err()),
        };
        let at_once = assess(&set, &whole, &Options::default());
        let (mut rows, mut warnings, mut parts) = (Vec::new(), Vec::new(), 0);
        let ended = assess_parts(&set, &pivoted, &Options::default(), 1, |part| {
            let owned = |row: citygauge_assessment::Row| format!("{row:?}");
            rows.extend(part.long().map(owned));
            warnings.extend_from_slice(part.warnings());
            parts += 1;
            Ok::<_, AssessmentError>(())
        });
        match (at_once, ended) {
            (Ok(at_once), Ok(())) => {
                let expected: Vec<String> = at_once.long().map(|row| format!("{row:?}")).collect();
                assert_eq!(rows, expected, "seed {seed}");
                assert_eq!(warnings, at_once.warnings(), "seed {seed}");
                apart += u32::from(parts > 1);
            }
            (Err(AssessmentError::Refused(at_once)), Err(AssessmentError::Refused(ended))) => {
                assert_eq!(ended.0.len(), at_once.0.len(), "seed {seed}: {ended}, at once {at_once}");
                refused += 1;
            }
            (at_once, ended) => panic!("seed {seed}: at once {:?}, in parts {:?}", at_once.err(), ended.err()),
        }
    }
    assert!(apart > 0, "no set was assessed in more than one part");
    println!("{apart} cases in several parts, {refused} refused alike");
}

/// Observations as the rows of a release.
fn release(rows: &[Observation]) -> DataFrame {
    let text = |name: &str, of: &dyn Fn(&Observation) -> Option<String>| {
        Column::new(name.into(), rows.iter().map(of).collect::<Vec<Option<String>>>())
    };
    let number = |row: &Observation| match row.value {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    };
    let choice = |row: &Observation| match &row.value {
        Some(Value::Choice(option)) => Some(option.clone()),
        _ => None,
    };
    let columns = vec![
        text("city", &|row| Some(row.city.clone())),
        text("period", &|row| Some(row.period.to_string())),
        text("item", &|row| Some(row.item.clone())),
        Column::new("value".into(), rows.iter().map(number).collect::<Vec<Option<f64>>>()),
        text("choice", &choice),
        text("status", &|row| Some(row.status.word().to_owned())),
    ];
    DataFrame::new(rows.len(), columns).expect("columns of one length")
}

#[test]
fn the_worked_example_of_points_arithmetic_agrees() {
    agree(&by_hand::worked_example(), &by_hand::worked_observations(), None).unwrap_or_else(|difference| panic!("{difference}"));
}

#[test]
fn the_published_cities_agree() {
    let Some(spain) = published::spain() else { return };
    agree(&spain.set, &spain.observations, Some(&spain.cities)).unwrap_or_else(|difference| panic!("{difference}"));
}

/// Scores with both and compares everything; the error names every cell that differs.
fn agree(set: &IndicatorSet, observations: &[Observation], cities: Option<&[City]>) -> Result<(), String> {
    let reference = reference::score(set, observations, cities);
    // A panic of the engine is a disagreement like any other, and names its seed.
    let engine = catch_unwind(|| engine(set, observations, cities));
    let engine = engine.unwrap_or_else(|_| Err(NoResult::Failed("the engine panicked; its message stands above".to_owned())));
    let (reference, engine) = match (reference, engine) {
        (_, Err(NoResult::Failed(defect))) => return Err(defect),
        (Ok(reference), Ok(engine)) => (reference, engine),
        (Err(reference), Err(NoResult::Refused(engine))) => {
            let reference: BTreeSet<Refused> = reference
                .into_iter()
                .map(|refusal| (refusal.code.to_owned(), refusal.period.unwrap_or_default(), refusal.node))
                .collect();
            return same("the refusals", &engine, &reference);
        }
        (Ok(_), Err(NoResult::Refused(engine))) => return Err(format!("only the engine refuses: {engine:?}")),
        (Err(reference), Ok(_)) => return Err(format!("only the reference refuses: {reference:?}")),
    };
    let mut differences = String::new();
    for (place, expected) in &reference.cells {
        let Some(found) = engine.cells.get(place) else { return Err(format!("the engine has no row for {place:?}")) };
        let node = set.node_index(&place.2).map(|index| &set.nodes()[index]).expect("the reference names nodes of the set");
        if let Err(difference) = compare(set, node, found, expected) {
            writeln!(differences, "{place:?}: {difference}").expect("writing to a String cannot fail");
        }
    }
    if !differences.is_empty() {
        return Err(differences);
    }
    if let Some(place) = engine.cells.keys().find(|place| !reference.cells.contains_key(*place)) {
        return Err(format!("only the engine has a row for {place:?}"));
    }
    same("the warnings", &engine.warnings, &reference.warnings)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, engine: &T, reference: &T) -> Result<(), String> {
    if engine == reference { Ok(()) } else { Err(format!("{what}: engine {engine:?}, reference {reference:?}")) }
}

/// Code, period and node of a fault that refuses an assessment.
type Refused = (String, String, String);

/// Why the engine gives no result.
enum NoResult {
    /// The input is at fault.
    Refused(BTreeSet<Refused>),
    /// The engine is at fault.
    Failed(String),
}

/// What the engine says of every row and node.
struct Engine {
    cells: BTreeMap<Place, EngineCell>,
    warnings: BTreeSet<Warning>,
}

/// A cell as the engine gives it.
#[derive(Debug)]
struct EngineCell {
    value: Option<f64>,
    score: Option<f64>,
    mark: Option<f64>,
    points: Option<f64>,
    coverage: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    rank: Option<u32>,
    level: Option<String>,
}

fn engine(set: &IndicatorSet, observations: &[Observation], cities: Option<&[City]>) -> Result<Engine, NoResult> {
    let observations = Observations::from_long(set, observations, cities).map_err(|faults| refused(&faults))?;
    let assessment = match assess(set, &observations, &Options::default()) {
        Ok(assessment) => assessment,
        Err(AssessmentError::Refused(faults)) => return Err(refused(&faults)),
        Err(error) => return Err(NoResult::Failed(error.to_string())),
    };
    let mut cells = BTreeMap::new();
    for row in assessment.long() {
        let place = (row.city.to_owned(), row.period.to_string(), row.node.to_owned());
        let cell = EngineCell {
            value: row.value,
            score: row.score,
            mark: row.mark,
            points: row.points,
            coverage: row.coverage,
            low: row.low,
            high: row.high,
            rank: row.rank,
            level: row.level.map(str::to_owned),
        };
        if let Some(first) = cells.insert(place.clone(), cell) {
            return Err(NoResult::Failed(format!("the engine gives {place:?} twice, first as {first:?}")));
        }
    }
    let warnings = assessment.warnings().iter().map(|fault| Warning {
        code: fault.code.to_owned(),
        city: fault.city.clone().unwrap_or_default(),
        period: fault.period.clone().unwrap_or_default(),
        node: fault.node_or_item.clone().unwrap_or_default(),
    });
    Ok(Engine { cells, warnings: warnings.collect() })
}

fn refused(faults: &Faults) -> NoResult {
    let named = |text: &Option<String>| text.clone().unwrap_or_default();
    NoResult::Refused(
        faults.0.iter().map(|fault| (fault.code.to_owned(), named(&fault.period), named(&fault.node_or_item))).collect(),
    )
}

/// Compares a cell: what is rounded must be the nearest double of the decimal, all other numbers lie within the tolerance.
fn compare(set: &IndicatorSet, node: &SetNode, found: &EngineCell, expected: &Cell) -> Result<(), String> {
    let by_points = set.document().arithmetic == Arithmetic::Points;
    let is_rounded = node.places.is_some();
    let is_total = node.parent.is_none();
    // What is rounded: a score under `scores`, a mark under `points`; TOTAL's mark is its score.
    let score_is = is_rounded && (!by_points || is_total);
    let mark_is = is_rounded;
    let points_are = is_rounded && (is_total || (by_points && node.weight_of == WeightOf::Total));
    number("value", found.value, &expected.value, false)?;
    number("score", found.score, &expected.score, score_is)?;
    number("mark", found.mark, &expected.mark, mark_is)?;
    number("points", found.points, &expected.points, points_are)?;
    number("coverage", found.coverage, &expected.coverage, false)?;
    number("low", found.low, &expected.low, score_is)?;
    number("high", found.high, &expected.high, score_is)?;
    same("rank", &found.rank.map(u64::from), &expected.rank)?;
    same("level", &found.level, &expected.level)
}

fn number(column: &str, found: Option<f64>, expected: &Option<Exact>, is_rounded: bool) -> Result<(), String> {
    let nearest = expected.as_ref().map(nearest_double);
    let agrees = match (found, nearest) {
        (None, None) => true,
        (Some(found), Some(nearest)) if is_rounded => found == nearest,
        (Some(found), Some(nearest)) => (found - nearest).abs() <= TOLERANCE * nearest.abs().max(1.0),
        _ => false,
    };
    let kind = if is_rounded { "rounded" } else { "unrounded" };
    if agrees { Ok(()) } else { Err(format!("{kind} {column}: engine {found:?}, reference {nearest:?}")) }
}

/// Everything that is needed to see a disagreement again.
fn report(seed: u64, difference: &str) -> String {
    let case = case(seed);
    let mut report = format!("seed {seed}: {difference}\n\nthe set\n{:#}\n\nthe observations\n", case.document);
    for Observation { city, period, item, value, status } in &case.observations {
        let value = match value {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Choice(option)) => option.clone(),
            None => String::new(),
        };
        let status = if *status == Status::Reported { "" } else { status.word() };
        writeln!(report, "{city},{period},{item},{value},{status}").expect("writing to a String cannot fail");
    }
    match &case.cities {
        None => report.push_str("\nno list of cities\n"),
        Some(cities) => {
            report.push_str("\nthe cities\n");
            for city in cities {
                let region = city.attributes.get("region").map_or("", String::as_str);
                writeln!(report, "{},{region}", city.code).expect("writing to a String cannot fail");
            }
        }
    }
    report
}

fn number_from(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => default,
    }
}
