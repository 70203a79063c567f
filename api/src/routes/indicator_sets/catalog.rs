use actix_web::{get, web};
use citygauge_indicators::{SetDocument, canonical, catalog};
use citygauge_openapi::{self as wire, API_ROOT, Code, Digest, path_segment};
use serde_json::Value;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;

/// List the ready sets that ship with the service.
#[utoipa::path(
    tag = "indicator-sets",
    params(IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The catalog, by code", body = wire::CatalogPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/indicator-sets/catalog")]
pub async fn list_catalog_sets(caller: Caller) -> Result<Answer, Failure> {
    caller.require(Right::ReadSets)?;
    let items = catalog::ENTRIES.iter().filter_map(|entry| catalog::find(entry.code)).map(present).collect();
    Ok(Answer::ok(&wire::CatalogPage { items, next: None }))
}

/// Show the document of a ready set.
///
/// Posting it to `/api/v1/indicator-sets` makes a draft of it.
#[utoipa::path(
    tag = "indicator-sets",
    params(("code" = Code, Path, description = "The code of the set"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The document", body = SetDocument),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/indicator-sets/catalog/{code}")]
pub async fn show_catalog_set(caller: Caller, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadSets)?;
    let entry = catalog::ENTRIES.iter().find(|entry| entry.code == code.as_str());
    let entry = entry.ok_or_else(|| Failure::absent(format!("目录中没有“{code}”"), format!("the catalog has no '{code}'")))?;
    let document: Value = serde_json::from_str(entry.document).map_err(Failure::internal)?;
    Ok(Answer::ok(&document))
}

fn present(document: SetDocument) -> wire::CatalogEntry {
    wire::CatalogEntry {
        digest: Digest::trusted(canonical::digest(&document)),
        nodes: document.node_count() as u64,
        items: document.items.len() as u64,
        document: format!("{API_ROOT}/indicator-sets/catalog/{}", path_segment(&document.code)),
        basis: document.basis.as_ref().map(Into::into),
        code: Code::trusted(document.code),
        version: Code::trusted(document.version),
        title: document.title,
    }
}
