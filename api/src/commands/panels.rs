//! `citygauge panels`: the panels of experts of a service, how far they are, and what comes out.

use citygauge_indicators::Language;
use citygauge_openapi::client::Client;
use citygauge_openapi::{
    API_ROOT, Code, Note, Panel, PanelClosed, PanelClosing, PanelCompleteness, PanelPage, PanelResults, PanelState, path_segment,
};
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::output::say;
use super::{Failed, remote};

/// List and show panels of experts, their results, and close them.
#[derive(Debug, Subcommand)]
pub(super) enum Panels {
    /// List the panels.
    List(remote::Service),
    /// Show a panel, and how far each expert is.
    Show(One),
    /// Show the results of a panel; while it is open, how many scores there are.
    Results(One),
    /// Close a panel: its results become observations.
    Close(Close),
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The code of the panel.
    #[arg(value_name = "PANEL")]
    panel: Code,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Close {
    #[command(flatten)]
    one: One,
    /// The note of every observation that is written.
    #[arg(long, value_name = "TEXT")]
    note: Option<Note>,
}

impl Panels {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::List(service) => list(&service.client(language)?, language).await,
            Self::Show(one) => one.show(language).await,
            Self::Results(one) => one.results(language).await,
            Self::Close(Close { one, note }) => one.close(PanelClosing { note }, language).await,
        }
    }
}

impl One {
    fn path(&self) -> String {
        format!("{API_ROOT}/panels/{}", path_segment(self.panel.as_str()))
    }

    async fn show(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let refused = |error| remote::refused(error, language);
        let panel: Panel = client.get(&self.path()).await.map_err(refused)?;
        let progress: PanelCompleteness = client.get(&format!("{}/completeness", self.path())).await.map_err(refused)?;
        say(line(&panel, language))?;
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(match language {
            Language::Zh => ["专家", "已评", "应评", "最近一次", "密钥"],
            Language::En => ["expert", "given", "asked", "last", "key"],
        });
        for expert in progress.experts {
            let last = expert.last_at.map(|at| at.to_string()).unwrap_or_default();
            let (name, key) = (expert.name.to_string(), expert.key.to_string());
            table.add_row([name, expert.given.to_string(), expert.asked.to_string(), last, key]);
        }
        say(table)
    }

    async fn results(&self, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(match language {
            Language::Zh => ["城市", "数据项", "评分数", "每端去掉", "去尾均值", "最低", "中位数", "最高", "标准差"],
            Language::En => ["city", "item", "scores", "left out", "mean", "least", "median", "greatest", "sd"],
        });
        let mut cursor = String::new();
        loop {
            let page: PanelResults = client
                .get(&format!("{}/results?limit=1000{cursor}", self.path()))
                .await
                .map_err(|error| remote::refused(error, language))?;
            for row in page.items {
                let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
                let deviation = row.standard_deviation.map(|deviation| format!("{deviation:.4}")).unwrap_or_default();
                let mean = if row.enough { number(row.mean) } else { "-".to_owned() };
                let counts = [row.city.to_string(), row.item.to_string(), row.count.to_string(), row.left_out.to_string()];
                let spread = [row.least, row.median, row.greatest].map(number);
                table.add_row(counts.into_iter().chain([mean]).chain(spread).chain([deviation]));
            }
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return say(table),
            }
        }
    }

    async fn close(&self, wanted: PanelClosing, language: Language) -> Result<(), Failed> {
        let client = self.service.client(language)?;
        let path = self.path();
        let closed = client.post_as_seen::<PanelClosed>(&path, &format!("{path}/close"), &wanted).await;
        let closed = closed.map_err(|error| remote::refused(error, language))?;
        say(line(&closed.panel, language))?;
        let (written, unchanged, gaps) = (closed.written, closed.unchanged, closed.not_written.len());
        say(language.pick(
            format!("写入 {written} 个观测值，{unchanged} 个未变，{gaps} 个评分不足"),
            format!("{written} observations written, {unchanged} unchanged, {gaps} with too few scores"),
        ))?;
        for gap in closed.not_written {
            let withdrawn = if gap.withdrawn { language.pick("  原值撤回", "  withdrawn") } else { "" };
            say(format!("{}  {}  {}{withdrawn}", gap.city, gap.item, gap.count))?;
        }
        Ok(())
    }
}

async fn list(client: &Client, language: Language) -> Result<(), Failed> {
    let mut cursor = String::new();
    loop {
        let page: PanelPage = client
            .get(&format!("{API_ROOT}/panels?limit=100{cursor}"))
            .await
            .map_err(|error| remote::refused(error, language))?;
        for panel in &page.items {
            say(line(panel, language))?;
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}

/// A panel in a line: code, state, set, period, how many cities, items and experts, title.
fn line(panel: &Panel, language: Language) -> String {
    let state = match panel.state {
        PanelState::Open => language.pick("评分中", "open"),
        PanelState::Closed => language.pick("已结束", "closed"),
    };
    let titles = match language {
        Language::Zh => [&panel.title_zh, &panel.title_en],
        Language::En => [&panel.title_en, &panel.title_zh],
    };
    let title = titles.into_iter().flatten().next().map(ToString::to_string).unwrap_or_default();
    let (cities, items, experts) = (panel.cities.len(), panel.items.len(), panel.experts.len());
    let size = language.pick(
        format!("{cities} 城市 × {items} 数据项，{experts} 专家"),
        format!("{cities} cities x {items} items, {experts} experts"),
    );
    format!("{}  {state}  {}@{}  {}  {size}  {title}", panel.code, panel.set.code, panel.set.version, panel.period)
}
