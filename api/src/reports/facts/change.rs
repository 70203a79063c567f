//! What changed since the period before, within the same assessment.

use std::sync::Arc;

use citygauge_assessment::Assessment;
use citygauge_assessment::years::{Compared, compare};
use citygauge_indicators::Period;

use super::{root, signed, sources};
use crate::assessments::reading::shown;
use crate::charts::Opened;
use crate::error::Failure;
use crate::reports::ReportError;
use crate::reports::document::context::{Change, ChangeRow};
use crate::state::State;

/// The change of the total and of the dimensions since the latest earlier period of the same length that has the city; none without one.
pub(super) async fn gather(
    state: &State,
    opened: &Opened,
    assessment: &Arc<Assessment>,
    city: &str,
) -> Result<Option<Change>, ReportError> {
    let at = opened.period.parse::<Period>().map_err(Failure::invalid)?;
    let is_earlier = |period: &Period| period.kind() == at.kind() && period.in_years() < at.in_years();
    let before = assessment.periods().filter(is_earlier).filter(|period| assessment.city(city, *period).is_some()).last();
    let Some(before) = before else { return Ok(None) };
    let (compared, code) = (assessment.clone(), city.to_owned());
    let found = state.engine(move || {
        let of = |period| Compared { assessment: &compared, period };
        compare(of(before), of(at), &[code.as_str()], None)
    });
    let found = found.await?.map_err(Failure::from)?;
    let rows = found.iter().filter_map(|change| {
        let node = opened.set.node_index(&change.node)?;
        (opened.set.nodes()[node].depth <= 1).then_some((node, change))
    });
    let rows = rows.map(|(node, change)| {
        let part = |of: fn(&citygauge_assessment::years::Parts) -> f64| change.parts.as_ref().map(|parts| signed(of(parts), 2));
        ChangeRow {
            title: opened.title(node),
            before: shown(&opened.set, node, change.before),
            after: shown(&opened.set, node, change.after),
            change: change.change.map(|change| signed(change, 2)),
            data: part(|parts| parts.data),
            set: part(|parts| parts.set),
            cohort: part(|parts| parts.cohort),
            coverage: part(|parts| parts.coverage),
            rank_before: change.rank_before.map(|rank| rank.to_string()),
            rank_after: change.rank_after.map(|rank| rank.to_string()),
        }
    });
    let id = &opened.stored.request.id;
    let query = format!("to={id}&period={before}&to_period={at}");
    Ok(Some(Change {
        period: before.to_string(),
        assessment: sources::assessment(state, opened).id,
        address: format!("{}/assessments/{id}/diff?{query}&city={}", root(state), citygauge_openapi::path_segment(city)),
        note: None,
        rows: rows.collect(),
    }))
}
