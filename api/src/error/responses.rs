//! The failures as the description declares them; an operation lists the groups that apply to it.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use citygauge_openapi::{PROBLEM_JSON, Problem};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// What every operation under the API's root can end in.
pub struct Problems;

/// What the operations at the root, which need no key, can end in.
pub struct OpenProblems;

/// What an operation that reads a body can end in besides.
pub struct BodyProblems;

/// What a write to something that exists can end in besides.
pub struct ChangeProblems;

/// What an operation that makes something can end in besides.
pub struct CreateProblems;

/// What an operation that gives out a table can end in besides.
pub struct TableProblems;

/// What an operation at the root can end in besides, unless it says whether the service lives.
pub struct LimitedProblems;

macro_rules! declares {
    ($($group:ident: $($status:ident $text:literal),+;)+) => {$(
        impl IntoResponses for $group {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$(problem(StatusCode::$status, $text)),+])
            }
        }
    )+};
}

declares! {
    Problems:
        TOO_MANY_REQUESTS "Too many requests: `Retry-After` says when the next one is taken, `RateLimit` what is left",
        BAD_REQUEST "The path, the query or a header is malformed",
        UNAUTHORIZED "No key, or one that does not work",
        FORBIDDEN "The key does not allow this",
        NOT_FOUND "There is no such thing",
        NOT_ACCEPTABLE "The answer does not exist in that form",
        INTERNAL_SERVER_ERROR "The service made a mistake; the log has more under the request's identifier",
        SERVICE_UNAVAILABLE "The service cannot do it now; `Retry-After` says when to try again";
    OpenProblems:
        FORBIDDEN "The service is open to its own machine only, and the request is not from there",
        INTERNAL_SERVER_ERROR "The service made a mistake; the log has more under the request's identifier",
        SERVICE_UNAVAILABLE "The service cannot do it now; `Retry-After` says when to try again";
    BodyProblems:
        REQUEST_TIMEOUT "The body did not arrive in time",
        PAYLOAD_TOO_LARGE "The body is too large",
        UNSUPPORTED_MEDIA_TYPE "A body of that type is not read here",
        UNPROCESSABLE_ENTITY "The content is at fault: every fault is in `errors`";
    ChangeProblems:
        CONFLICT "It contradicts what is stored",
        PRECONDITION_FAILED "It has changed since its `ETag` was read",
        PRECONDITION_REQUIRED "`If-Match` is needed";
    CreateProblems:
        CONFLICT "It contradicts what is stored",
        UNPROCESSABLE_ENTITY "The content is at fault, or the `Idempotency-Key` belongs to another request";
    TableProblems:
        PAYLOAD_TOO_LARGE "The table is larger than an answer may be: the problem says how large, and how it is exported",
        UNPROCESSABLE_ENTITY "What is asked for is at fault, too much, or does not fit into a workbook";
    LimitedProblems:
        TOO_MANY_REQUESTS "Too many requests: `Retry-After` says when the next one is taken, `RateLimit` what is left";
}

fn problem(status: StatusCode, text: &str) -> (String, RefOr<Response>) {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new().description(text).content(PROBLEM_JSON, content).build();
    (status.as_str().to_owned(), response.into())
}
