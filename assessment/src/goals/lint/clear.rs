//! Goals are clear (7.3.3 a): they say something, name who answers for them, and leave something to be shown.

use std::sync::LazyLock;

use citygauge_indicators::Language;
use citygauge_indicators::planning::GoalLevel;

use super::rule::{NO_OUTCOME, NO_OWNER, NO_STATEMENT, ONLY_VAGUE, VAGUE};
use super::{Linter, Report};

/// The words that promise and measure nothing, with their language.
static VAGUE_WORDS: LazyLock<Vec<(Language, String)>> = LazyLock::new(|| {
    let lines = include_str!("vague_words.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('\t'))
        .map(|(language, word)| (Language::from_tag(language), word.to_lowercase()))
        .collect()
});

pub(super) fn look(linter: &Linter, report: &mut Report) {
    for looked in &linter.goals {
        let goal = looked.goal;
        let is_stage = goal.level == GoalLevel::Stage;
        if goal.statement.is_empty() {
            let said = ("没有目标表述".to_owned(), "there is no statement".to_owned());
            report.findings.push(looked.finding(NO_STATEMENT, "", said, ("写明要达到什么", "say what is to be reached")));
        }
        let words = vague(&goal.statement);
        if !words.is_empty() {
            let list = words.join(", ");
            let said = (format!("表述含笼统用语：{list}"), format!("the statement has vague words: {list}"));
            let has_target = goal.target_value.is_some() || goal.target_level.is_some();
            let rule = if has_target { VAGUE } else { ONLY_VAGUE };
            report.findings.push(looked.finding(
                rule,
                "statement",
                said,
                ("改为可以核实的表述", "say something that can be checked"),
            ));
        }
        if goal.owner.is_empty() && !is_stage {
            let said = ("没有责任单位".to_owned(), "nobody answers for it".to_owned());
            report.findings.push(looked.finding(
                NO_OWNER,
                "",
                said,
                ("在 owner 中注明责任单位", "name who answers for it in owner"),
            ));
        }
        let shows = goal.node.is_some() || !goal.deliverable.is_empty() || (is_stage && !goal.results.is_empty());
        if !shows {
            let said = ("既没有指标也没有成果".to_owned(), "it has neither an indicator nor a deliverable".to_owned());
            let mend = ("绑定指标，或写明交付成果", "bind it to an indicator, or say what is there in the end");
            report.findings.push(looked.finding(NO_OUTCOME, "", said, mend));
        }
    }
}

/// The vague words of a text, in the order of the list.
fn vague(text: &citygauge_indicators::Text) -> Vec<&'static str> {
    let lower = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
    let (zh, en) = (lower(&text.zh), lower(&text.en));
    let found = VAGUE_WORDS.iter().filter(|(language, word)| match language {
        Language::Zh => zh.contains(word.as_str()),
        Language::En => has_word(&en, word),
    });
    found.map(|(_, word)| word.as_str()).collect()
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| {
        let around = [text[..start].chars().next_back(), text[start + word.len()..].chars().next()];
        !around.into_iter().flatten().any(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::Text;

    use super::*;

    #[test]
    fn vague_words_are_found_as_words_in_their_language() {
        assert_eq!(vague(&Text::both("进一步提升，争取领先", "Significantly better")), ["进一步", "争取", "significantly"]);
        assert_eq!(vague(&Text::both("由 1 提高到 2", "inadequately greatlyX")), [""; 0]);
        assert!(VAGUE_WORDS.len() > 40);
    }
}
