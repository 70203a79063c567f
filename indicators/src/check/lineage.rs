//! The lineage: every ancestor is named whole, and no version is its own ancestor.

use std::collections::HashSet;

use crate::document::SetDocument;
use crate::fault::{Fault, Faults};

pub(super) fn check(document: &SetDocument, faults: &mut Faults) {
    let Some(base) = &document.derived_from else { return };
    let mut at = "/derived_from".to_owned();
    let mut seen = HashSet::from([(document.code.as_str(), document.version.as_str())]);
    for ancestor in base.generations() {
        super::code(&ancestor.code, &format!("{at}/code"), faults);
        super::code(&ancestor.version, &format!("{at}/version"), faults);
        if ancestor.digest.len() != 64 || !ancestor.digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            faults.push(
                Fault::error("lineage.digest", "摘要不是 SHA-256", "the digest is no SHA-256")
                    .at(format!("{at}/digest"))
                    .value(&ancestor.digest)
                    .expected("64 hexadecimal digits")
                    .hint(
                        "请填写所派生版本的摘要（64 位十六进制小写）",
                        "give the digest of the base: 64 lower-case hexadecimal digits",
                    ),
            );
        }
        if !seen.insert((&ancestor.code, &ancestor.version)) {
            let name = format!("{}@{}", ancestor.code, ancestor.version);
            faults.push(
                Fault::error(
                    "lineage.circle",
                    format!("{name} 在其自身的派生链中"),
                    format!("{name} stands twice in the lineage"),
                )
                .at(&at)
                .value(name)
                .hint("派生的版本要有自己的代码或版本号", "give what is derived a code or version of its own"),
            );
        }
        at.push_str("/derived_from");
    }
}
