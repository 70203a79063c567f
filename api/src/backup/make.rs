//! Making a backup.

use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::Path;

use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::Moment;
use tokio::runtime::Handle;

use super::{BackupError, DATABASE, FORMAT, KEY, MANIFEST, Manifest, member, private};
use crate::artifacts::{ArtifactError, Artifacts};
use crate::bundle::{Archive, Pieces};
use crate::clock::Sources;
use crate::config::Config;
use crate::store::{Counts, Named, Store};

/// Writes a backup to a new file, without the artifacts where they are in a bucket. `folder` takes a copy of the database meanwhile; `progress` is told how many of how many members
/// are done.
///
/// # Errors
/// Every artifact that is lost or damaged, and whatever SQLite finds wrong with the database.
pub async fn make(
    config: &Config,
    sources: &Sources,
    folder: &Path,
    file: &Path,
    with_key: bool,
    progress: impl Fn(u64, u64) + Send + 'static,
) -> Result<Manifest, BackupError> {
    let made_at = Moment::from_ms(sources.now_ms()).to_string();
    let copy = folder.join(DATABASE);
    let store = Store::connect(&config.database_url().replace("mode=rwc", "mode=rw"), config.database.options()).await?;
    let copied = store.snapshot(&copy).await;
    store.close().await?;
    copied?;
    let store = Store::connect(&crate::config::sqlite_url(&copy), config.database.options()).await?;
    let defects = store.defects().await?;
    if !defects.is_empty() {
        return Err(BackupError::Faulty(Faults(defects.iter().map(|said| damaged_database(said)).collect())));
    }
    let known = store.migration_status().await?;
    let is_current = known.iter().all(|migration| migration.applied);
    let migrations = known.into_iter().filter(|it| it.applied).map(|it| it.name).collect();
    let (counts, mut named) = if is_current {
        let read = (store.counts().await?, store.named_artifacts().await?);
        store.close().await?;
        read
    } else {
        store.close().await?;
        read_ahead(config, &copy, &folder.join("ahead.db")).await?
    };
    if config.objects.url.is_some() {
        // They are in the bucket, where none is ever changed, and stay there.
        named.clear();
    }
    let holds = [
        ("cities", counts.cities),
        ("observations", counts.observations),
        ("releases", counts.releases),
        ("assessments", counts.assessments),
        ("artifacts", named.len() as u64),
    ];
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        migrations,
        holds: holds.map(|(what, count)| (what.to_owned(), count)).into(),
        files: Default::default(),
    };
    let artifacts = Artifacts::in_folder(&config.objects_dir(), sources.clone())?;
    let key = with_key.then(|| config.signing_key_file());
    let (file, runtime) = (file.to_owned(), Handle::current());
    let writing = tokio::task::spawn_blocking(move || {
        let mut archive = Archive::new(BufWriter::new(private(&file)?));
        let mut writing = Writing { archive: &mut archive, manifest, faults: Faults::default() };
        writing.file(DATABASE, &copy)?;
        if let Some(key) = key {
            writing.file(KEY, &key)?;
        }
        let total = named.len() as u64;
        for (done, digest) in named.keys().enumerate() {
            writing.artifact(&artifacts, digest, &runtime)?;
            progress(done as u64 + 1, total);
        }
        let Writing { manifest, faults, .. } = writing;
        if !faults.is_empty() {
            return Err(BackupError::Faulty(faults));
        }
        archive.add_bytes(MANIFEST, &serde_json::to_vec_pretty(&manifest).map_err(io::Error::from)?)?;
        archive.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(manifest)
    });
    writing.await.map_err(io::Error::other)?
}

/// How much a database with an older schema holds and what it names: as a copy says that is brought up to date.
async fn read_ahead(config: &Config, database: &Path, ahead: &Path) -> Result<(Counts, Named), BackupError> {
    let (from, to) = (database.to_owned(), ahead.to_owned());
    tokio::task::spawn_blocking(move || io::copy(&mut File::open(from)?, &mut private(&to)?))
        .await
        .map_err(io::Error::other)??;
    let store = Store::connect(&crate::config::sqlite_url(ahead), config.database.options()).await?;
    let read = match store.migrate_up().await {
        Ok(()) => (store.counts().await?, store.named_artifacts().await?),
        Err(error) => return Err(BackupError::Ahead(error)),
    };
    store.close().await?;
    Ok(read)
}

struct Writing<'a> {
    archive: &'a mut Archive<BufWriter<File>>,
    manifest: Manifest,
    faults: Faults,
}

impl Writing<'_> {
    fn file(&mut self, name: &str, path: &Path) -> Result<(), BackupError> {
        let file = File::open(path)?;
        let member = self.archive.add(name, file.metadata()?.len(), BufReader::new(file))?;
        self.manifest.files.insert(name.to_owned(), member);
        Ok(())
    }

    /// Adds an artifact. Once one is at fault, the others are only looked at: nothing will come of the file.
    fn artifact(&mut self, artifacts: &Artifacts, digest: &str, runtime: &Handle) -> Result<(), BackupError> {
        let added = runtime.block_on(artifacts.sized(digest)).and_then(|(bytes, pieces)| {
            let mut pieces = Pieces::new(pieces, runtime);
            if self.faults.is_empty() {
                Ok(Some(self.archive.add(&member(digest), bytes, pieces)?))
            } else {
                io::copy(&mut pieces, &mut io::sink())?;
                Ok(None)
            }
        });
        match added {
            Ok(Some(added)) => drop(self.manifest.files.insert(member(digest), added)),
            Ok(None) => {}
            Err(ArtifactError::Absent(_)) => self.faults.push(lost(digest)),
            Err(ArtifactError::Damaged(_)) => self.faults.push(damaged(digest)),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

const HINT: (&str, &str) =
    ("从更早的备份取回该文件，放入产物文件夹", "take the file out of an earlier backup and put it into the folder of artifacts");

fn lost(digest: &str) -> Fault {
    let name = member(digest);
    Fault::error("backup.artifact_lost", format!("{name} 已丢失"), format!("{name} is lost")).of(name).hint(HINT.0, HINT.1)
}

fn damaged(digest: &str) -> Fault {
    let name = member(digest);
    Fault::error("backup.artifact_damaged", format!("{name} 已损坏"), format!("{name} is damaged")).of(name).hint(HINT.0, HINT.1)
}

fn damaged_database(said: &str) -> Fault {
    Fault::error("backup.database_damaged", "数据库已损坏", "the database is damaged")
        .value(said)
        .hint("从更早的备份恢复", "restore an earlier backup")
}
