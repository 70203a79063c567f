//! What a replication draws: from a seed, in a Sobol design, or given again from a table of parameters.
//!
//! Every row has a stream of its own of one generator, ChaCha with 8 rounds (Bernstein, 2008), so that neither threads
//! nor the number of rows change what a row draws. A uniform number is 53 bits of one 64-bit word, and an alternative
//! the whole part of it times their number.

use citygauge_indicators::{Fault, Faults, IndicatorSet};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use super::parameters::{Replay, is_result};
use super::plan::{Planned, Way};

/// What one choice drew.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Drawn {
    /// The place of an alternative.
    Alternative(usize),
    /// The weights of the nodes of the choice.
    Weights(Vec<f64>),
}

impl Drawn {
    /// The place of the alternative; 0 of numbers.
    pub(super) fn alternative(&self) -> usize {
        match self {
            Self::Alternative(place) => *place,
            Self::Weights(_) => 0,
        }
    }
}

/// What every choice drew in one replication.
pub(super) type Row = Vec<Drawn>;

/// As many rows as replications, each drawn by itself.
pub(super) fn independent(set: &IndicatorSet, planned: &[Planned], seed: u64, replications: usize) -> Vec<Row> {
    (0..replications).map(|row| drawn(set, planned, seed, row as u64)).collect()
}

/// The rows of a Sobol design: A and B drawn by themselves, then for every choice A with that choice's column of B.
///
/// Source: Saltelli et al., *Variance based sensitivity analysis of model output*, Computer Physics Communications 181
/// (2010), 259-270, section 2; rows in the order of COINr's `SA_sample`.
pub(super) fn sobol(set: &IndicatorSet, planned: &[Planned], seed: u64, base: usize) -> Vec<Row> {
    let matrix = |odd: u64| (0..base as u64).map(move |row| drawn(set, planned, seed, 2 * row + odd));
    let (a, b): (Vec<Row>, Vec<Row>) = (matrix(0).collect(), matrix(1).collect());
    let mixed = (0..planned.len()).flat_map(|choice| {
        a.iter().zip(&b).map(move |(a, b)| {
            let mut row = a.clone();
            row[choice] = b[choice].clone();
            row
        })
    });
    let mixed: Vec<Row> = mixed.collect();
    a.into_iter().chain(b).chain(mixed).collect()
}

fn drawn(set: &IndicatorSet, planned: &[Planned], seed: u64, stream: u64) -> Row {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    let mut uniform = || (random.next_u64() >> 11) as f64 * (-53f64).exp2();
    let of_choice = |choice: &Planned| match &choice.way {
        Way::Weights { nodes, plus_minus } => Drawn::Weights(
            nodes.iter().map(|&node| set.nodes()[node].weight * (1.0 + plus_minus * (2.0 * uniform() - 1.0))).collect(),
        ),
        _ => Drawn::Alternative(((uniform() * choice.labels.len() as f64) as usize).min(choice.labels.len() - 1)),
    };
    planned.iter().map(of_choice).collect()
}

/// The rows of a table of parameters: a column per choice, `CHOICE.NODE` for a drawn weight.
///
/// # Errors
/// Every column that is missing or belongs to no choice, and every cell that names no alternative or is no weight.
pub(super) fn replayed(set: &IndicatorSet, planned: &[Planned], replay: &Replay) -> Result<Vec<Row>, Faults> {
    let mut faults = Faults::default();
    let mut known = Vec::new();
    for name in planned.iter().flat_map(|choice| columns(set, choice)) {
        match replay.columns.iter().position(|column| *column == name) {
            Some(place) => known.push(place),
            None => faults.push(
                Fault::error("replay.column_missing", format!("缺少列“{name}”"), format!("the column '{name}' is missing"))
                    .column(name.clone())
                    .hint("使用同一组选择所得的参数表", "use the table of parameters of the same choices"),
            ),
        }
    }
    for (place, name) in replay.columns.iter().enumerate().filter(|(_, name)| !is_result(name)) {
        if !known.contains(&place) {
            faults.push(
                Fault::error(
                    "replay.unknown_column",
                    format!("没有选择对应列“{name}”"),
                    format!("no choice has a column '{name}'"),
                )
                .column(name.clone())
                .hint("删除该列，或补上相应的选择", "remove the column, or state the choice it belongs to"),
            );
        }
    }
    if replay.rows.is_empty() {
        faults.push(
            Fault::error("replay.empty", "参数表没有任何行", "the table of parameters has no rows")
                .hint("每次重复占一行", "give a row per replication"),
        );
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut rows = Vec::new();
    for (i, cells) in replay.rows.iter().enumerate() {
        let mut places = known.iter();
        let mut cell = || places.next().and_then(|&place| Some((cells.get(place)?.as_str(), replay.columns[place].as_str())));
        let mut row = Row::new();
        for choice in planned {
            let drawn = match &choice.way {
                Way::Weights { nodes, .. } => {
                    let weights = nodes.iter().map(|_| {
                        let (text, column) = cell().unwrap_or_default();
                        let weight = text.parse::<f64>().ok().filter(|weight| weight.is_finite() && *weight >= 0.0);
                        weight.ok_or_else(|| wrong_cell(i, column, text, "0 .."))
                    });
                    gathered(weights.collect::<Vec<_>>(), &mut faults).map(Drawn::Weights)
                }
                _ => {
                    let (text, column) = cell().unwrap_or_default();
                    let place = choice.labels.iter().position(|label| label == text);
                    gathered(vec![place.ok_or_else(|| wrong_cell(i, column, text, &choice.labels.join(" | ")))], &mut faults)
                        .map(|place| Drawn::Alternative(place[0]))
                }
            };
            row.extend(drawn);
        }
        rows.push(row);
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// All of them, or nothing and the faults noted.
fn gathered<T>(cells: Vec<Result<T, Fault>>, faults: &mut Faults) -> Option<Vec<T>> {
    let mut all = Vec::new();
    let mut complete = true;
    for cell in cells {
        match cell {
            Ok(cell) => all.push(cell),
            Err(fault) => {
                complete = false;
                faults.push(fault);
            }
        }
    }
    complete.then_some(all)
}

fn wrong_cell(row: usize, column: &str, text: &str, expected: &str) -> Fault {
    Fault::error("replay.wrong_cell", "单元格不是可用的参数", "the cell is no parameter of this choice")
        // The header is the first row.
        .row(row as u64 + 2)
        .column(column)
        .value(text)
        .expected(expected)
        .hint(format!("允许：{expected}"), format!("allowed: {expected}"))
}

/// The columns of a choice in a table of parameters.
pub(super) fn columns(set: &IndicatorSet, choice: &Planned) -> Vec<String> {
    match &choice.way {
        Way::Weights { nodes, .. } => nodes.iter().map(|&node| format!("{}.{}", choice.name, set.nodes()[node].code)).collect(),
        _ => vec![choice.name.clone()],
    }
}
