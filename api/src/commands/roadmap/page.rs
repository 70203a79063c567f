//! A roadmap as a page on a terminal: a chart of the years, what is spent, what is expected, what is dropped.

use citygauge_indicators::planning::Roadmap as Asked;
use citygauge_indicators::{IndicatorSet, Language};
use citygauge_openapi::{self as wire, RoadmapReason};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use crate::commands::shown::{places, shown, signed};
use crate::export::number::shortest;

/// The page.
pub(super) fn render(roadmap: &wire::RoadmapPlan, asked: &Asked, set: &IndicatorSet, language: Language) -> String {
    let mut page = format!("{}  {}  {}\n", asked.title.get(language), roadmap.city.as_str(), roadmap.period.as_str());
    page.push_str(&proof(roadmap, language));
    page.push_str(&format!("{}\n\n", chart(roadmap, asked, language)));
    page.push_str(&format!("{}\n\n", years(roadmap, set, language)));
    let chain = roadmap.critical_path.join(" -> ");
    let years_of_chain = roadmap.critical_years;
    page.push_str(&match language {
        Language::Zh => format!("关键路径（{years_of_chain} 年）：{chain}\n\n"),
        Language::En => format!("Critical path ({years_of_chain} years): {chain}\n\n"),
    });
    page.push_str(&format!("{}\n", shrunk(roadmap, language)));
    page
}

fn proof(roadmap: &wire::RoadmapPlan, language: Language) -> String {
    let points = shown(roadmap.points, 3);
    let gap = shown(roadmap.bound - roadmap.objective, 3);
    match (language, roadmap.optimal) {
        (Language::Zh, true) => format!("各年增加的总分合计 {points}；已证明最优\n"),
        (Language::Zh, false) => format!("各年增加的总分合计 {points}；未证明最优，最多还可增加 {gap}\n"),
        (Language::En, true) => format!("points of the total gained, summed over the years: {points}; proven optimal\n"),
        (Language::En, false) => {
            format!("points of the total gained, summed over the years: {points}; not proven optimal, at most {gap} more\n")
        }
    }
}

/// A row per project, a column per year.
fn chart(roadmap: &wire::RoadmapPlan, asked: &Asked, language: Language) -> Table {
    let all: Vec<u32> = (0..asked.terms.horizon()).map(|place| asked.year(place)).collect();
    let words = match language {
        Language::Zh => ["项目", "费用", "备注"],
        Language::En => ["project", "cost", "note"],
    };
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    let years = all.iter().map(ToString::to_string);
    table.set_header([words[0].to_owned()].into_iter().chain(years).chain([words[1].to_owned(), words[2].to_owned()]));
    for it in &roadmap.schedule {
        let runs = |year: u32| it.start.zip(it.end).is_some_and(|(start, end)| (start..=end).contains(&year));
        let bar = if it.critical { "####" } else { "====" };
        let bars = all.iter().map(|year| if runs(*year) { bar } else { "" }.to_owned());
        let title = format!("{} {}", it.project, it.title.get(language));
        let note = match (&it.dropped, &it.because_of) {
            (Some(reason), Some(other)) => format!("{} {other}", dropped(*reason, language)),
            (Some(reason), None) => dropped(*reason, language).to_owned(),
            (None, _) => String::new(),
        };
        table.add_row([title].into_iter().chain(bars).chain([shortest(it.cost), note]));
    }
    table
}

fn dropped(reason: RoadmapReason, language: Language) -> &'static str {
    match (language, reason) {
        (Language::Zh, RoadmapReason::Horizon) => "未列入：年限不足",
        (Language::Zh, RoadmapReason::Dependency) => "未列入：所依赖的项目未列入",
        (Language::Zh, RoadmapReason::Exclusive) => "未列入：已选互斥项目",
        (Language::Zh, RoadmapReason::Budget) => "未列入：预算不足",
        (Language::Zh, RoadmapReason::NoGain) => "未列入：没有增益",
        (Language::En, RoadmapReason::Horizon) => "dropped: does not fit into the years",
        (Language::En, RoadmapReason::Dependency) => "dropped: depends on",
        (Language::En, RoadmapReason::Exclusive) => "dropped: excluded by",
        (Language::En, RoadmapReason::Budget) => "dropped: budget",
        (Language::En, RoadmapReason::NoGain) => "dropped: no gain",
    }
}

/// A row per year: what is spent in it, and the city as it is then.
fn years(roadmap: &wire::RoadmapPlan, set: &IndicatorSet, language: Language) -> Table {
    let words = match language {
        Language::Zh => ["年份", "可用", "支出", "预期总分", "等级", "折算增分"],
        Language::En => ["year", "available", "spent", "expected total", "level", "points gained"],
    };
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(words);
    for column in [1, 2, 3, 5] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for year in &roadmap.years {
        let spend = roadmap.spend.iter().find(|spend| spend.year == year.year);
        table.add_row([
            year.year.to_string(),
            spend.map(|spend| shown(spend.available, 2)).unwrap_or_default(),
            spend.map(|spend| shown(spend.spent, 2)).unwrap_or_default(),
            year.score.map(|score| shown(score, places(set))).unwrap_or_default(),
            year.level.clone().unwrap_or_default(),
            signed(year.points_gained, 3),
        ]);
    }
    table
}

/// A row per part of the budget.
fn shrunk(roadmap: &wire::RoadmapPlan, language: Language) -> Table {
    let words = match language {
        Language::Zh => ["预算", "增分合计", "是否最优", "未列入的项目"],
        Language::En => ["budget", "points", "optimal", "dropped"],
    };
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(words);
    for it in &roadmap.shrunk {
        let proven = match (language, it.optimal) {
            (Language::Zh, true) => "是",
            (Language::Zh, false) => "未证明",
            (Language::En, true) => "yes",
            (Language::En, false) => "not proven",
        };
        let impossible = match language {
            Language::Zh => "付不起必做项目",
            Language::En => "cannot pay what has to be done",
        };
        let told = match it.feasible {
            Some(true) => it.dropped.join(", "),
            Some(false) => impossible.to_owned(),
            None => String::new(),
        };
        let points = if it.feasible == Some(true) { shown(it.points, 3) } else { String::new() };
        table.add_row([format!("{} %", shortest((it.share * 100.0).round())), points, proven.to_owned(), told]);
    }
    table
}
