//! What keeps a path from being looked for.

use citygauge_indicators::{Fault, Period};

pub(super) fn unknown_city(city: &str, period: Period) -> Fault {
    Fault::error(
        "path.unknown_city",
        format!("评估结果中没有城市“{city}”在 {period} 的数据"),
        format!("the assessment has no city '{city}' in {period}"),
    )
    .city(city)
    .period(period.to_string())
    .hint("检查城市代码与时期", "check the code of the city and the period")
}

pub(super) fn deadline(by: Period, period: Period) -> Fault {
    Fault::error(
        "path.deadline",
        format!("期限 {by} 不在起始时期 {period} 之后"),
        format!("the deadline {by} is not after the period {period} from which the path starts"),
    )
    .at("/by")
    .value(by.to_string())
    .expected(format!("> {period}"))
    .hint("请给出更晚的期限", "name a later deadline")
}

pub(super) fn unknown_node(code: &str, at: String) -> Fault {
    Fault::error("path.unknown_node", format!("没有节点“{code}”"), format!("there is no node '{code}'"))
        .at(at)
        .value(code)
        .hint("检查节点代码", "check the code of the node")
}

pub(super) fn no_indicator(code: &str, at: String) -> Fault {
    Fault::error("path.not_an_indicator", format!("节点“{code}”不是指标分项"), format!("the node '{code}' is no indicator"))
        .at(at)
        .of(code)
        .hint("只有指标分项有原始值，请改用其下的指标分项", "only indicators have a raw value; name those below it")
}

pub(super) fn no_data(code: &str, at: String, reason: &str) -> Fault {
    Fault::error(
        "path.no_data",
        format!("“{code}”在起始时期没有可用的数据，无法给出路径"),
        format!("'{code}' has no score in the period from which the path starts, so there is no path for it"),
    )
    .at(at)
    .of(code)
    .value(reason)
    .hint("请先报送该指标的数据，或改选其他节点", "report its data first, or choose another node")
}

pub(super) fn twice(code: &str, at: String) -> Fault {
    Fault::error("path.named_twice", format!("“{code}”出现了两次"), format!("'{code}' is named twice"))
        .at(at)
        .of(code)
        .hint("每个指标分项只写一次", "name every indicator once")
}

pub(super) fn fixed_and_bound(code: &str, at: String) -> Fault {
    Fault::error(
        "path.contradictory_limits",
        format!("“{code}”既被固定又给了自己的限度或单位投入"),
        format!("'{code}' is fixed and has a limit or an effort of its own as well"),
    )
    .at(at)
    .of(code)
    .hint("请二者取一", "give one of them only")
}

pub(super) fn empty_bound(code: &str, at: String, least: f64, greatest: f64) -> Fault {
    Fault::error(
        "path.contradictory_limits",
        format!("“{code}”的下限 {least} 大于上限 {greatest}"),
        format!("the least value {least} of '{code}' is above the greatest {greatest}"),
    )
    .at(at)
    .of(code)
    .hint("请交换或改正两个限度", "exchange or correct the two limits")
}

pub(super) fn outside_bound(code: &str, at: String, value: f64) -> Fault {
    Fault::error(
        "path.contradictory_limits",
        format!("“{code}”的现值 {value} 不在给定的限度之内"),
        format!("the present value {value} of '{code}' lies outside of the limits that are given"),
    )
    .at(at)
    .of(code)
    .value(value.to_string())
    .hint("限度须包含现值", "limits have to hold the present value")
}

pub(super) fn number(at: String, value: f64, expected: &str) -> Fault {
    Fault::error("path.out_of_range", "数值超出允许范围", "the number is outside its limits")
        .at(at)
        .value(value.to_string())
        .expected(expected)
        .hint(format!("请改为 {expected} 之内的数"), format!("put a number within {expected} here"))
}

pub(super) fn no_levels() -> Fault {
    Fault::error("path.no_levels", "该指标体系没有等级", "the set has no levels")
        .at("/goal")
        .hint("请改用得分、名次或百分位目标", "ask for a score, a rank or a percentile")
}

pub(super) fn not_levelled(code: &str, known: &[&str]) -> Fault {
    Fault::error("path.not_levelled", format!("节点“{code}”不评等级"), format!("no level is read on the node '{code}'"))
        .at("/node")
        .of(code)
        .expected(known.join(" | "))
        .hint("请选择评等级的节点", "choose a node on which a level is read")
}

pub(super) fn unknown_level(code: &str, known: &[&str]) -> Fault {
    Fault::error("path.unknown_level", format!("没有等级“{code}”"), format!("there is no level '{code}'"))
        .at("/goal")
        .value(code)
        .expected(known.join(" | "))
        .hint("改正等级代码", "correct the code of the level")
}

pub(super) fn highest_level(code: &str) -> Fault {
    Fault::error("path.highest_level", "已达到最高等级", "the highest level is reached, there is no next one")
        .at("/goal")
        .value(code)
        .hint("请改用得分、名次或百分位目标", "ask for a score, a rank or a percentile")
}

pub(super) fn no_peers(what: &str) -> Fault {
    Fault::error("path.no_peers", "没有同类城市有该节点的得分", "no peer has a score of the node")
        .at("/goal")
        .value(what)
        .hint("请放宽同类城市的范围", "take more cities for peers")
}

pub(super) fn unsupported(code: &str, method: &str) -> Fault {
    Fault::error(
        "path.unsupported_method",
        format!("节点“{code}”的汇总方法“{method}”不能精确求解路径"),
        format!("a path through the node '{code}' cannot be solved exactly: its children are aggregated by '{method}'"),
    )
    .of(code)
    .value(method)
    .expected("arithmetic | geometric | harmonic | power (p <= 1) | minimum | reported_points")
    .hint("请以该节点以下的节点为目标", "ask for a goal of a node below it")
}

pub(super) fn imputed(code: &str) -> Fault {
    Fault::error(
        "path.imputed_from_others",
        format!("“{code}”的缺失值由本市其他指标推算，会随路径变动，不能精确求解"),
        format!("the missing value of '{code}' is imputed from the city's other indicators and would follow every change"),
    )
    .of(code)
    .hint("请先报送该指标的数据", "report its data first")
}

pub(super) fn unsolved(why: &str) -> Fault {
    Fault::error(
        "path.unsolved",
        "求解器在数值精度内未能给出结果",
        "the solver found no result within the precision of its numbers",
    )
    .value(why)
    .hint("请检查自给的限度和单位投入的量级", "look at the magnitudes of your own limits and efforts")
}
