//! SDMX REST: where a dataflow is asked for, and in which form.
//!
//! Sources: <https://github.com/sdmx-twg/sdmx-rest>, `v2_1/ws/rest/docs/4_4_data_queries.md` (2.1) and `doc/data.md` (3.0);
//! <https://github.com/sdmx-twg/sdmx-csv> for the media types.

use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{Line, PeriodCode, SdmxVersion};
use url::Url;

/// A dataflow, and what is wanted of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow<'f> {
    pub version: SdmxVersion,
    pub flow: &'f Line,
    pub key: Option<&'f Line>,
    pub start: Option<&'f PeriodCode>,
    pub end: Option<&'f PeriodCode>,
}

impl Flow<'_> {
    /// The media type that is asked for.
    pub fn accept(&self) -> &'static str {
        match self.version {
            SdmxVersion::V2_1 => "application/vnd.sdmx.data+csv;version=1.0.0",
            SdmxVersion::V3_0 => "application/vnd.sdmx.data+csv;version=2.0.0",
        }
    }

    /// What the file is called.
    pub fn name(&self) -> String {
        self.flow.as_str().replace(',', "_")
    }

    /// Everything that is wrong with it.
    pub fn check(&self) -> Faults {
        let mut faults = Faults::default();
        let parts: Vec<&str> = self.flow.as_str().split(',').collect();
        let (least, expected) = match self.version {
            SdmxVersion::V2_1 => (1, "FLOW | AGENCY,FLOW | AGENCY,FLOW,VERSION"),
            SdmxVersion::V3_0 => (2, "AGENCY,FLOW | AGENCY,FLOW,VERSION"),
        };
        let (version, names) = if parts.len() == 3 { (Some(parts[2]), &parts[..2]) } else { (None, &parts[..]) };
        let is_named = (least..=3).contains(&parts.len()) && names.iter().all(|name| is_identifier(name));
        if !is_named || !version.is_none_or(|version| self.is_version(version)) {
            faults.push(
                Fault::error("source.sdmx_flow", "数据流标识不正确", "this is no identifier of a dataflow")
                    .at("/flow")
                    .value(self.flow.as_str())
                    .expected(expected)
                    .hint(
                        "请按“机构,数据流,版本”填写；2.1 的版本可为 latest，3.0 可为 + 或 ~",
                        "write agency, flow and version; in 2.1 the version may be latest, in 3.0 + or ~",
                    ),
            );
        }
        if let Some(key) = self.key.filter(|key| !self.is_key(key.as_str())) {
            let expected = match self.version {
                SdmxVersion::V2_1 => "A.B+C..D | all",
                SdmxVersion::V3_0 => "A.B.*.D,A.C.*.D | *",
            };
            faults.push(
                Fault::error("source.sdmx_key", "序列键不正确", "this is no key of series")
                    .at("/key")
                    .value(key.as_str())
                    .expected(expected)
                    .hint(
                        "各维度的代码以点分隔；任意值在 2.1 中留空，在 3.0 中写作 *",
                        "codes of the dimensions stand between dots; any code is left out in 2.1 and written * in 3.0",
                    ),
            );
        }
        if let (Some(start), Some(end)) = (self.start, self.end)
            && start.as_str().get(..4) > end.as_str().get(..4)
        {
            faults.push(
                Fault::error("source.periods", "起始时期晚于结束时期", "the first period lies after the last")
                    .at("/start_period")
                    .value(start.as_str())
                    .expected(format!("<= {end}"))
                    .hint("请调换两者", "exchange them"),
            );
        }
        faults
    }

    fn is_version(&self, version: &str) -> bool {
        let digits = version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        match self.version {
            SdmxVersion::V2_1 => digits || matches!(version, "latest" | "LATEST" | "all" | "ALL"),
            SdmxVersion::V3_0 => digits || matches!(version, "+" | "~"),
        }
    }

    fn is_key(&self, key: &str) -> bool {
        let of_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '$' | '-' | '.');
        match self.version {
            // As a part of a path these two would mean another folder; `all` says the same.
            SdmxVersion::V2_1 => key.chars().all(|c| of_code(c) || c == '+') && !matches!(key, "." | ".."),
            SdmxVersion::V3_0 => {
                key.chars().all(|c| of_code(c) || matches!(c, '*' | ','))
                    && key.split(',').all(|key| key.split('.').all(|code| !code.is_empty()))
            }
        }
    }

    /// Where it is asked for, below the address of the service. The parts were checked before.
    pub fn url(&self, root: &Url) -> Url {
        let mut url = root.clone();
        let parts: Vec<&str> = self.flow.as_str().split(',').collect();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("data");
            match self.version {
                SdmxVersion::V2_1 => {
                    path.push(self.flow.as_str()).push(self.key.map_or("all", Line::as_str));
                }
                SdmxVersion::V3_0 => {
                    let version = parts.get(2).copied().unwrap_or("+");
                    path.push("dataflow").push(parts[0]).push(parts.get(1).copied().unwrap_or("*")).push(version);
                    path.push(self.key.map_or("*", Line::as_str));
                }
            }
        }
        let bounds = [self.start.map(|start| ("startPeriod", "ge", start)), self.end.map(|end| ("endPeriod", "le", end))];
        let bounds: Vec<_> = bounds.into_iter().flatten().collect();
        if !bounds.is_empty() {
            let mut query = url.query_pairs_mut();
            match self.version {
                SdmxVersion::V2_1 => {
                    query.extend_pairs(bounds.iter().map(|(name, _, period)| (*name, period.as_str())));
                }
                SdmxVersion::V3_0 => {
                    let terms: Vec<String> = bounds.iter().map(|(_, operator, period)| format!("{operator}:{period}")).collect();
                    query.append_pair("c[TIME_PERIOD]", &terms.join("+"));
                }
            }
        }
        url
    }
}

fn is_identifier(text: &str) -> bool {
    let of_identifier = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '$' | '-' | '.');
    text.chars().all(of_identifier) && text.contains(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Asked {
        version: SdmxVersion,
        flow: Line,
        key: Option<Line>,
        start: Option<PeriodCode>,
        end: Option<PeriodCode>,
    }

    fn asked(version: SdmxVersion, flow: &str, key: Option<&str>, start: Option<&str>, end: Option<&str>) -> Asked {
        let (flow, key) = (Line::trusted(flow), key.map(Line::trusted));
        Asked { version, flow, key, start: start.map(PeriodCode::trusted), end: end.map(PeriodCode::trusted) }
    }

    impl Asked {
        fn flow(&self) -> Flow<'_> {
            let (key, start, end) = (self.key.as_ref(), self.start.as_ref(), self.end.as_ref());
            Flow { version: self.version, flow: &self.flow, key, start, end }
        }

        fn url(&self) -> String {
            self.flow().url(&Url::parse("https://x.org/rest/").expect("a URL")).to_string()
        }

        fn faults(&self) -> Vec<&'static str> {
            self.flow().check().0.iter().map(|fault| fault.code).collect()
        }
    }

    #[test]
    fn a_dataflow_is_asked_for_as_its_version_has_it() {
        let url = |version, flow, key, start, end| asked(version, flow, key, start, end).url();
        assert_eq!(url(SdmxVersion::V2_1, "EXR", None, None, None), "https://x.org/rest/data/EXR/all");
        assert_eq!(
            url(SdmxVersion::V2_1, "ECB,EXR,1.0", Some("M.USD+GBP..SP00.A"), Some("2020"), Some("2026-Q3")),
            "https://x.org/rest/data/ECB,EXR,1.0/M.USD+GBP..SP00.A?startPeriod=2020&endPeriod=2026-Q3"
        );
        assert_eq!(url(SdmxVersion::V3_0, "ECB,EXR", None, None, None), "https://x.org/rest/data/dataflow/ECB/EXR/+/*");
        assert_eq!(
            url(SdmxVersion::V3_0, "ECB,EXR,1.0.0", Some("M.*.EUR"), Some("2020"), Some("2026")),
            "https://x.org/rest/data/dataflow/ECB/EXR/1.0.0/M.*.EUR?c%5BTIME_PERIOD%5D=ge%3A2020%2Ble%3A2026"
        );
        assert_eq!(
            url(SdmxVersion::V3_0, "ECB,EXR,~", None, None, Some("2026-01")),
            "https://x.org/rest/data/dataflow/ECB/EXR/~/*?c%5BTIME_PERIOD%5D=le%3A2026-01"
        );
    }

    #[test]
    fn what_no_service_understands_is_refused_at_once() {
        let faults = |version, flow, key| asked(version, flow, key, Some("2026"), Some("2020")).faults();
        let all = vec!["source.sdmx_flow", "source.sdmx_key", "source.periods"];
        assert_eq!(faults(SdmxVersion::V2_1, "A,B,C,D", Some("A/../B")), all);
        assert_eq!(faults(SdmxVersion::V2_1, "A,B,+", Some("A.*.B")), all);
        assert_eq!(faults(SdmxVersion::V3_0, "EXR", Some("A..B")), all);
        assert_eq!(faults(SdmxVersion::V3_0, "A,B,latest", Some("A+B.C")), all);
        assert_eq!(faults(SdmxVersion::V2_1, "A,..", Some("..")), all);
        assert_eq!(faults(SdmxVersion::V3_0, "A,,1.0", Some("*")), ["source.sdmx_flow", "source.periods"]);
        assert_eq!(asked(SdmxVersion::V2_1, "A,B,latest", Some("all"), Some("2020"), Some("2020")).faults(), [""; 0]);
        assert_eq!(asked(SdmxVersion::V3_0, "A,B,+", Some("*"), None, Some("2020")).faults(), [""; 0]);
    }
}
