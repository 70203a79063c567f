//! The template by which a report is written: that of the operator, or the one that comes with the service.

use std::path::Path;

use citygauge_indicators::canonical::hex;
use citygauge_indicators::{Language, Text};
use sha2::{Digest, Sha256};

use super::ReportError;
use super::document::{LAYOUT, LOOK, city_template, round_template};

/// No template is longer, in bytes.
const LONGEST: u64 = 1 << 20;

/// Whom a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One city.
    City,
    /// All cities of an assessment.
    Round,
}

impl Kind {
    /// The word in the names of templates.
    fn word(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Round => "round",
        }
    }
}

/// What a report is written by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The template.
    pub template: String,
    /// The layout of the PDF, a typst program.
    pub layout: String,
    /// The style sheet of the HTML.
    pub look: String,
}

impl Wording {
    /// Reads what the operator has put into the folder; what is not there comes with the service.
    ///
    /// # Errors
    /// A file that cannot be read, is too long or is no UTF-8.
    pub fn read(folder: Option<&Path>, kind: Kind, language: Language) -> Result<Self, ReportError> {
        let shipped = match kind {
            Kind::City => city_template(language),
            Kind::Round => round_template(language),
        };
        let name = format!("{}.{}.md", kind.word(), language.pick("zh", "en"));
        Ok(Self {
            template: chosen(folder, &name, shipped)?,
            layout: chosen(folder, "report.typ", LAYOUT)?,
            look: chosen(folder, "report.css", LOOK)?,
        })
    }

    /// The SHA-256 digest of all of it, which tells one wording from another.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for part in [&self.template, &self.layout, &self.look] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
        hex(&digest.finalize())
    }
}

fn chosen(folder: Option<&Path>, name: &str, shipped: &str) -> Result<String, ReportError> {
    let Some(file) = folder.map(|folder| folder.join(name)).filter(|file| file.exists()) else { return Ok(shipped.to_owned()) };
    let length = file.metadata().map(|about| about.len());
    let read = match length {
        Ok(length) if length > LONGEST => Err(format!("{length} > {LONGEST}")),
        Ok(_) => std::fs::read_to_string(&file).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    read.map_err(|reason| ReportError::Refused {
        code: "report-template",
        message: Text::both(format!("模板 {name} 无法读取：{reason}"), format!("the template {name} cannot be read: {reason}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_operator_takes_the_place_of_the_one_that_comes_along() {
        let folder = tempfile::tempdir().expect("a folder");
        let shipped = Wording::read(Some(folder.path()), Kind::City, Language::Zh).expect("a wording");
        assert_eq!(shipped, Wording::read(None, Kind::City, Language::Zh).expect("a wording"));
        std::fs::write(folder.path().join("city.zh.md"), "# 本市报告").expect("a file");
        let own = Wording::read(Some(folder.path()), Kind::City, Language::Zh).expect("a wording");
        assert_eq!((own.template.as_str(), &own.layout), ("# 本市报告", &shipped.layout));
        assert_ne!(own.digest(), shipped.digest());
        std::fs::write(folder.path().join("city.zh.md"), [0xff, 0xfe]).expect("a file");
        assert!(Wording::read(Some(folder.path()), Kind::City, Language::Zh).is_err());
    }
}
