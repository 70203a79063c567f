//! What drop-downs show for a status or a quality grade, in both languages, and the word that each stands for.

use citygauge_indicators::{Language, QualityGrade, Status, Text};

/// The statuses that whoever fills in a template may choose: a rejection is not theirs.
pub const STATUSES: [Status; 3] = [Status::Reported, Status::Missing, Status::NotApplicable];

/// What a status is called.
#[must_use]
pub fn status_title(status: Status) -> Text {
    let (zh, en) = match status {
        Status::Reported => ("已填报", "reported"),
        Status::Missing => ("缺失", "missing"),
        Status::NotApplicable => ("不适用", "not applicable"),
        Status::Rejected => ("未采纳", "rejected"),
    };
    Text::both(zh, en)
}

/// The word of the status that is called so in either language.
#[must_use]
pub fn status_word(title: &str) -> Option<&'static str> {
    STATUSES.into_iter().find(|status| is_called(&status_title(*status), title)).map(Status::word)
}

/// The word of the quality grade that is called so in either language.
#[must_use]
pub fn quality_word(title: &str) -> Option<&'static str> {
    QualityGrade::ALL.into_iter().find(|grade| is_called(&grade.title(), title)).map(QualityGrade::word)
}

fn is_called(title: &Text, text: &str) -> bool {
    [Language::Zh, Language::En].into_iter().any(|language| title.get(language) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_drop_down_shows_stands_for_a_word_in_either_language() {
        for language in [Language::Zh, Language::En] {
            for status in STATUSES {
                assert_eq!(status_word(status_title(status).get(language)), Some(status.word()));
            }
            for grade in QualityGrade::ALL {
                assert_eq!(quality_word(grade.title().get(language)), Some(grade.word()));
            }
        }
        assert_eq!((status_word("未采纳"), quality_word("good")), (None, None));
    }
}
