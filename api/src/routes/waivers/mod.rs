//! Waivers: findings of validation rules that somebody answers for.

mod check;
mod create;
mod list;
mod show;
#[cfg(test)]
mod tests;
mod withdraw;

use citygauge_openapi::{self as wire, Code, Id, Line, Moment, Note, PeriodCode};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::store::waivers::Waiver;

/// Mounts the operations on waivers.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_waivers)
        .service(create::create_waiver)
        .service(show::show_waiver)
        .service(withdraw::withdraw_waiver);
}

fn present(waiver: Waiver, now_ms: i64) -> wire::Waiver {
    let holds = waiver.holds_at(now_ms);
    let (withdrawn_at, withdrawn_by) = waiver.withdrawn.unzip();
    wire::Waiver {
        id: Id::trusted(waiver.id),
        rule: Code::trusted(waiver.rule),
        set: Code::trusted(waiver.set),
        city: Code::trusted(waiver.city),
        period: waiver.period.map(PeriodCode::trusted),
        item: waiver.item.map(Code::trusted),
        value: waiver.value.map(Note::trusted),
        reason: Note::trusted(waiver.reason),
        name: Line::trusted(waiver.name),
        holds,
        created_at: Moment::from_ms(waiver.created_at_ms),
        created_by: waiver.created_by,
        expires_at: waiver.expires_at_ms.map(Moment::from_ms),
        withdrawn_at: withdrawn_at.map(Moment::from_ms),
        withdrawn_by,
    }
}
