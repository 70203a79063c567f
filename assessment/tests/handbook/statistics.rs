//! Statistics of a set as rows of text and numbers, for the blocks `csv statistics WHAT [NAME=VALUE ...]` of the handbook.

use std::collections::BTreeMap;

use citygauge_assessment::Assessment;
use citygauge_assessment::statistics::{
    CorrelationKind, Correlations, IndicatorLimits, Members, Of, Screening, Standing, Statistics,
};

/// What a cell of a row holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    Number(Option<f64>),
}

/// A row by column.
pub type Row = BTreeMap<&'static str, Cell>;

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn count(count: usize) -> Cell {
    Cell::Number(Some(count as f64))
}

/// The rows of a kind of statistics of the latest period.
pub fn rows(assessment: &Assessment, words: &[&str]) -> Vec<Row> {
    let (what, rest) = words.split_first().expect("a kind of statistics");
    let given: BTreeMap<&str, &str> = rest.iter().filter_map(|word| word.split_once('=')).collect();
    let period = assessment.periods().last().expect("a period");
    let statistics = Statistics::of(assessment, period).expect("a result");
    let nodes = assessment.set().nodes();
    let code = |node: usize| text(nodes[node].code.clone());
    let kind = match given.get("kind").copied() {
        None | Some("pearson") => CorrelationKind::Pearson,
        Some("spearman") => CorrelationKind::Spearman,
        Some("kendall") => CorrelationKind::Kendall,
        Some(other) => panic!("no correlation is called {other}"),
    };
    let of = if given.get("of") == Some(&"value") { Of::Value } else { Of::Score };
    let members = if given.get("members") == Some(&"leaves") { Members::Leaves } else { Members::Children };
    let absence = |absence: Option<citygauge_assessment::statistics::Absence>| text(absence.map_or("", |absence| absence.word()));
    match *what {
        "indicators" => {
            let found = statistics.indicators(&IndicatorLimits::default()).expect("no defect");
            let row = |of: citygauge_assessment::statistics::IndicatorStatistics| {
                BTreeMap::from([
                    ("node", code(of.node)),
                    ("of", text(of.of.word())),
                    ("available", count(of.available)),
                    ("available_share", Cell::Number(of.available_share)),
                    ("zeros", count(of.zeros)),
                    ("distinct", count(of.distinct)),
                    ("mean", Cell::Number(of.mean)),
                    ("median", Cell::Number(of.median)),
                    ("sd", Cell::Number(of.sd)),
                    ("skewness", Cell::Number(of.skewness)),
                    ("kurtosis", Cell::Number(of.kurtosis)),
                    ("outliers_high", count(of.outliers.high)),
                    ("concerns", text(of.concerns.iter().map(|concern| concern.word()).collect::<Vec<_>>().join(" "))),
                ])
            };
            found.into_iter().map(row).collect()
        }
        "correlations" => {
            let asked = Correlations { kind, of, ..Correlations::default() };
            let found = statistics.correlations(&asked).expect("no defect").into_iter();
            let row = |of: citygauge_assessment::statistics::Correlation| {
                BTreeMap::from([
                    ("one", code(of.one)),
                    ("other", code(of.other)),
                    ("cities", count(of.cities)),
                    ("correlation", Cell::Number(of.correlation)),
                    ("p_value", Cell::Number(of.p_value)),
                    ("relation", text(of.relation.map_or("", |relation| relation.word()))),
                ])
            };
            found.map(row).collect()
        }
        "consistency" => {
            let found = statistics.consistency(members, of, None).expect("no defect").into_iter();
            let row = |of: citygauge_assessment::statistics::Consistency| {
                BTreeMap::from([
                    ("node", code(of.node)),
                    ("members", count(of.members)),
                    ("alpha", Cell::Number(of.alpha)),
                    ("reason", absence(of.absence)),
                ])
            };
            found.map(row).collect()
        }
        "components" => {
            let found = statistics.components(members, of, None).expect("no defect").into_iter();
            let of_node = |of: citygauge_assessment::statistics::Components| {
                let mut rows = Vec::new();
                for (place, component) in of.components.iter().enumerate() {
                    for (&member, &loading) in of.members.iter().zip(&component.loadings) {
                        rows.push(BTreeMap::from([
                            ("node", code(of.node)),
                            ("component", count(place + 1)),
                            ("variance", Cell::Number(Some(component.variance))),
                            ("share", Cell::Number(Some(component.share))),
                            ("member", code(member)),
                            ("loading", Cell::Number(Some(loading))),
                        ]));
                    }
                }
                rows
            };
            found.flat_map(of_node).collect()
        }
        "availability" => {
            let row = |of: citygauge_assessment::statistics::Availability| {
                BTreeMap::from([
                    ("city", text(of.city)),
                    ("node", code(of.node)),
                    ("leaves", count(of.leaves)),
                    ("missing", count(of.missing)),
                    ("zeros", count(of.zeros)),
                    ("available_share", Cell::Number(of.available_share)),
                    ("nonzero_share", Cell::Number(of.nonzero_share)),
                ])
            };
            statistics.availability(|_| true).into_iter().map(row).collect()
        }
        "screening" => {
            let least = given.get("least").map_or(0.65, |least| least.parse().expect("a share"));
            let found = statistics.screening(&Screening { least, ..Screening::default() }).expect("no fault");
            let row = |of: citygauge_assessment::statistics::Screened| {
                BTreeMap::from([
                    ("city", text(of.data.city)),
                    ("available_share", Cell::Number(of.data.available_share)),
                    ("low_data", text(of.low_data.to_string())),
                    ("included", text(of.included.to_string())),
                ])
            };
            found.into_iter().map(row).collect()
        }
        "balance" => {
            let row = |of: citygauge_assessment::statistics::Balance| {
                BTreeMap::from([
                    ("node", code(of.node)),
                    ("weight", Cell::Number(of.weight)),
                    ("share", Cell::Number(Some(of.share))),
                    ("correlation", Cell::Number(of.correlation)),
                    ("correlation_with_total", Cell::Number(of.correlation_with_total)),
                    ("importance", Cell::Number(of.importance)),
                    ("importance_share", Cell::Number(of.importance_share)),
                ])
            };
            statistics.balance(kind).expect("no defect").into_iter().map(row).collect()
        }
        "standings" => {
            let most = given.get("most").map_or(5, |most| most.parse().expect("a number"));
            let found = statistics.standings(given["city"], of, most).expect("a city of the period");
            let row = |word: &str, standing: &Standing| {
                BTreeMap::from([
                    ("standing", text(word)),
                    ("node", code(standing.node)),
                    ("rank", Cell::Number(Some(standing.rank.into()))),
                    ("cities", Cell::Number(Some(standing.cities.into()))),
                    ("value", Cell::Number(standing.value)),
                ])
            };
            let strengths = found.strengths.iter().map(|standing| row("strength", standing));
            strengths.chain(found.weaknesses.iter().map(|standing| row("weakness", standing))).collect()
        }
        other => panic!("no statistics are called '{other}'"),
    }
}
