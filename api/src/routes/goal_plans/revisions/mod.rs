//! Revisions of a plan in force (7.3.4): what it said, why it changed, and who approved.

mod create;
mod list;
mod show;

use citygauge_openapi::{self as wire, Id, Moment};

use super::number;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::goal_plans::revisions::GoalPlanRevision;

pub(super) use create::*;
pub(super) use list::*;
pub(super) use show::*;

fn present(revision: GoalPlanRevision) -> Result<wire::GoalPlanRevision, Failure> {
    let waivers = serde_json::from_value(revision.waivers).map_err(|error| StoreError::Corrupt {
        table: "goal_plan_revisions",
        column: "waivers",
        row: format!("{}/{}", revision.plan_id, revision.number),
        reason: error.to_string(),
    })?;
    Ok(wire::GoalPlanRevision {
        number: number(revision.number)?,
        plan: Id::trusted(revision.plan_id),
        document: revision.document,
        reason: revision.reason,
        approver: revision.approver,
        waivers,
        created_at: Moment::from_ms(revision.created_at_ms),
        created_by: revision.created_by,
    })
}
