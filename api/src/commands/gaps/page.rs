//! A gap analysis as a page on a terminal.

use citygauge_assessment::Assessment;
use citygauge_assessment::gap::GapAnalysis;
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
    let mut page = format!("{}  {}  {}\n", analysis.city, analysis.period, analysis.against);
    page.push_str(&nodes(set, analysis, language).to_string());
    page.push('\n');
    let words = words(language);
    for (word, listed) in [(words[0], &analysis.foundations), (words[1], &analysis.strengths), (words[2], &analysis.weaknesses)] {
        page.push_str(&list(word, listed, set, language));
    }
    if !analysis.priorities.is_empty() {
        page.push_str(&format!("\n{}\n", words[3]));
        for (place, (node, lost)) in analysis.priorities.iter().take(MOST).enumerate() {
            page.push_str(&format!("{:>4}. {}  {}\n", place + 1, shown(*lost, 2), named(set, *node, language)));
        }
    }
    page.push_str(&list(words[4], &analysis.without_data, set, language));
    page
}

fn nodes(set: &IndicatorSet, analysis: &GapAnalysis, language: Language) -> Table {
    let header = match language {
        Language::Zh => ["节点", "得分", "参照", "差距", "分值差", "原始值", "目标值", "单位", "备注"],
        Language::En => ["node", "score", "reference", "gap", "points", "value", "target", "unit", "note"],
    };
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    for column in 1..=6 {
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
            node.leaf().and_then(|leaf| leaf.unit.clone()).unwrap_or_default(),
            gap.note.as_ref().map(|note| note.get(language).to_owned()).unwrap_or_default(),
        ]);
    }
    table
}

fn words(language: Language) -> [&'static str; 5] {
    match language {
        Language::Zh => ["建设基础", "优势", "劣势", "重点提升方向（折算总分的失分）", "无数据"],
        Language::En => {
            ["Foundations", "Strengths", "Weaknesses", "Priority directions (points of the total lost)", "Without data"]
        }
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
