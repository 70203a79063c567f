//! How good the data of a city are: what was reported, missing, not applicable or rejected, and of what quality.

use std::collections::{BTreeMap, HashMap};

use citygauge_indicators::{QualityGrade, Scoring};

use super::percent;
use crate::assessments::kept;
use crate::charts::Opened;
use crate::faults::from_kept;
use crate::reports::ReportError;
use crate::reports::document::context::{Count, Missing, NotApplicable, Quality, Warning};
use crate::state::State;
use crate::store::observations::{self, Filter, Observation, Status};
use crate::store::releases;

/// So many warnings stand in a report.
const MOST: usize = 50;

/// Observations that are read at once.
const CHUNK: u64 = 1_000;

/// What is known of the data items of a city in the period, as they were when the release was frozen.
pub(super) async fn gather(state: &State, opened: &Opened, city: &str) -> Result<Quality, ReportError> {
    let observed = observed(state, opened, city).await?;
    let items = opened.set.items();
    let language = opened.language;
    let status = |code: &str| observed.get(code).map_or(Status::Missing, |value| value.value.status);
    let mut statuses: BTreeMap<&'static str, usize> = BTreeMap::new();
    for item in items {
        *statuses.entry(word(status(&item.code))).or_default() += 1;
    }
    let counted = |title: &str, count: usize, of: usize| Count {
        title: title.to_owned(),
        count: count.to_string(),
        share: percent(if of == 0 { 0.0 } else { count as f64 / of as f64 }),
    };
    let all = [Status::Reported, Status::Missing, Status::NotApplicable, Status::Rejected];
    let by_status = all.into_iter().map(|status| {
        let (zh, en) = title(status);
        counted(language.pick(zh, en), statuses.get(word(status)).copied().unwrap_or_default(), items.len())
    });
    let reported: Vec<&Observation> = observed.values().filter(|value| value.value.status == Status::Reported).collect();
    let graded = |grade: QualityGrade| reported.iter().filter(|value| value.value.quality == grade.word()).count();
    let grades = QualityGrade::ALL.into_iter().filter(|grade| graded(*grade) > 0);
    let grades = grades.map(|grade| counted(grade.title().get(language), graded(grade), reported.len()));
    let title_of = |item: &citygauge_indicators::Item| {
        let title = item.title.get(language);
        if title.is_empty() { item.code.clone() } else { title.to_owned() }
    };
    let lacking = items.iter().filter(|item| matches!(status(&item.code), Status::Missing | Status::Rejected));
    let missing = lacking.map(|item| Missing {
        code: item.code.clone(),
        title: title_of(item),
        department: item.department.as_ref().map(|department| department.get(language).to_owned()),
        indicators: readers(opened, &item.code).join(language.pick("、", ", ")),
    });
    let not_applicable = items.iter().filter(|item| status(&item.code) == Status::NotApplicable).map(|item| NotApplicable {
        code: item.code.clone(),
        title: title_of(item),
        reason: observed.get(&item.code).and_then(|value| value.value.note.clone()).filter(|note| !note.is_empty()),
    });
    let mut warnings = Vec::new();
    for kept in kept::warnings(state, &opened.manifest).await? {
        let warning = from_kept(kept, language)?;
        if warning.city.as_deref() == Some(city) && warning.period.as_deref() == Some(opened.period.as_str()) {
            warnings.push(warning);
        }
    }
    let told = warnings.iter().take(MOST).map(|warning| Warning {
        code: warning.code.clone(),
        subject: warning.node_or_item.clone(),
        message: warning.message.clone(),
    });
    Ok(Quality {
        items: items.len().to_string(),
        statuses: by_status.collect(),
        grades: grades.collect(),
        missing: missing.collect(),
        not_applicable: not_applicable.collect(),
        warnings: told.collect(),
        warnings_total: warnings.len().to_string(),
    })
}

/// The values of the city, by data item.
async fn observed(state: &State, opened: &Opened, city: &str) -> Result<HashMap<String, Observation>, ReportError> {
    let release = releases::find(state.db(), opened.stored.request.release_id.as_deref().unwrap_or_default()).await?;
    let filter = Filter {
        cities: vec![city.to_owned()],
        periods: vec![opened.period.clone()],
        as_of_ms: Some(release.as_of_ms),
        ..Filter::default()
    };
    let (mut found, mut after) = (HashMap::new(), None);
    loop {
        let page = observations::page(state.db(), &filter, after.as_ref(), CHUNK).await?;
        found.extend(page.items.into_iter().map(|value| (value.value.item.clone(), value)));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// The indicators that read an item in the period itself.
fn readers(opened: &Opened, item: &str) -> Vec<String> {
    let reads = opened.set.leaves().filter(|(_, leaf)| match &leaf.formula {
        Some(formula) => formula.current_items().contains(item),
        None => matches!(&leaf.scoring, Scoring::Checklist { items } if items.iter().any(|(read, _)| read == item)),
    });
    reads.map(|(node, _)| opened.set.nodes()[node].code.clone()).collect()
}

fn word(status: Status) -> &'static str {
    crate::store::Word::as_str(status)
}

fn title(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Reported => ("已报", "reported"),
        Status::Missing => ("缺失", "missing"),
        Status::NotApplicable => ("不适用", "not applicable"),
        Status::Rejected => ("已退回", "rejected"),
    }
}
