//! What comes out of a panel, city by city and item by item.

use std::collections::HashMap;
use std::ops::Range;

use citygauge_assessment::{PanelScore, Trim};

use crate::error::Failure;
use crate::state::State;
use crate::store::ConnectionTrait;
use crate::store::panels::{Panel, PanelState, scores};

/// Cities and items whose scores are in memory at once.
pub const CHUNK: usize = 1_000;

/// The result of a city and item.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The city.
    pub city: String,
    /// The data item.
    pub item: String,
    /// How many scores there are.
    pub count: usize,
    /// How many of them are left out at each end.
    pub left_out: usize,
    /// Whether there are as many as the panel asks for.
    pub enough: bool,
    /// What they say; none without scores, and while the panel is open.
    pub score: Option<PanelScore>,
}

impl Cell {
    /// The trimmed mean as the panel rounds it, where there are enough scores.
    pub fn mean(&self, panel: &Panel) -> Option<f64> {
        let score = self.score.as_ref().filter(|_| self.enough)?;
        Some(panel.profile.places.map_or_else(|| score.mean(), |places| score.rounded_mean(places.into())))
    }
}

/// How many cities and items a panel has.
pub fn cells(panel: &Panel) -> usize {
    panel.profile.cities.len() * panel.profile.items.len()
}

/// The city and item with this number, counted from 0 by city and item.
fn place(panel: &Panel, number: usize) -> (&str, &str) {
    let items = &panel.profile.items;
    (&panel.profile.cities[number / items.len()], &items[number % items.len()])
}

/// The number of the city and item that follow these in the order of the results.
pub fn after(panel: &Panel, city: &str, item: &str) -> usize {
    let profile = &panel.profile;
    let of_city = profile.cities.partition_point(|known| known.as_str() < city);
    if profile.cities.get(of_city).is_none_or(|known| known != city) {
        return of_city * profile.items.len();
    }
    of_city * profile.items.len() + profile.items.partition_point(|known| known.as_str() <= item)
}

/// The results of some cities and items, at most [`CHUNK`] at a time. While the panel is open they are counts.
pub async fn of(state: &State, conn: &impl ConnectionTrait, panel: &Panel, numbers: Range<usize>) -> Result<Vec<Cell>, Failure> {
    let mut found = Vec::with_capacity(numbers.len());
    let mut start = numbers.start;
    while start < numbers.end {
        let end = numbers.end.min(start + CHUNK);
        found.extend(chunk(state, conn, panel, start..end).await?);
        start = end;
    }
    Ok(found)
}

async fn chunk(state: &State, conn: &impl ConnectionTrait, panel: &Panel, numbers: Range<usize>) -> Result<Vec<Cell>, Failure> {
    let profile = &panel.profile;
    let trim = trim(panel)?;
    let given = scores::between(conn, &profile.code, place(panel, numbers.start), place(panel, numbers.end - 1)).await?;
    let mut by_place: HashMap<(String, String), Vec<f64>> = HashMap::new();
    for (city, item, score) in given {
        by_place.entry((city, item)).or_default().push(score);
    }
    let places: Vec<(String, String)> =
        numbers.map(|number| place(panel, number)).map(|(city, item)| (city.to_owned(), item.to_owned())).collect();
    let (counts_only, least_scores) = (panel.state == PanelState::Open, profile.least_scores as usize);
    let cells = state
        .engine(move || {
            let cell = |place: (String, String)| {
                let scores = by_place.remove(&place).unwrap_or_default();
                let count = scores.len();
                let score = if counts_only { None } else { PanelScore::of(&scores, &trim) };
                let (left_out, enough) = (trim.left_out(count), count >= least_scores);
                Cell { city: place.0, item: place.1, count, left_out, enough, score }
            };
            places.into_iter().map(cell).collect::<Vec<_>>()
        })
        .await?;
    if !counts_only && cells.iter().any(|cell| cell.count > 0 && cell.score.is_none()) {
        return Err(Failure::internal(format!("a score of the panel {} is not finite", profile.code)));
    }
    Ok(cells)
}

/// What the panel leaves out; it was checked before it was kept.
pub fn trim(panel: &Panel) -> Result<Trim, Failure> {
    let (code, trim) = (&panel.profile.code, panel.profile.trim);
    Trim::new(trim).ok_or_else(|| Failure::internal(format!("the panel {code} leaves out {trim}")))
}
