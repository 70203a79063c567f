//! `citygauge ready`: whether a service will answer, for what looks after it.

use citygauge_indicators::Language;
use citygauge_openapi::Readiness;
use citygauge_openapi::client::Client;
use clap::Args;

use super::output::say;
use super::{Failed, remote};

/// Ask a service whether it is ready; the exit status is 0 when it is, and 1 with the parts that are not. It needs no key.
#[derive(Debug, Args)]
pub(super) struct Ready {
    /// The service.
    #[arg(long, value_name = "URL", env = "CITYGAUGE_URL", default_value = "http://127.0.0.1:8080")]
    server: String,
}

impl Ready {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let client = Client::new(&self.server, None, language).map_err(Failed::other)?;
        // What is not ready is at fault, and named line by line.
        client.get::<Readiness>("/readyz").await.map_err(|error| remote::refused(error, language))?;
        say(language.pick("服务已就绪", "the service is ready"))
    }
}
