use actix_web::{post, web};
use citygauge_assessment::gap::{Asked, Reference, analyse_with};
use citygauge_indicators::{Faults, Period};
use citygauge_openapi::{self as wire, Code, Id, Moment, PeriodCode};
use serde_json::json;

use super::present;
use crate::answer::{Answer, Tag};
use crate::assessments::reading::period_of;
use crate::assessments::recompute::{manifest, recompute};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Once};
use crate::gaps::Kept;
use crate::gaps::sections::rule;
use crate::peers::{Use, resolve};
use crate::routes::goal_plans::planned;
use crate::routes::indicator_sets::present_key;
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::gap_analyses::{self, GapAnalysis as Stored};
use crate::store::{assessments, peer_groups};
use crate::write::{once, trail};

/// Compare a city with a reference.
///
/// Gives the gap of every node in score, points of the total and raw unit, and the four outputs that Annex A of
/// GB/T 36333 names: results, foundations, strengths and weaknesses, priority directions.
#[utoipa::path(
    tag = "gap-analyses",
    params(IdempotencyKeyHeader),
    request_body = wire::NewGapAnalysis,
    security(("token" = [])),
    responses((status = 201, description = "The analysis", body = wire::GapAnalysis), Problems, BodyProblems, CreateProblems)
)]
#[post("/gap-analyses")]
pub async fn create_gap_analysis(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteGapAnalyses)?;
    let new: wire::NewGapAnalysis = body.read()?;
    let mut faults = Faults::default();
    let against = new.against.as_str().parse::<Reference>().map_err(|fault| faults.push(fault.at("/against"))).ok();
    let by = new.by.as_ref().map(|by| by.as_str().parse::<Period>()).transpose().unwrap_or_else(|fault| {
        faults.push(fault.at("/by"));
        None
    });
    let Some(against) = against.filter(|_| faults.is_empty()) else { return Err(Failure::Invalid(faults)) };
    let stored = assessments::find(state.db(), new.assessment.as_str()).await?;
    let period = period_of(&manifest(&stored)?, new.period.as_ref())?;
    let at = period.parse::<Period>().map_err(Failure::invalid)?;
    let peers = match &new.peer_group {
        Some(group) => {
            let group = peer_groups::find(state.db(), group.as_str()).await?;
            Some(resolve(&state, &group, Use { city: Some(new.city.as_str()), period: Some(at) }).await?.codes())
        }
        None => None,
    };
    let assessment = recompute(&state, &stored).await?;
    let against = planned(&state, &caller, against, assessment.set(), new.city.as_str()).await?;
    let frame = wire::GapAnalysis {
        id: Id::trusted(state.sources().id()),
        assessment: new.assessment.clone(),
        set: present_key(stored.request.set.clone()),
        set_title: assessment.set().document().title.clone(),
        basis: assessment.set().document().basis.as_ref().map(Into::into),
        city: new.city.clone(),
        period: PeriodCode::trusted(period.clone()),
        against: against.to_string(),
        peer_group: new.peer_group.clone(),
        peers: peers.iter().flatten().cloned().map(Code::trusted).collect(),
        by: new.by.clone(),
        reference_period: None,
        ranked_by: new.rule,
        outputs: Vec::new(),
        gaps: Vec::new(),
        foundations: Vec::new(),
        strengths: Vec::new(),
        weaknesses: Vec::new(),
        priorities: Vec::new(),
        without_data: Vec::new(),
        without_reference: Vec::new(),
        rule: String::new(),
        created_at: Moment::from_ms(state.now_ms()),
        created_by: caller.id().to_owned(),
    };
    let (city, rule) = (new.city.to_string(), rule(new.rule));
    let kept = state.engine(move || {
        let asked = Asked { peers: peers.as_deref(), by, rule };
        let found = analyse_with(&assessment, &city, at, &against, asked).map_err(placed)?;
        Ok::<Kept, Faults>(Kept::of(&assessment, &found, frame))
    });
    let kept = kept.await??;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let id = kept.analysis.id.to_string();
        let row = Stored {
            id: id.clone(),
            assessment_id: new.assessment.to_string(),
            city: new.city.to_string(),
            against: kept.analysis.against.clone(),
            by: new.by.as_ref().map(ToString::to_string),
            document: json!(kept),
            created_at_ms: state.now_ms(),
            created_by: caller.id().to_owned(),
        };
        gap_analyses::insert(transaction, &row).await?;
        let subject = format!("gap-analyses/{id}");
        trail(transaction, &state, &caller, "create_gap_analysis", &subject, json!({ "assessment": row.assessment_id })).await?;
        let tag = Tag::of_bytes(format!("{id}|{}", language.0.tag()).as_bytes());
        Ok(Answer::created(&format!("{}/{subject}", wire::API_ROOT), &present(row, language.0)?, &tag))
    })
    .await
}

/// The faults of an analysis at the members of the request that they are about.
fn placed(faults: Faults) -> Faults {
    let pointer = |code: &str| match code {
        "gap.deadline_past" | "gap.deadline_kind" => Some("/by"),
        "gap.no_previous" | "gap.no_levels" | "gap.unknown_level" => Some("/against"),
        _ => None,
    };
    Faults(
        faults
            .0
            .into_iter()
            .map(|fault| match pointer(fault.code) {
                Some(pointer) => fault.at(pointer),
                None => fault,
            })
            .collect(),
    )
}
