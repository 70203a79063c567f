//! The connections of this process: how many there are, and what becomes of those that nothing moves on.
//!
//! The framework bounds how long the first head of a connection may take, and how long a connection may wait for its next request. It waits for
//! ever for a client that does not read its answer, and for one that sends the head of a later request in part. So each connection is a
//! [`Line`] here, which knows when something moved last; a watch on each thread (`watch`) closes those that stand still, and lets go what
//! was to be sent. What is sent leaves in small pieces ([`Sent`]), so that what moves is seen to move.
//!
//! The framework looks at a connection when the system says that something moves on it. Where a request was answered before its body was read to
//! the end it may not ask to be told, and would hold the connection for ever, also after the client has left. So it is woken when an answer is
//! there, when it has left, and when its connection is closed.

mod sent;
mod watch;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::net::{Shutdown, TcpStream};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;
use std::time::{Duration, Instant};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream as Stream;

use sent::Sending;
pub use sent::Sent;

/// How many connections there are, and how many there may be.
#[derive(Debug)]
pub struct Connections {
    open: AtomicUsize,
    most: usize,
    patience: Duration,
}

impl Connections {
    /// Counts up to `most`; a connection on which nothing moves for `patience` is closed.
    #[must_use]
    pub fn new(most: usize, patience: Duration) -> Self {
        Self { open: AtomicUsize::new(0), most, patience }
    }

    /// How many there are now.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Counts a connection until what is kept with it is dropped; to be called on the thread that serves it.
    pub fn opened(self: &Arc<Self>, io: &dyn Any, kept: &mut Extensions) {
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        let line = Rc::new(Line {
            of: self.clone(),
            is_beyond: before >= self.most,
            socket: stream(io).and_then(duplicate),
            moved: Cell::new(Instant::now()),
            answering: Cell::new(0),
            sending: RefCell::default(),
            framework: RefCell::default(),
        });
        watch::over(&line);
        kept.insert(line);
    }
}

/// What the framework holds of a connection, below TLS where that is spoken.
fn stream(io: &dyn Any) -> Option<&Stream> {
    io.downcast_ref().or_else(|| io.downcast_ref::<TlsStream<Stream>>().map(|tls| tls.get_ref().0))
}

/// The same socket once more, by which the connection can be closed although the framework holds it.
#[cfg(unix)]
fn duplicate(stream: &Stream) -> Option<TcpStream> {
    std::os::fd::AsFd::as_fd(stream).try_clone_to_owned().ok().map(TcpStream::from)
}

#[cfg(not(unix))]
fn duplicate(_: &Stream) -> Option<TcpStream> {
    None
}

/// One connection.
#[derive(Debug)]
pub struct Line {
    of: Arc<Connections>,
    is_beyond: bool,
    socket: Option<TcpStream>,
    moved: Cell<Instant>,
    answering: Cell<usize>,
    sending: RefCell<Vec<Weak<Sending>>>,
    framework: RefCell<Option<Waker>>,
}

impl Line {
    /// Whether there were as many as there may be when it was opened.
    #[must_use]
    pub fn is_beyond(&self) -> bool {
        self.is_beyond
    }

    /// Notes that a request is worked on, until what comes back is dropped. `framework` wakes what serves the connection.
    #[must_use]
    pub fn answering(self: &Rc<Self>, framework: &Waker) -> Answering {
        self.moved.set(Instant::now());
        self.answering.set(self.answering.get() + 1);
        self.framework.borrow_mut().get_or_insert_with(|| framework.clone()).clone_from(framework);
        Answering(self.clone())
    }

    /// Notes that something moved, and has the framework look at it.
    fn moves(&self) {
        self.moved.set(Instant::now());
        self.wake();
    }

    fn wake(&self) {
        if let Some(framework) = &*self.framework.borrow() {
            framework.wake_by_ref();
        }
    }

    fn sends(&self, sending: &Rc<Sending>) {
        let mut all = self.sending.borrow_mut();
        all.retain(|sending| sending.strong_count() > 0);
        all.push(Rc::downgrade(sending));
    }

    /// Lets go what the client has taken nothing of for too long, and closes the connection unless something else moves on it: over HTTP/2,
    /// there may be several answers.
    fn look(&self, now: Instant) {
        let stands = |moved: Instant| now.saturating_duration_since(moved) > self.of.patience;
        let sending: Vec<Rc<Sending>> = self.sending.borrow().iter().filter_map(Weak::upgrade).collect();
        let (stuck, moving): (Vec<_>, Vec<_>) = sending.iter().partition(|sent| sent.waits_for_client() && stands(sent.moved()));
        stuck.iter().for_each(|sent| sent.let_go());
        let stands_still = moving.is_empty() && self.answering.get() == 0 && (!stuck.is_empty() || stands(self.moved.get()));
        if let Some(socket) = self.socket.as_ref().filter(|_| stands_still) {
            tracing::debug!("a connection on which nothing moved is closed");
            // An error says that it is closed already.
            let _ = socket.shutdown(Shutdown::Both);
            self.wake();
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.of.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A request that is worked on.
#[derive(Debug)]
pub struct Answering(Rc<Line>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.set(self.0.answering.get() - 1);
        self.0.moves();
    }
}
