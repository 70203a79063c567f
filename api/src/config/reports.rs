//! The section `reports`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use super::ConfigError;

/// How reports are written, and what they say of the service.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reports {
    /// A folder with templates of the operator: `city.zh.md`, `city.en.md`, `round.zh.md`, `round.en.md`, `report.typ`, `report.css`. A file
    /// that is there takes the place of the one that comes with the service.
    pub templates: Option<PathBuf>,
    /// Files of fonts, or folders with them, beside those of the system; Chinese in PDF needs one that has it.
    pub fonts: Vec<PathBuf>,
    /// The body that hands reports over, where a request names none.
    pub body: Option<String>,
    /// The address under which readers reach the service, such as `https://citygauge.example`, for links in reports.
    pub address: Option<String>,
}

impl Reports {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if let Some(folder) = self.templates.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(ConfigError::senseless("reports.templates", format!("{} is no folder", folder.display())));
        }
        if let Some(absent) = self.fonts.iter().find(|font| !font.exists()) {
            return Err(ConfigError::senseless("reports.fonts", format!("there is no {}", absent.display())));
        }
        let is_address = |text: &String| {
            Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none())
        };
        match self.address.as_ref().filter(|address| !is_address(address)) {
            None => Ok(()),
            Some(address) => {
                let reason = format!("'{address}' is no address; write https://citygauge.example");
                Err(ConfigError::senseless("reports.address", reason))
            }
        }
    }
}
