//! Independent work on as many threads as there are cores, or as many as are given.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Result;

/// The results in the order of the work, so that the same input gives the same output on any number of threads.
pub(crate) fn in_parallel<T: Send>(
    threads: Option<NonZeroUsize>,
    count: usize,
    work: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let threads = threads.map_or_else(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get), NonZeroUsize::get);
    let threads = threads.min(count);
    if threads <= 1 {
        return (0..count).map(work).collect();
    }
    // Whoever is done takes the next piece, so that a long one holds nobody up.
    let (work, next) = (&work, &AtomicUsize::new(0));
    let take = move || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < count);
    let mut results: Vec<(usize, Result<T>)> = std::thread::scope(|scope| {
        let spawned: Vec<_> = (0..threads)
            .map(|_| scope.spawn(move || std::iter::from_fn(take).map(|at| (at, work(at))).collect::<Vec<_>>()))
            .collect();
        spawned.into_iter().flat_map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}
