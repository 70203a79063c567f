//! Reading an upload: every fault is reported, and either all rows are kept or none.
//!
//! The rows, the report and the end of the job are one transaction. A run that is cut off leaves nothing, so
//! the next one starts afresh.

mod rows;
mod rules;
mod score_changes;

use std::collections::BTreeMap;
use std::sync::Arc;

use citygauge_indicators::{Fault, Faults, IndicatorSet, SetDocument};
use citygauge_openapi::API_ROOT;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use self::rows::recorded_form;
use self::rows::{Others, Read};
use self::score_changes::ScoreChanges;
use super::{Done, Job, JobContext, JobError};
use crate::auth::Scope;
use crate::faults;
use crate::intake::mapping::{CityNames, Mapping};
use crate::intake::observations::CityRegister;
use crate::intake::{Encoding, Format};
use crate::store::cities::aliases::{Alias, AliasKind};
use crate::store::cities::{self, City};
use crate::store::imports::{self, Import, ImportKind, ImportMode, OnFault, Tally};
use crate::store::jobs::WorkState;
use crate::store::observations::Recorded;
use crate::store::sources::runs;
use crate::store::{StoreError, Transaction, indicator_sets};
use crate::write::trail;

/// Reads one upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFile {
    /// The import.
    pub import: String,
    /// What the sender may report.
    #[serde(flatten)]
    pub scope: Scope,
}

impl Job for ImportFile {
    const NAME: &'static str = "import";

    async fn run(&self, context: &JobContext) -> Result<Done, JobError> {
        let state = context.state();
        let import = imports::find(state.db(), &self.import).await?;
        let turn = state.store().turn().await;
        imports::start(state.db(), &self.import).await?;
        drop(turn);
        let mut read = self.read(context, &import).await?;
        context.progress(0.4);
        let (mut transaction, tally, refused) = self.keep(context, &import, &mut read).await?;
        if import.request.mode == ImportMode::Validate {
            transaction.rollback().await?;
            let changes = match (refused, import.request.kind) {
                (false, ImportKind::Observations) => Some(self.score_changes(context, &import, &read).await?),
                _ => None,
            };
            transaction = state.store().begin_patiently().await?;
            if let Some(changes) = changes {
                imports::note_score_changes(&transaction, &self.import, &changes.to_kept()).await?;
            }
        }
        self.end(context, transaction, &import, &read, tally, refused).await
    }
}

impl ImportFile {
    /// Reads the file, off the threads that answer requests.
    async fn read(&self, context: &JobContext, import: &Import) -> Result<Read, JobError> {
        let state = context.state();
        let request = import.request.clone();
        let format = Format::from_media_type(&request.media_type)
            .or_else(|| Format::from_file_name(request.file_name.as_deref()?))
            .ok_or_else(|| {
                JobError::give_up("unsupported-media-type", "不支持该类型的文件", "files of that type are not read")
            })?;
        let encoding = match Encoding::in_media_type(&request.media_type) {
            Ok(encoding) => encoding,
            Err(fault) => return Ok(Read::refused(*fault)),
        };
        let mapping = match request.mapping.as_ref().map(|used| Mapping::read(used.document.as_bytes())).transpose() {
            Ok(mapping) => mapping,
            Err(faults) => return Err(JobError::refused("mapping-at-fault", &faults)),
        };
        let bytes = state.artifacts().get(&request.upload_digest).await?;
        match request.kind {
            ImportKind::Cities => {
                Ok(state.engine(move || rows::read_cities(&bytes, format, encoding, &request, mapping.as_ref())).await?)
            }
            ImportKind::Observations => {
                let set = self.set(context, import).await?;
                let registered = cities::all(state.db()).await?;
                let aliases = cities::aliases::all(state.db()).await?;
                let names = names(&registered, &aliases);
                let known = CityRegister::new(&registered, aliases);
                let scope = self.scope.clone();
                let (mut read, set) = state
                    .engine(move || {
                        let (names, mapping) = (&names, mapping.as_ref());
                        let read =
                            rows::read_observations(&bytes, format, encoding, &request, &set, &known, names, mapping, &scope);
                        (read, set)
                    })
                    .await?;
                if read.refused {
                    return Ok(read);
                }
                let Some(ground) = rules::ground(state, &set, &read).await? else { return Ok(read) };
                let skip_rows = import.request.on_fault != OnFault::RejectAll;
                let file = import.request.file_name.clone();
                Ok(state
                    .engine(move || {
                        rules::judge(&ground, &set, &mut read, skip_rows, file.as_deref());
                        read
                    })
                    .await?)
            }
        }
    }

    async fn score_changes(&self, context: &JobContext, import: &Import, read: &Read) -> Result<ScoreChanges, JobError> {
        let set = Arc::new(self.set(context, import).await?);
        score_changes::of(context.state(), &set, read).await
    }

    async fn set(&self, context: &JobContext, import: &Import) -> Result<IndicatorSet, JobError> {
        let missing = || JobError::give_up("set-missing", "没有给出指标体系", "no indicator set was given");
        let key = import.request.set.as_ref().ok_or_else(missing)?;
        let stored = indicator_sets::find_by_key(context.state().db(), key).await?;
        let stored = stored.ok_or_else(|| {
            JobError::give_up(
                "set-absent",
                format!("指标体系“{key}”已不存在"),
                format!("the indicator set '{key}' is no longer there"),
            )
        })?;
        SetDocument::check_text(stored.document.as_bytes()).map_err(|faults| JobError::refused("set-at-fault", &faults))
    }

    /// Keeps the rows that are sound and not locked, in a transaction that is open still.
    ///
    /// Most imports are alone with their places; one that is not is undone and made again in the way that bears others.
    async fn keep(&self, context: &JobContext, import: &Import, read: &mut Read) -> Result<(Transaction, Tally, bool), JobError> {
        let (caller, state) = (context.caller(), context.state());
        let recorded = Recorded { at_ms: state.now_ms(), by: caller.id(), import_id: Some(&self.import) };
        let progress = |done| context.progress(0.4 + 0.6 * done);
        // What was fetched says where it came from, unless its rows say so themselves.
        let source = import.request.fetched.as_ref().map(|fetched| format!("sources/{}", fetched.source));
        let mut others = Others::DoNotWrite;
        loop {
            let transaction = state.store().begin_patiently().await?;
            // What was submitted meanwhile is seen here, and what is submitted from now on waits for the end.
            read.keep_out_locked(&transaction, &self.scope, import.request.file_name.as_deref()).await?;
            let refused = read.refused || (read.faults_total > 0 && import.request.on_fault == OnFault::RejectAll);
            let mut tally = Tally {
                rejected: count(read.rows_faulty),
                faults_total: count(read.faults_total),
                warnings_total: count(read.warnings_total),
                ..Tally::default()
            };
            if !refused {
                let counts = match read.rows.keep(&transaction, recorded, others, source.as_deref(), progress).await {
                    Err(StoreError::Conflict { .. }) if others == Others::DoNotWrite => {
                        transaction.rollback().await?;
                        others = Others::MayWrite;
                        continue;
                    }
                    kept => kept?,
                };
                (tally.accepted, tally.unchanged) = (count(counts.accepted), count(counts.unchanged));
            }
            return Ok((transaction, tally, refused));
        }
    }

    /// Reports what was found and done.
    async fn end(
        &self,
        context: &JobContext,
        transaction: Transaction,
        import: &Import,
        read: &Read,
        tally: Tally,
        refused: bool,
    ) -> Result<Done, JobError> {
        let (id, state) = (&self.import, context.state());
        imports::replace_faults(&transaction, id, read.faults.0.iter().map(faults::to_kept)).await?;
        let ended = match (refused, read.faults_total) {
            (true, _) => WorkState::Failed,
            (false, 0) => WorkState::Succeeded,
            (false, _) => WorkState::Partial,
        };
        imports::note_reading(&transaction, id, &read.how_read).await?;
        imports::finish(&transaction, id, ended, tally, state.now_ms()).await?;
        runs::end_with_import(&transaction, id, import.request.mode, ended, state.now_ms()).await?;
        let detail = json!({
            "state": ended.to_string(), "accepted": tally.accepted, "rejected": tally.rejected,
            "unchanged": tally.unchanged, "faults": tally.faults_total, "warnings": tally.warnings_total,
        });
        trail(&transaction, state, &context.caller(), "finish_import", &format!("imports/{id}"), detail).await?;
        let result = format!("{API_ROOT}/imports/{id}");
        Ok(match ended {
            WorkState::Failed => Done::refused(transaction, &reason(&read.faults, read.faults_total)),
            WorkState::Partial => Done::partial(transaction, result),
            _ => Done::succeeded(transaction, result),
        })
    }
}

/// The names by which files may call the registered cities, former ones among them.
fn names(registered: &[City], aliases: &BTreeMap<String, Vec<Alias>>) -> CityNames {
    let mut names = CityNames::default();
    for City { profile, .. } in registered {
        let own = [Some(&profile.name), profile.name_zh.as_ref(), profile.name_en.as_ref()];
        names.add(&profile.code, own.into_iter().flatten());
        let other = aliases.get(&profile.code).into_iter().flatten().filter(|alias| alias.kind == AliasKind::Name);
        names.add(&profile.code, other.map(|alias| &alias.alias));
    }
    names
}

/// Why nothing was kept: how many faults there are, and the first of them.
fn reason(faults: &Faults, total: u64) -> JobError {
    let first =
        |language| faults.0.iter().find(|fault| fault.is_error()).map(|fault: &Fault| fault.line(language)).unwrap_or_default();
    JobError::give_up(
        "faults",
        format!("文件有 {total} 处错误，未导入任何内容。第一处：{}", first(citygauge_indicators::Language::Zh)),
        format!("the file has {total} faults and nothing was imported; the first: {}", first(citygauge_indicators::Language::En)),
    )
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
