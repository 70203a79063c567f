//! A CKAN data store, read by its action `datastore_search`.
//!
//! Source: <https://docs.ckan.org/en/latest/maintaining/datastore.html>, "The DataStore API".

use std::collections::BTreeMap;

use citygauge_indicators::Fault;
use citygauge_openapi::Line;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use url::Url;

use super::flat::{Members, Reading, Row};
use super::pages::{Page, Paged, read};

/// Records of a page; a site may give fewer.
const PAGE: u64 = 1_000;

/// Columns that CKAN adds to a table for itself.
const OWN: [&str; 2] = ["_id", "_full_text"];

/// A table and the rows that are wanted.
pub(super) struct Store<'s> {
    pub resource: &'s Line,
    pub filters: &'s BTreeMap<String, Vec<String>>,
}

/// What every action answers.
#[derive(Deserialize)]
struct Envelope<'p> {
    success: bool,
    #[serde(borrow, default)]
    result: Option<Found<'p>>,
    #[serde(borrow, default)]
    error: Option<&'p RawValue>,
}

#[derive(Deserialize)]
struct Found<'p> {
    #[serde(borrow)]
    records: Vec<&'p RawValue>,
    #[serde(default)]
    total: Option<u64>,
    /// Whether the total is only about right.
    #[serde(default)]
    total_was_estimated: bool,
}

impl Paged for Store<'_> {
    fn name(&self) -> String {
        self.resource.as_str().to_owned()
    }

    fn page(&self, root: &Url, after: u64) -> Result<(Url, HeaderMap), Fault> {
        let mut url = root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "3", "action", "datastore_search"]);
        }
        // Pages of rows without an order could overlap.
        url.query_pairs_mut()
            .append_pair("resource_id", self.resource.as_str())
            .append_pair("sort", "_id")
            .append_pair("limit", &PAGE.to_string())
            .append_pair("offset", &after.to_string());
        if !self.filters.is_empty() {
            let value = |values: &Vec<String>| if let [one] = values.as_slice() { json!(one) } else { json!(values) };
            let filters: Map<String, Value> =
                self.filters.iter().map(|(column, values)| (column.clone(), value(values))).collect();
            url.query_pairs_mut().append_pair("filters", &Value::from(filters).to_string());
        }
        Ok((url, HeaderMap::new()))
    }

    fn read<'p>(&self, _headers: &HeaderMap, body: &'p str) -> Result<Page<'p>, Fault> {
        let envelope: Envelope<'p> = read(body)?;
        match envelope {
            Envelope { success: true, result: Some(found), .. } => {
                Ok(Page { records: found.records, total: found.total.filter(|_| !found.total_was_estimated) })
            }
            Envelope { error, .. } => Err(Fault::error("source.ckan", "CKAN 未能执行查询", "CKAN could not do what was asked")
                .value(error.map_or("success: false", RawValue::get))
                .hint("请核对资源标识和筛选列", "check the identifier of the resource and the columns of the filters")),
        }
    }

    fn identifier(&self) -> &'static str {
        "_id"
    }

    fn line(&self, record: &Members<'_>) -> Result<String, Fault> {
        let mut row = Row::new(Reading::Plain);
        for (name, value) in &record.0 {
            if !OWN.contains(&name.as_str()) {
                row.put(name, value)?;
            }
        }
        Ok(row.finish())
    }

    fn mend_nothing(&self) -> (&'static str, &'static str) {
        ("请检查筛选条件；表中可能还没有数据", "check the filters; the table may also be empty")
    }
}
