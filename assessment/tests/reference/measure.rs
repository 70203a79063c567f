//! From observations to the raw value of every leaf (4.1), and what of it applies and is there (4.5).

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::{City, IndicatorSet, Item, ItemKind, Leaf, Observation, Period, Scoring, Status, Value};
use num_traits::{One, Zero};

use super::Warning;
use super::formula::Evaluation;
use super::number::{Exact, decimal, whole};
use super::rules::Raw;

/// A city in a period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub period: Period,
    pub city: String,
}

/// The observations with the rows they make.
pub struct Data<'d> {
    pub set: &'d IndicatorSet,
    pub rows: Vec<Row>,
    observed: BTreeMap<(&'d str, Period, &'d str), &'d Observation>,
    cities: Option<&'d [City]>,
}

/// What is known of a leaf in a row.
pub struct Measured {
    /// The raw value, before any treatment.
    pub raw: Option<Raw>,
    /// Whether the leaf applies to the city.
    pub applies: bool,
    /// What part of a checklist was reported; absent for every other rule, and where it does not apply.
    pub reported: Option<Exact>,
}

impl<'d> Data<'d> {
    pub fn new(set: &'d IndicatorSet, observations: &'d [Observation], cities: Option<&'d [City]>) -> Self {
        let observed = observations.iter().map(|o| ((o.city.as_str(), o.period, o.item.as_str()), o)).collect();
        Self { set, rows: rows(observations, cities), observed, cities }
    }

    /// The periods that some observation names.
    pub fn periods(&self) -> BTreeSet<Period> {
        self.rows.iter().map(|row| row.period).collect()
    }

    /// An attribute of a city, where it has one that is not empty.
    pub fn attribute(&self, city: &str, name: &str) -> Option<&str> {
        let city = self.cities?.iter().find(|candidate| candidate.code == city)?;
        city.attributes.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of an item in a row, where it was reported.
    pub fn number(&self, city: &str, period: Period, item: &str) -> Option<Exact> {
        match self.reported(city, period, item)? {
            Value::Number(number) => Some(decimal(*number)),
            Value::Choice(_) => None,
        }
    }

    fn reported(&self, city: &str, period: Period, item: &str) -> Option<&Value> {
        let observation = self.observed.get(&(city, period, item))?;
        if observation.status == Status::Reported { observation.value.as_ref() } else { None }
    }

    fn is_not_applicable(&self, row: &Row, item: &str) -> bool {
        self.observed.get(&(row.city.as_str(), row.period, item)).is_some_and(|o| o.status == Status::NotApplicable)
    }

    /// What is known of a leaf in a row; warnings name `node`.
    pub fn measure(&self, leaf: &Leaf, node: &str, row: &Row, warnings: &mut BTreeSet<Warning>) -> Measured {
        if let Scoring::Checklist { items } = &leaf.scoring {
            return self.checklist(items, row);
        }
        let raw = self.raw(leaf, node, row, warnings);
        let reads_what_does_not_apply = leaf.items.iter().any(|&item| self.is_not_applicable(row, &self.set.items()[item].code));
        Measured { applies: raw.is_some() || !reads_what_does_not_apply, raw, reported: None }
    }

    fn raw(&self, leaf: &Leaf, node: &str, row: &Row, warnings: &mut BTreeSet<Warning>) -> Option<Raw> {
        let formula = leaf.formula.as_ref().expect("every leaf but a checklist has a formula");
        if let Some(item) = formula.as_item().and_then(|code| self.item(code)).filter(|item| item.kind == ItemKind::Choice) {
            return match self.reported(&row.city, row.period, &item.code)? {
                Value::Choice(option) => Some(Raw::Option(option.clone())),
                Value::Number(number) => panic!("{number} is no option of {}", item.code),
            };
        }
        self.evaluate(formula, node, row, warnings).map(Raw::Number)
    }

    /// The value of a formula in a row; warnings name `node`.
    pub fn evaluate(
        &self,
        formula: &citygauge_indicators::formula::Formula,
        node: &str,
        row: &Row,
        warnings: &mut BTreeSet<Warning>,
    ) -> Option<Exact> {
        let item = |code: &str, earlier: u32| self.number(&row.city, row.period.earlier(earlier), code);
        let mode = self.set.document().rounding.as_ref().map_or_else(Default::default, |rounding| rounding.mode);
        let mut evaluation = Evaluation { item: &item, mode, warnings: Vec::new() };
        let value = evaluation.formula(formula);
        warnings.extend(evaluation.warnings.into_iter().map(|code| Warning::new(code, row, node)));
        value
    }

    /// Points of the items that hold, over the points of those that apply.
    fn checklist(&self, items: &[(String, f64)], row: &Row) -> Measured {
        let (mut held, mut reported, mut applicable) = (Exact::zero(), Exact::zero(), Exact::zero());
        for (item, points) in items {
            if self.is_not_applicable(row, item) {
                continue;
            }
            let points = decimal(*points);
            applicable += &points;
            if let Some(value) = self.number(&row.city, row.period, item) {
                reported += &points;
                if value.is_one() {
                    held += &points;
                }
            }
        }
        if applicable.is_zero() {
            return Measured { raw: None, applies: false, reported: None };
        }
        let raw = (!reported.is_zero()).then(|| Raw::Number(held / &applicable));
        Measured { raw, applies: true, reported: Some(reported / applicable) }
    }

    fn item(&self, code: &str) -> Option<&Item> {
        self.set.items().iter().find(|item| item.code == code)
    }
}

/// With a list of cities every city in every period of the data; without one, the pairs that occur in the data.
fn rows(observations: &[Observation], cities: Option<&[City]>) -> Vec<Row> {
    let mut rows: BTreeSet<Row> = BTreeSet::new();
    for observation in observations {
        match cities {
            None => {
                rows.insert(Row { period: observation.period, city: observation.city.clone() });
            }
            Some(cities) => rows.extend(cities.iter().map(|city| Row { period: observation.period, city: city.code.clone() })),
        }
    }
    rows.into_iter().collect()
}

/// The part of a leaf that is there: 1 with a score and 0 without; of a checklist, what was reported.
pub fn coverage_of_leaf(measured: &Measured, has_score: bool) -> Option<Exact> {
    match &measured.reported {
        _ if !measured.applies => None,
        Some(reported) => Some(reported.clone()),
        None => Some(whole(i32::from(has_score))),
    }
}
