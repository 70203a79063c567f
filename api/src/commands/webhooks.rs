//! `citygauge webhooks`: who is told of what happens at a service, and what became of each delivery.

use citygauge_indicators::Language;
use citygauge_openapi::{
    API_ROOT, Address, Id, Line, Moment, Note, Webhook, WebhookDelivery, WebhookDeliveryPage, WebhookDeliveryState,
    WebhookEventTypes, WebhookHealth, WebhookPage, WebhookProfile, WebhookReplay, WebhookReplayed, WebhookWithSecret,
};
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde_json::json;

use super::output::{say, tell};
use super::{Failed, remote};

/// Make, list, show, change and remove webhooks, and see what they were told.
#[derive(Debug, Subcommand)]
pub(super) enum Webhooks {
    /// List the types of events.
    EventTypes(remote::Service),
    /// Make a webhook and print its secret, which is shown this once.
    Create(Create),
    /// List the webhooks.
    List(remote::Service),
    /// Show a webhook as JSON, with how it fares.
    Show(One),
    /// Enable a webhook again.
    Enable(One),
    /// Disable a webhook; what it would still be told is cancelled.
    Disable(One),
    /// Give a webhook another secret and print it, this once.
    Rotate(Rotate),
    /// Remove a webhook with its deliveries.
    Remove(One),
    /// Send a webhook something to try it.
    Ping(One),
    /// List the deliveries of a webhook, the newest first.
    Deliveries(Deliveries),
    /// Make a delivery again, now.
    Redeliver(Redeliver),
    /// Send a webhook everything that it has missed since a moment.
    Replay(Replay),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Where events are posted to, over https.
    #[arg(value_name = "ADDRESS")]
    url: Address,
    /// Events, such as assessment.succeeded, round.* or * for all; repeatable, or separated by commas.
    #[arg(long, value_name = "EVENTS", required = true, value_delimiter = ',')]
    events: Vec<Line>,
    /// What people should know of it.
    #[arg(long, value_name = "TEXT")]
    description: Option<Note>,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The identifier of the webhook, as listed.
    #[arg(value_name = "WEBHOOK")]
    webhook: Id,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    one: One,
    /// For how many hours the former secret is used beside the new one; 0 where it has become known.
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(0..=720))]
    keep_hours: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct Deliveries {
    #[command(flatten)]
    one: One,
    /// Only those in this state: pending, delivered, failed or cancelled.
    #[arg(long, value_name = "STATE", value_parser = ["pending", "delivered", "failed", "cancelled"])]
    state: Option<String>,
    /// How many deliveries are listed at most.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    most: u32,
}

#[derive(Debug, Args)]
pub(super) struct Redeliver {
    #[command(flatten)]
    one: One,
    /// The number of the delivery, as listed.
    #[arg(value_name = "DELIVERY")]
    delivery: i64,
}

#[derive(Debug, Args)]
pub(super) struct Replay {
    #[command(flatten)]
    one: One,
    /// Since when, such as 2026-11-29T00:00:00Z.
    #[arg(long, value_name = "MOMENT")]
    since: Moment,
}

impl Webhooks {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::EventTypes(service) => event_types(&service, language).await,
            Self::Create(create) => create.run(language).await,
            Self::List(service) => list(&service, language).await,
            Self::Show(one) => one.show(language).await,
            Self::Enable(one) => one.set_enabled(true, language).await,
            Self::Disable(one) => one.set_enabled(false, language).await,
            Self::Rotate(rotate) => rotate.run(language).await,
            Self::Remove(one) => one.remove(language).await,
            Self::Ping(one) => one.ping(language).await,
            Self::Deliveries(deliveries) => deliveries.run(language).await,
            Self::Redeliver(redeliver) => redeliver.run(language).await,
            Self::Replay(replay) => replay.run(language).await,
        }
    }
}

async fn event_types(service: &remote::Service, language: Language) -> Result<(), Failed> {
    let client = service.client(language)?;
    let types: WebhookEventTypes =
        client.get(&format!("{API_ROOT}/webhooks/event-types")).await.map_err(|error| remote::refused(error, language))?;
    let mut table = table(language.pick(["事件", "含义"], ["event", "meaning"]));
    for kind in types.items {
        table.add_row([kind.name, language.pick(kind.description_zh, kind.description_en)]);
    }
    say(table)
}

async fn list(service: &remote::Service, language: Language) -> Result<(), Failed> {
    let client = service.client(language)?;
    let mut table = table(language.pick(["标识", "状况", "事件", "地址"], ["id", "health", "events", "address"]));
    let mut cursor = String::new();
    loop {
        let path = format!("{API_ROOT}/webhooks?limit=1000{cursor}");
        let page: WebhookPage = client.get(&path).await.map_err(|error| remote::refused(error, language))?;
        for webhook in page.items {
            let events: Vec<String> = webhook.events.iter().map(ToString::to_string).collect();
            let health = health(webhook.health, language).to_owned();
            table.add_row([webhook.id.to_string(), health, events.join(","), webhook.url.to_string()]);
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return say(table),
        }
    }
}

impl Create {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let profile = WebhookProfile { url: self.url, events: self.events, description: self.description, enabled: true };
        let made: WebhookWithSecret =
            client.post(&format!("{API_ROOT}/webhooks"), &profile).await.map_err(|error| remote::refused(error, language))?;
        tell(language.pick(
            format!("已建立网络钩子 {}；密钥只显示这一次：", made.webhook.id),
            format!("made the webhook {}; its secret is shown this once:", made.webhook.id),
        ));
        say(made.secret.unwrap_or_default())
    }
}

impl One {
    fn path(&self) -> String {
        format!("{API_ROOT}/webhooks/{}", self.webhook)
    }

    async fn show(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let webhook: Webhook = client.get(&self.path()).await.map_err(|error| remote::refused(error, language))?;
        say(serde_json::to_string_pretty(&webhook).map_err(Failed::other)?)
    }

    async fn set_enabled(&self, enabled: bool, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let failed = |error| remote::refused(error, language);
        let known: Webhook = client.get(&self.path()).await.map_err(failed)?;
        let profile = WebhookProfile { url: known.url, events: known.events, description: known.description, enabled };
        let webhook: Webhook = client.put_as_seen(&self.path(), &profile).await.map_err(failed)?;
        say(format_args!("{} {}", webhook.id, health(webhook.health, language)))
    }

    async fn remove(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        client.delete_as_seen(&self.path()).await.map_err(|error| remote::refused(error, language))?;
        say(language.pick(format!("已删除网络钩子 {}", self.webhook), format!("removed the webhook {}", self.webhook)))
    }

    async fn ping(&self, language: Language) -> Result<(), Failed> {
        self.ask(&format!("{}/ping", self.path()), language).await
    }

    /// Asks for a delivery and says which it is.
    async fn ask(&self, path: &str, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let delivery: WebhookDelivery = client.post(path, &json!({})).await.map_err(|error| remote::refused(error, language))?;
        say(language.pick(
            format!("投递 {} 正在进行：见 citygauge webhooks deliveries", delivery.id),
            format!("the delivery {} is being made: see citygauge webhooks deliveries", delivery.id),
        ))
    }
}

impl Rotate {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.one.service.client(language)?;
        let query = self.keep_hours.map(|hours| format!("?keep_hours={hours}")).unwrap_or_default();
        let path = format!("{}/secret/rotate{query}", self.one.path());
        let made: WebhookWithSecret = client.post(&path, &json!({})).await.map_err(|error| remote::refused(error, language))?;
        tell(match made.webhook.previous_secret_until {
            Some(until) => language.pick(
                format!("此前的密钥用到 {until}；新密钥只显示这一次："),
                format!("the former secret is used until {until}; the new one is shown this once:"),
            ),
            None => language
                .pick(
                    "此前的密钥不再使用；新密钥只显示这一次：",
                    "the former secret is used no more; the new one is shown this once:",
                )
                .to_owned(),
        });
        say(made.secret.unwrap_or_default())
    }
}

impl Deliveries {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.one.service.client(language)?;
        let state = self.state.map(|state| format!("&state={state}")).unwrap_or_default();
        let path = format!("{}/deliveries?limit={}{state}", self.one.path(), self.most);
        let page: WebhookDeliveryPage = client.get(&path).await.map_err(|error| remote::refused(error, language))?;
        let mut table = table(language.pick(
            ["投递", "事件", "时间", "状态", "尝试", "最近答复", "下次"],
            ["delivery", "event", "at", "state", "attempts", "last answer", "next"],
        ));
        for delivery in page.items {
            let last =
                delivery.attempts.last().and_then(|last| last.status.map(|status| status.to_string()).or(last.error.clone()));
            table.add_row([
                delivery.id.to_string(),
                delivery.body.kind,
                delivery.created_at.to_string(),
                word(delivery.state, language).to_owned(),
                delivery.attempts.len().to_string(),
                last.unwrap_or_else(|| "-".to_owned()),
                delivery.next_attempt_at.map_or_else(|| "-".to_owned(), |next| next.to_string()),
            ]);
        }
        say(table)
    }
}

impl Redeliver {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let path = format!("{}/deliveries/{}/redeliver", self.one.path(), self.delivery);
        self.one.ask(&path, language).await
    }
}

impl Replay {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let client = self.one.service.client(language)?;
        let path = format!("{}/replay", self.one.path());
        let asked = WebhookReplay { since: self.since };
        let replayed: WebhookReplayed = client.post(&path, &asked).await.map_err(|error| remote::refused(error, language))?;
        let count = replayed.deliveries;
        say(language.pick(format!("待投递 {count} 次"), format!("{count} deliveries are to be made")))
    }
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header);
    table
}

fn health(health: WebhookHealth, language: Language) -> &'static str {
    let (zh, en) = match health {
        WebhookHealth::Healthy => ("正常", "healthy"),
        WebhookHealth::Failing => ("持续失败", "failing"),
        WebhookHealth::Disabled => ("已停用", "disabled"),
    };
    language.pick(zh, en)
}

fn word(state: WebhookDeliveryState, language: Language) -> &'static str {
    let (zh, en) = match state {
        WebhookDeliveryState::Pending => ("待投递", "pending"),
        WebhookDeliveryState::Delivered => ("已送达", "delivered"),
        WebhookDeliveryState::Failed => ("失败", "failed"),
        WebhookDeliveryState::Cancelled => ("已取消", "cancelled"),
    };
    language.pick(zh, en)
}
