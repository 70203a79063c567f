use actix_web::{get, web};
use citygauge_assessment::Parameter;
use citygauge_assessment::explain::{Explained, ItemRead};
use citygauge_indicators::{Fault, IndicatorSet, ItemKind, Language};
use citygauge_openapi::{self as wire, Code, Id, Line, PeriodCode};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::assessments::reading::period_of;
use crate::assessments::recompute::{manifest, recompute_period};
use crate::auth::Reader;
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::rounds::visibility::{self, Operation};
use crate::routes::indicator_sets::present_key;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;

/// The deepest tree that a set can have.
const DEEPEST: u8 = 200;

/// Which node, and how far down.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedExplanation {
    /// The node; TOTAL unless given.
    node: Option<Code>,
    /// The period; the latest one unless given.
    period: Option<PeriodCode>,
    /// How many levels below the node are explained too; all of them unless given.
    #[param(minimum = 0, maximum = 200)]
    depth: Option<u8>,
}

/// Explain a score.
///
/// Every number between the raw items and the points: what was read, each operation of the formula, the rule, the
/// aggregation, roundings, fillings, shares. Computed again from the release; the digits are those of the result. A reporter sees
/// those of its own cities.
#[utoipa::path(
    tag = "assessments",
    params(
        ("id" = Id, Path, description = "The assessment"),
        ("city" = Code, Path, description = "The city"),
        WantedExplanation,
        IfNoneMatchHeader,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "How the result came about", body = wire::Explanation),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[get("/assessments/{id}/cities/{city}/explain")]
pub async fn explain_score(
    reader: Reader,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<(Id, Code)>,
    query: Query<WantedExplanation>,
) -> Result<Answer, Failure> {
    let (id, city) = path.into_inner();
    if query.depth.is_some_and(|depth| depth > DEEPEST) {
        return Err(Failure::malformed(
            Fault::error("query.depth", "depth 超出 0 到 200", "depth lies between 0 and 200")
                .hint("请取 0 到 200", "take 0 to 200"),
        ));
    }
    let (stored, sight) = visibility::open(&state, &reader, id.as_str(), Operation::Explanation).await?;
    sight.require_city(city.as_str())?;
    let period = period_of(&manifest(&stored)?, query.period.as_ref())?
        .parse::<citygauge_indicators::Period>()
        .map_err(Failure::invalid)?;
    let assessment = recompute_period(&state, &stored, period).await?;
    let (node, depth) = (query.node.as_ref().map_or(citygauge_indicators::TOTAL.to_owned(), ToString::to_string), query.depth);
    let explained = state.engine(move || {
        let explained = assessment.explain(city.as_str(), period, &node, depth.map_or(u32::MAX, u32::from))?;
        Some((present(&explained, assessment.set(), language.0), assessment.set().document().clone()))
    });
    let (node, document) = explained
        .await?
        .ok_or_else(|| Failure::absent("评估中没有这个城市、时期或节点", "the assessment has no such city, period or node"))?;
    Ok(Answer::ok(&wire::Explanation {
        assessment: id,
        set: present_key(stored.request.set),
        set_title: document.title,
        basis: document.basis.as_ref().map(Into::into),
        node,
    }))
}

fn present(explained: &Explained, set: &IndicatorSet, language: Language) -> wire::ExplainedNode {
    let node = explained.node;
    let row = &explained.row;
    let document = set.document().nodes.iter().find(|listed| listed.code == node.code);
    let operation = |operation: &citygauge_assessment::explain::Operation| wire::ExplainedOperation {
        text: operation.text.get(language).to_owned(),
        result: operation.result,
    };
    wire::ExplainedNode {
        result: super::present_row(row),
        title: node.title.clone(),
        parent: node.parent.map(|parent| Code::trusted(set.nodes()[parent].code.clone())),
        weight: node.weight,
        weight_method: explained.weighting.unwrap_or("given").to_owned(),
        weight_of: json!(node.weight_of).as_str().unwrap_or_default().to_owned(),
        normalised_weight: citygauge_indicators::exact::nearest_double(&node.normalised_weight),
        share: node.share_f64(),
        effective_share: explained.effective_share,
        unrounded: explained.unrounded,
        rounding: node.places.map(|places| format!("{}, {}", json!(places.mode).as_str().unwrap_or_default(), places.places)),
        applies: explained.applies,
        filling: explained.filling.as_ref().map(|filling| wire::ExplainedFilling {
            rule: json!(filling.rule)["rule"].as_str().unwrap_or_default().to_owned(),
            score: filling.value,
            of: filling.of.map(|of| of as u64),
            period: filling.period.map(|period| PeriodCode::trusted(period.to_string())),
        }),
        leaf: node.leaf().map(|leaf| wire::ExplainedLeaf {
            items: explained.items.iter().map(|read| item(read, set)).collect(),
            formula: leaf.formula.as_ref().map(|formula| formula.text().to_owned()),
            unit: leaf.unit.clone(),
            direction: json!(leaf.direction).as_str().unwrap_or_default().to_owned(),
            rule: json!(leaf.scoring),
            rule_source: explained.source.unwrap_or_default().to_owned(),
            fitted: explained.fitted.as_ref().map(fitted),
            prepared: explained.prepared,
        }),
        operations: explained.operations.iter().map(operation).collect(),
        provenance: document.and_then(|listed| listed.provenance.as_ref()).map(|provenance| json!(provenance)),
        children: explained.children.iter().map(|child| present(child, set, language)).collect(),
    }
}

fn fitted(fit: &Parameter) -> Value {
    let mut fitted = json!({ "cohort": fit.cohort, "count": fit.count, "smallest": fit.smallest, "largest": fit.largest });
    for (key, value) in [("reference", fit.reference), ("mean", fit.mean), ("sd", fit.sd)] {
        if let Some(value) = value {
            fitted[key] = json!(value);
        }
    }
    fitted
}

fn item(read: &ItemRead, set: &IndicatorSet) -> wire::ExplainedItem {
    let item = &set.items()[read.item];
    let value = read.value.map(|number| match item.kind {
        ItemKind::Choice => {
            wire::ObservationValue::Text(Line::trusted(item.options.get(number as usize).cloned().unwrap_or_default()))
        }
        ItemKind::Boolean => wire::ObservationValue::Flag(number != 0.0),
        _ => wire::ObservationValue::Number(number),
    });
    let status = match (&value, read.not_applicable) {
        (_, true) => wire::ObservationStatus::NotApplicable,
        (Some(_), false) => wire::ObservationStatus::Reported,
        (None, false) => wire::ObservationStatus::Missing,
    };
    wire::ExplainedItem {
        item: Code::trusted(item.code.clone()),
        title: item.title.clone(),
        unit: item.unit.clone(),
        period: PeriodCode::trusted(read.period.to_string()),
        value,
        status: Some(status),
    }
}
