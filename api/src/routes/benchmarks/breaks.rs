use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::{IndicatorSet, NodeIndex};
use citygauge_openapi::{self as wire, BenchmarkBreak, BenchmarkCrosswalk, BenchmarkDifference, Code, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::find;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::benchmarks::{Edition, Wanted, between, crossed, open};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::Format;
use crate::extract::Query;
use crate::results::benchmarks as tables;
use crate::rounds::visibility::Operation;
use crate::routes::assessments::table::{PageOrCsv, csv, file, form};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;

/// In what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedBreaks {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<PageOrCsv>,
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
        (status = 200, description = "The changes", content((wire::BenchmarkBreaks = "application/json"), (String = "text/csv"))),
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
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadBenchmarks)?;
    let format = form(&request, query.format)?;
    let profile = find(&state, &code).await?;
    // Which definitions changed, whoever reads the benchmark may know: no result is shown.
    let editions = open(&state, &profile, &Wanted::new(&Caller::service(), Operation::Series).overlaps(true)).await?;
    let items = state.engine(move || {
        let changes = editions.windows(2).filter(|two| two[0].key != two[1].key);
        changes.flat_map(|two| of_change(&two[0], &two[1], &profile.crosswalks)).collect::<Vec<BenchmarkBreak>>()
    });
    let items = items.await?;
    if format == Format::Csv {
        let bytes = csv(tables::breaks(&items)).map_err(Failure::internal)?;
        return Ok(file(bytes, "breaks.csv", &request));
    }
    Ok(Answer::ok(&wire::BenchmarkBreaks { benchmark: code.into_inner(), items }).respond_to(&request))
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
