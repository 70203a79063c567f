//! SDMX-CSV 2.0 (and the header of 1.0): <https://github.com/sdmx-twg/sdmx-csv/blob/master/data-message/docs/sdmx-csv-field-guide.md>.
//!
//! The columns before the components say what the row is about (`STRUCTURE`, `STRUCTURE_ID`, `ACTION`, keys); of the
//! components the usual ones are understood: `REF_AREA` and `INDICATOR` unless a mapping names other dimensions,
//! `TIME_PERIOD`, `OBS_VALUE`, `OBS_STATUS`, `UNIT_MEASURE`, `UNIT_MULT`, `OBS_COMMENT`. All others are left out; where they
//! distinguish observations, these would be duplicates and are reported as such.
//!
//! What the service exports itself it reads back whole: rows whose structure is ours have identifiers for codes
//! ([`crate::export::sdmx::id`]), chosen options in `CG_CHOICE`, a code per status, and attributes that begin with `CG_`.

use citygauge_indicators::Fault;

use super::super::findings::shown;
use super::plan::{Plan, Role};
use crate::export::sdmx::AGENCY;

/// The components that have a standard column.
const COMPONENTS: [(&str, &str); 15] = [
    ("REF_AREA", "city"),
    ("INDICATOR", "item"),
    ("TIME_PERIOD", "period"),
    ("OBS_VALUE", "value"),
    ("OBS_STATUS", "status"),
    ("UNIT_MEASURE", "unit"),
    ("OBS_COMMENT", "note"),
    ("COMMENT_OBS", "note"),
    ("CG_QUALITY", "quality"),
    ("CG_SOURCE", "source"),
    ("CG_METHOD", "method"),
    ("CG_PROVIDER", "provider"),
    ("CG_AS_OF", "as_of"),
    ("CG_SAMPLE_SIZE", "sample_size"),
    ("CG_MARGIN", "margin"),
];

/// What a code says beside the status, in Chinese and English.
type Flag = (&'static str, &'static str);

/// `CL_OBS_STATUS` 2.2: the status of each code, and what else it says, which is not kept.
const STATUSES: [(&str, &str, Option<Flag>); 19] = [
    ("A", "reported", None),
    ("B", "reported", Some(("时间序列中断", "time series break"))),
    ("D", "reported", Some(("定义不同", "definition differs"))),
    ("E", "reported", Some(("估计值", "estimated value"))),
    ("F", "reported", Some(("预测值", "forecast value"))),
    ("G", "reported", Some(("试验性数值", "experimental value"))),
    ("H", "missing", None),
    ("I", "reported", Some(("插补值", "imputed value"))),
    ("J", "missing", None),
    ("K", "missing", None),
    ("L", "missing", None),
    ("M", "missing", None),
    ("N", "reported", Some(("不显著", "not significant"))),
    ("O", "missing", None),
    ("P", "reported", Some(("暂定值", "provisional value"))),
    ("Q", "missing", None),
    ("S", "reported", Some(("受罢工等特殊事件影响", "strike and other special events"))),
    ("U", "reported", Some(("可靠性低", "low reliability"))),
    ("V", "reported", Some(("未经核实", "unvalidated value"))),
];

/// The statuses of our own data, a code each.
const OWN_STATUSES: [(&str, &str); 4] =
    [("A", "reported"), ("O", "missing"), ("M", "not_applicable"), ("CG_REJECTED", "rejected")];

/// Whether `STRUCTURE_ID` names a structure of ours.
pub(super) fn is_own(structure: &str) -> bool {
    structure.strip_prefix(AGENCY).is_some_and(|rest| rest.starts_with(':'))
}

/// The status of a code of our own data.
pub(super) fn own_status(code: &str) -> Option<&'static str> {
    OWN_STATUSES.iter().find(|(known, _)| *known == code).map(|(_, status)| *status)
}

/// The fault of a text in our own data that is no identifier.
pub(super) fn no_identifier(text: &str) -> Fault {
    let text = shown(text);
    Fault::error("sdmx.identifier", format!("“{text}”不是代码的标识符"), format!("'{text}' is the identifier of no code"))
        .value(&text)
        .expected("A-Z a-z 0-9 _ @ - $XX")
        .hint(
            "其他字符写作 $ 加两位大写十六进制数字，例如 1.10 写作 1$2E10",
            "write any other byte as $ and two hexadecimal digits in upper case: 1.10 is 1$2E10",
        )
}

/// Whether a header is that of SDMX-CSV.
pub(super) fn is_header(headers: &[Option<String>]) -> bool {
    let name = |place: usize| headers.get(place).and_then(Option::as_deref).map(|header| column(header).0);
    match name(0) {
        Some("DATAFLOW") => true,
        Some(first) => first == "STRUCTURE" && name(1) == Some("STRUCTURE_ID"),
        None => false,
    }
}

/// What separates the columns of a text that begins as SDMX-CSV does: the character after the first term, which may be
/// extended by a term in brackets ("Design principles").
pub(in crate::intake) fn delimiter(text: &str) -> Option<u8> {
    let (text, quote) = text.strip_prefix('"').map_or((text, ""), |text| (text, "\""));
    let rest = ["STRUCTURE", "DATAFLOW"].iter().find_map(|word| text.strip_prefix(word))?;
    let rest = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(rest, |(_, rest)| rest);
    let next = rest.strip_prefix(quote)?.bytes().next()?;
    matches!(next, b',' | b';' | b'|' | b'\t').then_some(next)
}

/// The component of a header such as `REF_AREA: Reference area`, and whether its cells are labelled in the same way.
pub(super) fn column(header: &str) -> (&str, bool) {
    let (name, labelled) = match header.split_once(": ") {
        Some((code, _)) => (code, true),
        None => (header, false),
    };
    // `OBS_STATUS[]` may hold several values, `OBS_COMMENT[en;fr]` several languages; they are judged as they stand.
    let name = match name.split_once('[') {
        Some((component, rest)) if rest.ends_with(']') && !component.is_empty() => component,
        _ => name,
    };
    (name, labelled)
}

/// The standard column of a component.
pub(super) fn standard(component: &str) -> Option<&'static str> {
    COMPONENTS.iter().find(|(name, _)| *name == component).map(|(_, column)| *column)
}

/// Gives the columns their roles that only SDMX has.
pub(super) fn service_columns(headers: &[Option<String>], plan: &mut Plan) {
    for (place, header) in headers.iter().enumerate() {
        match header.as_deref().map(|header| column(header).0) {
            Some("ACTION") => plan.roles[place] = Role::Action,
            Some("UNIT_MULT") => plan.roles[place] = Role::UnitMultiplier,
            Some("STRUCTURE_ID" | "DATAFLOW") => plan.roles[place] = Role::Structure,
            Some("CG_CHOICE") => plan.roles[place] = Role::Choice,
            _ => {}
        }
        match plan.names[place].as_deref() {
            Some("value") => plan.roles[place] = Role::Value,
            Some("status") => plan.roles[place] = Role::Status,
            _ => {}
        }
    }
}

/// The status that a code means, and what else it says.
pub(super) fn status(code: &str) -> Option<(&'static str, Option<Flag>)> {
    STATUSES.iter().find(|(known, ..)| *known == code).map(|(_, status, flag)| (*status, *flag))
}

/// The warning about a flag that is read as reported.
pub(super) fn flag_not_kept(code: &str, (zh, en): Flag) -> Fault {
    Fault::warning(
        "sdmx.flag_not_kept",
        format!("OBS_STATUS 为 {code}（{zh}）的值按 reported 读入，该标记不保留"),
        format!("values with the OBS_STATUS {code} ({en}) are read as reported; the flag is not kept"),
    )
    .value(code)
    .hint("若不应计入，请在映射的 statuses 中另行说明", "say otherwise under 'statuses' of a mapping where they should not count")
}

/// The warning about rows that say something of several observations at once and bring none.
pub(super) fn partial_key() -> Fault {
    Fault::warning(
        "sdmx.partial_key",
        "没有完整键和观测值的行只描述一组观测值，不读入",
        "rows without a whole key and a value only describe groups of observations; they are left out",
    )
    .hint(
        "无需处理；若本应是观测值，请补全其维度",
        "nothing need be done; where they should be observations, fill in their dimensions",
    )
}

/// The fault of an action that an import cannot do.
pub(super) fn action_fault(action: &str) -> Option<Fault> {
    let fault = match action {
        "I" | "A" | "M" | "R" => return None,
        "D" => Fault::error("sdmx.delete", "不能通过导入删除观测值", "an import deletes no observation").hint(
            "历史须保留；若要撤回，请以状态 missing 重新报送",
            "history is kept; report the value as missing to take it back",
        ),
        _ => Fault::error("sdmx.action", "没有这种操作", "there is no such action")
            .hint("请填写 I、A、M 或 R", "write I, A, M or R"),
    };
    Some(fault.value(action).expected("I | A | M | R"))
}

/// The fault of a file that was declared to be SDMX-CSV.
pub(super) fn no_header(headers: &[Option<String>]) -> Fault {
    let found: Vec<String> = headers.iter().flatten().take(5).map(|header| shown(header)).collect();
    Fault::error("sdmx.header", "表头不是 SDMX-CSV 的表头", "the header is not that of SDMX-CSV")
        .value(found.join(","))
        .expected("STRUCTURE,STRUCTURE_ID,ACTION,... | DATAFLOW,...")
        .hint("请改正表头，或以 text/csv 发送", "correct the header, or send the file as text/csv")
}

/// The fault of a power of ten that is none.
pub(super) fn no_multiplier(text: &str) -> Fault {
    Fault::error("sdmx.unit_mult", "UNIT_MULT 不是 10 的整数次幂", "the UNIT_MULT is no power of ten")
        .value(text)
        .expected("-30..30")
        .hint("请填写整数，例如 3 表示千", "write a whole number: 3 means thousands")
}
