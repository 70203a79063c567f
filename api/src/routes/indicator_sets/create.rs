use actix_web::{post, web};
use citygauge_indicators::{Fault, SetDocument};
use citygauge_openapi::{self as wire, Code};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::body::SetBody;
use super::{document, lineage, location, present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{Lang, Once, Query};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::indicator_sets::{self, SetKey};
use crate::write::{once, trail};

/// Where the draft comes from.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Lineage {
    /// The code of the published version that the draft derives from.
    base_code: Option<Code>,
    /// Its version.
    base_version: Option<Code>,
}

/// Make a draft of a set document.
///
/// The document is JSON or a workbook as `?format=xlsx` gives it out. It is checked whole; every fault has a pointer into it,
/// or sheet, row and column of the workbook. Its code and version must be free. What its member `derived_from` names must be
/// published here and have the digest that it states.
#[utoipa::path(
    tag = "indicator-sets",
    params(Lineage, IdempotencyKeyHeader),
    request_body(content(
        (SetDocument = "application/json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
    security(("token" = [])),
    responses((status = 201, description = "The draft", body = wire::IndicatorSet), Problems, BodyProblems, CreateProblems)
)]
#[post("/indicator-sets")]
pub async fn create_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    from: Query<Lineage>,
    request: Once,
    body: SetBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteSets)?;
    let mut checked = document::check(&state, &body).await??;
    let named = from.into_inner().base()?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let stated = lineage::stated(transaction, checked.set.document()).await?;
        if let Some(base) = &named {
            lineage::base(transaction, base).await?;
            if stated.as_ref().is_some_and(|stated| stated != base) {
                return Err(contradiction(base));
            }
        }
        checked.new.derived_from = stated.or(named);
        let entry = indicator_sets::insert(transaction, &checked.new, caller.id(), state.now_ms()).await?;
        let detail = json!({ "digest": entry.digest });
        trail(transaction, &state, &caller, "create_indicator_set", &subject(&entry.key), detail).await?;
        let (location, tag) = (location(&entry.key), tag(&entry));
        let set = present(entry, &checked.new.document, checked.set.warnings(), language.0)?;
        Ok(Answer::created(&location, &set, &tag))
    })
    .await
}

impl Lineage {
    fn base(self) -> Result<Option<SetKey>, Failure> {
        match (self.base_code, self.base_version) {
            (Some(code), Some(version)) => Ok(Some(SetKey { code: code.into(), version: version.into() })),
            (None, None) => Ok(None),
            _ => Err(Failure::malformed(
                Fault::error("query.lineage", "base_code 与 base_version 须同时给出", "base_code and base_version go together")
                    .hint("请同时给出两者", "give both"),
            )),
        }
    }
}

fn contradiction(base: &SetKey) -> Failure {
    Failure::invalid(
        Fault::error(
            "lineage.contradiction",
            "文档的 derived_from 与 base_code、base_version 不一致",
            "the document derives from another version than base_code and base_version name",
        )
        .at("/derived_from")
        .expected(base.to_string())
        .hint("请只保留其中一处", "keep one of the two"),
    )
}
