//! What a set derives from must be what the service has: published, and unchanged since.

use citygauge_indicators::{DerivedFrom, Fault, SetDocument};

use crate::error::Failure;
use crate::store::ConnectionTrait;
use crate::store::indicator_sets::{self, SetKey, SetState, StoredSet};

/// The published or retired version that can be derived from.
pub(super) async fn base(conn: &impl ConnectionTrait, key: &SetKey) -> Result<StoredSet, Failure> {
    let base = indicator_sets::find(conn, key).await?;
    if base.entry.state == SetState::Draft {
        return Err(Failure::conflict("只能从已发布的版本派生", "only a published version can be derived from"));
    }
    Ok(base)
}

/// Checks the lineage that a document states, and gives its base.
pub(super) async fn stated(conn: &impl ConnectionTrait, document: &SetDocument) -> Result<Option<SetKey>, Failure> {
    let Some(stated) = &document.derived_from else { return Ok(None) };
    let key = SetKey { code: stated.code.clone(), version: stated.version.clone() };
    if indicator_sets::find_by_key(conn, &key).await?.is_none() {
        return Err(Failure::invalid(unknown(stated)));
    }
    let base = base(conn, &key).await?;
    if base.entry.digest != stated.digest {
        return Err(Failure::invalid(another(stated, &base.entry.digest)));
    }
    // The digest is of the base with its own lineage, so that one cannot be stated differently.
    let known = SetDocument::parse(base.document.as_bytes())
        .map_err(|faults| Failure::internal(format!("the set {key} is at fault: {faults}")))?;
    if known.derived_from.as_ref() != stated.derived_from.as_deref() {
        return Err(Failure::invalid(other_ancestors(&key)));
    }
    Ok(Some(key))
}

fn unknown(stated: &DerivedFrom) -> Fault {
    let name = format!("{}@{}", stated.code, stated.version);
    Fault::error(
        "lineage.unknown_base",
        format!("服务中没有所派生的版本 {name}"),
        format!("the service does not have {name}, which the set derives from"),
    )
    .at("/derived_from")
    .value(name)
    .hint("请先在此服务上发布该版本，或去掉 derived_from", "publish that version here first, or leave 'derived_from' out")
}

fn another(stated: &DerivedFrom, digest: &str) -> Fault {
    let name = format!("{}@{}", stated.code, stated.version);
    Fault::error(
        "lineage.other_digest",
        format!("已发布的 {name} 与所派生的不是同一份文档"),
        format!("the published {name} is not the document that the set derives from"),
    )
    .at("/derived_from/digest")
    .value(&stated.digest)
    .expected(digest)
    .hint("请从已发布的版本重新派生", "derive it again from the published version")
}

fn other_ancestors(key: &SetKey) -> Fault {
    Fault::error(
        "lineage.other_ancestors",
        format!("所列的上几代与 {key} 自己的来源不符"),
        format!("the earlier generations are not those of {key}"),
    )
    .at("/derived_from/derived_from")
    .hint("请从已发布的版本重新派生", "derive it again from the published version")
}
