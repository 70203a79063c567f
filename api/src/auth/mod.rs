//! Who calls, and what they may do.
//!
//! A token is `cg_<prefix>_<secret>`; the store keeps the prefix and a hash of the secret. [`authenticate`]
//! runs before any handler and leaves a [`Caller`], which a handler asks first: `caller.require(Right::…)?`,
//! and `caller.require_city(code)?` where it touches the data of a city. What may be public has a [`Reader`] in its stead.
//! Where an identity provider is configured, one of its tokens does in place of a key ([`oidc`]).

mod caller;
mod keyring;
pub mod oidc;
pub mod open;
mod reader;
mod right;
mod scope;
#[cfg(test)]
mod tests;
mod token;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, AUTHORIZATION};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use citygauge_indicators::Text;
use citygauge_openapi::API_ROOT;

pub use caller::Caller;
pub use keyring::Keyring;
pub use oidc::Oidc;
pub use reader::Reader;
pub use right::Right;
pub use scope::Scope;
pub use token::Token;

use crate::app::Paths;
use crate::embeds::{self, Embedded, Grant};
use crate::error::Failure;
use crate::export::Format;
use crate::keys::network;
use crate::negotiate;
use crate::state::State;
use crate::store::StoreError;
use crate::store::keys::{self, KeyScope, Role};
use crate::throttle::{Left, Turn};

/// What is reached without a key, below the API's root: results of rounds that are public. Each handler takes a [`Reader`], and
/// [`crate::rounds::visibility`] refuses what is not.
pub const PUBLIC: [&str; 6] = [
    "/rounds/{code}/ranking",
    "/assessments/{id}/ranking",
    "/assessments/{id}/scores",
    "/assessments/{id}/structure",
    "/assessments/{id}/cities/{city}",
    "/assessments/{id}/charts/{name}.svg",
];

/// What only the holder of a key may do, since it lasts as long as the key: [`Caller::require_key`].
pub const BY_KEY: [&str; 2] = ["create_embed", "create_webhook"];

/// The middleware in front of everything under the API's root.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let state = request.app_data::<web::Data<State>>().expect("the application is built with its state").clone();
    let (caller, left) = identify(&request, &state).await?;
    let turn = turn(&request, &state, caller.as_ref())?;
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    let paths = request.app_data::<web::Data<Paths>>().expect("the application is built with its paths");
    if request.headers().contains_key(ACCEPT) && paths.is_json(request.path()) {
        negotiate::wanted(request.request(), None, &[Format::Json])?;
    }
    if let Some(allow) = paths.refuses(request.method(), request.path()) {
        return Err(Failure::MethodNotAllowed { allow }.into());
    }
    let mut response = next.call(request).await?;
    if let Some(left) = left {
        left.write_to(response.headers_mut());
    }
    if let Some(turn) = turn {
        // Kept until the answer has left.
        response.response_mut().extensions_mut().insert(turn);
    }
    Ok(response)
}

/// A place among the requests of the same caller that are worked on.
fn turn(request: &ServiceRequest, state: &State, caller: Option<&Caller>) -> Result<Option<Turn>, Failure> {
    match caller {
        _ if state.is_open() => Ok(None),
        Some(caller) => state.throttle().turn_of_key(caller.id(), state.metrics()),
        None => state.throttle().turn_of_address(request, state.metrics()),
    }
}

/// Who calls, and what is left in the bucket of its key; nobody, without a key where results may be public. Whoever shows no key that was
/// seen to work lately pays with the bucket of its address before anybody looks for the key, so that guesses cost little.
async fn identify(request: &ServiceRequest, state: &State) -> Result<(Option<Caller>, Option<Left>), Failure> {
    let header = request.headers().get(AUTHORIZATION);
    if header.is_none() && state.is_open() {
        return Ok((Some(Caller::anyone_here()), None));
    }
    let word = header.and_then(|header| header.to_str().ok()).and_then(bearer);
    if let Some(sealed) = word.filter(|word| word.starts_with(embeds::PREFIX)) {
        return embedded(request, state, sealed).await;
    }
    if let Some((oidc, token)) = state.oidc().zip(word.filter(|word| Oidc::is_token(word))) {
        return of_provider(request, state, oidc, token).await;
    }
    let token = word.and_then(|token| token.parse::<Token>().ok());
    if !token.as_ref().is_some_and(|token| state.keyring().knows(token)) {
        state.throttle().take_of_address(request, state.metrics())?;
    }
    if header.is_none() {
        return if may_be_public(request) { Ok((None, None)) } else { Err(keyless()) };
    }
    let token = token.ok_or_else(|| refused("密钥格式有误", "the key is malformed"))?;
    let key = state.keyring().find(state, &token).await?;
    let key = key.filter(|key| token.matches(&key.hash) && key.is_valid(state.now_ms()));
    let key = key.ok_or_else(|| refused("密钥无效、已过期或已撤销", "the key is unknown, expired or revoked"))?;
    require_address(request, state, &key.scope)?;
    let left = state.throttle().take_of_key(&key.id, state.metrics())?;
    Ok((Some(Caller::new(key.id.clone(), key.role, key.scope.clone())), left))
}

/// Who shows a token of the identity provider, and what is left in the bucket of that subject. As with keys, a token that was not accepted
/// lately costs the address, before anything is done with it.
async fn of_provider(
    request: &ServiceRequest,
    state: &State,
    oidc: &Oidc,
    token: &str,
) -> Result<(Option<Caller>, Option<Left>), Failure> {
    if !oidc.knows(token) {
        state.throttle().take_of_address(request, state.metrics())?;
    }
    let caller = oidc.identify(token, state.now_ms()).await?;
    let left = state.throttle().take_of_key(caller.id(), state.metrics())?;
    Ok((Some(caller), left))
}

/// Refuses a key that is limited to networks and comes from none of them.
fn require_address(request: &ServiceRequest, state: &State, scope: &KeyScope) -> Result<(), Failure> {
    if scope.addresses.is_empty() {
        return Ok(());
    }
    let address = state.throttle().address_of(request).map(|address| address.to_canonical());
    let networks = scope.addresses.iter().filter_map(|text| network(text));
    if address.is_some_and(|address| networks.into_iter().any(|network| network.contains(&address))) {
        return Ok(());
    }
    // A key that works elsewhere costs whoever tries it here as a wrong one does.
    state.throttle().take_of_address(request, state.metrics())?;
    Err(Failure::Forbidden(Text::both("此密钥不能从此地址使用", "the key does not work from this address")))
}

/// Who reads a view that is shown elsewhere: the holder of the key that asked for it, limited to the reads of that view.
async fn embedded(request: &ServiceRequest, state: &State, sealed: &str) -> Result<(Option<Caller>, Option<Left>), Failure> {
    let gone = || refused("嵌入令牌无效或已过期", "the token of the embed is unknown or over");
    let Some((allowed, view)) = Embedded::open(sealed, state.signer()?, state.now_ms()) else {
        state.throttle().take_of_address(request, state.metrics())?;
        return Err(gone());
    };
    let Some(grant) = view.grant(request.request()) else {
        return Err(Failure::Forbidden(Text::both("嵌入令牌只能读取其视图", "the token of an embed reads its own view only")));
    };
    let (caller, left) = if allowed.key == Caller::anyone_here().id() {
        if !state.is_open() {
            return Err(gone());
        }
        (Caller::anyone_here(), None)
    } else {
        let key = match keys::find(state.db(), &allowed.key).await {
            Err(StoreError::Absent { .. }) => return Err(gone()),
            found => found?,
        };
        if !key.is_valid(state.now_ms()) {
            return Err(gone());
        }
        let left = state.throttle().take_of_key(&key.id, state.metrics())?;
        (Caller::new(key.id, key.role, key.scope), left)
    };
    let caller = match grant {
        Grant::Whole => caller,
        Grant::OfCity(city) => caller.limited_to(city),
    };
    Ok((Some(caller), left))
}

/// Whether somebody without a key reads one of [`PUBLIC`].
fn may_be_public(request: &ServiceRequest) -> bool {
    let pattern = request.match_pattern().unwrap_or_default();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    reads && pattern.strip_prefix(API_ROOT).is_some_and(|below| PUBLIC.contains(&below))
}

/// The refusal of a request without a key.
pub fn keyless() -> Failure {
    refused("缺少密钥", "no key was sent")
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
