//! Evidence: files that support an observation.

mod attach;
mod download;
mod list;
mod scope;
#[cfg(test)]
mod tests;
mod withdraw;

use citygauge_openapi::{self as wire, Code, Digest, Id, Line, Moment, PeriodCode};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::{Caller, Right};
use crate::error::Failure;
use crate::store::evidence::Evidence;

/// Mounts the operations on evidence.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(attach::attach_evidence)
        .service(list::list_evidence)
        .service(download::download_evidence)
        .service(withdraw::withdraw_evidence);
}

/// Refuses a caller who may not see a file, as if it were not there where it was withdrawn.
fn admit(caller: &Caller, evidence: &Evidence) -> Result<(), Failure> {
    caller.require_city(&evidence.place.city)?;
    if evidence.withdrawn.is_some() && !caller.may(Right::ReadWithdrawnEvidence) {
        return Err(Failure::absent("该佐证材料已撤回", "the evidence was withdrawn"));
    }
    Ok(())
}

fn present(evidence: Evidence) -> wire::Evidence {
    let (withdrawn_at, withdrawn_by) = evidence.withdrawn.unzip();
    wire::Evidence {
        id: Id::trusted(evidence.id),
        city: Code::trusted(evidence.place.city),
        period: PeriodCode::trusted(evidence.place.period),
        item: Code::trusted(evidence.place.item),
        digest: Digest::trusted(evidence.digest),
        bytes: evidence.bytes.unsigned_abs(),
        media_type: evidence.media_type,
        file_name: Line::trusted(evidence.file_name),
        title: evidence.title.map(Line::trusted),
        created_at: Moment::from_ms(evidence.created_at_ms),
        created_by: evidence.created_by,
        withdrawn_at: withdrawn_at.map(Moment::from_ms),
        withdrawn_by,
    }
}
