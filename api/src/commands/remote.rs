//! What the commands that speak to a service have in common: its faults on a terminal, its problems as exit statuses.

use citygauge_indicators::{Faults, Language};
use citygauge_openapi as wire;
use citygauge_openapi::client::ClientError;

use super::Failed;
use super::output::tell;

/// What a failed call means for the command; faults that the service found are printed here, one line each.
pub fn refused(error: ClientError, language: Language) -> Failed {
    match error {
        ClientError::Problem(problem) if !problem.errors.is_empty() => {
            print(&problem.errors, language);
            Failed::Input(Faults::default())
        }
        other => Failed::other(other),
    }
}

/// Prints faults that came over the wire, as [`citygauge_indicators::Fault::line`] prints those found here.
pub fn print(faults: &[wire::Fault], language: Language) {
    for fault in faults {
        tell(line(fault, language));
    }
}

/// One fault as one line: where, what, how to mend it.
fn line(fault: &wire::Fault, language: Language) -> String {
    let zh = language == Language::Zh;
    let severity = match fault.severity {
        wire::Severity::Warning => "warning",
        wire::Severity::Error => "error",
    };
    let mut place: Vec<String> = Vec::new();
    place.extend(fault.file.clone());
    place.extend(fault.sheet.clone());
    place.extend(fault.row.map(|row| if zh { format!("第{row}行") } else { format!("row {row}") }));
    place.extend(fault.column.as_ref().map(|name| format!("{}{name}", if zh { "列 " } else { "column " })));
    place.extend(fault.pointer.as_ref().map(|pointer| if pointer.is_empty() { "/".into() } else { pointer.clone() }));
    if fault.row.is_none() {
        place.extend(fault.city.clone());
        place.extend(fault.period.clone());
    }
    if fault.column.is_none() && fault.pointer.is_none() {
        place.extend(fault.node_or_item.clone());
    }
    let place = if place.is_empty() { String::new() } else { format!(" {}", place.join(", ")) };
    let hint = fault.hint.as_ref().map(|hint| format!("{}{hint}", if zh { "　建议：" } else { "  Mend: " }));
    format!("{severity}[{}]{place}: {}{}", fault.code, fault.message, hint.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::Fault;

    use super::*;

    #[test]
    fn a_fault_of_the_service_reads_like_one_found_here() {
        let faults = [
            Fault::error("a.b", "错", "wrong").row(7).column("item").of("x").city("c").hint("改", "mend"),
            Fault::warning("a.b", "错", "wrong").at("").city("c").period("2026"),
            Fault::error("a.b", "错", "wrong").of("x"),
        ];
        for language in [Language::Zh, Language::En] {
            for fault in &faults {
                assert_eq!(line(&wire::Fault::new(fault, language), language), fault.line(language));
            }
        }
    }
}
