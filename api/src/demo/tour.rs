//! The demonstration's way through the API: set, cities, observations, assessment, ranking, score card, gaps.

use citygauge_openapi::client::{Client, ClientError, Upload};
use citygauge_openapi::{
    API_ROOT, Assessment, Code, Cohort, Fault, GapAnalysis, GapRule, ImportKind, ImportMode, Job, Line, NewAssessment,
    NewGapAnalysis, OnFault, Ranking, ScoreCard, SetRef, WorkState, path_segment,
};

use super::Sample;

/// What there is to tell.
#[derive(Debug, Clone)]
pub struct Story {
    /// The assessment.
    pub assessment: Assessment,
    /// The ranking of its latest period.
    pub ranking: Ranking,
    /// The city in the middle of the ranking.
    pub card: ScoreCard,
    /// Its gaps to the median of its peers.
    pub gaps: GapAnalysis,
}

/// Why the tour ended early.
#[derive(Debug)]
pub enum Stopped {
    /// A call failed.
    Call(ClientError),
    /// The service found faults in a file.
    Faults(Vec<Fault>),
    /// A job failed, in its own words.
    Job(String),
}

impl From<ClientError> for Stopped {
    fn from(error: ClientError) -> Self {
        Self::Call(error)
    }
}

/// Brings the sample into the service and asks for everything that the page shows.
pub async fn take(client: &Client, sample: &Sample) -> Result<Story, Stopped> {
    let document = sample.set.document();
    let set = SetRef { code: Code::trusted(&document.code), version: Code::trusted(&document.version) };
    client.create_set(sample.document.clone()).await?;
    client.publish_set(&set).await?;
    import(client, sample, ImportKind::Cities, &set).await?;
    import(client, sample, ImportKind::Observations, &set).await?;

    let new = NewAssessment { set, periods: None, cohort: Cohort::default(), release: None, supersedes: None };
    let asked = client.create_assessment(&new).await?;
    succeeded(client.wait_for_job(&asked.job, |_| ()).await?)?;
    let assessment = client.assessment(&asked.id).await?;
    let path = format!("{API_ROOT}/assessments/{}", assessment.id);
    let ranking: Ranking = client.get(&format!("{path}/ranking?limit=1000")).await?;
    let middle = ranking.items.get(ranking.items.len() / 2);
    let city = middle.map(|ranked| ranked.city.clone()).ok_or_else(|| Stopped::Job("the ranking is empty".into()))?;
    let card = client.get(&format!("{path}/cities/{}", path_segment(city.as_str()))).await?;
    let against = Line::trusted("peer_median");
    let wanted = NewGapAnalysis {
        assessment: assessment.id.clone(),
        city,
        period: None,
        against,
        peer_group: None,
        by: None,
        rule: GapRule::default(),
    };
    let gaps = client.create_gap_analysis(&wanted).await?;
    Ok(Story { assessment, ranking, card, gaps })
}

async fn import(client: &Client, sample: &Sample, kind: ImportKind, set: &SetRef) -> Result<(), Stopped> {
    let observations = kind == ImportKind::Observations;
    let upload = Upload {
        kind,
        mode: ImportMode::Commit,
        on_fault: OnFault::RejectAll,
        set: observations.then(|| set.clone()),
        period: sample.period.clone().filter(|_| observations),
        file_name: Some(if observations { "observations.csv" } else { "cities.csv" }.to_owned()),
        content_type: "text/csv".into(),
    };
    let body = if observations { &sample.observations } else { &sample.cities };
    let import = client.upload(&upload, body.clone()).await?;
    let job = client.wait_for_job(&import.job, |_| ()).await?;
    let import = client.import(&import.id).await?;
    if import.faults.total > 0 {
        return Err(Stopped::Faults(import.faults.items));
    }
    succeeded(job)
}

fn succeeded(job: Job) -> Result<(), Stopped> {
    match job.state {
        WorkState::Succeeded => Ok(()),
        state => Err(Stopped::Job(format!("{}: {}", job.kind, job.error.unwrap_or_else(|| format!("{state:?}"))))),
    }
}
