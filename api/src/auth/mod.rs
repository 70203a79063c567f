//! Who calls, and what they may do.
//!
//! A token is `cg_<prefix>_<secret>`; the store keeps the prefix and a hash of the secret. [`authenticate`]
//! runs before any handler and leaves a [`Caller`], which a handler asks first: `caller.require(Right::…)?`,
//! and `caller.require_city(code)?` where it touches the data of a city.

mod caller;
mod keyring;
pub mod open;
mod right;
mod scope;
#[cfg(test)]
mod tests;
mod token;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use citygauge_indicators::Text;

pub use caller::Caller;
pub use keyring::Keyring;
pub use right::Right;
pub use scope::Scope;
pub use token::Token;

use crate::app::Paths;
use crate::error::Failure;
use crate::export::Format;
use crate::negotiate;
use crate::state::State;
use crate::store::keys::Role;

/// The middleware in front of everything under the API's root.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let state = request.app_data::<web::Data<State>>().expect("the application is built with its state").clone();
    let caller = identify(&request, &state).await?;
    request.extensions_mut().insert(caller);
    let paths = request.app_data::<web::Data<Paths>>().expect("the application is built with its paths");
    if paths.is_json(request.path()) {
        negotiate::wanted(request.request(), None, &[Format::Json])?;
    }
    next.call(request).await
}

async fn identify(request: &ServiceRequest, state: &State) -> Result<Caller, Failure> {
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        return if state.is_open() { Ok(Caller::anyone_here()) } else { Err(refused("缺少密钥", "no key was sent")) };
    };
    let token = header.to_str().ok().and_then(bearer).and_then(|token| token.parse::<Token>().ok());
    let token = token.ok_or_else(|| refused("密钥格式有误", "the key is malformed"))?;
    let key = state.keyring().find(state, &token).await?;
    let key = key.filter(|key| token.matches(&key.hash) && key.is_valid(state.now_ms()));
    let key = key.ok_or_else(|| refused("密钥无效、已过期或已撤销", "the key is unknown, expired or revoked"))?;
    Ok(Caller::new(key.id.clone(), key.role, key.scope.clone()))
}

/// The token of a header `Bearer <token>`; the word is compared without regard to case.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn refused(zh: &str, en: &str) -> Failure {
    let hint = "Authorization: Bearer cg_...";
    Failure::Unauthenticated(Text::both(format!("{zh}；请发送 {hint}"), format!("{en}; send {hint}")))
}

/// The word that names a role in files, answers and on the command line.
pub fn role_of_word(word: &str) -> Option<Role> {
    crate::store::Word::parse(word)
}
