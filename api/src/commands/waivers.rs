//! `citygauge waivers`: findings of validation rules that somebody answers for.

use citygauge_indicators::Language;
use citygauge_openapi::{API_ROOT, Code, Waiver, WaiverPage, path_segment};
use clap::{Args, Subcommand};

use super::output::say;
use super::{Failed, remote};

/// List the waivers of a service.
#[derive(Debug, Subcommand)]
pub(super) enum Waivers {
    /// List the waivers, the newest first: a line per waiver.
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only waivers of this city.
    #[arg(long, value_name = "CODE")]
    city: Option<Code>,
    /// Only waivers of this rule.
    #[arg(long, value_name = "CODE")]
    rule: Option<Code>,
    /// Only waivers that hold now: neither withdrawn nor expired.
    #[arg(long)]
    holding: bool,
    #[command(flatten)]
    service: remote::Service,
}

impl Waivers {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let Self::List(list) = self;
        let client = list.service.client(language)?;
        let mut wanted = format!("limit=1000&holding={}", list.holding);
        for (name, code) in [("city", &list.city), ("rule", &list.rule)] {
            if let Some(code) = code {
                wanted.push_str(&format!("&{name}={}", path_segment(code.as_str())));
            }
        }
        let mut cursor = String::new();
        loop {
            let page: WaiverPage = client
                .get(&format!("{API_ROOT}/waivers?{wanted}{cursor}"))
                .await
                .map_err(|error| remote::refused(error, language))?;
            for waiver in &page.items {
                say(line(waiver, language))?;
            }
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(()),
            }
        }
    }
}

/// A waiver in a line: identifier, rule, set, city, period, item, who answers for it and why, and whether it is over.
fn line(waiver: &Waiver, language: Language) -> String {
    let every = language.pick("全部时期", "every period");
    let period = waiver.period.as_ref().map_or(every, |period| period.as_str());
    let item = waiver.item.as_ref().map(|item| format!("  {item}")).unwrap_or_default();
    let over = match (waiver.holds, &waiver.withdrawn_at) {
        (true, _) => "",
        (false, Some(_)) => language.pick("  已撤回", "  withdrawn"),
        (false, None) => language.pick("  已失效", "  expired"),
    };
    let Waiver { id, rule, set, city, name, .. } = waiver;
    // A reason may have several lines.
    let reason: String = waiver.reason.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{id}  {rule}  {set}  {city}  {period}{item}  {name}: {reason}{over}")
}

#[cfg(test)]
mod tests {
    use citygauge_openapi::{Id, Line, Moment, Note};

    use super::*;

    #[test]
    fn a_waiver_is_a_line_that_says_whether_it_is_over() {
        let mut waiver = Waiver {
            id: Id::trusted("w"),
            rule: Code::trusted("R"),
            set: Code::trusted("s"),
            city: Code::trusted("a"),
            period: None,
            item: Some(Code::trusted("x")),
            value: None,
            reason: Note::trusted("merged\nin 2025"),
            name: Line::trusted("Li"),
            holds: true,
            created_at: Moment::from_ms(0),
            created_by: "k".into(),
            expires_at: None,
            withdrawn_at: None,
            withdrawn_by: None,
        };
        assert_eq!(line(&waiver, Language::En), "w  R  s  a  every period  x  Li: merged in 2025");
        waiver.holds = false;
        assert!(line(&waiver, Language::Zh).ends_with("已失效"));
        waiver.withdrawn_at = Some(Moment::from_ms(1));
        assert!(line(&waiver, Language::En).ends_with("withdrawn"));
    }
}
