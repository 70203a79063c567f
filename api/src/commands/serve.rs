//! `citygauge serve`: the service.

use citygauge_indicators::Language;
use clap::Args;

use super::output::say;
use super::{Failed, ServeSettings};
use crate::service::Service;
use crate::telemetry;

/// Run the service.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    settings: ServeSettings,
}

impl Serve {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let config = self.settings.read()?;
        let telemetry = telemetry::start(&config.log, &config.traces).map_err(|error| Failed::Usage(error.to_string()))?;
        let open = config.server.open;
        let service = Service::build(config).await.map_err(|error| Failed::Other(error.text().get(language).to_owned()))?;
        let url = service.url();
        match language {
            Language::Zh => say(format_args!("CityGauge 服务地址 {url}　　接口说明 {url}/docs"))?,
            Language::En => say(format_args!("CityGauge listens on {url} and is described at {url}/docs"))?,
        }
        if open {
            say(warning(language))?;
        }
        if let Some(token) = service.first_key() {
            say(format_args!("{}\n\n    {token}\n", announcement(language)))?;
        }
        let ended = service.run().await.map_err(Failed::other);
        telemetry.stop().await;
        ended
    }
}

fn announcement(language: Language) -> &'static str {
    match language {
        Language::Zh => "首次启动：这是管理员密钥，只显示这一次，请妥善保存。",
        Language::En => "First start: this is the admin key. It is shown this once; keep it safe.",
    }
}

fn warning(language: Language) -> &'static str {
    match language {
        Language::Zh => "注意：开放模式。本机上的任何人无需密钥即可以管理员身份使用。",
        Language::En => "WARNING: open to this machine. Anyone on it is let in as admin, without a key.",
    }
}
