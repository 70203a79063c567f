//! An NGSI-LD context broker: entities of the type `KeyPerformanceIndicator` of the Smart Data Models.
//!
//! Sources: ETSI GS CIM 009 (query entities: 6.4.3.2; pagination: 6.3.10; count: 6.3.13; tenants: 6.3.14), and
//! <https://github.com/smart-data-models/dataModel.KeyPerformanceIndicator> for the attributes.

use citygauge_indicators::Fault;
use citygauge_openapi::{Address, Line};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LINK};
use url::Url;

use super::flat::{Members, Reading, Row};
use super::pages::{Page, Paged, read};

/// Entities of a page; many brokers give no more than a hundred.
const PAGE: u64 = 100;

const TENANT: HeaderName = HeaderName::from_static("ngsild-tenant");
const COUNT: HeaderName = HeaderName::from_static("ngsild-results-count");

/// What is wanted of a broker.
pub(super) struct Broker<'b> {
    pub tenant: Option<&'b Line>,
    pub context: Option<&'b Address>,
    pub query: Option<&'b Line>,
}

impl Paged for Broker<'_> {
    fn name(&self) -> String {
        "KeyPerformanceIndicator".to_owned()
    }

    fn page(&self, root: &Url, after: u64) -> Result<(Url, HeaderMap), Fault> {
        let mut url = root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["ngsi-ld", "v1", "entities"]);
        }
        url.query_pairs_mut()
            .append_pair("type", "KeyPerformanceIndicator")
            .append_pair("count", "true")
            .append_pair("limit", &PAGE.to_string())
            .append_pair("offset", &after.to_string());
        if let Some(query) = self.query {
            url.query_pairs_mut().append_pair("q", query.as_str());
        }
        let mut headers = HeaderMap::new();
        if let Some(tenant) = self.tenant {
            headers.insert(TENANT, header(tenant.as_str())?);
        }
        if let Some(context) = self.context {
            let link = format!("<{context}>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"");
            headers.insert(LINK, header(&link)?);
        }
        Ok((url, headers))
    }

    fn read<'p>(&self, headers: &HeaderMap, body: &'p str) -> Result<Page<'p>, Fault> {
        let total = headers.get(COUNT).and_then(|count| count.to_str().ok()?.trim().parse().ok());
        Ok(Page { records: read(body)?, total })
    }

    fn identifier(&self) -> &'static str {
        "id"
    }

    fn line(&self, record: &Members<'_>) -> Result<String, Fault> {
        let mut row = Row::new(Reading::NgsiLd);
        for (name, value) in &record.0 {
            if name != "@context" {
                row.put(name, value)?;
            }
        }
        Ok(row.finish())
    }

    fn mend_nothing(&self) -> (&'static str, &'static str) {
        (
            "请核对租户、上下文（context）和查询；类型名按上下文解释",
            "check the tenant, the context and the query; a broker understands the name of the type by the context",
        )
    }
}

fn header(text: &str) -> Result<HeaderValue, Fault> {
    HeaderValue::from_str(text).map_err(|_| {
        Fault::error("source.header", "该文本不能写入请求头", "this text cannot stand in a header")
            .value(text)
            .hint("只能使用 ASCII 字符", "write it in ASCII")
    })
}
