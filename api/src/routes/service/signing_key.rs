use actix_web::{get, web};
use citygauge_openapi as wire;

use crate::answer::Answer;
use crate::error::{Failure, LimitedProblems, OpenProblems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;

/// Show the key that bundles are signed with.
///
/// It needs no key of the service: whoever has a bundle may check it. `citygauge verify BUNDLE --key FILE` takes `public_key`.
#[utoipa::path(
    tag = "service",
    params(IfNoneMatchHeader),
    responses(
        (status = 200, description = "The public key", body = wire::SigningKey),
        (status = 304, description = "The caller has it already"),
        OpenProblems,
        LimitedProblems,
    )
)]
#[get("/signing-key")]
pub async fn show_signing_key(state: web::Data<State>) -> Result<Answer, Failure> {
    let public = state.signer().map_err(Failure::internal)?.public();
    let key = wire::SigningKey { algorithm: "Ed25519".to_owned(), id: public.id(), public_key: public.to_pem() };
    Ok(Answer::ok(&key))
}
