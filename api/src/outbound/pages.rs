//! What comes in pages of JSON: asked for page by page and written as NDJSON as it comes.

use std::path::Path;

use citygauge_indicators::{Fault, Faults};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::value::RawValue;
use url::Url;

use super::Outbound;
use super::ask::Question;
use super::error::{FetchError, too_large};
use super::fetched::{Content, Fetched, Validators};
use super::flat::{Members, members, not_json};
use super::name::with_extension;
use super::recognise::web_page;
use super::secret::Secret;
use super::sink::Sink;
use super::so_far::SoFar;
use crate::intake::Format;

/// A service that gives its records in pages.
pub(super) trait Paged {
    /// What the file is called.
    fn name(&self) -> String;

    /// The address of the page that begins after so many records, and headers beside the usual ones.
    fn page(&self, root: &Url, after: u64) -> Result<(Url, HeaderMap), Fault>;

    /// What a page holds.
    fn read<'p>(&self, headers: &HeaderMap, body: &'p str) -> Result<Page<'p>, Fault>;

    /// The member of a record by which it is told from all others.
    fn identifier(&self) -> &'static str;

    /// One record as a line of NDJSON.
    fn line(&self, record: &Members<'_>) -> Result<String, Fault>;

    /// How to mend that there is no record.
    fn mend_nothing(&self) -> (&'static str, &'static str);
}

/// A page that was read.
pub(super) struct Page<'p> {
    pub records: Vec<&'p RawValue>,
    /// How many records there are on all pages, where that is known.
    pub total: Option<u64>,
}

impl Outbound {
    /// Fetches all pages, unless together they are what is known.
    pub(super) async fn pages(
        &self,
        source: impl Paged,
        root: &Url,
        known: &Validators,
        secret: Option<&Secret>,
        folder: &Path,
    ) -> Result<Fetched, FetchError> {
        let limits = self.limits();
        let mut sink = Sink::new(folder, limits.bytes)?;
        let mut so_far = SoFar::default();
        loop {
            if so_far.pages == limits.pages {
                return Err(FetchError::refused(too_many_pages(limits.pages)));
            }
            let (url, headers) = source.page(root, so_far.records).map_err(FetchError::refused)?;
            let question = Question { url, accept: "application/json", headers, known: None, secret };
            let Some(reply) = self.ask(question).await? else { return Ok(Fetched::Unchanged) };
            let headers = reply.headers().clone();
            let body = reply.page(limits.page_bytes).await?;
            so_far.bytes += body.len() as u64;
            if so_far.bytes > limits.bytes {
                return Err(FetchError::refused(too_large(limits.bytes)));
            }
            let page = source.read(&headers, text(&headers, &body).map_err(FetchError::refused)?).map_err(FetchError::refused)?;
            so_far.begin(&page, &body)?;
            for record in &page.records {
                so_far.records += 1;
                let in_row = |fault: Fault| FetchError::refused(fault.row(so_far.records));
                let record = members(record).map_err(in_row)?;
                let line = source.line(&record).map_err(in_row)?;
                so_far.admit(record.get(source.identifier()))?;
                sink.write(line.as_bytes()).await?;
            }
            if so_far.is_last(&page)? {
                break;
            }
        }
        if so_far.records == 0 {
            let (zh, en) = source.mend_nothing();
            let fault = Fault::error("source.no_records", "没有符合条件的记录", "there is no record of that kind");
            return Err(FetchError::Refused(Faults::from(fault.hint(zh, en))));
        }
        let written = sink.finish().await?;
        if known.digest.as_ref() == Some(&written.digest) {
            return Ok(Fetched::Unchanged);
        }
        Ok(Fetched::Content(Content {
            file: written.file,
            bytes: written.bytes,
            name: with_extension(&source.name(), Format::NdJson),
            format: Format::NdJson,
            media_type: Format::NdJson.media_type().to_owned(),
            validators: Validators { digest: Some(written.digest), ..Validators::default() },
            pages: so_far.pages,
            rows: Some(so_far.records),
        }))
    }
}

/// The text of a page, unless it is a page for people.
fn text<'b>(headers: &HeaderMap, body: &'b [u8]) -> Result<&'b str, Fault> {
    let media_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if let Some(fault) = web_page(&String::from_utf8_lossy(media_type), body) {
        return Err(fault);
    }
    std::str::from_utf8(body).map_err(|error| {
        Fault::error("source.json", "数据源的答复不是 UTF-8", "what the source answers is not UTF-8")
            .value(error.to_string())
            .hint("JSON 只能以 UTF-8 编码", "JSON is written in UTF-8 only")
    })
}

/// Reads JSON into a type whose parts borrow from it.
pub(super) fn read<'p, T: serde::Deserialize<'p>>(body: &'p str) -> Result<T, Fault> {
    serde_json::from_str(body).map_err(|error| not_json(&error))
}

fn too_many_pages(limit: u32) -> Fault {
    Fault::error("source.too_many_pages", format!("超过 {limit} 页"), format!("there are more than {limit} pages"))
        .expected(format!("<= {limit}"))
        .hint("请用筛选缩小记录，或调大 sources.pages", "ask for less by filters, or raise sources.pages")
}
