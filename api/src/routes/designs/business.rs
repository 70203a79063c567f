use actix_web::{get, web};
use citygauge_indicators::planning::Element;
use citygauge_indicators::planning::dossier::{BusinessNode, business_tree};
use citygauge_openapi::{self as wire, Code, Id};

use super::readable;
use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::designs;

/// Show the business architecture of a design as a tree of three levels.
///
/// As Annex B of GB/T 36333-2018 draws it: functions of the city, whom they serve, fields with their services.
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The tree", body = wire::BusinessArchitecture),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/designs/{id}/business-architecture")]
pub async fn show_business_architecture(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    let design = readable(&state, &caller, &id).await?;
    let stored = designs::elements(state.db(), &design.id).await?;
    let elements: Vec<Element> = stored.into_iter().map(|stored| stored.element).collect();
    let branches = business_tree(&elements).into_iter().map(branch).collect();
    Ok(Answer::ok(&wire::BusinessArchitecture { branches }))
}

fn branch(node: BusinessNode) -> wire::BusinessBranch {
    wire::BusinessBranch {
        code: Code::trusted(node.code),
        title: node.title,
        level: node.level,
        children: node.children.into_iter().map(branch).collect(),
    }
}
