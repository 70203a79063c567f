//! How far the pages of a source have come, and whether they fit together.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use citygauge_indicators::Fault;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::error::FetchError;
use super::pages::Page;
use crate::intake::Limits;

/// What was fetched so far.
#[derive(Default)]
pub(super) struct SoFar {
    pub pages: u32,
    pub records: u64,
    pub bytes: u64,
    total: Option<u64>,
    /// The digest of the last page.
    last: Option<[u8; 32]>,
    /// Of the records so far, the digests of what tells them apart.
    identifiers: HashSet<u64>,
}

impl SoFar {
    /// Refuses a record that came before, since then another one was left out, and one too many.
    pub fn admit(&mut self, identifier: Option<&RawValue>) -> Result<(), FetchError> {
        let most = Limits::default().max_rows;
        if self.records > most {
            return Err(FetchError::refused(
                Fault::error(
                    "source.too_many_records",
                    format!("记录超过 {most} 条"),
                    format!("there are more than {most} records"),
                )
                .expected(format!("<= {most}"))
                .hint("请用筛选缩小记录，分几个数据源获取", "ask for less by filters, in several sources"),
            ));
        }
        let Some(identifier) = identifier else { return Ok(()) };
        let mut hasher = DefaultHasher::new();
        identifier.get().hash(&mut hasher);
        if self.identifiers.insert(hasher.finish()) { Ok(()) } else { Err(self.changed(Some(identifier.get()))) }
    }

    /// The fault of pages that do not fit together; another fetch may find them at rest.
    fn changed(&self, twice: Option<&str>) -> FetchError {
        let read = self.records;
        let fault = match twice {
            Some(twice) => Fault::error(
                "source.changed",
                "读取期间记录发生变化：同一记录出现在两页上",
                "the records changed while they were read: one stands on two pages",
            )
            .row(read)
            .value(twice),
            None => {
                let total = self.total.unwrap_or_default();
                Fault::error(
                    "source.changed",
                    format!("读取期间记录发生变化：已读 {read} 条，数据源称共 {total} 条"),
                    format!("the records changed while they were read: {read} came, {total} are said to be there"),
                )
                .value(read.to_string())
                .expected(total.to_string())
            }
        };
        FetchError::transient(fault.hint(
            "未保留任何内容，将重新获取；若反复出现，该服务可能不支持 offset 分页",
            "nothing of it was kept, and it is fetched again; where this goes on, the service may not heed offset",
        ))
    }

    /// Counts a page, unless it is the last one again.
    pub fn begin(&mut self, page: &Page<'_>, body: &[u8]) -> Result<(), FetchError> {
        self.pages += 1;
        let digest: [u8; 32] = Sha256::digest(body).into();
        if !page.records.is_empty() && self.last.replace(digest) == Some(digest) {
            return Err(FetchError::refused(
                Fault::error("source.same_page", "数据源反复给出同一页", "the source gives the same page again and again")
                    .value(self.pages.to_string())
                    .hint("请检查该服务是否支持 limit 与 offset 分页", "check that the service understands limit and offset"),
            ));
        }
        Ok(())
    }

    /// Whether a page whose records were counted is the last.
    pub fn is_last(&mut self, page: &Page<'_>) -> Result<bool, FetchError> {
        let before = self.total;
        self.total = page.total.or(before);
        let has_changed = before.is_some_and(|before| self.total != Some(before));
        let is_over = self.total.is_some_and(|total| self.records > total);
        let is_short = page.records.is_empty() && self.total.is_some_and(|total| self.records < total);
        if has_changed || is_over || is_short {
            return Err(self.changed(None));
        }
        Ok(page.records.is_empty() || self.total == Some(self.records))
    }
}
