//! A set document on its way in: checked whole, and ready to be kept.

use std::sync::Arc;

use citygauge_indicators::{Fault, Faults, IndicatorSet, canonical};

use super::body::SetBody;
use crate::error::Failure;
use crate::state::State;
use crate::store::indicator_sets::{NewSet, SetKey};

/// A document without faults.
pub(super) struct Checked {
    pub set: Arc<IndicatorSet>,
    pub new: NewSet,
}

/// Reads and checks a document; every fault of form and meaning at once.
pub(super) async fn check(state: &State, body: &SetBody) -> Result<Result<Checked, Faults>, Failure> {
    let body = body.clone();
    keepable(state, move || body.check()).await
}

/// A set that was made, ready to be kept.
pub(super) async fn keepable(
    state: &State,
    make: impl FnOnce() -> Result<IndicatorSet, Faults> + Send + 'static,
) -> Result<Result<Checked, Faults>, Failure> {
    let checked = state
        .engine(move || {
            let set = make()?;
            let faults = unkeepable(&set);
            if faults.is_empty() { Ok((canonical::canonical(set.document()), set)) } else { Err(faults) }
        })
        .await?;
    Ok(checked.map(|(canonical, set)| {
        let document = set.document();
        let new = NewSet {
            key: SetKey { code: document.code.clone(), version: document.version.clone() },
            document: canonical,
            digest: set.digest().to_owned(),
            title_zh: document.title.zh.clone(),
            title_en: document.title.en.clone(),
            derived_from: None,
        };
        let set = Arc::new(set);
        state.checked_sets().put(&new.digest, &set);
        Checked { set, new }
    }))
}

/// What a document may say but a list of sets cannot show.
fn unkeepable(set: &IndicatorSet) -> Faults {
    let title = &set.document().title;
    let texts = [("/title/zh", &title.zh), ("/title/en", &title.en)];
    let faulty = texts
        .into_iter()
        .filter(|(_, text)| text.as_deref().is_some_and(|text| text.chars().any(char::is_control) || text.chars().count() > 500));
    Faults(
        faulty
            .map(|(pointer, _)| {
                Fault::error("set.title", "标题含控制字符或过长", "the title holds control characters or is too long")
                    .at(pointer)
                    .expected("1..500")
                    .hint("请写成一行，不超过 500 个字符", "write it as one line of at most 500 characters")
            })
            .collect(),
    )
}
