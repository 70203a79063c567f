//! A failure as the document that the caller reads.

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use citygauge_indicators::{self as indicators, Faults, Language, Text};
use citygauge_openapi::{API_ROOT, Fault, PROBLEM_JSON, Problem};

use super::Failure;
use crate::artifacts::at_fault;
use crate::envelope::RequestContext;

/// The problem document of a failure, in the caller's language and under the request's identifier.
pub fn render(failure: &Failure, request: &RequestContext) -> HttpResponse {
    let language = request.language;
    let Description { code, title, detail } = describe(failure);
    let problem = Problem {
        kind: format!("/problems/{code}"),
        title: title.get(language).to_owned(),
        status: failure.status().as_u16(),
        detail: detail.get(language).to_owned(),
        instance: format!("/requests/{}", request.id),
        code: code.to_owned(),
        errors: faults(failure).map(|faults| Fault::list(&faults, language)).unwrap_or_default(),
    };
    respond(failure, &problem, language)
}

fn respond(failure: &Failure, problem: &Problem, language: Language) -> HttpResponse {
    let mut response = HttpResponse::build(failure.status());
    response.insert_header((CONTENT_TYPE, PROBLEM_JSON)).insert_header((CONTENT_LANGUAGE, language.tag()));
    match failure {
        Failure::Unauthenticated(_) => {
            response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"citygauge\""));
        }
        Failure::MethodNotAllowed { allow } => {
            response.insert_header((ALLOW, allow.as_str()));
        }
        Failure::TooMany(left) => {
            response.insert_header((RETRY_AFTER, left.next_in_s.to_string()));
        }
        Failure::TooManyAtOnce { .. } => {
            response.insert_header((RETRY_AFTER, "1"));
        }
        Failure::Unavailable(_) | Failure::ProviderAway(_) | Failure::NotReady(_) => {
            response.insert_header((RETRY_AFTER, "5"));
        }
        Failure::Full => {
            response.insert_header((RETRY_AFTER, "5")).force_close();
        }
        Failure::TimedOut(_) => {
            response.force_close();
        }
        _ => {}
    }
    let mut response = response.body(serde_json::to_vec(problem).expect("a problem is made of text and whole numbers"));
    if let Failure::TooMany(left) = failure {
        left.write_to(response.headers_mut());
    }
    response
}

fn faults(failure: &Failure) -> Option<Cow<'_, Faults>> {
    match failure {
        Failure::Malformed(faults) | Failure::Invalid(faults) | Failure::NotReady(faults) => Some(Cow::Borrowed(faults)),
        Failure::TimedOut(faults) => Some(Cow::Borrowed(faults)),
        Failure::TableTooLarge { estimate, limit_cells, export } => {
            let (zh, en) =
                (format!("表格约有 {} 个单元格", estimate.cells), format!("the table has about {} cells", estimate.cells));
            let fault = indicators::Fault::error("table.too_large", zh, en)
                .value(estimate.cells.to_string())
                .expected(format!("..{limit_cells}"))
                .hint(
                    format!("加筛选条件，或以 POST {API_ROOT}/exports {export} 导出为文件"),
                    format!("ask for less, or have it exported as a file: POST {API_ROOT}/exports {export}"),
                );
            Some(Cow::Owned(fault.into()))
        }
        Failure::Artifact { digest, is_lost } => Some(Cow::Owned(at_fault(digest, *is_lost).into())),
        _ => None,
    }
}

struct Description {
    code: &'static str,
    title: Text,
    detail: Text,
}

/// The stable code, the title and the sentence of a failure.
fn describe(failure: &Failure) -> Description {
    let (code, title, detail) = match failure {
        Failure::Malformed(faults) => (
            "malformed-request",
            Text::both("请求有误", "The request is malformed"),
            count(faults, ("路径、查询或请求头有", "处错误"), "in the path, query or headers"),
        ),
        Failure::Unauthenticated(detail) => {
            ("unauthenticated", Text::both("需要有效的密钥", "A key that works is needed"), detail.clone())
        }
        Failure::Forbidden(detail) => ("forbidden", Text::both("没有权限", "The key does not allow this"), detail.clone()),
        Failure::Absent(detail) => ("absent", Text::both("不存在", "There is no such thing"), detail.clone()),
        Failure::MethodNotAllowed { allow } => (
            "method-not-allowed",
            Text::both("不支持该方法", "The path has other methods"),
            Text::both(format!("这里可用的方法：{allow}"), format!("the methods of this path are {allow}")),
        ),
        Failure::NotAcceptable { offered } => (
            "not-acceptable",
            Text::both("没有所要求的格式", "The answer does not exist in that form"),
            Text::both(format!("可提供：{offered}"), format!("it is offered as {offered}")),
        ),
        Failure::Conflict(detail) => {
            ("conflict", Text::both("与现有内容冲突", "The request contradicts what is stored"), detail.clone())
        }
        Failure::Stale => (
            "stale",
            Text::both("内容已被修改", "It has changed since you saw it"),
            Text::both("请重新读取，并用新的 ETag 作为 If-Match", "read it again and send its new ETag as If-Match"),
        ),
        Failure::TooLarge { limit_bytes } => (
            "too-large",
            Text::both("请求体过大", "The body is too large"),
            Text::both(format!("最多 {limit_bytes} 字节"), format!("at most {limit_bytes} bytes are accepted")),
        ),
        Failure::TableTooLarge { estimate, limit_cells, .. } => (
            "table-too-large",
            Text::both("表格过大", "The table is too large for an answer"),
            Text::both(
                format!(
                    "约 {} 行、{} 个单元格、{} 字节；一次应答至多 {limit_cells} 个单元格。可在 {API_ROOT}/exports 导出",
                    estimate.rows, estimate.cells, estimate.bytes
                ),
                format!(
                    "about {} rows, {} cells and {} bytes; an answer has at most {limit_cells} cells. {API_ROOT}/exports makes a file of it",
                    estimate.rows, estimate.cells, estimate.bytes
                ),
            ),
        ),
        Failure::UnsupportedMediaType { accepted } => (
            "unsupported-media-type",
            Text::both("不支持该类型的请求体", "A body of that type is not read here"),
            Text::both(
                format!("请用 Content-Type 指明下列之一：{accepted}"),
                format!("send one of these as Content-Type: {accepted}"),
            ),
        ),
        Failure::Invalid(faults) => (
            "invalid",
            Text::both("内容有误", "The content is at fault"),
            count(faults, ("内容有", "处错误"), "in what was sent"),
        ),
        Failure::KeyReused => (
            "idempotency-key-reused",
            Text::both("Idempotency-Key 已用于另一个请求", "The Idempotency-Key belongs to another request"),
            Text::both("请为每个不同的请求使用新的键", "use a new key for every different request"),
        ),
        Failure::PreconditionRequired => (
            "precondition-required",
            Text::both("需要 If-Match", "If-Match is needed"),
            Text::both("请先读取，并把它的 ETag 作为 If-Match 发送", "read it first and send its ETag as If-Match"),
        ),
        Failure::TooMany(left) => (
            "too-many-requests",
            Text::both("请求过多", "Too many requests"),
            Text::both(
                format!("请在 {} 秒后重试", left.next_in_s),
                format!("try again in {} s, as Retry-After says", left.next_in_s),
            ),
        ),
        Failure::TooManyAtOnce { most } => (
            "too-many-at-once",
            Text::both("同时进行的请求过多", "Too many requests at once"),
            Text::both(
                format!("同时至多处理 {most} 个请求；请等前面的请求完成后再试"),
                format!("at most {most} of your requests are worked on at once: wait for one of them to end"),
            ),
        ),
        Failure::TimedOut(_) => (
            "timed-out",
            Text::both("请求体未按时到达", "The body did not arrive in time"),
            Text::both("请重新发送", "send it again"),
        ),
        Failure::Full => (
            "too-many-connections",
            Text::both("连接过多", "The service holds as many connections as it may"),
            Text::both("请稍后重新连接", "connect again in a few seconds"),
        ),
        Failure::Artifact { digest, .. } => (
            "artifact-lost",
            Text::both("所需文件已丢失或损坏", "A file that this needs is lost or damaged"),
            Text::both(
                format!("产物 {digest}；重试无用，请联系管理员"),
                format!("it is the artifact {digest}; trying again does not help, an administrator has to bring it back"),
            ),
        ),
        Failure::Internal(_) => (
            "internal",
            Text::both("服务内部错误", "The service made a mistake"),
            Text::both("已按此请求编号记录在日志中", "the log has more under the identifier of this request"),
        ),
        Failure::Unavailable(_) => (
            "unavailable",
            Text::both("暂时无法处理", "The service cannot do it now"),
            Text::both("请稍后重试", "try again in a few seconds"),
        ),
        Failure::ProviderAway(detail) => {
            ("identity-provider-away", Text::both("身份提供方不可用", "The identity provider is away"), detail.clone())
        }
        Failure::NotReady(faults) => (
            "not-ready",
            Text::both("服务未就绪", "The service is not ready"),
            count(faults, ("服务所需的部分有", "处不正常"), "in what the service needs"),
        ),
    };
    Description { code, title, detail }
}

fn count(faults: &Faults, zh: (&str, &str), en: &str) -> Text {
    let errors = faults.0.iter().filter(|fault| fault.is_error()).count();
    let noun = if errors == 1 { "fault" } else { "faults" };
    Text::both(format!("{} {errors} {}", zh.0, zh.1), format!("{errors} {noun} {en}"))
}

/// An answer that is finished although its request is gone: what is left after a panic or a time-out.
pub struct Rendered {
    status: StatusCode,
    document: std::cell::Cell<Option<HttpResponse>>,
}

impl From<HttpResponse> for Rendered {
    fn from(response: HttpResponse) -> Self {
        Self { status: response.status(), document: Some(response).into() }
    }
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rendered({})", self.status)
    }
}

impl fmt::Display for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)
    }
}

impl ResponseError for Rendered {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        self.document.take().unwrap_or_else(|| HttpResponse::new(self.status))
    }
}
