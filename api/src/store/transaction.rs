//! A unit of work: all of it happens, or none.

use std::future::Future;
use std::pin::Pin;

use sea_orm::entity::prelude::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement, StreamTrait, TransactionStream,
};
use tokio::sync::OwnedMutexGuard;

use super::StoreError;

/// An open transaction; dropping it without [`Transaction::commit`] undoes it.
///
/// On SQLite a writing one also holds the process's turn to write, so that writers wait in a fair queue
/// instead of asking the database again and again. Nothing slow belongs inside.
#[derive(Debug)]
pub struct Transaction {
    pub(super) inner: DatabaseTransaction,
    pub(super) turn: Option<OwnedMutexGuard<()>>,
}

impl Transaction {
    /// Makes everything done inside durable and visible.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Self { inner, turn } = self;
        let done = inner.commit().await;
        drop(turn);
        Ok(done?)
    }

    /// Undoes everything done inside; what dropping does later, done now.
    pub async fn rollback(self) -> Result<(), StoreError> {
        let Self { inner, turn } = self;
        let done = inner.rollback().await;
        drop(turn);
        Ok(done?)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        ConnectionTrait::get_database_backend(&self.inner)
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}

impl StreamTrait for Transaction {
    type Stream<'a> = TransactionStream<'a>;

    fn get_database_backend(&self) -> DbBackend {
        StreamTrait::get_database_backend(&self.inner)
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<Self::Stream<'a>, DbErr>> + 'a + Send>> {
        self.inner.stream_raw(statement)
    }
}
