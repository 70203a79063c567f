//! A unit of work: all of it happens, or none.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use sea_orm::entity::prelude::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement, StreamTrait, TransactionStream,
};
use tokio::sync::OwnedSemaphorePermit;

use super::StoreError;
use super::audit::{self, NewAuditEvent};
use super::served::{Served, served, spawn};

/// An open transaction; dropping it without [`Transaction::commit`] undoes it.
///
/// A writing one also holds its turn, see [`Store::begin`](super::Store::begin). Nothing slow belongs inside.
#[derive(Debug)]
pub struct Transaction {
    inner: Option<DatabaseTransaction>,
    turn: Turn,
    /// What the trail is to say of it.
    lines: Mutex<Vec<NewAuditEvent>>,
}

/// The right to write, given back when it is dropped; writers wait for it in a fair queue, without a connection.
#[derive(Debug, Default)]
pub struct Turn {
    pub(super) _held: Option<OwnedSemaphorePermit>,
}

impl Transaction {
    pub(super) fn new(inner: DatabaseTransaction, turn: Turn) -> Self {
        Self { inner: Some(inner), turn, lines: Mutex::default() }
    }

    /// Has the trail say something of it. The line is written with the commit, as its last act, because the chain is one for all: whoever held
    /// its end while working would hold up everybody else.
    pub fn note(&self, line: NewAuditEvent) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// Makes everything done inside durable and visible, with its lines of the trail.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let lines = std::mem::take(self.lines.get_mut().unwrap_or_else(PoisonError::into_inner));
        if !lines.is_empty() {
            audit::append(&self, lines).await?;
        }
        let inner = self.inner.take().expect(OPEN);
        Ok(served(inner.commit()).await?)
    }

    /// Undoes everything done inside; what dropping does later, done now.
    pub async fn rollback(mut self) -> Result<(), StoreError> {
        let inner = self.inner.take().expect(OPEN);
        Ok(served(inner.rollback()).await?)
    }

    pub(super) fn inner(&self) -> &DatabaseTransaction {
        self.inner.as_ref().expect(OPEN)
    }
}

/// Whoever takes the inner transaction consumes the outer one.
const OPEN: &str = "a transaction is open until its end";

/// A request that was given up may leave a statement behind that waits for a row. The turn is given back when that has
/// ended and not before, so that such statements never hold more connections than there are turns.
impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else { return };
        let turn = std::mem::take(&mut self.turn);
        spawn(async move {
            // An error says that the connection is gone, and the transaction with it.
            let _undone = inner.rollback().await;
            drop(turn);
        });
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        ConnectionTrait::get_database_backend(self.inner())
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        served(self.inner().execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        served(self.inner().execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        served(self.inner().query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        served(self.inner().query_all_raw(statement)).await
    }
}

impl StreamTrait for Transaction {
    type Stream<'a> = Served<TransactionStream<'a>>;

    fn get_database_backend(&self) -> DbBackend {
        StreamTrait::get_database_backend(self.inner())
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<Self::Stream<'a>, DbErr>> + 'a + Send>> {
        let opening = served(self.inner().stream_raw(statement));
        Box::pin(async move { opening.await.map(Served::new) })
    }
}
