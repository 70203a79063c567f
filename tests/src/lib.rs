//! The harness of the tests that use the service from outside, as its clients do.
//!
//! A [`Site`] is a place where a service runs in this process, and runs again after a restart. A [`Process`] is the
//! command in a process of its own, which can be killed. [`steps`] are what most scenarios begin with,
//! [`shared`] finds data that is not part of the repository, and [`fuzz`] holds what must hold of any bytes from outside.

mod bucket;
mod cluster;
mod disk;
pub mod fuzz;
mod leaping;
pub mod mixed;
mod place;
mod process;
mod proxy;
mod site;
pub mod steps;

use std::path::{Path, PathBuf};

pub use bucket::Bucket;
pub use cluster::{Cluster, Stop};
pub use disk::Disk;
pub use leaping::Leaping;
pub use place::Place;
pub use process::{Process, command, command_on, peak_memory};
pub use proxy::Proxy;
pub use site::Site;

/// Turns `async fn name(site: Site) -> Site` into a test on SQLite and one on PostgreSQL, which says that it is
/// skipped unless `CITYGAUGE_TEST_DATABASE_URL` is set.
#[macro_export]
macro_rules! on_each_database {
    ($($(#[$about:meta])* async fn $name:ident($site:ident: Site) $body:block)+) => { $(
        $(#[$about])*
        mod $name {
            #[allow(unused_imports, reason = "some scenarios need nothing from outside")]
            use super::*;

            async fn scenario($site: &mut $crate::Site) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let mut site = $crate::Site::open($crate::Place::folder()).await;
                scenario(&mut site).await;
                site.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(place) = $crate::Place::schema().await else { return };
                let mut site = $crate::Site::open(place).await;
                scenario(&mut site).await;
                site.close().await;
            }
        }
    )+ };
}

/// A folder of data that stands beside the repository; where it is absent, the test says so and passes.
#[must_use]
pub fn shared(folder: &str) -> Option<PathBuf> {
    let path = workspace().join("../shared").join(folder);
    if !path.is_dir() {
        eprintln!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}

/// The number in a variable of the environment, by which the long form of a harness is asked for.
///
/// # Panics
/// Where the variable holds no number.
#[must_use]
pub fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text} is not a number")))
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate stands in the workspace")
}
