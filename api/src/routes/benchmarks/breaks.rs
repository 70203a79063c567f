use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::{IndicatorSet, Language, NodeIndex};
use citygauge_openapi::{self as wire, BenchmarkBreak, BenchmarkCrosswalk, BenchmarkDifference, Code, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::find;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::benchmarks::{Edition, Wanted, between, crossed, open};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results::benchmarks as tables;
use crate::rounds::visibility::Operation;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::tables::Prepared;

/// In what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedBreaks {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

/// Show where the set changed, node by node.
///
/// A row per edition with another set version than the one before, and per node of either: whether it measures the same, by what
/// people said or else by what follows from the sets, and every change of that which makes its score.
#[utoipa::path(
    tag = "benchmarks",
    params(("code" = Code, Path, description = "The code of the benchmark"), WantedBreaks, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The changes", body = wire::BenchmarkBreaks),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/benchmarks/{code}/breaks")]
pub async fn show_benchmark_breaks(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    query: Query<WantedBreaks>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &code, language.0).await?.answer(&state, form, &request).await;
    }
    let items = found(&state, &caller, &code).await?;
    Ok(Answer::ok(&wire::BenchmarkBreaks { benchmark: code.into_inner(), items }).respond_to(&request))
}

/// The table of the changes.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    code: &Code,
    language: Language,
) -> Result<Prepared, Failure> {
    let items = found(state, caller, code).await?;
    Ok(Prepared::at_hand("breaks", language, items, |items| tables::breaks(items))?)
}

async fn found(state: &State, caller: &Caller, code: &Code) -> Result<Vec<BenchmarkBreak>, Failure> {
    caller.require(Right::ReadBenchmarks)?;
    let profile = find(state, code).await?;
    // Which definitions changed, whoever reads the benchmark may know: no result is shown.
    let editions = open(state, &profile, &Wanted::new(&Caller::service(), Operation::Series).overlaps(true)).await?;
    let items = state.engine(move || {
        let changes = editions.windows(2).filter(|two| two[0].key != two[1].key);
        changes.flat_map(|two| of_change(&two[0], &two[1], &profile.crosswalks)).collect::<Vec<BenchmarkBreak>>()
    });
    Ok(items.await?)
}

/// The nodes of the later set in its order, then those that only the earlier one has.
fn of_change(before: &Edition, after: &Edition, crosswalks: &[BenchmarkCrosswalk]) -> Vec<BenchmarkBreak> {
    let said = between(crosswalks, &before.set_ref(), &after.set_ref());
    let named = |set: &IndicatorSet, node: NodeIndex| Code::trusted(set.nodes()[node].code.clone());
    let row = |title| BenchmarkBreak {
        period: PeriodCode::trusted(after.period.clone()),
        from_set: before.set_ref(),
        to_set: after.set_ref(),
        from: None,
        to: None,
        title,
        relation: None,
        is_stated: false,
        note: None,
        differences: Vec::new(),
        is_bridged: false,
    };
    let mut followed = vec![false; before.set.nodes().len()];
    let mut rows = Vec::new();
    for (node, it) in after.set.nodes().iter().enumerate() {
        let mut told = BenchmarkBreak { to: Some(named(&after.set, node)), ..row(it.title.clone()) };
        if let Some(crossed) = crossed(&before.set, (&after.set, node), said) {
            followed[crossed.from] = true;
            told.from = Some(named(&before.set, crossed.from));
            told.relation = Some(crossed.relation);
            told.is_stated = crossed.stated.is_some();
            told.note = crossed.stated.flatten();
            told.differences = crossed
                .differences
                .into_iter()
                .map(|it| BenchmarkDifference { node: Code::trusted(it.node), part: it.part.word().to_owned() })
                .collect();
            told.is_bridged = crossed.relation != wire::BenchmarkRelation::Same && after.overlap.is_some();
        }
        rows.push(told);
    }
    let dropped = before.set.nodes().iter().enumerate().filter(|(node, _)| !followed[*node]);
    rows.extend(dropped.map(|(node, it)| BenchmarkBreak { from: Some(named(&before.set, node)), ..row(it.title.clone()) }));
    rows
}
