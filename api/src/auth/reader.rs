//! The one who reads what may be public.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::Caller;
use crate::error::Failure;

/// Whoever reads what may be public. Only the operations in [`super::PUBLIC`] are reached without a key; what anybody may see of
/// them, [`crate::rounds::visibility`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// The holder of a key.
    Key(Caller),
    /// Anybody.
    Anybody,
}

impl FromRequest for Reader {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request.extensions().get::<Caller>().cloned().map_or(Self::Anybody, Self::Key)))
    }
}
