//! The watch: on each thread that serves connections, somebody looks at all of them every second.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use super::Line;

thread_local! {
    static LINES: RefCell<Vec<Weak<Line>>> = const { RefCell::new(Vec::new()) };
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
}

/// Has a connection looked at until it is dropped.
pub(super) fn over(line: &Rc<Line>) {
    LINES.with_borrow_mut(|lines| lines.push(Rc::downgrade(line)));
    if !IS_WATCHED.replace(true) {
        actix_web::rt::spawn(async {
            // Whatever ends this task, the next connection begins another one.
            let _begun = Begun;
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
                look();
            }
        });
    }
}

fn look() {
    // What is let go may run code of others, so nothing is borrowed meanwhile.
    let lines: Vec<Rc<Line>> = LINES.with_borrow_mut(|lines| {
        lines.retain(|line| line.strong_count() > 0);
        lines.iter().filter_map(Weak::upgrade).collect()
    });
    let now = Instant::now();
    lines.iter().for_each(|line| line.look(now));
}

struct Begun;

impl Drop for Begun {
    fn drop(&mut self) {
        // The thread itself may be ending.
        let _ = IS_WATCHED.try_with(|is_watched| is_watched.set(false));
    }
}
