//! What a request can end in other than success. Only this module knows HTTP status codes.
//!
//! A handler returns a [`Failure`]; the envelope around every request turns it into a problem document in the
//! caller's language, under the request's identifier ([`render`]). What the caller must not see goes to the
//! log under the same identifier.

mod convert;
mod render;
mod responses;
pub mod words;

use std::error::Error;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use citygauge_indicators::{Fault, Faults, Text};

use crate::throttle::Left;

pub use render::{Rendered, render};
pub use responses::{BodyProblems, ChangeProblems, CreateProblems, LimitedProblems, OpenProblems, Problems, TableProblems};

use crate::tables::Estimate;

/// One variant per kind of answer.
#[derive(Debug)]
pub enum Failure {
    /// The path, query or a header makes no sense.
    Malformed(Faults),
    /// No key, or one that does not work.
    Unauthenticated(Text),
    /// The key does not allow this.
    Forbidden(Text),
    /// There is no such thing, or no such path.
    Absent(Text),
    /// The path has other methods.
    MethodNotAllowed {
        /// The methods it has, as the `Allow` header lists them.
        allow: String,
    },
    /// The answer does not exist in any form the caller accepts.
    NotAcceptable {
        /// The media types it exists in.
        offered: String,
    },
    /// The request contradicts what is stored.
    Conflict(Text),
    /// The thing has changed since the caller saw it.
    Stale,
    /// The body is too large.
    TooLarge {
        /// The largest that is accepted.
        limit_bytes: u64,
    },
    /// The table is larger than an answer may be.
    TableTooLarge {
        /// How large it would be.
        estimate: Estimate,
        /// The most cells of an answer.
        limit_cells: u64,
        /// The body of the request that has it exported.
        export: String,
    },
    /// The body is of a type that is not read here.
    UnsupportedMediaType {
        /// The types that are.
        accepted: String,
    },
    /// The body was understood and is wrong.
    Invalid(Faults),
    /// The `Idempotency-Key` belongs to another request.
    KeyReused,
    /// A write to something that exists came without `If-Match`.
    PreconditionRequired,
    /// The caller has made too many requests.
    TooMany(Left),
    /// Too many requests of the caller are worked on.
    TooManyAtOnce {
        /// How many there may be.
        most: u32,
    },
    /// The body did not arrive in time.
    TimedOut(Faults),
    /// There are more connections than the service holds.
    Full,
    /// An artifact that this needs is gone, or is not what its digest says.
    Artifact {
        /// The digest, which is its name.
        digest: String,
        /// Whether it is gone.
        is_lost: bool,
    },
    /// A defect of the service.
    Internal(Box<dyn Error + Send + Sync>),
    /// The service cannot do it now; the same request may succeed later.
    Unavailable(Box<dyn Error + Send + Sync>),
    /// The identity provider is away, so that a token cannot be checked; keys still work.
    ProviderAway(Text),
    /// Parts that the service needs do not work, each as a fault.
    NotReady(Faults),
}

impl Failure {
    /// A header, query or path that makes no sense, as a single fault.
    pub fn malformed(fault: Fault) -> Self {
        Self::Malformed(fault.into())
    }

    /// A body that is wrong, as a single fault.
    pub fn invalid(fault: Fault) -> Self {
        Self::Invalid(fault.into())
    }

    /// Something that is not there.
    pub fn absent(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Absent(Text::both(zh, en))
    }

    /// A contradiction to what is stored.
    pub fn conflict(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Conflict(Text::both(zh, en))
    }

    /// A defect of the service, named for the log.
    pub fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Absent(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge { .. } | Self::TableTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(_) | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::TimedOut(_) => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany(_) | Self::TooManyAtOnce { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Artifact { .. } | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable(_) | Self::ProviderAway(_) | Self::NotReady(_) | Self::Full => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(error) | Self::Unavailable(error) => write!(f, "{error}"),
            other => write!(f, "{}", other.status()),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Internal(error) | Self::Unavailable(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// A bare status: the envelope, which knows the caller's language, writes the document.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}
