//! What people do with the service, played from outside through its interface and its command.
//!
//! They are one program, since each program holds the whole service; what needs the machine for itself is one of its own.

mod benchmark;
mod collected;
mod digits;
mod faults;
mod history;
mod panel;
mod round;
mod rules;
mod same_places;
mod spain;
mod uncertainty;
