use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_indicators::planning::conformance::{ClauseStatus, Judgement, Proof, Standard};
use citygauge_openapi::{self as wire, Code, Id, Line};
use serde::Deserialize;
use utoipa::IntoParams;

use super::readable;
use crate::answer::Answer;
use crate::auth::Caller;
use crate::designs::{element_path, facts};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{Cell, Column, Table};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::designs;
use crate::tables::Prepared;

/// By which standard, in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedConformance {
    /// The code of the standard.
    #[param(example = "gbt36333-2018")]
    standard: Code,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

/// Show how far a design does what a standard asks, clause by clause.
///
/// Satisfied, in part, missing or out of scope, with what is missing and where the proof is. `gbt36333-2018` has every clause
/// of chapters 4 to 9 and every input and output of Annex A. What is to be re-checked bears a clause out in part only.
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), WantedConformance, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The clauses", body = wire::Conformance),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/designs/{id}/conformance")]
pub async fn show_design_conformance(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<WantedConformance>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &id, &query, language.0).await?.answer(&state, form, &request).await;
    }
    Ok(Answer::ok(&found(&state, &caller, &id, &query, language.0).await?).respond_to(&request))
}

/// The table of the clauses.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    id: &Id,
    query: &WantedConformance,
    language: Language,
) -> Result<Prepared, Failure> {
    let shown = found(state, caller, id, query, language).await?;
    Ok(Prepared::at_hand(format!("conformance-{id}"), language, shown, table)?)
}

async fn found(
    state: &State,
    caller: &Caller,
    id: &Id,
    query: &WantedConformance,
    language: Language,
) -> Result<wire::Conformance, Failure> {
    let design = readable(state, caller, id).await?;
    let Some(standard) = Standard::find(query.standard.as_str()) else {
        let known = query.standard.as_str();
        return Err(Failure::absent(format!("没有标准“{known}”"), format!("there is no standard '{known}'")));
    };
    let stored = designs::elements(state.db(), &design.id).await?;
    let facts = facts::gather(state, &design, &stored).await?;
    Ok(present(&design.id, &standard, standard.judge(&facts), language))
}

fn present(design: &str, standard: &Standard, judged: Vec<Judgement>, language: Language) -> wire::Conformance {
    let count = |status| judged.iter().filter(|judged| judged.status == status).count() as u64;
    let counts = wire::ConformanceCounts {
        satisfied: count(ClauseStatus::Satisfied),
        partial: count(ClauseStatus::Partial),
        missing: count(ClauseStatus::Missing),
        out_of_scope: count(ClauseStatus::OutOfScope),
    };
    let clauses = standard.clauses.iter().zip(judged).map(|(clause, judged)| wire::ClauseJudgement {
        clause: clause.id.clone(),
        role: clause.role,
        text: clause.text.get(language).to_owned(),
        note: clause.note.as_ref().map(|note| note.get(language).to_owned()),
        status: judged.status,
        lacks: judged.lacks.iter().map(|lacks| lacks.get(language).to_owned()).collect(),
        proof: judged
            .proof
            .into_iter()
            .map(|proof| match proof {
                Proof::Element(code) => {
                    wire::ClauseProof { path: element_path(design, &code), element: Some(Code::trusted(code)) }
                }
                Proof::Place(path) => wire::ClauseProof { path, element: None },
            })
            .collect(),
    });
    wire::Conformance {
        design: Id::trusted(design),
        standard: Code::trusted(standard.code.clone()),
        number: Line::trusted(standard.number.clone()),
        title: standard.title.get(language).to_owned(),
        counts,
        clauses: clauses.collect(),
    }
}

fn table(shown: &wire::Conformance) -> Table<'_> {
    let columns = ["clause", "role", "status", "text", "lacks", "proof", "note"].map(Column::text).to_vec();
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let rows = shown.clauses.iter().map(|clause| {
        let proof: Vec<&str> = clause.proof.iter().map(|proof| proof.path.as_str()).collect();
        vec![
            Cell::from(&clause.clause),
            Cell::from(word(&serde_json::json!(clause.role))),
            Cell::from(clause.status.word()),
            Cell::from(&clause.text),
            Cell::from(clause.lacks.join("; ")),
            Cell::from(proof.join("\n")),
            Cell::from(clause.note.clone()),
        ]
    });
    Table::new("conformance", columns, rows.collect())
}
