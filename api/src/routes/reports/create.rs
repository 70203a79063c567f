use actix_web::{post, web};
use citygauge_assessment::gap::Reference;
use citygauge_indicators::{Fault, Faults, Language, Period};
use citygauge_openapi::{self as wire, Id, ReportLanguage};
use serde_json::json;

use super::{present, require_seen};
use crate::answer::Answer;
use crate::assessments::kept;
use crate::assessments::reading::period_of;
use crate::assessments::recompute::manifest;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Once};
use crate::jobs::{MakeReport, enqueue};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::reports::{self, NewReport};
use crate::store::{assessments, rounds};
use crate::write::{once, trail};

/// With what a city is compared unless somebody says otherwise.
const AGAINST: &str = "peer_median";

/// Have a report made.
///
/// The current-state assessment of a city, or of all cities of an assessment, with the four outputs that Annex A of GB/T 36333-2018 names,
/// charts, method, quality of the data, and where every number comes from. The work is a job; `Location` names it. The gap analysis that the
/// report of a city quotes is kept under an identifier of its own.
#[utoipa::path(
    tag = "reports",
    params(IdempotencyKeyHeader),
    request_body = wire::NewReport,
    security(("token" = [])),
    responses((status = 202, description = "The report, to be made by a job", body = wire::Report), Problems, BodyProblems, CreateProblems)
)]
#[post("/reports")]
pub async fn create_report(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteReports)?;
    let new: wire::NewReport = body.read()?;
    checked(&new)?;
    require_seen(&caller, new.city.as_ref().map(|city| city.as_str()))?;
    let id = assessment_of(&state, &new).await?;
    let stored = assessments::find(state.db(), id.as_str()).await?;
    let manifest = manifest(&stored)?;
    let period = period_of(&manifest, new.period.as_ref())?;
    if let Some(city) = &new.city {
        let results = kept::open_node(&state, &manifest, |known| known == period, 0).await?;
        if !results.iter().any(|result| result.row_of(city.as_str()).is_some()) {
            return Err(Failure::absent("评估中没有这个城市", "the assessment has no such city"));
        }
    }
    let words = new.language.unwrap_or(match language.0 {
        Language::Zh => ReportLanguage::Zh,
        Language::En => ReportLanguage::En,
    });
    let against = new.city.as_ref().map(|_| new.against.as_ref().map_or(AGAINST, |against| against.as_str()).to_owned());
    let answer = once(&state, &caller, &request, &body.digest, async |transaction| {
        let (report, job) = (state.sources().id(), state.sources().id());
        let asked = NewReport {
            id: report.clone(),
            assessment_id: id.to_string(),
            round: stored.request.round.as_ref().map(|of| of.code.clone()),
            city: new.city.as_ref().map(ToString::to_string),
            period: period.clone(),
            against: against.clone(),
            by: new.by.as_ref().map(ToString::to_string),
            body: new.body.as_ref().map(ToString::to_string),
            language: words.word().to_owned(),
            format: new.format.word().to_owned(),
            job_id: job.clone(),
            created_at_ms: state.now_ms(),
            created_by: caller.id().to_owned(),
        };
        enqueue(transaction, &state, &caller, &job, None, &MakeReport { report: report.clone() }).await?;
        reports::insert(transaction, &asked).await?;
        let detail = json!({ "assessment": asked.assessment_id, "city": asked.city, "format": asked.format });
        trail(transaction, &state, &caller, "create_report", &format!("reports/{report}"), detail).await?;
        Ok(Answer::accepted(&job, &present(reports::find(transaction, &report).await?, language.0)))
    })
    .await?;
    state.work_arrived();
    Ok(answer)
}

/// All that is wrong with a request by itself.
fn checked(new: &wire::NewReport) -> Result<(), Failure> {
    let mut faults = Faults::default();
    if new.assessment.is_some() == new.round.is_some() {
        faults.push(
            Fault::error("report.subject", "须指定评估或评价批次之一", "name either an assessment or a round")
                .at("/assessment")
                .hint("给出 assessment 或 round", "give assessment or round"),
        );
    }
    if new.class.is_some() && new.round.is_none() {
        faults.push(
            Fault::error("report.class", "只有评价批次才有类别", "only a round has classes")
                .at("/class")
                .hint("去掉 class，或给出 round", "leave class out, or give round"),
        );
    }
    for (name, is_given) in [("against", new.against.is_some()), ("by", new.by.is_some())] {
        if is_given && new.city.is_none() {
            faults.push(
                Fault::error("report.no_city", format!("{name} 只用于城市报告"), format!("{name} is for the report of a city"))
                    .at(format!("/{name}"))
                    .hint("给出 city，或去掉该项", "give city, or leave it out"),
            );
        }
    }
    match new.against.as_ref().map(|against| against.as_str().parse::<Reference>()) {
        Some(Err(fault)) => faults.push(fault.at("/against")),
        Some(Ok(Reference::Target(_))) => faults.push(
            Fault::error("report.target", "报告不与目标方案对照", "a report does not compare with a goal plan")
                .at("/against")
                .hint("请另作差距分析，或选择其他参照", "make a gap analysis of its own, or choose another reference"),
        ),
        _ => {}
    }
    if let Some(Err(fault)) = new.by.as_ref().map(|by| by.as_str().parse::<Period>()) {
        faults.push(fault.at("/by"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}

/// The assessment that was named, or that of the newest publication of the round, and of its class.
async fn assessment_of(state: &State, new: &wire::NewReport) -> Result<Id, Failure> {
    if let Some(id) = &new.assessment {
        return Ok(id.clone());
    }
    let code = new.round.as_ref().map(|code| code.as_str()).unwrap_or_default();
    let round = rounds::find(state.db(), code).await?;
    let newest = round.publications().next_back().map(<[String]>::to_vec).unwrap_or_default();
    let classes = &round.profile.classes;
    let place = match &new.class {
        None if classes.is_empty() => Some(0),
        None => {
            return Err(Failure::invalid(
                Fault::error("report.which_class", "该评价批次分类别", "the round has classes")
                    .at("/class")
                    .expected(classes.iter().map(|class| class.code.as_str()).collect::<Vec<_>>().join(", "))
                    .hint("请指定类别", "name a class"),
            ));
        }
        Some(wanted) => classes.iter().position(|class| class.code == wanted.as_str()),
    };
    let place = place.ok_or_else(|| Failure::absent("该评价批次没有这个类别", "the round has no such class"))?;
    newest
        .get(place)
        .map(|id| Id::trusted(id.clone()))
        .ok_or_else(|| Failure::conflict("该评价批次尚未发布", "the round is not published yet"))
}
