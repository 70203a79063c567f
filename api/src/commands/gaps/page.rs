//! A gap analysis as a page on a terminal.

use citygauge_assessment::Assessment;
use citygauge_assessment::gap::{Gap, GapAnalysis, Output};
use citygauge_indicators::{IndicatorSet, Language, NodeIndex};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use crate::commands::shown::{places, shown, signed};
use crate::export::number::shortest;

/// Priority directions that are shown; the file has them all.
const MOST: usize = 10;

/// The table of the nodes, then the lists.
pub(super) fn render(assessment: &Assessment, analysis: &GapAnalysis, language: Language) -> String {
    let set = assessment.set();
    let by = analysis.by.map(|by| format!("  → {by}")).unwrap_or_default();
    let mut page = format!("{}  {}  {}{by}\n", analysis.city, analysis.period, analysis.against);
    page.push_str(&format!("{}\n", Output::Situation.title().get(language)));
    page.push_str(&nodes(set, analysis, language).to_string());
    page.push('\n');
    let words = words(language);
    let title = |output: Output| output.title().get(language).to_owned();
    let (own, both) = (title(Output::Foundations), title(Output::StrengthsAndWeaknesses));
    let (ahead, behind) = (format!("{both}: {}", words[0]), format!("{both}: {}", words[1]));
    for (word, listed) in
        [(own.as_str(), &analysis.foundations), (ahead.as_str(), &analysis.strengths), (behind.as_str(), &analysis.weaknesses)]
    {
        page.push_str(&list(word, listed, set, language));
    }
    if !analysis.priorities.is_empty() {
        page.push_str(&format!("\n{} ({})\n", title(Output::Priorities), words[2]));
        for (place, direction) in analysis.priorities.iter().take(MOST).enumerate() {
            let range = direction.range.map(|range| format!("  {}", range.word())).unwrap_or_default();
            let verdict = analysis.gap(direction.node).and_then(Gap::verdict);
            let verdict = verdict.map(|verdict| format!("  [{}]", verdict.title().get(language))).unwrap_or_default();
            let (lost, name) = (shown(direction.points_lost, 2), named(set, direction.node, language));
            page.push_str(&format!("{:>4}. {lost}{range}  {name}{verdict}\n", place + 1));
        }
    }
    page.push_str(&list(words[3], &analysis.without_data, set, language));
    page.push_str(&format!("\n{}\n", analysis.rule().get(language)));
    page
}

fn nodes(set: &IndicatorSet, analysis: &GapAnalysis, language: Language) -> Table {
    let header = match language {
        Language::Zh => {
            ["节点", "得分", "参照", "差距", "分值差", "原始值", "目标值", "所需/年", "自身/年", "判定", "单位", "备注"]
        }
        Language::En => {
            ["node", "score", "reference", "gap", "points", "value", "target", "needed/a", "own/a", "verdict", "unit", "note"]
        }
    };
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    for column in 1..=8 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let places = places(set);
    let score = |value: Option<f64>| value.map(|value| shown(value, places)).unwrap_or_default();
    let raw = |value: Option<f64>| value.map(|value| shortest(round(value))).unwrap_or_default();
    for gap in &analysis.gaps {
        let node = &set.nodes()[gap.node];
        let title = format!("{}{} {}", "  ".repeat(node.depth as usize), node.code, node.title.get(language));
        table.add_row([
            title,
            score(gap.score),
            score(gap.reference),
            gap.gap_score.map(|gap| signed(gap, places)).unwrap_or_default(),
            gap.gap_points.map(|gap| signed(gap, 2)).unwrap_or_default(),
            raw(gap.value),
            raw(gap.target_value),
            raw(gap.outlook.required),
            raw(gap.outlook.own),
            gap.verdict().map(|verdict| verdict.title().get(language).to_owned()).unwrap_or_default(),
            node.leaf().and_then(|leaf| leaf.unit.clone()).unwrap_or_default(),
            gap.note.as_ref().map(|note| note.get(language).to_owned()).unwrap_or_default(),
        ]);
    }
    table
}

fn words(language: Language) -> [&'static str; 4] {
    match language {
        Language::Zh => ["优势", "劣势", "折算总分的失分", "无数据"],
        Language::En => ["strengths", "weaknesses", "points of the total lost", "Without data"],
    }
}

fn list(word: &str, listed: &[NodeIndex], set: &IndicatorSet, language: Language) -> String {
    if listed.is_empty() {
        return String::new();
    }
    let first: Vec<String> = listed.iter().take(MOST).map(|node| named(set, *node, language)).collect();
    let more = if listed.len() > MOST { " …" } else { "" };
    format!("\n{word} ({})\n  {}{more}\n", listed.len(), first.join("\n  "))
}

fn named(set: &IndicatorSet, node: NodeIndex, language: Language) -> String {
    let node = &set.nodes()[node];
    format!("{} {}", node.code, node.title.get(language))
}

/// Six significant digits: a page is for reading, the files hold the number.
fn round(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
