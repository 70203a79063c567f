//! The thread that serves the connections, whoever uses them.
//!
//! A socket belongs to the runtime that opened it, and its readiness is noticed by that runtime's threads only. The
//! service has a runtime per thread that answers requests and one for its jobs; all of them share the pool. Were a
//! connection served by the runtime that happened to open it, whoever got it next would wait until that runtime's
//! threads have time: a job that reads millions of rows would hold up every connection that it once opened, and
//! requests would be refused although connections are free. So all of them belong to one thread that does nothing
//! else: [`served`] and [`Served`] see to it that what the pool opens, waits for, spawns and drops is this thread's.

use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use futures_util::Stream;
use tokio::runtime::{Builder, EnterGuard, Runtime};
use tokio::task::JoinHandle;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("citygauge-store").enable_all().build();
    runtime.expect("a process that cannot start one thread cannot do anything")
});

fn enter() -> EnterGuard<'static> {
    RUNTIME.enter()
}

/// Runs small work on the thread itself: what must go on while other threads are busy.
pub(super) fn spawn<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    RUNTIME.spawn(work)
}

/// Polls the future where it is, with its sockets, timers and tasks on the thread.
pub(super) fn served<F: Future>(future: F) -> Served<Pin<Box<F>>> {
    Served::new(Box::pin(future))
}

/// A value of the pool's that is polled and dropped as the thread's own.
#[derive(Debug)]
pub struct Served<T>(Option<T>);

impl<T> Served<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Some(value))
    }
}

/// Only `drop` takes the value.
const TAKEN: &str = "the value is there until the end";

impl<F: Future + Unpin> Future for Served<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = enter();
        Pin::new(self.0.as_mut().expect(TAKEN)).poll(context)
    }
}

impl<S: Stream + Unpin> Stream for Served<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let _entered = enter();
        Pin::new(self.0.as_mut().expect(TAKEN)).poll_next(context)
    }
}

impl<T> Drop for Served<T> {
    fn drop(&mut self) {
        let _entered = enter();
        drop(self.0.take());
    }
}

impl<T: Unpin> Unpin for Served<T> {}
