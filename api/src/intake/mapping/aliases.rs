//! The usual Chinese and English headers of the standard columns; they are understood in every file.

use citygauge_openapi::ImportKind;

/// A standard column, and what it is called otherwise.
type Column = (&'static str, &'static [&'static str]);

/// The columns of a table of observations.
const OF_OBSERVATIONS: [Column; 15] = [
    ("city", &["城市代码", "城市编码", "行政区划代码", "行政区代码", "区划代码", "city code", "city_code"]),
    ("city_name", &["城市", "城市名称", "城市名", "地区", "地区名称", "city name"]),
    ("period", &["时期", "年份", "年度", "年", "期间", "时间", "year"]),
    ("item", &["数据项", "数据项代码", "指标", "指标代码", "指标名称", "item code", "indicator"]),
    ("value", &["数值", "值", "数据", "观测值", "指标值"]),
    ("status", &["状态", "数据状态"]),
    ("quality", &["质量", "质量等级", "数据质量", "quality grade"]),
    ("source", &["来源", "数据来源", "资料来源"]),
    ("note", &["备注", "说明", "附注", "remark", "remarks", "notes"]),
    ("method", &["方法", "统计方法", "调查方法"]),
    ("provider", &["提供方", "数据提供方", "提供者"]),
    ("as_of", &["截止日期", "数据日期", "截止日", "as-of date", "as of"]),
    ("unit", &["单位", "计量单位", "原始单位"]),
    ("sample_size", &["样本量", "样本数", "sample size"]),
    ("margin", &["误差范围", "误差", "抽样误差", "margin of error"]),
];

/// The columns of a table of cities; every other column is an attribute.
const OF_CITIES: [Column; 5] = [
    ("code", &["代码", "城市代码", "城市编码", "行政区划代码", "行政区代码", "区划代码", "city code", "city_code"]),
    ("name", &["名称", "城市", "城市名称", "城市名", "地区", "地区名称", "city name", "city_name"]),
    ("name_zh", &["中文名", "中文名称", "chinese name"]),
    ("name_en", &["英文名", "英文名称", "english name"]),
    ("attributes_from", &["属性起始日期", "属性生效日期"]),
];

fn columns(kind: ImportKind) -> &'static [Column] {
    match kind {
        ImportKind::Cities => &OF_CITIES,
        ImportKind::Observations => &OF_OBSERVATIONS,
    }
}

/// The standard columns of a kind of file.
pub(super) fn standard(kind: ImportKind) -> impl Iterator<Item = &'static str> {
    columns(kind).iter().map(|(column, _)| *column)
}

/// The standard column that a header means; capitals and blanks around it do not count.
pub(super) fn of(kind: ImportKind, header: &str) -> Option<&'static str> {
    let header = header.trim().to_ascii_lowercase();
    columns(kind).iter().find(|(_, names)| names.contains(&header.as_str())).map(|(column, _)| *column)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_header_means_two_columns() {
        for kind in [ImportKind::Cities, ImportKind::Observations] {
            let mut seen: HashSet<&str> = standard(kind).collect();
            assert_eq!(seen.len(), columns(kind).len());
            for (column, names) in columns(kind) {
                assert!(names.iter().all(|name| seen.insert(name)), "{column}");
            }
        }
        assert_eq!(of(ImportKind::Observations, " 年份 "), Some("period"));
        assert_eq!(of(ImportKind::Cities, "City_Code"), Some("code"));
        assert_eq!(of(ImportKind::Observations, "city"), None);
    }
}
