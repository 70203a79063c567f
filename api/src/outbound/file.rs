//! A file: fetched as it is, in one piece.

use std::path::Path;

use citygauge_openapi::SourceFormat;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use url::Url;

use super::Outbound;
use super::ask::Question;
use super::error::FetchError;
use super::fetched::{Content, Fetched, Validators};
use super::name::{name_of, with_extension};
use super::recognise::{Signs, recognise};
use super::secret::Secret;
use super::sink::Sink;

/// Any table, those that are read first.
pub(super) const ANY_TABLE: &str = "text/csv, application/vnd.sdmx.data+csv, \
    application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/json, application/x-ndjson, \
    application/vnd.apache.parquet, */*;q=0.1";

/// A file to be fetched.
pub(super) struct Wanted<'w> {
    pub url: Url,
    pub accept: &'static str,
    pub format: Option<SourceFormat>,
    /// What it is called, where that is known before.
    pub name: Option<String>,
    pub known: &'w Validators,
    pub secret: Option<&'w Secret>,
}

impl Outbound {
    /// Fetches a file, unless it is the one that is known.
    pub(super) async fn file(&self, wanted: Wanted<'_>, folder: &Path) -> Result<Fetched, FetchError> {
        let Wanted { url, accept, format, name, known, secret } = wanted;
        let conditional = known.etag.is_some() || known.last_modified.is_some();
        let question = Question { url, accept, headers: HeaderMap::new(), known: conditional.then_some(known), secret };
        let Some(reply) = self.ask(question).await? else { return Ok(Fetched::Unchanged) };
        let validators = Validators::of(reply.headers());
        let name = name.unwrap_or_else(|| name_of(reply.headers(), reply.url()));
        let media_type = reply.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
        let media_type = String::from_utf8_lossy(media_type).into_owned();
        let mut sink = Sink::new(folder, self.limits().bytes)?;
        reply.write_to(&mut sink, self.limits().bytes).await?;
        let written = sink.finish().await?;
        let signs = Signs { stated: format, media_type: &media_type, name: &name, head: &written.head };
        let recognised = recognise(&signs).map_err(FetchError::refused)?;
        if known.digest.as_ref() == Some(&written.digest) {
            return Ok(Fetched::Unchanged);
        }
        Ok(Fetched::Content(Content {
            file: written.file,
            bytes: written.bytes,
            name: with_extension(&name, recognised.format),
            format: recognised.format,
            media_type: recognised.media_type,
            validators: Validators { digest: Some(written.digest), ..validators },
            pages: 1,
            rows: None,
        }))
    }
}
