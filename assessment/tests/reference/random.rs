//! Random cases: a valid set, cities and observations, all drawn from one seed.
//!
//! The generator is xoshiro256++ (`rand::rngs::Xoshiro256PlusPlus`), one of rand's named portable generators, so a seed
//! names the same case on every machine. Numbers have few digits on purpose: only then do values meet thresholds,
//! scores tie, and halves stand to be rounded often enough to be tested.

mod formulas;
pub mod indicators;
mod observations;
mod preparation;
mod settings;
mod tree;

use std::collections::BTreeSet;

use citygauge_indicators::{City, IndicatorSet, NodeKind, Observation, SetDocument, TOTAL};
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};

/// A set with the cities and observations to score by it.
pub struct Case {
    /// The document, as it was drawn.
    pub document: Value,
    /// The document, checked.
    pub set: IndicatorSet,
    /// The observations; no two of one city, period and item.
    pub observations: Vec<Observation>,
    /// The cohort, where it is listed.
    pub cities: Option<Vec<City>>,
}

/// The case of a seed.
pub fn case(seed: u64) -> Case {
    let mut dice = Dice::of(seed);
    let periods = observations::periods(&mut dice);
    let items = Items::draw(&mut dice);
    let document = document(&mut dice, &items, &periods);
    let set = SetDocument::check_value(&document)
        .unwrap_or_else(|faults| panic!("seed {seed} draws a set that the check refuses:\n{faults}\n{document:#}"));
    let mut cities = observations::cities(&mut dice);
    let mut observations = observations::draw(&mut dice, &items, &cities, &periods);
    if dice.chance(10) {
        cities.push(City { code: "silent".to_owned(), ..City::default() });
    }
    // The order in which things stand means nothing.
    if dice.chance(30) {
        cities.shuffle(&mut dice.0);
        observations.shuffle(&mut dice.0);
    }
    let cities = dice.chance(80).then_some(cities);
    Case { document, set, observations, cities }
}

fn document(dice: &mut Dice, items: &Items, periods: &[String]) -> Value {
    let full_mark = *dice.pick(&[100, 100, 100, 100, 10, 5, 1, 150]);
    let by_points = dice.chance(45);
    let mut document = Map::new();
    document.insert("code".into(), json!("random"));
    document.insert("version".into(), json!("1"));
    document.insert("title".into(), json!({"en": "Random"}));
    document.insert("full_mark".into(), json!(full_mark));
    document.insert("arithmetic".into(), json!(if by_points { "points" } else { "scores" }));
    document.insert("items".into(), items.described());
    settings::of_set(dice, by_points, full_mark, &mut document);
    let mut nodes = tree::draw(dice, &Drawing { items, periods, full_mark, by_points });
    if dice.chance(20) {
        nodes.shuffle(&mut dice.0);
    }
    let mut codes: Vec<String> = nodes.iter().filter_map(|node| node["code"].as_str().map(str::to_owned)).collect();
    if !codes.iter().any(|code| code == TOTAL) {
        codes.push(TOTAL.to_owned());
    }
    document.insert("nodes".into(), Value::Array(nodes));
    if dice.chance(60) {
        document.insert("levels".into(), settings::levels(dice, full_mark, &codes, items));
    }
    if dice.chance(40) {
        settings::adjustments(dice, full_mark, items, &mut document);
    }
    Value::Object(document)
}

/// What the nodes of a set are drawn over.
struct Drawing<'d> {
    items: &'d Items,
    periods: &'d [String],
    full_mark: i64,
    by_points: bool,
}

/// A numeric item whose values lie on a grid: `from`, `from + 1` ... `to`, each over `per`.
struct Grid {
    code: String,
    from: i64,
    to: i64,
    per: i64,
    /// Whether values may miss their place on the grid by next to nothing.
    is_blurred: bool,
}

impl Grid {
    fn value(&self, dice: &mut Dice) -> f64 {
        /// What a blurred value is counted in; every `per` divides it.
        const FINEST: i64 = 1_000_000_000_000;
        let units = dice.between(self.from, self.to);
        if !self.is_blurred {
            return over(units, self.per);
        }
        let miss = *dice.pick(&[0, 0, 0, 1, 49, 50, 51, 100, -50, -1]);
        over(units * (FINEST / self.per) + miss, FINEST)
    }
}

/// The items of a set, by kind.
struct Items {
    numeric: Vec<Grid>,
    boolean: Vec<String>,
    choice: Vec<String>,
    survey: Vec<String>,
}

/// The options of every choice item.
const OPTIONS: [&str; 3] = ["low", "middle", "high"];

impl Items {
    fn draw(dice: &mut Dice) -> Self {
        let names = ["a", "b", "c", "d-1", "人口", "F_2"];
        let count = dice.between(2, 6) as usize;
        let numeric = names[..count].iter().map(|name| {
            let from = *dice.pick(&[0, 0, 0, 1, -10]);
            // Now and then an item is the same everywhere, or takes one of very few values.
            let to = from + *dice.pick(&[0, 2, 3, 20, 40, 40, 100]);
            Grid {
                code: (*name).to_owned(),
                from,
                to,
                per: *dice.pick(&[1, 2, 4, 8, 10, 20, 20, 100]),
                is_blurred: dice.chance(8),
            }
        });
        let numeric = numeric.collect();
        let mut named = |prefix: &str, most: i64| (1..=dice.between(0, most)).map(|i| format!("{prefix}{i}")).collect();
        Self { numeric, boolean: named("yes", 4), choice: named("option", 2), survey: named("asked", 1) }
    }

    fn described(&self) -> Value {
        let numeric = self.numeric.iter().map(|grid| json!({"code": grid.code}));
        let boolean = self.boolean.iter().map(|code| json!({"code": code, "kind": "boolean"}));
        let choice = self.choice.iter().map(|code| json!({"code": code, "kind": "choice", "options": OPTIONS}));
        let survey = self.survey.iter().map(|code| json!({"code": code, "kind": "survey", "scale": [1, 5]}));
        numeric.chain(boolean).chain(choice).chain(survey).collect()
    }
}

/// `units` over `per`, the double nearest to that decimal.
fn over(units: i64, per: i64) -> f64 {
    units as f64 / per as f64
}

/// The source of all chance.
pub struct Dice(pub Xoshiro256PlusPlus);

impl Dice {
    pub fn of(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    pub fn chance(&mut self, per_cent: u32) -> bool {
        self.0.random_ratio(per_cent, 100)
    }

    pub fn between(&mut self, least: i64, greatest: i64) -> i64 {
        self.0.random_range(least..=greatest)
    }

    pub fn pick<'p, T>(&mut self, from: &'p [T]) -> &'p T {
        &from[self.0.random_range(0..from.len() as u64) as usize]
    }

    /// Some of `from`, at least one, in their order.
    fn some<'p, T>(&mut self, from: &'p [T]) -> Vec<&'p T> {
        let drawn: Vec<&T> = from.iter().filter(|_| self.chance(40)).collect();
        if drawn.is_empty() { vec![self.pick(from)] } else { drawn }
    }

    /// A score between 0 and the full mark, with few digits.
    fn score(&mut self, full_mark: i64) -> f64 {
        match self.between(0, 9) {
            0 => 0.0,
            1 => full_mark as f64,
            2 => over(full_mark * self.between(0, 1000), 1000),
            _ => over(full_mark * self.between(0, 20), 20),
        }
    }

    /// `count` different numbers of `from`, rising; fewer where there are not so many.
    fn rising(&mut self, from: &[f64], count: usize) -> Vec<f64> {
        let mut drawn: Vec<f64> = (0..count).map(|_| *self.pick(from)).collect();
        drawn.sort_by(f64::total_cmp);
        drawn.dedup();
        drawn
    }
}

#[test]
fn a_seed_names_one_case() {
    let (one, again, other) = (case(7), case(7), case(8));
    assert_eq!((&one.document, &one.observations, &one.cities), (&again.document, &again.observations, &again.cities));
    assert_ne!(one.document, other.document);
}

#[test]
fn a_few_hundred_cases_meet_every_rule() {
    let mut met: BTreeSet<String> = BTreeSet::new();
    for seed in 0..300 {
        let case = case(seed);
        for node in case.set.nodes() {
            met.insert(format!("{:?}", node.missing).split([' ', '{']).next().unwrap_or_default().to_owned());
            match &node.kind {
                NodeKind::Leaf(leaf) => {
                    met.extend(leaf.treatment.iter().map(|treatment| treatment.word().to_owned()));
                    met.insert(format!("imputed: {}", leaf.imputation.word()));
                    met.insert(leaf.scoring.word().to_owned())
                }
                NodeKind::Inner { aggregation, .. } => met.insert(aggregation.method.word().to_owned()),
            };
        }
        met.extend(case.observations.iter().map(|observation| observation.status.word().to_owned()));
    }
    let rules = [
        "ratio",
        "goalposts",
        "piecewise",
        "steps",
        "choice",
        "checklist",
        "benchmark_share",
        "survey",
        "scaled",
        "min_max",
        "z_score",
        "rank",
        "borda",
        "percentile_rank",
        "max_distance",
        "max_fraction",
        "target_distance",
        "reference_distance",
    ];
    let missing = ["Skip", "Zero", "NoScore", "PeerMean", "PeerMedian", "Previous"];
    let aggregations = [
        "arithmetic",
        "geometric",
        "harmonic",
        "power",
        "minimum",
        "median",
        "copeland",
        "mazziotta_pareto",
        "reported_points",
        "topsis",
        "vikor",
        "grey_relational",
        "fuzzy",
        "owa",
    ];
    let others = ["reported", "missing", "not_applicable", "rejected"];
    let treatments = ["winsorise", "log", "box_cox", "two_stage"];
    let imputations = ["none", "mean", "median", "previous", "interpolate", "row_mean"].map(|word| format!("imputed: {word}"));
    let all: BTreeSet<String> = rules
        .into_iter()
        .chain(missing)
        .chain(aggregations)
        .chain(others)
        .chain(treatments)
        .map(str::to_owned)
        .chain(imputations)
        .collect();
    assert_eq!(met, all);
}
