//! The engine and the reference scorer must agree: on random sets and cities, on the worked example of the method,
//! and on published data.
//!
//! `CITYGAUGE_AGREEMENT_CASES` says on how many random cases (3,000 unless set), `CITYGAUGE_AGREEMENT_SEED` from which
//! seed on (0 unless set). A hundred thousand cases, in release mode:
//!
//! ```text
//! CITYGAUGE_AGREEMENT_CASES=100000 cargo test --release -p citygauge-assessment --test agreement
//! ```

mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use citygauge_assessment::{assess, AssessmentError, Observations, Options};
use citygauge_indicators::{Arithmetic, City, Faults, IndicatorSet, Observation, SetNode, Status, Value, WeightOf};
use reference::number::{nearest_double, Exact};
use reference::random::{case, Case};
use reference::{by_hand, published, Cell, Place, Warning};

/// How far an unrounded number may lie from the exact one: absolute up to 1, relative above.
const TOLERANCE: f64 = 1e-9;

const THREADS: u64 = 2;

#[test]
fn random_sets_and_cities_agree_with_the_reference_scorer() {
    let cases = number_from("CITYGAUGE_AGREEMENT_CASES", 3_000);
    let first = number_from("CITYGAUGE_AGREEMENT_SEED", 0);
    // The lowest seed known to disagree; whoever is beyond it stops.
    let lowest = AtomicU64::new(u64::MAX);
    let disagreements: Vec<(u64, String)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let lowest = &lowest;
                scope.spawn(move || {
                    for seed in (first + thread..first + cases).step_by(THREADS as usize) {
                        if seed > lowest.load(Ordering::Relaxed) {
                            break;
                        }
                        let drawn = case(seed);
                        if let Err(difference) = agree(&drawn.set, &drawn.observations, drawn.cities.as_deref()) {
                            lowest.fetch_min(seed, Ordering::Relaxed);
                            return Some((seed, report(seed, &drawn, &difference)));
                        }
                    }
                    None
                })
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().expect("a thread panicked; its message stands above")).collect()
    });
    if let Some((_, report)) = disagreements.into_iter().min() {
        panic!("{report}");
    }
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

/// Scores with both and compares everything; the error names the first difference.
fn agree(set: &IndicatorSet, observations: &[Observation], cities: Option<&[City]>) -> Result<(), String> {
    let reference = reference::score(set, observations, cities);
    let engine = engine(set, observations, cities);
    let (reference, engine) = match (reference, engine) {
        (Ok(reference), Ok(engine)) => (reference, engine),
        (Err(reference), Err(engine)) => {
            let reference: BTreeSet<Refused> = reference
                .into_iter()
                .map(|refusal| (refusal.code.to_owned(), refusal.period.unwrap_or_default(), refusal.node))
                .collect();
            return same("the refusals", &engine, &reference);
        }
        (Ok(_), Err(engine)) => return Err(format!("only the engine refuses: {engine:?}")),
        (Err(reference), Ok(_)) => return Err(format!("only the reference refuses: {reference:?}")),
    };
    for (place, expected) in &reference.cells {
        let Some(found) = engine.cells.get(place) else { return Err(format!("the engine has no row for {place:?}")) };
        let node = set.node_index(&place.2).map(|index| &set.nodes()[index]).expect("the reference names nodes of the set");
        compare(set, node, found, expected).map_err(|difference| format!("{place:?}: {difference}"))?;
    }
    if let Some(place) = engine.cells.keys().find(|place| !reference.cells.contains_key(*place)) {
        return Err(format!("only the engine has a row for {place:?}"));
    }
    same("the warnings", &engine.warnings, &reference.warnings)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, engine: &T, reference: &T) -> Result<(), String> {
    if engine == reference { Ok(()) } else { Err(format!("{what} differ:\nengine    {engine:?}\nreference {reference:?}")) }
}

/// Code, period and node of a fault that refuses an assessment.
type Refused = (String, String, String);

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

fn engine(set: &IndicatorSet, observations: &[Observation], cities: Option<&[City]>) -> Result<Engine, BTreeSet<Refused>> {
    let observations = Observations::from_long(set, observations, cities).map_err(|faults| refused(&faults))?;
    let assessment = match assess(set, &observations, &Options::default()) {
        Ok(assessment) => assessment,
        Err(AssessmentError::Refused(faults)) => return Err(refused(&faults)),
        Err(error) => panic!("the engine failed: {error}"),
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
            panic!("the engine gives {place:?} twice, first as {first:?}");
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

fn refused(faults: &Faults) -> BTreeSet<Refused> {
    let named = |text: &Option<String>| text.clone().unwrap_or_default();
    faults.0.iter().map(|fault| (fault.code.to_owned(), named(&fault.period), named(&fault.node_or_item))).collect()
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
fn report(seed: u64, case: &Case, difference: &str) -> String {
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
    write!(report, "\nseed {seed}: {difference}").expect("writing to a String cannot fail");
    report
}

fn number_from(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")),
        Err(_) => default,
    }
}
