//! One question to a server: redirects followed by hand, statuses understood, bytes counted.

use citygauge_indicators::{Fault, Faults};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LOCATION,
};
use reqwest::{Response, StatusCode};
use tracing::Instrument;
use url::Url;

use super::Outbound;
use super::error::{FetchError, too_large};
use super::fetched::Validators;
use super::guard::shown;
use super::recognise::web_page;
use super::retry_after::retry_after;
use super::secret::Secret;
use super::sink::Sink;
use crate::telemetry::traces;

/// The most redirects that are followed.
const REDIRECTS: usize = 3;

/// The most characters of what a server says of a failure that are repeated.
const SAID: usize = 300;

/// What is asked.
pub(super) struct Question<'q> {
    pub url: Url,
    pub accept: &'static str,
    /// Headers beside the usual ones.
    pub headers: HeaderMap,
    /// What is known already, where an answer may be that it still holds.
    pub known: Option<&'q Validators>,
    pub secret: Option<&'q Secret>,
}

/// An answer with content, whose body is still to come.
pub(super) struct Reply {
    response: Response,
    url: Url,
}

impl Outbound {
    /// Asks, and goes where the server points as far as that is allowed. No answer has come where what is known still holds.
    pub(super) async fn ask(&self, question: Question<'_>) -> Result<Option<Reply>, FetchError> {
        let mut url = question.url.clone();
        for _ in 0..=REDIRECTS {
            let response = self.send(&question, &url).await?;
            let status = response.status();
            if !is_redirect(status) {
                return judge(response, url, &question).await;
            }
            url = self.target(&response, &url)?;
        }
        Err(FetchError::refused(
            Fault::error("source.redirects", format!("重定向超过 {REDIRECTS} 次"), format!("more than {REDIRECTS} redirects"))
                .value(shown(&url))
                .hint("请直接填写最终地址", "give the address that they lead to"),
        ))
    }

    async fn send(&self, question: &Question<'_>, url: &Url) -> Result<Response, FetchError> {
        let mut headers = question.headers.clone();
        headers.insert(ACCEPT, HeaderValue::from_static(question.accept));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(known) = question.known {
            condition(&mut headers, IF_NONE_MATCH, known.etag.as_deref());
            condition(&mut headers, IF_MODIFIED_SINCE, known.last_modified.as_deref());
        }
        if let Some(secret) = question.secret.filter(|secret| secret.is_for(url)) {
            let (name, value) = secret.header();
            headers.insert(name, value);
        }
        let client = self.client(url);
        let span = traces::outgoing("GET", url.host_str().unwrap_or_default());
        let answered = client.get(url.clone()).headers(headers).send().instrument(span.clone()).await;
        traces::came_back(&span, answered.as_ref().ok().map(|response| response.status().as_u16()));
        answered.map_err(|error| FetchError::of_transport(&error, url))
    }

    /// Where a redirect leads to, if that may be asked.
    fn target(&self, response: &Response, from: &Url) -> Result<Url, FetchError> {
        let refused = |to: &str, rest: Faults| {
            let mut faults = Faults::from(
                Fault::error(
                    "source.redirect",
                    format!("数据源重定向到不允许的地址：{to}"),
                    format!("the source redirects to an address that is not allowed: {to}"),
                )
                .value(shown(from))
                .hint(
                    "若目标可信，请直接填写目标地址，并将其主机加入 sources.hosts",
                    "where the target is to be trusted, give its address and have its host listed under sources.hosts",
                ),
            );
            faults.0.extend(rest.0);
            FetchError::Refused(faults)
        };
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok()).unwrap_or_default();
        let target = from.join(location).ok().filter(|_| !location.is_empty());
        let Some(target) = target else { return Err(refused("?", Faults::default())) };
        let to = shown(&target);
        self.guard().admit(target).map_err(|faults| refused(&to, faults))
    }
}

fn condition(headers: &mut HeaderMap, name: HeaderName, validator: Option<&str>) {
    if let Some(value) = validator.and_then(|text| HeaderValue::from_str(text).ok()) {
        headers.insert(name, value);
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// What an answer without a redirect means.
async fn judge(response: Response, url: Url, question: &Question<'_>) -> Result<Option<Reply>, FetchError> {
    let status = response.status();
    let (code, zh, en) = match status.as_u16() {
        200 => return unless_compressed(Reply { response, url }).map(Some),
        304 if question.known.is_some() => return Ok(None),
        408 | 425 | 429 | 500..=599 => ("source.unavailable", "请稍后再试", "try again later"),
        401 | 403 => (
            "source.forbidden",
            "请检查凭证（sources.secrets）及其权限",
            "check what identifies the service there (sources.secrets) and what it is allowed",
        ),
        404 | 410 => ("source.not_found", "请核对地址和标识", "check the address and the identifiers"),
        406 => ("source.not_acceptable", "数据源不提供所需格式", "the source does not offer the format that is asked for"),
        _ => ("source.status", "请核对地址和参数", "check the address and the parameters"),
    };
    let pause = retry_after(response.headers());
    let mut reply = Reply { response, url };
    let words = reply.words().await;
    let said = if words.is_empty() { String::new() } else { format!(": {words}") };
    let name = status.canonical_reason().map(|name| format!(" {name}")).unwrap_or_default();
    let fault = Fault::error(
        code,
        format!("数据源答复 {}{name}{said}", status.as_u16()),
        format!("the source answers {}{name}{said}", status.as_u16()),
    );
    let fault = fault.value(shown(&reply.url)).expected("200").hint(zh, en);
    Err(match code {
        "source.unavailable" => FetchError::Transient { faults: fault.into(), retry_after: pause },
        _ => FetchError::refused(fault),
    })
}

fn unless_compressed(reply: Reply) -> Result<Reply, FetchError> {
    match reply.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"" | b"identity") => Ok(reply),
        Some(coding) => Err(FetchError::refused(
            Fault::error(
                "source.compressed",
                "内容经过压缩，而请求要求不压缩",
                "the content is compressed, although that was not asked for",
            )
            .value(String::from_utf8_lossy(coding))
            .expected("identity")
            .hint("请让数据源遵守 Accept-Encoding: identity", "have the source heed Accept-Encoding: identity"),
        )),
    }
}

impl Reply {
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Where the answer comes from, after all redirects.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Writes the body to a file; a body that says that it is too large is not begun.
    pub async fn write_to(mut self, sink: &mut Sink, limit: u64) -> Result<(), FetchError> {
        self.unless_larger_than(limit)?;
        while let Some(bytes) = self.next().await? {
            sink.write(&bytes).await?;
        }
        Ok(())
    }

    /// The body, which is held in memory and therefore small.
    pub async fn page(mut self, limit: usize) -> Result<Vec<u8>, FetchError> {
        let too_large = || FetchError::refused(page_too_large(limit));
        if self.response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut page = Vec::new();
        while let Some(bytes) = self.next().await? {
            if page.len() + bytes.len() > limit {
                return Err(too_large());
            }
            page.extend_from_slice(&bytes);
        }
        Ok(page)
    }

    /// What a server says of a failure, shortened; nothing where it says it in a web page.
    async fn words(&mut self) -> String {
        let mut body = Vec::new();
        while body.len() < 4 << 10
            && let Ok(Some(bytes)) = self.next().await
        {
            body.extend_from_slice(&bytes);
        }
        let media_type = self.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
        if web_page(&String::from_utf8_lossy(media_type), &body).is_some() {
            return String::new();
        }
        let text: String = String::from_utf8_lossy(&body).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SAID).collect()
    }

    fn unless_larger_than(&self, limit: u64) -> Result<(), FetchError> {
        match self.response.content_length() {
            Some(length) if length > limit => Err(FetchError::refused(too_large(limit).value(length.to_string()))),
            _ => Ok(()),
        }
    }

    async fn next(&mut self) -> Result<Option<bytes::Bytes>, FetchError> {
        self.response.chunk().await.map_err(|error| FetchError::of_transport(&error, &self.url))
    }
}

fn page_too_large(limit: usize) -> Fault {
    Fault::error("source.page_too_large", format!("一页超过 {limit} 字节"), format!("a page is larger than {limit} bytes"))
        .expected(format!("<= {limit}"))
        .hint("请用筛选缩小记录，或调大 sources.page_bytes", "ask for less by filters, or raise sources.page_bytes")
}
