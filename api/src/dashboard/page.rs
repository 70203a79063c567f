//! The page itself; every text that comes from outside is escaped by the template.

use citygauge_indicators::Language;
use citygauge_openapi::{API_ROOT, path_segment};
use maud::{DOCTYPE, Markup, html};

/// Cities on the page; the links lead to all of them.
const MOST: usize = 1_000;

/// A ranking, ready to be shown.
#[derive(Debug, Clone)]
pub(super) struct Latest {
    /// The assessment.
    pub assessment: String,
    /// The set version.
    pub set: String,
    /// The title of the set, which says where it is a reconstruction.
    pub title: String,
    /// What a reader must know of the set.
    pub note: Option<String>,
    /// Whether the cities do not exist.
    pub is_invented: bool,
    /// The period.
    pub period: String,
    /// The cities, best first.
    pub rows: Vec<RankedRow>,
}

/// One city of the ranking.
#[derive(Debug, Clone)]
pub(super) struct RankedRow {
    /// Its rank, where it has a score.
    pub rank: Option<u64>,
    /// Its code.
    pub city: String,
    /// Its name.
    pub name: String,
    /// Its total, with the places of the set.
    pub total: Option<String>,
    /// The title of its level.
    pub level: Option<String>,
    /// The share of the weight for which a score exists.
    pub coverage: Option<f64>,
}

/// The ranking.
pub(super) fn ranking(latest: &Latest, language: Language) -> Markup {
    let say = |zh, en| language.pick(zh, en);
    let assessment = format!("{API_ROOT}/assessments/{}", latest.assessment);
    let card = |city: &str| format!("{assessment}/cities/{}", path_segment(city));
    let beyond = latest.rows.len().saturating_sub(MOST);
    frame(
        language,
        html! {
            @if latest.is_invented { p.invented role="note" { strong { (invented(language)) } } }
            h1 { (latest.title) }
            p.set { (latest.set) " · " (latest.period) " · " (latest.rows.len()) " " (say("个城市", "cities")) }
            @if let Some(note) = &latest.note { p.note { (note) } }
            table {
                thead { tr {
                    th.number { (say("名次", "Rank")) }
                    th { (say("城市", "City")) }
                    th.number { (say("总分", "Total")) }
                    th { (say("成熟度等级", "Level")) }
                    th.number { (say("覆盖率", "Coverage")) }
                } }
                tbody {
                    @for row in latest.rows.iter().take(MOST) {
                        tr {
                            td.number { @if let Some(rank) = row.rank { (rank) } @else { "–" } }
                            td { a href=(card(&row.city)) { (row.name) } " " span.code { (row.city) } }
                            td.number { @if let Some(total) = &row.total { (total) } @else { (say("无得分", "no score")) } }
                            td { (row.level.as_deref().unwrap_or("–")) }
                            td.number { @if let Some(coverage) = row.coverage { (format!("{:.1} %", coverage * 100.0)) } @else { "–" } }
                        }
                    }
                }
            }
            @if beyond > 0 { p { (say("另有", "and")) " " (beyond) " " (say("个城市，见下列文件", "more, in the files below")) } }
            p.links {
                a href={ (assessment) "/scores?node=TOTAL&period=" (latest.period) "&format=csv" } { "CSV" } " · "
                a href={ (assessment) "/ranking" } { "JSON" } " · "
                a href="/docs/" { (say("接口说明", "the API")) }
            }
        },
    )
}

fn invented(language: Language) -> &'static str {
    language.pick(
        "演示数据纯属虚构：所附城市并不存在，数值仅作示意，不得引用。",
        "The data of this demonstration are invented and illustrative: none of its cities exists, and no figure may be quoted.",
    )
}

/// Nothing is assessed yet.
pub(super) fn empty(language: Language) -> Markup {
    let (title, steps) = match language {
        Language::Zh => (
            "还没有评估结果",
            [
                "发布指标体系：把目录中的文档发送到 POST /api/v1/indicator-sets，然后调用 …/publish；",
                "导入城市和观测值：citygauge import FILE --server URL --kind cities（或 observations）；",
                "发起评估：POST /api/v1/assessments，完成后排名显示在此。",
            ],
        ),
        Language::En => (
            "Nothing is assessed yet",
            [
                "Publish an indicator set: send a document of the catalog to POST /api/v1/indicator-sets, then call …/publish.",
                "Import cities and observations: citygauge import FILE --server URL --kind cities (or observations).",
                "Ask for an assessment: POST /api/v1/assessments. The ranking appears here when it is done.",
            ],
        ),
    };
    frame(
        language,
        html! {
            h1 { (title) }
            ol { @for step in steps { li { (step) } } }
            p.links { a href="/docs/" { (language.pick("接口说明，可直接试用", "The API, to be tried out")) } }
        },
    )
}

/// The service asks for keys, and a browser has none.
pub(super) fn closed(language: Language) -> Markup {
    let (title, text) = match language {
        Language::Zh => ("CityGauge 正在运行", "评估结果需要密钥才能读取。请使用接口并发送密钥："),
        Language::En => ("CityGauge is running", "Results are for those who have a key. Use the API and send it:"),
    };
    frame(
        language,
        html! {
            h1 { (title) }
            p { (text) }
            pre { "curl -H 'Authorization: Bearer cg_…' " (API_ROOT) "/assessments" }
            p.links { a href="/docs/" { (language.pick("接口说明", "The API")) } }
        },
    )
}

fn frame(language: Language, content: Markup) -> Markup {
    let (other, name) = match language {
        Language::Zh => ("/?lang=en", "English"),
        Language::En => ("/?lang=zh", "中文"),
    };
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "CityGauge" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                header { strong { "CityGauge" } " " a href=(other) { (name) } }
                main { (content) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Latest {
        let text = || "<script>alert('x')</script>\"&".to_owned();
        let row = RankedRow { rank: None, city: text(), name: text(), total: None, level: Some(text()), coverage: None };
        let (assessment, period) = ("a".to_owned(), "2026".to_owned());
        Latest { assessment, set: text(), title: text(), note: Some(text()), is_invented: false, period, rows: vec![row] }
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        for language in [Language::Zh, Language::En] {
            let page = ranking(&hostile(), language).into_string();
            assert!(!page.contains("<script"), "{page}");
            assert!(page.contains("&lt;script&gt;"));
        }
    }

    #[test]
    fn invented_data_say_so_before_anything_else_and_others_do_not() {
        for (language, word) in [(Language::Zh, "虚构"), (Language::En, "invented")] {
            let page = |is_invented| ranking(&Latest { is_invented, ..hostile() }, language).into_string();
            let said = page(true).find(word).expect("it says so");
            assert!(Some(said) < page(true).find("<h1>"));
            assert!(!page(false).contains(word));
        }
    }

    #[test]
    fn a_reconstruction_says_so_on_the_page() {
        let latest =
            Latest { title: "a reconstruction".into(), note: Some("no basis for anything official".into()), ..hostile() };
        let page = ranking(&latest, Language::En).into_string();
        assert!(page.contains("a reconstruction") && page.contains("no basis for anything official"));
    }
}
