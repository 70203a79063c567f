//! What keeps a roadmap from being made.

use citygauge_indicators::{Fault, Period};

pub(super) fn unknown_city(city: &str, period: Period) -> Fault {
    Fault::error(
        "roadmap.unknown_city",
        format!("评估结果中没有城市“{city}”在 {period} 的数据"),
        format!("the assessment has no city '{city}' in {period}"),
    )
    .city(city)
    .period(period.to_string())
    .hint("检查城市代码与时期", "check the code of the city and the period")
}

pub(super) fn no_leaf(code: &str, at: String) -> Fault {
    Fault::error("roadmap.unknown_indicator", format!("指标体系中没有指标“{code}”"), format!("the set has no indicator '{code}'"))
        .at(at)
        .value(code)
        .hint("给出指标体系中最低一级指标的代码", "name a leaf of the set")
}

pub(super) fn no_number(code: &str, at: String) -> Fault {
    Fault::error(
        "roadmap.no_number",
        format!("指标“{code}”没有可以增减的数值"),
        format!("the indicator '{code}' has no number that could change"),
    )
    .at(at)
    .value(code)
    .hint("选项与清单类指标不能作为效果", "choices and checklists cannot be an effect")
}

pub(super) fn no_value(code: &str, city: &str, period: Period, at: String) -> Fault {
    Fault::error(
        "roadmap.no_value",
        format!("城市“{city}”在 {period} 没有指标“{code}”的值或得分"),
        format!("the city '{city}' has no value or score of '{code}' in {period}"),
    )
    .at(at)
    .value(code)
    .city(city)
    .period(period.to_string())
    .hint("先补报该指标，或删除这一效果", "report the indicator first, or remove the effect")
}

pub(super) fn no_total(city: &str, period: Period) -> Fault {
    Fault::error(
        "roadmap.no_total",
        format!("城市“{city}”在 {period} 没有总分"),
        format!("the city '{city}' has no total in {period}"),
    )
    .city(city)
    .period(period.to_string())
    .hint("先补齐数据", "complete its data first")
}

/// What has to be done does not fit into the years.
pub(super) fn horizon(projects: &str) -> Fault {
    Fault::error(
        "roadmap.horizon",
        format!("必做项目及其依赖排不进规划年限：{projects}"),
        format!("the projects that have to be done, with what they depend on, do not fit into the years: {projects}"),
    )
    .at("/must")
    .value(projects)
    .hint("延长年限、减少依赖或放开固定年份", "allow more years, fewer dependencies or other starts")
}

/// What has to be done cannot be paid; the amounts are those of the years.
pub(super) fn budget(projects: &str, amounts_zh: &str, amounts_en: &str) -> Fault {
    Fault::error(
        "roadmap.infeasible_budget",
        format!("预算付不起必做项目（{projects}）；按依赖尽早开工时：{amounts_zh}"),
        format!("the budget cannot pay what has to be done ({projects}); begun as early as it may, it needs {amounts_en}"),
    )
    .at("/budget")
    .value(projects)
    .hint("增加预算、允许结转，或减少必做项目", "raise the budget, let it carry over, or demand fewer projects")
}

/// The search ended before it found anything.
pub(super) fn undecided(nodes: u32) -> Fault {
    Fault::error(
        "roadmap.undecided",
        format!("在 {nodes} 个节点和半分钟之内没有找到可行方案，也没有证明不存在"),
        format!("within {nodes} nodes and half a minute no schedule was found, nor shown that there is none"),
    )
    .at("/max_nodes")
    .value(nodes.to_string())
    .hint("增大 max_nodes 或放宽条件", "raise max_nodes, or relax the conditions")
}
