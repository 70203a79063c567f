//! `citygauge embed`: a token by which one view of the dashboard is shown in other pages.

use citygauge_indicators::Language;
use citygauge_openapi::{API_ROOT, Embed as Answer, NewEmbed};
use clap::Args;

use super::output::say;
use super::{Failed, remote};

/// Have one view of the dashboard shown in other pages for a while; prints the address for an iframe.
#[derive(Debug, Args)]
pub(super) struct Embed {
    /// The path of the view in the dashboard, such as /assessments/ID/cities/330100
    #[arg(value_name = "VIEW")]
    view: String,
    /// The origin of a page that may show it, such as https://city.example; may be given several times.
    #[arg(long = "parent", value_name = "ORIGIN", required = true)]
    parents: Vec<String>,
    /// For how many minutes it works, a day at most; 60 unless given.
    #[arg(long, value_name = "MINUTES")]
    minutes: Option<u32>,
    #[command(flatten)]
    service: remote::Service,
}

impl Embed {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let new = NewEmbed { view: self.view, parents: self.parents, minutes: self.minutes };
        let made: Result<Answer, _> = client.post(&format!("{API_ROOT}/embeds"), &new).await;
        let made = made.map_err(|error| remote::refused(error, language))?;
        say(made.address)
    }
}
