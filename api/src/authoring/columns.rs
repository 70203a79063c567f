//! The sheets of a set's workbook and their columns: each is a member of the document, by its path.
//!
//! A member that has no column is kept all the same: it stands in the column `more`. To give it one, add its line here.

use super::form::Form;

/// A column, or a line of the sheet `set`.
#[derive(Debug)]
pub(super) struct Column {
    /// The path of the member in the object that the row stands for.
    pub path: &'static [&'static str],
    /// How the member is written in a cell.
    pub form: Form,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What it is called in English.
    pub en: &'static str,
    /// What to write there, in Chinese.
    pub note_zh: &'static str,
    /// What to write there, in English.
    pub note_en: &'static str,
    /// The width in characters.
    pub width: u16,
}

/// A sheet.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Its name in the workbook.
    pub name: &'static str,
    /// The member of the document whose words fill the drop-downs: a list, or the document itself where empty.
    pub list: &'static str,
    /// Its columns, from the left.
    pub columns: &'static [Column],
}

/// What stands for members without a column of their own.
pub(super) const MORE: &str = "more";

const fn column(
    path: &'static [&'static str],
    form: Form,
    (zh, en): (&'static str, &'static str),
    (note_zh, note_en): (&'static str, &'static str),
    width: u16,
) -> Column {
    Column { path, form, zh, en, note_zh, note_en, width }
}

use Form::{Auto, Bool, List, Number, Pair, Points, Requirements, Rest, Scores, Tagged, Text, Thresholds};

/// The settings of the set as a whole, a line each.
pub(super) const SET: Sheet = Sheet {
    name: "set",
    list: "",
    columns: &[
        column(
            &["code"],
            Text,
            ("代码", "Code"),
            ("自由文本，与版本一起命名该体系", "free text; with the version it names the set"),
            0,
        ),
        column(&["version"], Text, ("版本", "Version"), ("自由文本", "free text"), 0),
        column(&["title", "zh"], Text, ("名称（中文）", "Title (zh)"), ("", ""), 0),
        column(&["title", "en"], Text, ("名称（英文）", "Title (en)"), ("", ""), 0),
        column(&["basis", "standard"], Text, ("依据标准", "Standard"), ("如 GB/T 33356", "such as GB/T 33356"), 0),
        column(&["basis", "edition"], Text, ("标准年份", "Edition"), ("如 2016", "such as 2016"), 0),
        column(&["full_mark"], Number, ("满分", "Full mark"), ("未填为 100", "100 unless given"), 0),
        column(
            &["arithmetic"],
            Text,
            ("计分方式", "Arithmetic"),
            ("scores 得分法，points 分值法", "scores (default) or points"),
            0,
        ),
        column(
            &["aggregation"],
            Tagged("method"),
            ("合成方法", "Aggregation"),
            ("各节点的默认方法，未填为算术平均", "the default of all nodes; arithmetic unless given"),
            0,
        ),
        column(&["aggregation", "p"], Number, ("幂指数 p", "Power p"), ("仅用于 power", "for power only"), 0),
        column(
            &["aggregation", "floor"],
            Number,
            ("得分下限", "Floor"),
            ("合成前将更低的得分提高到此值", "raises every lower score to this before aggregating"),
            0,
        ),
        column(&["missing", "rule"], Text, ("缺失规则", "Missing rule"), ("未填为 skip", "skip unless given"), 0),
        column(
            &["missing", "group"],
            Text,
            ("缺失：分组属性", "Missing: group"),
            ("peer_mean、peer_median 的城市属性", "the attribute of cities, for peer_mean and peer_median"),
            0,
        ),
        column(
            &["missing", "at_most"],
            Number,
            ("缺失：最多回溯期数", "Missing: periods back"),
            ("用于 previous", "for previous"),
            0,
        ),
        column(
            &["min_coverage", "by"],
            Text,
            ("最低覆盖：口径", "Least coverage: by"),
            ("weight 或 count", "weight or count"),
            0,
        ),
        column(&["min_coverage", "at_least"], Number, ("最低覆盖：至少", "Least coverage: at least"), ("0 到 1", "0 to 1"), 0),
        column(
            &["rounding", "mode"],
            Text,
            ("修约方式", "Rounding mode"),
            ("half_up 四舍五入，half_even 四舍六入五成双", "half_up or half_even"),
            0,
        ),
        column(&["rounding", "places"], Number, ("小数位数", "Decimals"), ("未填则不修约", "no rounding unless given"), 0),
        column(
            &["rounding", "depths"],
            Auto,
            ("修约层级", "Rounded depths"),
            ("all，或如 [0, 1]；0 为 TOTAL", "all, or a list such as [0, 1]; 0 is TOTAL"),
            0,
        ),
        column(
            &["imputation", "method"],
            Text,
            ("插补方法", "Imputation"),
            ("原始值缺失时的默认插补", "how missing raw values are imputed by default"),
            0,
        ),
        column(&["imputation"], Rest, ("插补参数", "Imputation parameters"), ("JSON 对象", "a JSON object"), 0),
        column(&["adjustment_limits", "bonus"], Number, ("加分上限", "Greatest bonus"), ("分", "points"), 0),
        column(&["adjustment_limits", "deduction"], Number, ("减分上限", "Greatest deduction"), ("分", "points"), 0),
        column(
            &["adjustment_limits", "result"],
            Pair,
            ("调整后范围", "Range of the result"),
            ("如 0 .. 110", "such as 0 .. 110"),
            0,
        ),
        column(
            &["levels", "of"],
            List,
            ("分级节点", "Levelled nodes"),
            ("以 | 分隔，未填为 TOTAL", "separated by |; TOTAL unless given"),
            0,
        ),
        column(
            &["levels", "edge"],
            Text,
            ("等级分界归属", "Edge of the levels"),
            ("lower_inclusive 归上一级，upper_inclusive 归下一级", "lower_inclusive or upper_inclusive"),
            0,
        ),
    ],
};

/// The data items.
pub(super) const ITEMS: Sheet = Sheet {
    name: "items",
    list: "items",
    columns: &[
        column(&["code"], Text, ("代码", "Code"), ("唯一；公式用它引用", "unique; formulas refer to it"), 20),
        column(&["title", "zh"], Text, ("名称（中文）", "Title (zh)"), ("", ""), 28),
        column(&["title", "en"], Text, ("名称（英文）", "Title (en)"), ("", ""), 28),
        column(&["kind"], Text, ("类型", "Kind"), ("未填为 amount", "amount unless given"), 10),
        column(&["unit"], Text, ("计量单位", "Unit"), ("UCUM 代码；纯数为 1", "UCUM; 1 for plain numbers"), 10),
        column(&["min"], Number, ("最小值", "Least"), ("小于它的观测值有误", "observations below it are faults"), 10),
        column(&["max"], Number, ("最大值", "Greatest"), ("大于它的观测值有误", "observations above it are faults"), 10),
        column(&["options"], List, ("选项", "Options"), ("用于 choice，以 | 分隔", "for a choice; separated by |"), 20),
        column(&["scale"], Pair, ("量表", "Scale"), ("用于 survey，如 1 .. 5", "for a survey, such as 1 .. 5"), 10),
        column(&["provider"], Text, ("数据来源方", "Provider"), ("未填为 city", "city unless given"), 12),
        column(&["department", "zh"], Text, ("责任部门（中文）", "Department (zh)"), ("", ""), 18),
        column(&["department", "en"], Text, ("责任部门（英文）", "Department (en)"), ("", ""), 18),
        column(&["as_of"], Text, ("统计时点", "As of"), ("月-日，如 10-31", "month-day, such as 10-31"), 10),
        column(&["scope"], Text, ("统计范围", "Scope"), ("所指地区或人口", "the area or population it speaks of"), 18),
    ],
};

/// The nodes of the tree.
pub(super) const NODES: Sheet = Sheet {
    name: "nodes",
    list: "nodes",
    columns: &[
        column(&["code"], Text, ("代码", "Code"), ("唯一；根为 TOTAL", "unique; the root is TOTAL"), 14),
        column(
            &["parent"],
            Text,
            ("上级", "Parent"),
            ("上级节点的代码，未填则在 TOTAL 之下", "the code of the parent; under TOTAL unless given"),
            14,
        ),
        column(
            &["title", "zh"],
            Text,
            ("名称（中文）", "Title (zh)"),
            ("中英文至少填一个", "one of the two titles is needed"),
            28,
        ),
        column(
            &["title", "en"],
            Text,
            ("名称（英文）", "Title (en)"),
            ("中英文至少填一个", "one of the two titles is needed"),
            28,
        ),
        column(
            &["weight"],
            Number,
            ("权重", "Weight"),
            ("未填为 1；0 只显示不计入", "1 unless given; 0 is shown but not counted"),
            9,
        ),
        column(
            &["weight_of"],
            Text,
            ("权重口径", "Weight scale"),
            (
                "siblings 同级相对值；parent 同级合计 100；total 占总分的分值",
                "siblings: any numbers; parent: sisters add up to 100; total: marks of the total",
            ),
            11,
        ),
        column(
            &["class"],
            Text,
            ("类别", "Class"),
            ("自由分类，如能力类、成效类", "a free classification, such as capability or outcome"),
            12,
        ),
        column(
            &["indicator", "formula"],
            Text,
            ("公式", "Formula"),
            ("由数据项计算，如 a / b；只有指标分项（叶节点）填写", "over data items, such as a / b; leaves only"),
            32,
        ),
        column(&["indicator", "unit"], Text, ("计量单位", "Unit"), ("原始值的单位", "the unit of the raw value"), 10),
        column(
            &["indicator", "display"],
            Text,
            ("显示方式", "Display"),
            ("percent 以百分数显示", "percent shows it as a percentage"),
            9,
        ),
        column(
            &["indicator", "direction"],
            Text,
            ("方向", "Direction"),
            ("higher 越大越好，lower 越小越好，target 区间最优", "higher, lower, or target (best inside an interval)"),
            10,
        ),
        column(
            &["indicator", "scoring", "rule"],
            Text,
            ("评分规则", "Rule"),
            ("叶节点必填，见方法手册", "every leaf has one; see the method handbook"),
            17,
        ),
        column(
            &["indicator", "scoring", "worst"],
            Number,
            ("最差值", "Worst"),
            ("goalposts：得 0 分的值", "goalposts: the value that scores 0"),
            9,
        ),
        column(
            &["indicator", "scoring", "best"],
            Number,
            ("最优值", "Best"),
            ("goalposts：得满分的值", "goalposts: the value that scores the full mark"),
            9,
        ),
        column(
            &["indicator", "scoring", "clamp"],
            Bool,
            ("截断", "Clamp"),
            ("goalposts：超出范围按端点计", "goalposts: values beyond stay at the ends"),
            8,
        ),
        column(
            &["indicator", "scoring", "cap"],
            Auto,
            ("封顶", "Cap"),
            (
                "ratio 为倍数；target_distance、reference_distance 为 TRUE 或 FALSE",
                "ratio: a factor; target_distance and reference_distance: TRUE or FALSE",
            ),
            8,
        ),
        column(
            &["indicator", "scoring", "points"],
            Points,
            ("折点", "Points"),
            ("piecewise：值 = 得分，以 | 分隔", "piecewise: value = score, separated by |"),
            24,
        ),
        column(
            &["indicator", "scoring", "steps"],
            Thresholds,
            ("阶梯", "Steps"),
            ("steps：起点 = 得分，以 | 分隔", "steps: from = score, separated by |"),
            24,
        ),
        column(
            &["indicator", "scoring", "edge"],
            Text,
            ("阶梯分界归属", "Edge"),
            ("steps：分界值归哪一级", "steps: which step owns its threshold"),
            15,
        ),
        column(
            &["indicator", "scoring", "otherwise"],
            Number,
            ("其余得分", "Otherwise"),
            ("steps：低于第一级的得分", "steps: the score below the first"),
            9,
        ),
        column(
            &["indicator", "scoring", "scores"],
            Scores,
            ("选项得分", "Scores of options"),
            ("choice：选项 = 得分，以 | 分隔", "choice: option = score, separated by |"),
            24,
        ),
        column(
            &["indicator", "scoring", "items"],
            Scores,
            ("检查表", "Checklist"),
            ("checklist：数据项 = 分数，以 | 分隔", "checklist: item = points, separated by |"),
            24,
        ),
        column(
            &["indicator", "scoring", "benchmark"],
            Number,
            ("基准值", "Benchmark"),
            ("benchmark_share：原始值的基准", "benchmark_share: the benchmark of the raw value"),
            10,
        ),
        column(
            &["indicator", "scoring", "bands"],
            Thresholds,
            ("基准分档", "Benchmark bands"),
            ("benchmark_share：占比起点 = 得分；首档起点留空", "benchmark_share: share from = score; the first has no from"),
            24,
        ),
        column(&["indicator", "scoring", "scale"], Pair, ("量表", "Scale"), ("survey：如 1 .. 5", "survey: such as 1 .. 5"), 10),
        column(
            &["indicator", "scoring", "range"],
            Pair,
            ("区间", "Range"),
            ("scaled：原始值区间；min_max：得分区间", "scaled: of raw values; min_max: of scores"),
            10,
        ),
        column(
            &["indicator", "scoring", "mean"],
            Number,
            ("均值", "Mean"),
            ("z_score：得分均值", "z_score: the mean of the scores"),
            8,
        ),
        column(
            &["indicator", "scoring", "sd"],
            Number,
            ("标准差", "Standard deviation"),
            ("z_score：得分标准差", "z_score: the standard deviation of the scores"),
            8,
        ),
        column(
            &["indicator", "scoring", "target"],
            Number,
            ("目标值", "Target"),
            ("target_distance：目标", "target_distance: the target"),
            9,
        ),
        column(
            &["indicator", "scoring", "city"],
            Text,
            ("参照城市", "Reference city"),
            ("reference_distance：城市代码", "reference_distance: the code of the city"),
            12,
        ),
        column(
            &["indicator", "scoring", "cohort"],
            Auto,
            ("拟合范围", "Cohort"),
            ("period、pooled 或 {\"base\": \"2020\"}", "period, pooled or {\"base\": \"2020\"}"),
            12,
        ),
        column(
            &["indicator", "scoring", "constant"],
            Text,
            ("无差异时", "Constant"),
            ("各城市相同时：refuse、missing、half、full", "where all cities are the same: refuse, missing, half or full"),
            10,
        ),
        column(
            &["indicator", "scoring", "ties"],
            Text,
            ("并列时", "Ties"),
            ("rank：并列值的名次", "rank: the rank of values that tie"),
            10,
        ),
        column(
            &["indicator", "scoring"],
            Rest,
            ("规则参数", "Rule parameters"),
            ("其他参数，JSON 对象", "any other parameter, as a JSON object"),
            16,
        ),
        column(
            &["indicator", "treatment"],
            Auto,
            ("原始值处理", "Treatment"),
            ("JSON 列表，如 [{\"method\": \"log\"}]", "a JSON list such as [{\"method\": \"log\"}]"),
            24,
        ),
        column(
            &["indicator", "imputation", "method"],
            Text,
            ("插补方法", "Imputation"),
            ("未填则从体系设置", "as the set says unless given"),
            12,
        ),
        column(&["indicator", "imputation"], Rest, ("插补参数", "Imputation parameters"), ("JSON 对象", "a JSON object"), 16),
        column(
            &["aggregation"],
            Tagged("method"),
            ("合成方法", "Aggregation"),
            ("下级得分如何合成；未填则从体系设置", "how the children are aggregated; as the set says unless given"),
            15,
        ),
        column(&["aggregation", "p"], Number, ("幂指数 p", "Power p"), ("仅用于 power", "for power only"), 9),
        column(
            &["aggregation", "floor"],
            Number,
            ("得分下限", "Floor"),
            ("合成前将更低的得分提高到此值", "raises every lower score to this before aggregating"),
            9,
        ),
        column(&["aggregation"], Rest, ("合成参数", "Aggregation parameters"), ("JSON 对象", "a JSON object"), 16),
        column(
            &["weighting", "method"],
            Text,
            ("赋权方法", "Weighting"),
            ("下级权重如何推导；未填用所给权重", "how the children's weights are derived; as given unless named"),
            15,
        ),
        column(
            &["weighting"],
            Rest,
            ("赋权参数", "Weighting parameters"),
            ("JSON 对象，如 {\"matrices\": [...]}", "a JSON object, such as {\"matrices\": [...]}"),
            20,
        ),
        column(
            &["missing", "rule"],
            Text,
            ("缺失规则", "Missing rule"),
            ("未填则从体系设置", "as the set says unless given"),
            12,
        ),
        column(
            &["missing", "group"],
            Text,
            ("缺失：分组属性", "Missing: group"),
            ("peer_mean、peer_median 的城市属性", "the attribute of cities, for peer_mean and peer_median"),
            12,
        ),
        column(
            &["missing", "at_most"],
            Number,
            ("缺失：最多回溯期数", "Missing: periods back"),
            ("用于 previous", "for previous"),
            10,
        ),
        column(
            &["min_coverage", "by"],
            Text,
            ("最低覆盖：口径", "Least coverage: by"),
            ("weight 或 count", "weight or count"),
            10,
        ),
        column(&["min_coverage", "at_least"], Number, ("最低覆盖：至少", "Least coverage: at least"), ("0 到 1", "0 to 1"), 10),
        column(&["round", "places"], Number, ("小数位数", "Decimals"), ("本节点自己的修约", "the node's own rounding"), 9),
        column(
            &["provenance", "name"],
            Text,
            ("名称出处", "Provenance of the name"),
            ("sourced 有来源，recalled 凭记忆，assumed 假设", "sourced, recalled or assumed"),
            11,
        ),
        column(
            &["provenance", "weight"],
            Text,
            ("权重出处", "Provenance of the weight"),
            ("sourced、recalled 或 assumed", "sourced, recalled or assumed"),
            11,
        ),
        column(
            &["provenance", "formula"],
            Text,
            ("算法出处", "Provenance of the formula"),
            ("sourced、recalled 或 assumed", "sourced, recalled or assumed"),
            11,
        ),
        column(&["provenance", "source"], Text, ("来源", "Source"), ("", ""), 24),
    ],
};

/// Bands, gates and stages.
pub(super) const LEVELS: Sheet = Sheet {
    name: "levels",
    list: "levels",
    columns: &[
        column(&["kind"], Text, ("种类", "Kind"), ("band 分数段，gate 门槛，stage 阶段", "band, gate or stage"), 10),
        column(
            &["code"],
            Text,
            ("代码", "Code"),
            ("band 与 stage 的等级代码", "the code of the level, for a band and a stage"),
            16,
        ),
        column(&["title", "zh"], Text, ("名称（中文）", "Title (zh)"), ("", ""), 20),
        column(&["title", "en"], Text, ("名称（英文）", "Title (en)"), ("", ""), 20),
        column(&["from"], Number, ("起始分", "From"), ("band：达到此分即为该等级", "band: the score from which on it holds"), 10),
        column(
            &["level"],
            Text,
            ("所守等级", "Guarded level"),
            ("gate：未满足则止于其下一级", "gate: where it fails the city stays below"),
            16,
        ),
        column(
            &["of"],
            List,
            ("适用节点", "Of nodes"),
            ("gate：以 | 分隔，未填为全部", "gate: separated by |; all unless given"),
            18,
        ),
        column(
            &["require"],
            Requirements,
            ("要求", "Requirements"),
            (
                "gate 与 stage：node:代码 >= 60 或 item:代码 >= 3，以 | 分隔；其他写 JSON",
                "gate and stage: node:CODE >= 60 or item:CODE >= 3, separated by |; anything else as JSON",
            ),
            40,
        ),
    ],
};

/// What readers should know of the set, its items and nodes.
pub(super) const NOTES: Sheet = Sheet {
    name: "notes",
    list: "",
    columns: &[
        column(&["of"], Text, ("对象", "Of"), ("set、item 或 node", "set, item or node"), 10),
        column(
            &["code"],
            Text,
            ("代码", "Code"),
            ("数据项或节点的代码；set 不填", "the code of the item or node; none for the set"),
            20,
        ),
        column(&["zh"], Text, ("说明（中文）", "Note (zh)"), ("", ""), 60),
        column(&["en"], Text, ("说明（英文）", "Note (en)"), ("", ""), 60),
    ],
};

/// Bonuses and deductions.
pub(super) const ADJUSTMENTS: Sheet = Sheet {
    name: "adjustments",
    list: "adjustments",
    columns: &[
        column(&["code"], Text, ("代码", "Code"), ("唯一", "unique"), 14),
        column(&["title", "zh"], Text, ("名称（中文）", "Title (zh)"), ("", ""), 28),
        column(&["title", "en"], Text, ("名称（英文）", "Title (en)"), ("", ""), 28),
        column(&["kind"], Text, ("种类", "Kind"), ("bonus 加分，deduction 减分", "bonus or deduction"), 12),
        column(
            &["formula"],
            Text,
            ("公式", "Formula"),
            ("由数据项计算，缺失计 0", "over data items; a missing value counts 0"),
            32,
        ),
        column(&["points_per_unit"], Number, ("每单位分数", "Points per unit"), ("未填为 1", "1 unless given"), 10),
        column(&["cap"], Number, ("封顶", "Cap"), ("最多分数", "the greatest number of points"), 10),
        column(&["applies_to"], Text, ("作用于", "Applies to"), ("总是 TOTAL", "always TOTAL"), 10),
    ],
};

impl Column {
    /// The path with dots, which names the column whatever the language; a column for the rest ends with a star.
    pub fn name(&self) -> String {
        let rest = if self.form == Form::Rest { ".*" } else { "" };
        self.path.join(".") + rest
    }

    /// Whether a header names this column: by its title in either language or by its path.
    pub fn is_called(&self, header: &str) -> bool {
        let header = header.trim();
        header.eq_ignore_ascii_case(self.zh) || header.eq_ignore_ascii_case(self.en) || header == self.name()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_header_names_one_column() {
        for sheet in [&SET, &ITEMS, &NODES, &LEVELS, &NOTES, &ADJUSTMENTS] {
            let mut seen = HashSet::new();
            for column in sheet.columns {
                for name in [column.zh.to_owned(), column.en.to_lowercase(), column.name()] {
                    assert!(seen.insert(name.clone()) || column.en.to_lowercase() == column.name(), "{}: {name}", sheet.name);
                }
            }
        }
    }
}
