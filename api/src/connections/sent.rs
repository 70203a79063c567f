//! The body of an answer on its way out.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;

use super::Line;
use crate::throttle::Turn;

/// So many bytes leave in one piece. The framework asks for the next one when its own buffer of 32 KiB has room.
const PIECE: usize = 64 << 10;

/// A body that leaves in pieces, and that the watch can let go.
pub struct Sent {
    size: BodySize,
    sending: Rc<Sending>,
    line: Rc<Line>,
    /// The caller's place among its requests, which it has until the answer has left.
    _turn: Option<Turn>,
}

impl Sent {
    /// The body of an answer on a connection.
    #[must_use]
    pub fn new(body: BoxBody, line: &Rc<Line>, turn: Option<Turn>) -> Self {
        let size = body.size();
        let held = RefCell::new(Some((body, Bytes::new())));
        let sending = Rc::new(Sending { held, moved: Cell::new(Instant::now()), waits_for_client: Cell::new(true) });
        line.sends(&sending);
        Self { size, sending, line: line.clone(), _turn: turn }
    }
}

/// What is still to be sent, and since when the client has taken none of it.
pub(super) struct Sending {
    held: RefCell<Option<(BoxBody, Bytes)>>,
    moved: Cell<Instant>,
    waits_for_client: Cell<bool>,
}

impl Sending {
    pub(super) fn moved(&self) -> Instant {
        self.moved.get()
    }

    /// Whether it is the client that keeps it from going on, and not the service.
    pub(super) fn waits_for_client(&self) -> bool {
        self.waits_for_client.get()
    }

    /// Frees what is still to be sent.
    pub(super) fn let_go(&self) {
        drop(self.held.borrow_mut().take());
    }
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").field("moved", &self.moved).finish_non_exhaustive()
    }
}

impl MessageBody for Sent {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let sending = &self.sending;
        sending.moved.set(Instant::now());
        let mut held = sending.held.borrow_mut();
        let Some((body, rest)) = held.as_mut() else {
            return Poll::Ready(Some(Err("the client did not read what it was sent".into())));
        };
        if rest.is_empty() {
            let next = Pin::new(body).poll_next(context);
            sending.waits_for_client.set(next.is_ready());
            match next {
                Poll::Ready(Some(Ok(bytes))) => *rest = bytes,
                other => return other,
            }
        }
        let piece = rest.split_to(rest.len().min(PIECE));
        Poll::Ready(Some(Ok(piece)))
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        self.line.moves();
    }
}
