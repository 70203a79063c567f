//! How a run is to be done: everything that a source names, found and read.

use citygauge_indicators::canonical::hex;
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{ImportKind, SourceImport, SourceKind};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::Document;
use crate::intake::mapping::Mapping;
use crate::store::imports::UsedMapping;
use crate::store::indicator_sets::{self, SetKey};
use crate::store::{ConnectionTrait, StoreError, mappings};

/// How a run is to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Where it is fetched from.
    pub from: SourceKind,
    /// The name of its secret.
    pub secret: Option<String>,
    /// How it is imported.
    pub import: SourceImport,
    /// The set that gives the data items their types.
    pub set: Option<SetKey>,
    /// The mapping as it is now.
    pub mapping: Option<UsedMapping>,
    /// The digest of all of this. Under the same one, the same content means the same observations.
    pub fingerprint: String,
}

impl Plan {
    /// Finds and reads what a source names; what is wrong is all told at once, with pointers into the source.
    pub async fn of(conn: &impl ConnectionTrait, document: &Document) -> Result<Result<Self, Faults>, StoreError> {
        let Document { from, secret, import, .. } = document;
        let mut faults = Faults::default();
        let set = set(conn, import, &mut faults).await?;
        let mapping = mapping(conn, import, &mut faults).await?;
        if !faults.is_empty() {
            return Ok(Err(faults));
        }
        let what = json!({
            "from": from, "secret": secret, "import": import,
            "set": set.as_ref().map(|(_, digest)| digest), "mapping": mapping.as_ref().map(|mapping| &mapping.digest),
        });
        Ok(Ok(Self {
            from: from.clone(),
            secret: secret.as_ref().map(ToString::to_string),
            import: import.clone(),
            set: set.map(|(key, _)| key),
            mapping,
            fingerprint: hex(&Sha256::digest(what.to_string())),
        }))
    }
}

/// The set that is named, which observations need, and the digest of what it says.
async fn set(
    conn: &impl ConnectionTrait,
    import: &SourceImport,
    faults: &mut Faults,
) -> Result<Option<(SetKey, String)>, StoreError> {
    let Some(named) = &import.set else {
        if import.kind == ImportKind::Observations {
            let fault = Fault::error("import.no_set", "没有指明指标体系", "no indicator set was named").at("/import/set");
            faults.push(fault.hint(
                "观测值的类型来自指标体系：请给出 set",
                "a set gives observations their types: name it as the set of the import",
            ));
        }
        return Ok(None);
    };
    let key = SetKey { code: named.code.to_string(), version: named.version.to_string() };
    match indicator_sets::find_by_key(conn, &key).await? {
        Some(stored) => Ok(Some((key, stored.entry.digest))),
        None => {
            let fault = Fault::error("source.set", format!("没有指标体系“{key}”"), format!("there is no set '{key}'"));
            let fault = fault.at("/import/set").value(key.to_string());
            faults.push(fault.hint("请先建立该指标体系，或改用其他版本", "make the set first, or name another version"));
            Ok(None)
        }
    }
}

/// The mapping by name or in the source, as it is now; it must be for this kind of file.
async fn mapping(
    conn: &impl ConnectionTrait,
    import: &SourceImport,
    faults: &mut Faults,
) -> Result<Option<UsedMapping>, StoreError> {
    let (code, text, at) = match (&import.mapping, &import.mapping_document) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let fault = Fault::error("import.two_mappings", "给出了两个映射", "two mappings were given");
            let fault = fault.at("/import/mapping_document");
            faults.push(fault.hint("mapping 与 mapping_document 只给出其一", "give either mapping or mapping_document"));
            return Ok(None);
        }
        (Some(code), None) => match mappings::find_by_code(conn, code.as_str()).await? {
            Some(named) => (Some(named.code), named.document, "/import/mapping"),
            None => {
                let fault = Fault::error("source.mapping", format!("没有映射“{code}”"), format!("there is no mapping '{code}'"));
                let fault = fault.at("/import/mapping").value(code.as_str());
                faults.push(fault.hint(
                    "请先以 PUT /mappings/{code} 保存，或核对代码",
                    "keep it first by PUT /mappings/{code}, or check the code",
                ));
                return Ok(None);
            }
        },
        (None, Some(document)) => (None, json!(document).to_string(), "/import/mapping_document"),
    };
    let read = Mapping::read(text.as_bytes());
    let wrong = match &read {
        Ok(mapping) => mapping.not_for(import.kind).map(|fault| Faults::from(fault.at(""))),
        Err(found) => Some(found.clone()),
    };
    if let Some(found) = wrong {
        faults.0.extend(below(at, found).0);
        return Ok(None);
    }
    Ok(read.ok().map(|mapping| UsedMapping { code, digest: mapping.digest(), document: mapping.canonical() }))
}

/// Faults of a part, pointing into the whole.
pub(super) fn below(at: &str, mut faults: Faults) -> Faults {
    for fault in &mut faults.0 {
        let within = fault.pointer.take().unwrap_or_default();
        fault.pointer = Some(if within.starts_with(at) { within } else { format!("{at}{within}") });
    }
    faults
}
