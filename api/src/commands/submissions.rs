//! `citygauge submissions`: what departments hand in, and how it is reviewed.

use std::path::PathBuf;

use citygauge_indicators::Language;
use citygauge_openapi::client::Client;
use citygauge_openapi::{
    API_ROOT, Code, Note, PeriodCode, Submission, SubmissionAction, SubmissionPage, SubmissionState, SubmissionTransition,
    path_segment,
};
use clap::{Args, Subcommand};

use super::output::{say, tell, write_file};
use super::{Failed, remote};

/// List, fetch templates, submit, return, accept, review, verify and end the submissions of a round, object and answer.
#[derive(Debug, Subcommand)]
pub(super) enum Submissions {
    /// List the submissions of a round.
    List(List),
    /// Write the workbook that the department fills in.
    Template(Template),
    /// Hand in a submission.
    Submit(Submit),
    /// Send a submission back.
    Return(Step),
    /// Accept a submission for the city.
    Accept(Step),
    /// Review a submission for the province.
    Review(Step),
    /// Verify a submission for the evaluation body.
    Verify(Step),
    /// Object to the results.
    Object(Step),
    /// Answer an objection: it is right.
    Uphold(Step),
    /// Answer an objection: it is not right.
    Dismiss(Step),
    /// End a submission.
    Finalise(Step),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The code of the round.
    #[arg(value_name = "ROUND")]
    round: Code,
    /// Only those of this city.
    #[arg(long, value_name = "CODE")]
    city: Option<Code>,
    #[command(flatten)]
    service: remote::Service,
}

/// Which submission.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// The code of the round.
    #[arg(value_name = "ROUND")]
    round: Code,
    /// The city.
    #[arg(long, value_name = "CODE")]
    city: Code,
    /// The name of the department; left out for the items that name none.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    department: String,
}

#[derive(Debug, Args)]
pub(super) struct Template {
    #[command(flatten)]
    which: Which,
    /// A period of the round; not needed where it has only one.
    #[arg(long, value_name = "PERIOD")]
    period: Option<PeriodCode>,
    /// The workbook to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Step {
    #[command(flatten)]
    which: Which,
    /// What is to be said; needed to return, to object and to answer.
    #[arg(long, value_name = "TEXT")]
    comment: Option<Note>,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Submit {
    #[command(flatten)]
    step: Step,
    /// Hand it in although values are missing without a note; --comment says why.
    #[arg(long, requires = "comment")]
    incomplete: bool,
}

impl Submissions {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::List(list) => list.run(language).await,
            Self::Template(template) => template.run(language).await,
            Self::Submit(submit) => submit.step.run(SubmissionAction::Submit, submit.incomplete, language).await,
            Self::Return(step) => step.run(SubmissionAction::Return, false, language).await,
            Self::Accept(step) => step.run(SubmissionAction::Accept, false, language).await,
            Self::Review(step) => step.run(SubmissionAction::Review, false, language).await,
            Self::Verify(step) => step.run(SubmissionAction::Verify, false, language).await,
            Self::Object(step) => step.run(SubmissionAction::Object, false, language).await,
            Self::Uphold(step) => step.run(SubmissionAction::Uphold, false, language).await,
            Self::Dismiss(step) => step.run(SubmissionAction::Dismiss, false, language).await,
            Self::Finalise(step) => step.run(SubmissionAction::Finalise, false, language).await,
        }
    }
}

impl List {
    async fn run(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        for submission in found(&client, &self.round, self.city.as_ref(), language).await? {
            say(line(&submission, language))?;
        }
        Ok(())
    }
}

impl Which {
    /// The path of the submission.
    async fn path(&self, client: &Client, language: Language) -> Result<String, Failed> {
        let own = found(client, &self.round, Some(&self.city), language).await?;
        let own = own.into_iter().find(|submission| submission.department == self.department);
        let own = own.ok_or_else(|| {
            Failed::Usage(match language {
                Language::Zh => format!("批次“{}”中没有城市“{}”部门“{}”的填报单", self.round, self.city, self.department),
                Language::En => {
                    format!(
                        "the round '{}' has no submission of '{}' for the department '{}'",
                        self.round, self.city, self.department
                    )
                }
            })
        })?;
        Ok(format!("{}/{}", submissions(&self.round), own.id))
    }
}

impl Template {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let period = self.period.map(|period| format!("?period={period}")).unwrap_or_default();
        let path = format!("{}/template.xlsx{period}", self.which.path(&client, language).await?);
        let bytes = client.bytes(&path).await.map_err(|error| remote::refused(error, language))?;
        write_file(&self.out, &bytes)?;
        let file = self.out.display();
        tell(language.pick(format!("已写出 {file}"), format!("written: {file}")));
        Ok(())
    }
}

impl Step {
    async fn run(self, action: SubmissionAction, incomplete: bool, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let path = self.which.path(&client, language).await?;
        let wanted = SubmissionTransition { action, comment: self.comment, incomplete };
        let done = client.post_as_seen::<Submission>(&path, &format!("{path}/transitions"), &wanted).await;
        say(line(&done.map_err(|error| remote::refused(error, language))?, language))
    }
}

fn submissions(round: &Code) -> String {
    format!("{API_ROOT}/rounds/{}/submissions", path_segment(round.as_str()))
}

/// The submissions of a round, of one city or of all.
async fn found(client: &Client, round: &Code, city: Option<&Code>, language: Language) -> Result<Vec<Submission>, Failed> {
    let city = city.map(|city| format!("&city={}", path_segment(city.as_str()))).unwrap_or_default();
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{}?limit=1000{city}{cursor}", submissions(round));
        let page: SubmissionPage = client.get(&path).await.map_err(|error| remote::refused(error, language))?;
        all.extend(page.items);
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(all),
        }
    }
}

/// A submission in a line: city, department, state, and whether it was late.
fn line(submission: &Submission, language: Language) -> String {
    let state = match submission.state {
        SubmissionState::Draft => ("填报中", "draft"),
        SubmissionState::Submitted => ("已提交", "submitted"),
        SubmissionState::Returned => ("已退回", "returned"),
        SubmissionState::Accepted => ("城市已确认", "accepted"),
        SubmissionState::Reviewed => ("省级已审核", "reviewed"),
        SubmissionState::Verified => ("已核验", "verified"),
        SubmissionState::Provisional => ("结果公示", "provisional"),
        SubmissionState::Objected => ("已申诉", "objected"),
        SubmissionState::Upheld => ("申诉成立", "upheld"),
        SubmissionState::Dismissed => ("申诉驳回", "dismissed"),
        SubmissionState::Final => ("已定稿", "final"),
    };
    let late = if submission.late { language.pick("  逾期", "  late") } else { "" };
    let department = if submission.department.is_empty() { "-" } else { &submission.department };
    format!("{}  {department}  {}{late}  {}", submission.city, language.pick(state.0, state.1), submission.id)
}
