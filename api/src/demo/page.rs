//! What the demonstration prints.

use citygauge_indicators::Language;
use citygauge_openapi::{API_ROOT, CardNode, path_segment};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use super::Sample;
use super::tour::Story;
use crate::commands::shown::{places, shown, signed};
use crate::export::number::shortest;

/// Cities that the page lists; the API has them all.
const MOST_CITIES: usize = 40;
/// Strongest and weakest dimensions.
const DIMENSIONS: usize = 3;
/// Largest gaps.
const GAPS: usize = 5;

/// What a reader must know before anything else.
pub fn opening(base: &str, is_invented: bool, language: Language) -> String {
    let open = match language {
        Language::Zh => format!("!!! 演示模式：{base} 对本机上的任何人开放，无需密钥；退出后数据即删除。"),
        Language::En => {
            format!("!!! DEMO: {base} is open to ANYONE ON THIS MACHINE, without a key; its data go away when it ends.")
        }
    };
    let invented = match language {
        Language::Zh => "!!! 演示数据纯属虚构：城市并不存在，数值仅作示意，不得引用。",
        Language::En => "!!! THE DATA ARE INVENTED and illustrative: none of these cities exists, and no figure may be quoted.",
    };
    if is_invented { format!("{open}\n{invented}") } else { open }
}

/// The story, then where to go from here.
pub fn render(story: &Story, sample: &Sample, base: &str, language: Language) -> String {
    let sections =
        [head(story, language), ranking(story, sample, language), city(story, sample, language), onward(story, base, language)];
    sections.join("\n")
}

fn head(story: &Story, language: Language) -> String {
    let ranking = &story.ranking;
    let note = story.assessment.basis.as_ref().and_then(|basis| basis.note.as_ref());
    let note = note.map(|note| format!("{}\n", note.get(language))).unwrap_or_default();
    format!("\n{}  {}\n{note}", ranking.set_title.get(language), ranking.period)
}

fn ranking(story: &Story, sample: &Sample, language: Language) -> String {
    let mut table = table(
        match language {
            Language::Zh => ["名次", "城市", "代码", "总分", "成熟度等级", "覆盖率"],
            Language::En => ["rank", "city", "code", "total", "level", "coverage"],
        },
        &[0, 3, 5],
    );
    let places = places(&sample.set);
    for ranked in story.ranking.items.iter().take(MOST_CITIES) {
        table.add_row([
            ranked.rank.map(|rank| rank.to_string()).unwrap_or_default(),
            ranked.name.clone(),
            ranked.city.to_string(),
            ranked.score.map(|score| shown(score, places)).unwrap_or_default(),
            ranked.level.as_ref().map(|level| level_title(story, level.as_str(), language)).unwrap_or_default(),
            ranked.coverage.map(percent).unwrap_or_default(),
        ]);
    }
    let beyond = story.ranking.items.len().saturating_sub(MOST_CITIES);
    let more = match language {
        _ if beyond == 0 => String::new(),
        Language::Zh => format!("……另有 {beyond} 个城市\n"),
        Language::En => format!("… and {beyond} more cities\n"),
    };
    format!("{}\n{more}", table.trim_fmt())
}

fn city(story: &Story, sample: &Sample, language: Language) -> String {
    let places = places(&sample.set);
    let mut dimensions: Vec<(&CardNode, f64)> =
        story.card.nodes.iter().filter(|node| node.depth == 1).filter_map(|node| Some((node, node.result.score?))).collect();
    // Highest first; sorting is stable, so that ties stay in the order of the set.
    dimensions.sort_by(|one, other| other.1.total_cmp(&one.1));
    let strongest = dimensions.len().min(DIMENSIONS);
    let weakest = (dimensions.len() - strongest).min(DIMENSIONS);
    let (strong, weak) = (&dimensions[..strongest], &dimensions[dimensions.len() - weakest..]);
    let words = match language {
        Language::Zh => ["排名居中的城市", "最强维度", "最弱维度", "与其他城市中位数相比差距最大的指标"],
        Language::En => [
            "A city from the middle of the ranking",
            "Strongest",
            "Weakest",
            "Its largest gaps to the median of the other cities",
        ],
    };
    let line =
        |(node, score): &(&CardNode, f64)| format!("  {:>6}  {} {}\n", shown(*score, places), node.result.node, node.title);
    let list = |nodes: &[(&CardNode, f64)]| nodes.iter().map(line).collect::<String>();
    let weak: Vec<(&CardNode, f64)> = weak.iter().rev().copied().collect();
    format!(
        "{}: {} ({})\n{}\n{}{}\n{}\n{}\n{}\n",
        words[0],
        story.card.name,
        story.card.city,
        words[1],
        list(strong),
        words[2],
        list(&weak).trim_end_matches('\n'),
        words[3],
        gaps(story, places, language).trim_fmt()
    )
}

fn gaps(story: &Story, places: u32, language: Language) -> Table {
    let mut table = table(
        match language {
            Language::Zh => ["指标", "得分", "中位数", "折算总分", "原始值", "目标值", "单位"],
            Language::En => ["indicator", "score", "median", "points", "value", "target", "unit"],
        },
        &[1, 2, 3, 4, 5],
    );
    let raw = |value: Option<f64>| value.map(|value| shortest(six_digits(value))).unwrap_or_default();
    for direction in story.gaps.priorities.iter().take(GAPS) {
        let Some(gap) = story.gaps.gaps.iter().find(|gap| gap.node == direction.node) else { continue };
        table.add_row([
            format!("{} {}", gap.node, gap.title),
            gap.score.map(|score| shown(score, places)).unwrap_or_default(),
            gap.reference.map(|score| shown(score, places)).unwrap_or_default(),
            signed(direction.points_lost, 2),
            raw(gap.value),
            raw(gap.target_value),
            gap.unit.clone().unwrap_or_default(),
        ]);
    }
    table
}

fn onward(story: &Story, base: &str, language: Language) -> String {
    let assessment = format!("{base}{API_ROOT}/assessments/{}", story.assessment.id);
    let card = format!("{assessment}/cities/{}", path_segment(story.card.city.as_str()));
    let curl = format!("curl '{assessment}/scores?node=TOTAL&format=csv'");
    match language {
        Language::Zh => format!(
            "在浏览器中打开：\n  {base}/          排名\n  {base}/docs/     接口说明，可直接试用\n  {card}    上述城市的得分卡\n\
             试一试：\n  {curl}\n按 Ctrl-C 结束。"
        ),
        Language::En => format!(
            "Worth opening:\n  {base}/          the ranking\n  {base}/docs/     the API, to be tried out\n  {card}    the score card of that city\n\
             To try:\n  {curl}\nCtrl-C ends it."
        ),
    }
}

fn table<const N: usize>(header: [&str; N], right: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header);
    for &column in right {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn level_title(story: &Story, code: &str, language: Language) -> String {
    let levels = story.assessment.summary.iter().flat_map(|summary| &summary.levels);
    let level = levels.filter(|level| level.level.as_ref().is_some_and(|known| known.as_str() == code));
    let title = level.filter_map(|level| level.title.as_ref()).map(|title| title.get(language)).find(|title| !title.is_empty());
    title.unwrap_or(code).to_owned()
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A page is for reading; the files hold the number.
fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
