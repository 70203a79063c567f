//! What numbers rest on: assessment, set, release, cohort.

use citygauge_indicators::Language;
use citygauge_openapi::{Cohort, Moment};

use super::root;
use crate::assessments::Options;
use crate::charts::Opened;
use crate::error::Failure;
use crate::reports::document::context::{AssessmentFacts, CohortFacts, ReleaseFacts, SetFacts, Superseded};
use crate::state::State;
use crate::store::releases;

/// The assessment.
pub(super) fn assessment(state: &State, opened: &Opened) -> AssessmentFacts {
    let asked = &opened.stored.request;
    let address = format!("{}/assessments/{}", root(state), asked.id);
    AssessmentFacts {
        id: asked.id.clone(),
        bundle: format!("{address}/bundle"),
        address,
        finished: opened.stored.finished_at_ms.map_or_else(String::new, |at| Moment::from_ms(at).to_string()),
        engine: asked.engine_version.clone(),
        bundle_digest: None,
        supersedes: asked
            .supersedes
            .as_ref()
            .map(|former| Superseded { id: former.assessment.clone(), reason: former.reason.clone() }),
    }
}

/// The set.
pub(super) fn set(opened: &Opened) -> SetFacts {
    let document = opened.set.document();
    let basis = document.basis.as_ref();
    let standard = basis.and_then(|basis| basis.standard.as_ref()).map(|standard| {
        let edition = basis.and_then(|basis| basis.edition.as_deref());
        edition.map_or_else(|| standard.clone(), |edition| format!("{standard}-{edition}"))
    });
    let mut lineage = Vec::new();
    let mut former = document.derived_from.as_ref();
    while let Some(from) = former {
        lineage.push(format!("{}@{} ({})", from.code, from.version, from.digest));
        former = from.derived_from.as_deref();
    }
    SetFacts {
        code: document.code.clone(),
        version: document.version.clone(),
        title: document.title.get(opened.language).to_owned(),
        digest: opened.stored.request.set_digest.clone(),
        basis: standard,
        note: basis.and_then(|basis| basis.note.as_ref()).map(|note| note.get(opened.language).to_owned()),
        indicators: opened.set.leaves().count().to_string(),
        lineage,
    }
}

/// The release.
pub(super) async fn release(state: &State, opened: &Opened) -> Result<ReleaseFacts, Failure> {
    let release = releases::find(state.db(), opened.stored.request.release_id.as_deref().unwrap_or_default()).await?;
    Ok(ReleaseFacts {
        as_of: Moment::from_ms(release.as_of_ms).to_string(),
        observations: release.rows.to_string(),
        id: release.id,
        digest: release.digest,
    })
}

/// The cohort.
pub(super) fn cohort(opened: &Opened) -> Result<CohortFacts, Failure> {
    let options: Options = serde_json::from_value(opened.stored.request.options.clone()).map_err(Failure::internal)?;
    let say = |zh: &str, en: &str| opened.language.pick(zh, en).to_owned();
    let described = match &options.cohort {
        Cohort::Every(_) => say("所有有观测值的城市", "every city with an observation"),
        Cohort::Cities(_) => say("逐一列出的城市", "the cities that were listed"),
        Cohort::PeerGroup { peer_group, .. } => match opened.language {
            Language::Zh => format!("对标组 {peer_group}"),
            Language::En => format!("the peer group {peer_group}"),
        },
    };
    Ok(CohortFacts { cities: opened.result.cities.len().to_string(), described })
}
