//! Closing a panel: its results become observations, in one transaction with the end of the scoring.
//!
//! The results are computed before that transaction begins; it then looks whether anything was said since, and is refused
//! where something was.

use std::collections::{HashMap, HashSet};

use citygauge_indicators::{Fault, Faults, IndicatorSet, Provider, QualityGrade};
use citygauge_openapi::{Code, Note, PanelGap};
use serde_json::{Value, json};

use super::results::{self, Cell};
use super::wrong_state;
use crate::auth::Caller;
use crate::error::Failure;
use crate::intake::Format;
use crate::intake::observations::{CityRegister, ObservationOptions, read};
use crate::jobs::recorded_form;
use crate::rounds::locks::Locks;
use crate::sets;
use crate::state::State;
use crate::store::Transaction;
use crate::store::observations::{self, Filter, NewObservation, Recorded, Status};
use crate::store::panels::{self, Panel, PanelState, scores};

/// The results of a panel as they stood at a moment.
pub struct Prepared {
    panel: Panel,
    /// The last score that was seen.
    last_id: i64,
    /// An observation for every city and item with enough scores.
    new: Vec<NewObservation>,
    /// The cities and items without, and how many scores they have.
    gaps: Vec<Cell>,
}

/// What became of the results.
pub struct Closed {
    /// The panel, closed.
    pub panel: Panel,
    /// Observations that were written.
    pub written: u64,
    /// Observations that said the same already.
    pub unchanged: u64,
    /// Cities and items of which nothing was written.
    pub not_written: Vec<PanelGap>,
}

/// Computes the results of an open panel and what they say as observations; `note` becomes that of each.
pub async fn prepare(state: &State, code: &str, note: Option<&Note>) -> Result<Prepared, Failure> {
    let mut panel = panels::find(state.db(), code).await?;
    open(&panel)?;
    let last_id = scores::last_id(state.db(), code).await?;
    let (_, set) = sets::find(state, &panel.profile.set).await?;
    // The results of a panel as they are once it is closed.
    panel.state = PanelState::Closed;
    let cells = results::of(state, state.db(), &panel, 0..results::cells(&panel)).await?;
    let (enough, gaps): (Vec<Cell>, Vec<Cell>) = cells.into_iter().partition(|cell| cell.enough);
    let (of, note) = (panel.clone(), note.cloned());
    let new = state.engine(move || checked(&of, &set, &enough, note.as_ref())).await??;
    panel.state = PanelState::Open;
    Ok(Prepared { panel, last_id, new, gaps })
}

/// Closes the panel and writes its results.
pub async fn close(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    panel: Panel,
    prepared: Prepared,
    note: Option<&Note>,
) -> Result<Closed, Failure> {
    open(&panel)?;
    if panel != prepared.panel || scores::last_id(transaction, &panel.profile.code).await? != prepared.last_id {
        return Err(Failure::conflict(
            "计算结果期间有新的评分，请重试",
            "a score was given while the results were computed: try again",
        ));
    }
    let Prepared { mut new, gaps, .. } = prepared;
    let (withdrawn, not_written) = withdrawn(transaction, &panel, &gaps, note).await?;
    new.extend(withdrawn);
    unlocked(transaction, caller, &panel, &new).await?;
    let recorded = Recorded { at_ms: state.now_ms(), by: caller.id(), import_id: None };
    let counts = observations::insert_batch(transaction, &new, recorded).await?;
    let closed = panels::replace(transaction, &Panel { state: PanelState::Closed, ..panel }, state.now_ms()).await?;
    Ok(Closed { panel: closed, written: counts.accepted, unchanged: counts.unchanged, not_written })
}

fn open(panel: &Panel) -> Result<(), Failure> {
    if panel.state == PanelState::Open {
        return Ok(());
    }
    Err(wrong_state(panel, "再次结束", "it cannot be closed again"))
}

/// Where the observations of a panel come from.
fn source(panel: &Panel) -> String {
    format!("panel {}", panel.profile.code)
}

/// The results as they are recorded. They are read as a file of them would be, so both know the same faults.
fn checked(panel: &Panel, set: &IndicatorSet, cells: &[Cell], note: Option<&Note>) -> Result<Vec<NewObservation>, Failure> {
    let rows: Vec<Value> = cells.iter().map(|cell| row(panel, cell, note)).collect();
    let known: CityRegister = panel.profile.cities.iter().cloned().collect();
    let options = ObservationOptions { known_cities: Some(&known), ..ObservationOptions::default() };
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let reading = read(Value::from(rows).to_string().as_bytes(), Format::Json, set, &options);
    if reading.is_sound() {
        return Ok(reading.rows.iter().map(|row| recorded_form(row, set)).collect());
    }
    // City and item say which result it is; there is no such file that a pointer could lead into.
    let mut faults = reading.faults;
    for fault in &mut faults.0 {
        (fault.pointer, fault.row) = (None, None);
    }
    Err(Failure::Invalid(faults))
}

fn row(panel: &Panel, cell: &Cell, note: Option<&Note>) -> Value {
    json!({
        "city": cell.city, "period": panel.profile.period, "item": cell.item, "value": cell.mean(panel),
        "quality": QualityGrade::PersonalEstimate.word(), "source": source(panel), "method": method(panel, cell),
        "provider": Provider::Expert.word(), "sample_size": cell.count, "note": note,
    })
}

/// How the value was obtained: how many said it, what was left out, how far apart they were.
fn method(panel: &Panel, cell: &Cell) -> String {
    let (count, left_out, trim) = (cell.count, cell.left_out, panel.profile.trim);
    let spread = cell.score.as_ref().map(|score| {
        let deviation = score.standard_deviation.map(|deviation| format!(", sd {deviation:.4}")).unwrap_or_default();
        format!("; {}..{}, median {}{deviation}", score.least, score.greatest, score.median)
    });
    let spread = spread.unwrap_or_default();
    format!(
        "专家评分的去尾均值 trimmed mean of experts' scores: n = {count}, trim = {trim}, {left_out} left out at each end{spread}"
    )
}

/// The observations of an earlier closing that no longer have enough scores, as missing; and every gap.
async fn withdrawn(
    transaction: &Transaction,
    panel: &Panel,
    gaps: &[Cell],
    note: Option<&Note>,
) -> Result<(Vec<NewObservation>, Vec<PanelGap>), Failure> {
    let mut earlier = HashMap::new();
    if !gaps.is_empty() {
        let filter = Filter {
            cities: panel.profile.cities.clone(),
            items: panel.profile.items.clone(),
            periods: vec![panel.profile.period.clone()],
            providers: vec![observations::Provider::Expert],
            ..Filter::default()
        };
        let found = observations::page(transaction, &filter, None, results::cells(panel) as u64).await?;
        let source = source(panel);
        let own = found.items.into_iter().map(|observation| observation.value);
        let own = own.filter(|value| value.status == Status::Reported && value.source == source);
        earlier.extend(own.map(|value| ((value.city.clone(), value.item.clone()), value)));
    }
    let (mut rows, mut told) = (Vec::new(), Vec::with_capacity(gaps.len()));
    for gap in gaps {
        let before = earlier.remove(&(gap.city.clone(), gap.item.clone()));
        told.push(PanelGap {
            city: Code::trusted(&gap.city),
            item: Code::trusted(&gap.item),
            count: gap.count as u64,
            withdrawn: before.is_some(),
        });
        rows.extend(before.map(|before| missing(panel, gap, before, note)));
    }
    Ok((rows, told))
}

fn missing(panel: &Panel, gap: &Cell, before: NewObservation, note: Option<&Note>) -> NewObservation {
    let (count, needed) = (gap.count, panel.profile.least_scores);
    let said = note.map(|note| format!(" {note}")).unwrap_or_default();
    NewObservation {
        number: None,
        status: Status::Missing,
        quality: String::new(),
        method: String::new(),
        note: Some(format!("评分数 {count} 少于 {needed}，原值撤回。{count} scores of {needed}: the value was withdrawn.{said}")),
        sample_size: None,
        ..before
    }
}

/// Refuses what a round has verified, unless there is a note that says why it is corrected.
async fn unlocked(transaction: &Transaction, caller: &Caller, panel: &Panel, new: &[NewObservation]) -> Result<(), Failure> {
    let cities: Vec<&str> = panel.profile.cities.iter().map(String::as_str).collect();
    let locks = Locks::hold(transaction, &cities).await?;
    let scope = caller.scope();
    let mut told = HashSet::new();
    let mut faults = Faults::default();
    for row in new {
        let found = locks.fault(&scope, (&row.city, &row.period, &row.item), row.note.as_deref());
        if let Some((submission, fault)) = found
            && told.insert(submission.place.id.clone())
        {
            faults.push(Fault::at(fault, "/note"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}
