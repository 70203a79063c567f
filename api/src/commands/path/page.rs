//! A path as a page on a terminal.

use citygauge_assessment::Assessment;
use citygauge_assessment::path::{Change, Outcome, Path, Place, Request};
use citygauge_indicators::Language;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use crate::commands::shown::{places, shown, signed};
use crate::export::number::shortest;

/// The points of the trade-off that are shown.
const POINTS: usize = 12;

/// What was found, in a line.
pub(super) fn headline(assessment: &Assessment, request: &Request, path: &Path, language: Language) -> String {
    let places = places(assessment.set());
    let (goal, by, city) = (&request.goal, request.by, &request.city);
    let node = &assessment.set().nodes()[path.node].code;
    let score = |place: &Place| {
        let score = place.score.map(|score| shown(score, places)).unwrap_or_default();
        place.level.as_ref().map_or_else(|| score.clone(), |level| format!("{score} {level}"))
    };
    let (now, furthest) = (score(&path.before), score(&path.furthest));
    match (&path.outcome, language) {
        (Outcome::Reached, Language::Zh) => format!("{city} {node}：目标 {goal} 已经达到（现为 {now}）"),
        (Outcome::Reached, Language::En) => format!("{city} {node}: the goal {goal} is reached already, at {now}"),
        (Outcome::Path { after, effort, changes, .. }, _) => {
            let (after, effort, count) = (score(after), shown(*effort, 2), changes.len());
            match language {
                Language::Zh => format!("{city} {node}：到 {by} 达到 {goal}，{now} → {after}，变动 {count} 项，投入 {effort}"),
                Language::En => {
                    format!("{city} {node}: {goal} by {by}, {now} to {after} with {count} changes and an effort of {effort}")
                }
            }
        }
        (Outcome::Unreachable(when), _) => {
            let then = match (when.earliest, when.never, language) {
                (Some(period), _, Language::Zh) => format!("最早为 {period}"),
                (Some(period), _, Language::En) => format!("the earliest is {period}"),
                (None, true, Language::Zh) => "在这些限度内永远达不到".to_owned(),
                (None, true, Language::En) => "never within these limits".to_owned(),
                (None, false, Language::Zh) => "五十年内达不到".to_owned(),
                (None, false, Language::En) => "not within fifty years".to_owned(),
            };
            match language {
                Language::Zh => format!("{city} {node}：到 {by} 达不到 {goal}，最高可达 {furthest}（现为 {now}）；{then}"),
                Language::En => format!("{city} {node}: {goal} is not reachable by {by}, at most {furthest} (now {now}); {then}"),
            }
        }
    }
}

/// The line, the changes, the trade-off, what stays and why, and how it is counted.
pub(super) fn render(assessment: &Assessment, request: &Request, path: &Path, language: Language) -> String {
    let mut page = format!("{}\n", headline(assessment, request, path, language));
    if let Outcome::Path { changes, .. } = &path.outcome
        && !changes.is_empty()
    {
        page.push_str(&format!("\n{}\n", table(assessment, changes, language)));
    }
    let words = match language {
        Language::Zh => ["投入与得分（取整前）", "保持不变", "说明"],
        Language::En => ["Effort against score (before rounding)", "Stay as they are", "Notes"],
    };
    if path.curve.points.len() > 1 {
        page.push_str(&format!("\n{}\n", words[0]));
        let every = path.curve.points.len().div_ceil(POINTS);
        let last = path.curve.points.len() - 1;
        for (place, point) in path.curve.points.iter().enumerate().filter(|(place, _)| place % every == 0 || *place == last) {
            let node = point.node.filter(|_| place > 0).map(|node| assessment.set().nodes()[node].code.as_str());
            page.push_str(&format!(
                "{:>10}  {:>8}  {}\n",
                shown(point.effort, 2),
                shown(point.score, 2),
                node.unwrap_or_default()
            ));
        }
    }
    if !path.unmoved.is_empty() {
        page.push_str(&format!("\n{} ({})\n", words[1], path.unmoved.len()));
        for unmoved in &path.unmoved {
            let code = &assessment.set().nodes()[unmoved.node].code;
            page.push_str(&format!("  {code}  {}\n", unmoved.reason.text().get(language)));
        }
    }
    page.push_str(&format!("\n{}\n", Path::rule(&request.limits, request.minimise).get(language)));
    for note in &path.notes {
        page.push_str(&format!("{}: {}\n", words[2], note.get(language)));
    }
    page
}

fn table(assessment: &Assessment, changes: &[Change], language: Language) -> Table {
    let header = match language {
        Language::Zh => ["指标分项", "现值", "目标值", "单位", "每年", "同类中位", "P90", "判断", "投入", "得分", "分值"],
        Language::En => {
            ["indicator", "value", "target", "unit", "per year", "p50", "p90", "verdict", "effort", "score", "points"]
        }
    };
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(header);
    for column in [1, 2, 4, 5, 6, 8, 9, 10] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let places = places(assessment.set());
    let raw = |value: f64| shortest(rounded(value));
    for change in changes {
        for (place, gain) in change.leaves.iter().enumerate() {
            let node = &assessment.set().nodes()[gain.node];
            table.add_row([
                format!("{} {}", node.code, node.title.get(language)),
                raw(change.value),
                raw(change.target),
                change.unit.clone().unwrap_or_default(),
                raw(change.required_rate),
                change.percentiles[0].map(raw).unwrap_or_default(),
                change.percentiles[2].map(raw).unwrap_or_default(),
                change.verdict.title().get(language).to_owned(),
                if place == 0 { shown(change.effort, 2) } else { String::new() },
                gain.before.zip(gain.after).map(|(before, after)| signed(after - before, places)).unwrap_or_default(),
                gain.points.map(|points| signed(points, 2)).unwrap_or_default(),
            ]);
        }
    }
    table
}

/// Six digits, which a page has room for.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
