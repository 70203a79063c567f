//! The score card of a city: total, bounds, level, coverage, rank, and what changed since the period before.

use citygauge_openapi::{Code, path_segment};

use super::{Chart, Opened, draw};
use crate::assessments::kept;
use crate::auth::Reader;
use crate::benchmarks::intervals;
use crate::error::Failure;
use crate::export::{Cell, Column};
use crate::rounds::visibility::{self, Operation};
use crate::state::State;

/// The card of a city.
pub async fn chart(state: &State, reader: &Reader, opened: &Opened, city: &Code) -> Result<Chart, Failure> {
    let card = card(state, reader, opened, city).await?;
    let columns = vec![Column::text("measure"), Column::number("value"), Column::text("text")];
    let rows = rows(&card);
    Ok(Chart::new(format!("score-card-{}", path_segment(city.as_str())), (columns, rows), move |style| card.svg(style)))
}

/// What the card shows.
pub async fn card(state: &State, reader: &Reader, opened: &Opened, city: &Code) -> Result<draw::ScoreCard, Failure> {
    let place = opened.place(city.as_str())?;
    let total = opened.result.row(&opened.set, place, 0);
    let bands = opened.set.levels().filter(|levels| levels.of.is_empty() || levels.of.iter().any(|of| of == "TOTAL"));
    let bands = bands
        .iter()
        .flat_map(|levels| &levels.bands)
        .map(|band| draw::Band { from: band.from, title: opened.level(&Code::trusted(band.code.clone())) });
    Ok(draw::ScoreCard {
        city: opened.name(city.as_str()),
        set: opened.set.document().title.get(opened.language).to_owned(),
        period: opened.period.clone(),
        full_mark: opened.set.full_mark(),
        total: total.score.map(|score| opened.shown(0, score)),
        low: total.low,
        high: total.high,
        level: total.level.as_ref().map(|level| opened.level(level)),
        bands: bands.collect(),
        coverage: total.coverage,
        rank: total.rank,
        cohort: opened.result.cities.len() as u64,
        rank_interval: rank_interval(state, reader, opened, city).await?,
        change: change(state, opened, city).await?,
    })
}

/// Between which ranks the city may stand, for whoever sees that in a benchmark too.
async fn rank_interval(state: &State, reader: &Reader, opened: &Opened, city: &Code) -> Result<Option<(u64, u64)>, Failure> {
    let sight = match visibility::of(state, reader, &opened.stored, Operation::Series).await {
        Err(Failure::Forbidden(_) | Failure::Unauthenticated(_)) => return Ok(None),
        found => found?,
    };
    if sight.require_city(city.as_str()).is_err() {
        return Ok(None);
    }
    let found = intervals::latest(state, &opened.stored.request.id, &opened.period).await?;
    // Ranks of quantiles may lie between two ranks: the interval holds both.
    Ok(found.and_then(|found| found.of(city.as_str())).map(|[low, high]| (low.floor() as u64, high.ceil() as u64)))
}

/// What changed since the period before that has a result of the city.
async fn change(state: &State, opened: &Opened, city: &Code) -> Result<Option<draw::Change>, Failure> {
    let before = opened.manifest.periods.iter().take_while(|of| of.period != opened.period).last();
    let Some(before) = before.map(|of| of.period.as_str()) else { return Ok(None) };
    let earlier = kept::open_node(state, &opened.manifest, |known| known == before, 0).await?.remove(0);
    let Some(place) = earlier.row_of(city.as_str()) else { return Ok(None) };
    let (then, now) = (earlier.row(&opened.set, place, 0), opened.result.row(&opened.set, opened.place(city.as_str())?, 0));
    let ranks = then.rank.zip(now.rank).map(|(then, now)| then as i64 - now as i64);
    let score = then.score.zip(now.score).map(|(then, now)| now - then);
    Ok(Some(draw::Change { since: before.to_owned(), score, ranks }))
}

fn rows(card: &draw::ScoreCard) -> Vec<Vec<Cell<'static>>> {
    let number = |measure: &'static str, value: Option<f64>| vec![measure.into(), value.into(), Cell::Empty];
    let text = |measure: &'static str, text: Option<String>| vec![measure.into(), Cell::Empty, text.into()];
    let count = |measure: &'static str, count: Option<u64>| number(measure, count.map(|count| count as f64));
    let change = card.change.as_ref();
    vec![
        text("city", Some(card.city.clone())),
        text("period", Some(card.period.clone())),
        vec![
            "score".into(),
            card.total.as_ref().map(|total| total.value).into(),
            card.total.as_ref().map(|total| total.text.clone()).into(),
        ],
        number("low", card.low),
        number("high", card.high),
        text("level", card.level.clone()),
        number("coverage", card.coverage),
        count("rank", card.rank),
        count("cohort", Some(card.cohort)),
        count("rank_low", card.rank_interval.map(|(low, _)| low)),
        count("rank_high", card.rank_interval.map(|(_, high)| high)),
        text("change_since", change.map(|change| change.since.clone())),
        number("change_score", change.and_then(|change| change.score)),
        number("change_ranks", change.and_then(|change| change.ranks).map(|ranks| ranks as f64)),
    ]
}
