//! What a source is: where its data come from, and in which protocol they are asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Address, Line, PeriodCode};

/// A place on the network from which data are fetched. Which hosts may be named is configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SourceKind {
    /// A file under an address.
    Url {
        /// The address of the file.
        url: Address,
        /// Its format; unless given, it goes by the content type, then by the name, then by the content.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<SourceFormat>,
    },
    /// A table in the data store of a CKAN site, read by its action `datastore_search`.
    Ckan {
        /// The address of the site, to which `/api/3/action/…` is added.
        url: Address,
        /// The identifier of the resource.
        resource: Line,
        /// From a column to the values of which its rows have one; up to 20 columns and 100 values each.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        filters: BTreeMap<String, Vec<String>>,
    },
    /// A dataflow of an SDMX REST service, asked for as SDMX-CSV.
    Sdmx {
        /// The address of the service, to which `/data/…` is added.
        url: Address,
        /// The version of the interface.
        version: SdmxVersion,
        /// The dataflow: `AGENCY,FLOW,VERSION`; 2.1 needs only the flow, 3.0 the agency and the flow.
        #[schema(example = "ECB,EXR,1.0")]
        flow: Line,
        /// The key that selects series, such as `A..GDP` in 2.1 and `A.*.GDP` in 3.0; everything unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Line>,
        /// The first period.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start_period: Option<PeriodCode>,
        /// The last period.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end_period: Option<PeriodCode>,
    },
    /// The entities of the type `KeyPerformanceIndicator` of an NGSI-LD context broker.
    NgsiLd {
        /// The address of the broker, to which `/ngsi-ld/v1/entities` is added.
        url: Address,
        /// The tenant (`NGSILD-Tenant`); the broker's own unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant: Option<Line>,
        /// The JSON-LD context by which the broker understands and writes names; the broker reads it, this service does not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        context: Option<Address>,
        /// A query in the language of NGSI-LD (`q`), such as `calculationFrequency=="yearly"`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<Line>,
    },
}

impl SourceKind {
    /// The address that is given; requests go to it or below it.
    #[must_use]
    pub fn url(&self) -> &Address {
        match self {
            Self::Url { url, .. } | Self::Ckan { url, .. } | Self::Sdmx { url, .. } | Self::NgsiLd { url, .. } => url,
        }
    }
}

/// The format of a file under an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceFormat {
    /// Comma-separated values.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// One JSON document.
    Json,
    /// A JSON object per line.
    #[serde(rename = "ndjson")]
    NdJson,
    /// Apache Parquet.
    Parquet,
    /// SDMX-CSV 1.0 or 2.0.
    SdmxCsv,
}

/// The version of an SDMX REST interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum SdmxVersion {
    /// SDMX 2.1: `/data/{flow}/{key}`, SDMX-CSV 1.0.
    #[serde(rename = "2.1")]
    V2_1,
    /// SDMX 3.0: `/data/dataflow/{agency}/{flow}/{version}/{key}`, SDMX-CSV 2.0.
    #[serde(rename = "3.0")]
    V3_0,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(value: Value) -> Result<SourceKind, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_kind_is_written_as_it_is_read() {
        for kind in [
            json!({"kind": "url", "url": "https://data.example.cn/2026.csv", "format": "sdmx_csv"}),
            json!({"kind": "url", "url": "https://data.example.cn/2026.csv", "format": "ndjson"}),
            json!({"kind": "ckan", "url": "https://data.example.cn", "resource": "r", "filters": {"year": ["2025", "2026"]}}),
            json!({"kind": "sdmx", "url": "https://sdmx.example.org/rest", "version": "2.1", "flow": "A,F,1.0", "key": "A..X",
                "start_period": "2020", "end_period": "2026-Q3"}),
            json!({"kind": "ngsi_ld", "url": "https://broker.example.cn", "tenant": "city",
                "context": "https://example.org/context.jsonld", "query": "kpiValue>1"}),
        ] {
            assert_eq!(json!(read(kind.clone()).expect("it is sound")), kind);
        }
    }

    #[test]
    fn a_member_that_a_kind_does_not_have_is_refused() {
        let strange = json!({"kind": "url", "url": "https://x.cn/", "resource": "r"});
        assert!(read(strange).expect_err("of another kind").contains("resource"));
        assert!(read(json!({"kind": "ftp", "url": "ftp://x.cn/"})).expect_err("no such kind").contains("ftp"));
        assert!(read(json!({"kind": "url", "url": "https://x.cn/a b"})).expect_err("a blank").contains("address"));
    }
}
