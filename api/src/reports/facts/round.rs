//! The report of all cities of an assessment.

use std::collections::HashMap;

use citygauge_assessment::benchmark::median;
use citygauge_openapi::{Code, ScoreRow};

use super::{Gathered, Report, completeness, issue, method, percent, plain, root, sources, sources_of};
use crate::assessments::reading::shown;
use crate::benchmarks::intervals::{self, Intervals};
use crate::charts::{self, Opened};
use crate::reports::ReportError;
use crate::reports::document::Figures;
use crate::reports::document::context::{
    Count, NodeStatistics, PartFigures, RankedCity, RoundFacts, RoundPart, RoundReport, Uncertainty,
};
use crate::reports::figures::figure;
use crate::reports::workbook::{self, Tables};
use crate::state::State;
use crate::store::reports::NewReport;
use crate::store::{rounds, uncertainty_analyses};

/// Gathers what the report of all cities tells.
pub(super) async fn gather(state: &State, asked: &NewReport, opened: &Opened) -> Result<Gathered, ReportError> {
    let found = intervals::latest(state, &opened.stored.request.id, &opened.period).await?;
    let uncertainty = match &found {
        Some(found) => Some(uncertainty(state, opened, found).await?),
        None => None,
    };
    let (uncertainty, groups) = uncertainty.map_or_else(|| (None, HashMap::new()), |(told, groups)| (Some(told), groups));
    let (figures, names) = figures(state, opened, found.is_some()).await?;
    let (round, class) = round(state, asked, opened).await?;
    let part = RoundPart {
        title: class,
        period: opened.period.clone(),
        assessment: sources::assessment(state, opened),
        set: sources::set(opened),
        release: sources::release(state, opened).await?,
        cohort: sources::cohort(opened)?,
        full_mark: plain(opened.set.full_mark()),
        ranking: ranking(opened, found.as_ref(), &groups),
        levels: levels(opened),
        statistics: statistics(opened),
        uncertainty,
        method: method::method(opened),
        figures: names,
    };
    let running = format!("{} · {}", round.title, opened.heading());
    let completeness = completeness::gather(state, asked, opened).await?;
    let report = RoundReport { report: issue(state, asked, opened), round, parts: vec![part], completeness };
    let tables = Tables::Round(Box::new(published(state, opened)));
    Ok(Gathered { report: Report::Round(Box::new(report)), figures, analysis: None, running, tables })
}

/// The round, and the class of its that was assessed; an assessment without a round stands for itself.
async fn round(state: &State, asked: &NewReport, opened: &Opened) -> Result<(RoundFacts, Option<String>), ReportError> {
    let language = opened.language;
    let (cities, periods) = (opened.result.cities.len().to_string(), opened.period.clone());
    let Some(code) = &asked.round else {
        let facts = RoundFacts {
            code: opened.stored.request.id.clone(),
            title: opened.set.document().title.get(language).to_owned(),
            periods,
            cities,
            opened: None,
            due: None,
            published: None,
        };
        return Ok((facts, None));
    };
    let round = rounds::find(state.db(), code).await?;
    let titled = |zh: &Option<String>, en: &Option<String>, code: &str| {
        let (first, second) = language.pick((zh, en), (en, zh));
        first.as_ref().or(second.as_ref()).map_or_else(|| code.to_owned(), Clone::clone)
    };
    let class = opened.stored.request.round.as_ref().and_then(|of| of.class.as_ref());
    let class = class.and_then(|class| round.profile.classes.iter().find(|known| known.code == *class));
    let class = class.map(|class| titled(&class.title_zh, &class.title_en, &class.code));
    let facts = RoundFacts {
        code: code.clone(),
        title: titled(&round.profile.title_zh, &round.profile.title_en, code),
        periods,
        cities,
        opened: round.profile.opens_at_ms.map(|at| super::day(at, language)),
        due: round.profile.due_at_ms.or(round.profile.closes_at_ms).map(|at| super::day(at, language)),
        published: opened.stored.finished_at_ms.map(|at| super::day(at, language)),
    };
    Ok((facts, class))
}

/// The cities by rank, those without a score last.
fn ranking(opened: &Opened, found: Option<&Intervals>, groups: &HashMap<String, usize>) -> Vec<RankedCity> {
    let mut rows: Vec<ScoreRow> = (0..opened.result.cities.len()).map(|row| opened.result.row(&opened.set, row, 0)).collect();
    rows.sort_by(|one, other| {
        (one.rank.is_none(), one.rank, one.city.as_str()).cmp(&(other.rank.is_none(), other.rank, other.city.as_str()))
    });
    let of_total = |score: Option<f64>| shown(&opened.set, 0, score);
    let ranked = rows.into_iter().map(|row| RankedCity {
        rank: row.rank.map(|rank| rank.to_string()),
        name: opened.name(row.city.as_str()),
        score: of_total(row.score),
        level: row.level.as_ref().map(|level| opened.level(level)),
        coverage: row.coverage.map(percent),
        low: of_total(row.low),
        high: of_total(row.high),
        interval: found
            .and_then(|found| found.of(row.city.as_str()))
            .map(|[low, high]| format!("{}–{}", plain(low), plain(high))),
        group: groups.get(row.city.as_str()).map(ToString::to_string),
        code: row.city.into_string(),
    });
    ranked.collect()
}

/// The cities by rank, those without a score last, with their scores on the total and on the dimensions.
fn published(state: &State, opened: &Opened) -> workbook::Round {
    let nodes: Vec<usize> = std::iter::once(0).chain(opened.dimensions().iter().copied()).collect();
    let mut cities: Vec<workbook::Ranked> = (0..opened.result.cities.len())
        .map(|place| {
            let rows: Vec<ScoreRow> = nodes.iter().map(|&node| opened.result.row(&opened.set, place, node)).collect();
            workbook::Ranked {
                code: rows[0].city.to_string(),
                name: opened.name(rows[0].city.as_str()),
                rank: rows[0].rank,
                level: rows[0].level.as_ref().map(|level| opened.level(level)),
                coverage: rows[0].coverage,
                scores: rows.iter().map(|row| row.score).collect(),
            }
        })
        .collect();
    cities.sort_by(|one, other| (one.rank.is_none(), one.rank, &one.code).cmp(&(other.rank.is_none(), other.rank, &other.code)));
    let total = opened.language.pick("总分", "Total").to_owned();
    let titles = nodes.iter().map(|&node| if node == 0 { total.clone() } else { opened.title(node) });
    workbook::Round { nodes: titles.collect(), cities, sources: sources_of(state, opened) }
}

/// How many cities reached each level, the highest first.
fn levels(opened: &Opened) -> Vec<Count> {
    let Some(levels) = opened.set.levels() else { return Vec::new() };
    let codes = levels.bands.iter().map(|band| &band.code).chain(levels.staged.iter().map(|stage| &stage.code));
    let cities = opened.result.cities.len();
    let reached: Vec<Option<Code>> = (0..cities).map(|row| opened.result.row(&opened.set, row, 0).level).collect();
    let counted = codes.map(|code| {
        let count = reached.iter().flatten().filter(|level| level.as_str() == code).count();
        Count {
            title: opened.level(&Code::trusted(code.clone())),
            count: count.to_string(),
            share: percent(if cities == 0 { 0.0 } else { count as f64 / cities as f64 }),
        }
    });
    let mut counted: Vec<Count> = counted.collect();
    counted.reverse();
    counted
}

/// The total first, then the dimensions.
fn statistics(opened: &Opened) -> Vec<NodeStatistics> {
    let nodes = std::iter::once(0).chain(opened.dimensions().iter().copied());
    let of = |node: usize| {
        let rows: Vec<ScoreRow> = (0..opened.result.cities.len()).map(|row| opened.result.row(&opened.set, row, node)).collect();
        let mut scores: Vec<f64> = rows.iter().filter_map(|row| row.score).collect();
        scores.sort_by(f64::total_cmp);
        let count = scores.len();
        let mean = (count > 0).then(|| scores.iter().sum::<f64>() / count as f64);
        let sd = mean.filter(|_| count > 1).map(|mean| {
            let squares: f64 = scores.iter().map(|score| (score - mean) * (score - mean)).sum();
            (squares / (count as f64 - 1.0)).sqrt()
        });
        let best = rows
            .iter()
            .filter(|row| row.score.is_some() && row.score == scores.last().copied())
            .min_by(|one, other| one.city.cmp(&other.city));
        let text = |value: Option<f64>| shown(&opened.set, node, value);
        NodeStatistics {
            title: opened.title(node),
            share: percent(opened.set.nodes()[node].share_f64()),
            cities: count.to_string(),
            mean: text(mean),
            median: text(median(&scores)),
            sd: text(sd),
            min: text(scores.first().copied()),
            max: text(scores.last().copied()),
            best: best.map(|row| opened.name(row.city.as_str())),
        }
    };
    nodes.map(of).collect()
}

/// What the analysis tells, and the number of the group of every city that is in one.
async fn uncertainty(
    state: &State,
    opened: &Opened,
    found: &Intervals,
) -> Result<(Uncertainty, HashMap<String, usize>), ReportError> {
    let id = &opened.stored.request.id;
    let number = i64::try_from(found.number).unwrap_or(i64::MAX);
    let stored = uncertainty_analyses::find_numbered(state.db(), id, number).await?;
    let summary = stored.summary.clone().map(serde_json::from_value::<citygauge_openapi::UncertaintySummary>);
    let summary = summary.transpose().map_err(crate::error::Failure::internal)?;
    let language = opened.language;
    let choices = stored.asked.request["choices"].as_array().cloned().unwrap_or_default();
    let told = choices.iter().map(|choice| {
        let kind = choice["kind"].as_str().unwrap_or_default();
        let (zh, en) = match kind {
            "weights" => ("权重", "weights"),
            "scoring" => ("计分规则", "scoring rules"),
            "aggregation" => ("汇总方法", "aggregation"),
            "missing" => ("缺失规则", "missing rules"),
            "treatment" => ("异常值处理", "treatment of outliers"),
            "leave_out" => ("剔除节点", "nodes left out"),
            other => (other, other),
        };
        let words = language.pick(zh, en);
        match choice["plus_minus"].as_f64() {
            Some(part) => format!("{words} ±{}", percent(part)),
            None => words.to_owned(),
        }
    });
    let numbered = summary.iter().flat_map(|summary| &summary.groups).zip(1..);
    let numbered = numbered.flat_map(|(group, number)| group.iter().map(move |city| (city.to_string(), number))).collect();
    let groups = summary.iter().flat_map(|summary| &summary.groups).map(|group| {
        let names: Vec<String> = group.iter().map(|city| opened.name(city.as_str())).collect();
        names.join(language.pick("、", ", "))
    });
    let told = Uncertainty {
        number: found.number.to_string(),
        address: format!("{}/assessments/{id}/uncertainty/{}", root(state), found.number),
        replications: found.replications.to_string(),
        seed: stored.asked.request["seed"].to_string(),
        choices: told.collect(),
        shift: summary.as_ref().and_then(|summary| summary.mean_rank_shift).map(plain),
        rule: match (&summary, language) {
            (Some(summary), citygauge_indicators::Language::Zh) => {
                format!("在至少 {} 的重复抽样中名次不低于组内首位城市者，视为与其不可区分", percent(summary.indistinct))
            }
            (Some(summary), citygauge_indicators::Language::En) => {
                let share = percent(summary.indistinct);
                format!(
                    "a city that is level with or ahead of the first of its group in at least {share} of the replications belongs to it"
                )
            }
            (None, _) => String::new(),
        },
        groups: groups.collect(),
    };
    Ok((told, numbered))
}

async fn figures(state: &State, opened: &Opened, has_intervals: bool) -> Result<(Figures, PartFigures), ReportError> {
    let language = opened.language;
    let alt = |zh: &str, en: &str| language.pick(format!("{}：{zh}", opened.heading()), format!("{}: {en}", opened.heading()));
    let mut figures = Figures::new();
    let mut names = PartFigures::default();
    let mut add = |name: &str, chart: charts::Chart, alt: String| {
        figures.insert(name.to_owned(), figure(chart, alt, language));
        Some(name.to_owned())
    };
    names.ranking =
        add("distribution", charts::distribution::chart(opened, 0, None)?, alt("总分分布", "distribution of the totals"));
    if !opened.dimensions().is_empty() {
        names.heatmap = add("heatmap", charts::heatmap::chart(opened, None)?, alt("城市与维度", "cities and dimensions"));
    }
    if has_intervals {
        let chart = charts::intervals::chart(state, opened, None).await?;
        names.intervals = add("intervals", chart, alt("名次区间", "rank intervals"));
    }
    Ok((figures, names))
}
