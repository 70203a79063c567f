//! Faults as they are kept: in both languages, because whoever reads the report may speak another one than
//! whoever sent the file.

use citygauge_indicators::{Fault, Language, Text};
use citygauge_openapi as wire;
use serde_json::{Value, json};

use crate::store::StoreError;

/// A fault in both languages.
pub fn to_kept(fault: &Fault) -> Value {
    let mut kept = json!(wire::Fault::new(fault, Language::En));
    kept["message"] = json!(fault.message);
    if let Some(hint) = &fault.hint {
        kept["hint"] = json!(hint);
    }
    kept
}

/// A fault as it was kept, in one language.
pub fn from_kept(mut kept: Value, language: Language) -> Result<wire::Fault, StoreError> {
    for key in ["message", "hint"] {
        if let Some(text) = kept.get_mut(key).filter(|text| text.is_object()) {
            let both: Text = serde_json::from_value(text.take()).map_err(|error| corrupt(&error))?;
            *text = json!(both.get(language));
        }
    }
    serde_json::from_value(kept).map_err(|error| corrupt(&error))
}

fn corrupt(error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt { table: "import_faults", column: "fault", row: String::new(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_fault_is_read_in_either_language() {
        let fault = Fault::error("x", "错", "wrong").row(7).hint("改", "mend");
        for language in [Language::Zh, Language::En] {
            let read = from_kept(to_kept(&fault), language).expect("as it was kept");
            assert_eq!(read, wire::Fault::new(&fault, language));
        }
    }
}
