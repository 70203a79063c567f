//! The report of a city.

use citygauge_openapi::{Code, ScoreRow};

use super::{Gathered, Report, change, gaps, issue, method, percent, plain, quality, sources, sources_of};
use crate::assessments::kept;
use crate::assessments::reading::shown;
use crate::assessments::recompute::recompute;
use crate::assessments::weights::Weights;
use crate::auth::Reader;
use crate::benchmarks::intervals;
use crate::charts::{self, Opened};
use crate::reports::ReportError;
use crate::reports::document::Figures;
use crate::reports::document::context::{CityReport, LevelBand, Named, NodeResult, RankInterval, Total};
use crate::reports::figures::figure;
use crate::reports::workbook::{self, Tables};
use crate::rounds::visibility::Sight;
use crate::state::State;
use crate::store::reports::NewReport;
use crate::store::rounds;

/// Gathers what the report of a city tells.
pub(super) async fn gather(
    state: &State,
    reader: &Reader,
    asked: &NewReport,
    opened: &Opened,
    city: &str,
) -> Result<Gathered, ReportError> {
    let place = opened.place(city)?;
    let name = opened.name(city);
    let rows: Vec<ScoreRow> = (0..opened.set.nodes().len()).map(|node| opened.result.row(&opened.set, place, node)).collect();
    let assessment = recompute(state, &opened.stored).await?;
    let (gaps, analysis) = gaps::gather(state, asked, opened, &assessment, &rows).await?;
    let nodes = nodes(state, opened, &rows).await?;
    let total = total(state, opened, city, &rows[0]).await?;
    let figures = figures(state, reader, opened, (city, &name), &analysis.1).await?;
    let report = CityReport {
        report: issue(state, asked, opened),
        city: Named { code: city.to_owned(), name: name.clone() },
        period: opened.period.clone(),
        round: round(state, asked, opened).await?,
        assessment: sources::assessment(state, opened),
        set: sources::set(opened),
        release: sources::release(state, opened).await?,
        cohort: sources::cohort(opened)?,
        total,
        levels: levels(opened, &rows[0]),
        dimensions: nodes.iter().filter(|node| node.depth == 1).cloned().collect(),
        nodes,
        change: change::gather(state, opened, &assessment, city).await?,
        gaps: Some(gaps),
        quality: quality::gather(state, opened, city).await?,
        method: method::method(opened),
    };
    let running = format!("{name} · {}", opened.heading());
    let tables = Tables::City(Box::new(workbook::City {
        nodes: published(state, opened, &rows).await?,
        gaps: analysis.1.gaps,
        sources: sources_of(state, opened),
    }));
    Ok(Gathered { report: Report::City(Box::new(report)), figures, analysis: Some(analysis.0), running, tables })
}

async fn round(state: &State, asked: &NewReport, opened: &Opened) -> Result<Option<Named>, ReportError> {
    let Some(code) = &asked.round else { return Ok(None) };
    let profile = rounds::find(state.db(), code).await?.profile;
    let (first, second) = opened.language.pick((&profile.title_zh, &profile.title_en), (&profile.title_en, &profile.title_zh));
    let name = first.as_ref().or(second.as_ref()).unwrap_or(code).clone();
    Ok(Some(Named { code: code.clone(), name }))
}

async fn total(state: &State, opened: &Opened, city: &str, row: &ScoreRow) -> Result<Total, ReportError> {
    let of_total = |score: Option<f64>| shown(&opened.set, 0, score);
    let found = intervals::latest(state, &opened.stored.request.id, &opened.period).await?;
    let interval = found.and_then(|found| {
        let [low, high] = found.of(city)?;
        Some(RankInterval {
            from: plain(low),
            to: plain(high),
            replications: found.replications.to_string(),
            address: format!("{}/assessments/{}/uncertainty/{}", super::root(state), opened.stored.request.id, found.number),
        })
    });
    Ok(Total {
        score: of_total(row.score),
        full_mark: plain(opened.set.full_mark()),
        level: row.level.as_ref().map(|level| opened.level(level)),
        rank: row.rank.map(|rank| rank.to_string()),
        coverage: row.coverage.map(percent),
        low: of_total(row.low),
        high: of_total(row.high),
        interval,
    })
}

/// The bands, the highest first.
fn levels(opened: &Opened, total: &ScoreRow) -> Vec<LevelBand> {
    let Some(levels) = opened.set.levels() else { return Vec::new() };
    let is_reached = |code: &str| total.level.as_ref().is_some_and(|level| level.as_str() == code);
    let score = opened.language.pick("得分", "score");
    let upper = levels.edge == citygauge_indicators::Edge::UpperInclusive;
    let (above, below) = if upper { ("<", "≤") } else { ("≤", "<") };
    let bands = levels.bands.iter().enumerate().map(|(place, band)| {
        let from = format!("{} {above} {score}", plain(band.from));
        let to = levels.bands.get(place + 1).map_or_else(String::new, |next| format!(" {below} {}", plain(next.from)));
        LevelBand {
            title: opened.level(&Code::trusted(band.code.clone())),
            range: format!("{from}{to}"),
            reached: is_reached(&band.code),
        }
    });
    let staged = levels.staged.iter().map(|stage| LevelBand {
        title: opened.level(&Code::trusted(stage.code.clone())),
        range: opened
            .language
            .pick("满足本级及以下各级的全部要求", "all requirements of this level and of those below")
            .to_owned(),
        reached: is_reached(&stage.code),
    });
    let mut all: Vec<LevelBand> = bands.chain(staged).collect();
    all.reverse();
    all
}

/// Every node with its published numbers.
async fn published(state: &State, opened: &Opened, rows: &[ScoreRow]) -> Result<Vec<workbook::Node>, ReportError> {
    let shares = shares(state, opened).await?;
    let nodes = opened.set.nodes().iter().enumerate().map(|(index, node)| {
        let row = &rows[index];
        workbook::Node {
            code: node.code.clone(),
            title: opened.title(index),
            parent: node.parent,
            share: shares[index],
            value: row.value,
            unit: node.leaf().and_then(|leaf| leaf.unit.clone()),
            score: row.score,
            points: row.points,
            coverage: row.coverage,
            low: row.low,
            high: row.high,
            rank: row.rank,
            level: row.level.as_ref().map(|level| opened.level(level)),
        }
    });
    Ok(nodes.collect())
}

/// The shares that the assessment was computed with, node by node.
async fn shares(state: &State, opened: &Opened) -> Result<Vec<f64>, ReportError> {
    // Without derived weights the set itself has the shares.
    let derived = opened.set.derives_weights();
    let weights = if derived { kept::weights(state, &opened.manifest).await? } else { Weights::default() };
    let shares = weights.shares(&opened.period);
    let nodes = opened.set.nodes().iter();
    Ok(nodes.map(|node| shares.get(node.code.as_str()).copied().unwrap_or_else(|| node.share_f64())).collect())
}

async fn nodes(state: &State, opened: &Opened, rows: &[ScoreRow]) -> Result<Vec<NodeResult>, ReportError> {
    let shares = shares(state, opened).await?;
    let nodes = opened.set.nodes().iter().enumerate().map(|(index, node)| {
        let row = &rows[index];
        NodeResult {
            code: node.code.clone(),
            title: opened.title(index),
            depth: node.depth,
            leaf: node.leaf().is_some(),
            value: row.value.map(plain),
            unit: node.leaf().and_then(|leaf| leaf.unit.clone()),
            score: shown(&opened.set, index, row.score),
            points: row.points.map(|points| format!("{points:.2}")),
            share: percent(shares[index]),
            coverage: row.coverage.map(percent),
            rank: row.rank.map(|rank| rank.to_string()),
            level: row.level.as_ref().map(|level| opened.level(level)),
        }
    });
    Ok(nodes.collect())
}

async fn figures(
    state: &State,
    reader: &Reader,
    opened: &Opened,
    (code, name): (&str, &str),
    analysis: &citygauge_openapi::GapAnalysis,
) -> Result<Figures, ReportError> {
    let (city, language) = (Code::trusted(code.to_owned()), opened.language);
    let beside = charts::radar::Beside { sight: Some(Sight::All), peers: None, targets: None };
    let drawn = [
        ("score-card", charts::score_card::chart(state, reader, opened, &city).await?, ("得分卡", "score card")),
        ("radar", charts::radar::chart(opened, &city, beside)?, ("各维度得分与对标", "scores by dimension beside the peers")),
        ("wheel", charts::wheel::chart(state, opened, &city).await?, ("各级节点得分", "scores of all nodes")),
        (
            "waterfall",
            charts::waterfall::chart(analysis, &opened.set, None, name, language)?,
            ("由现状到参照的分值构成", "points from the present total to the reference"),
        ),
        (
            "priorities",
            charts::priorities::chart(analysis, &opened.set, name, language),
            ("差距、权重与难度", "gap, weight and difficulty"),
        ),
    ];
    let figures = drawn.into_iter().map(|(key, chart, (zh, en))| {
        let alt = language.pick(format!("{name}：{zh}"), format!("{name}: {en}"));
        (key.to_owned(), figure(chart, alt, language))
    });
    Ok(figures.collect())
}
