//! Rounds, the submissions of their cities and departments, and who did what to them.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, key, one_of, revision, serial, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const SUBMISSION_STATES: [&str; 11] = [
    "draft",
    "submitted",
    "returned",
    "accepted",
    "reviewed",
    "verified",
    "provisional",
    "objected",
    "upheld",
    "dismissed",
    "final",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rounds(manager).await?;
        submissions(manager).await?;
        submission_events(manager).await
    }
}

async fn rounds(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("rounds")
                .col(key("code", manager).primary_key())
                .col(text_null("title_zh"))
                .col(text_null("title_en"))
                .col(key("set_code", manager))
                .col(key("set_version", manager))
                .col(text("periods"))
                .col(text("cohort"))
                .col(text_null("cities"))
                .col(text_null("departments"))
                .col(ColumnDef::new("province_review").boolean().not_null())
                .col(at_ms_null("opens_at_ms"))
                .col(at_ms_null("due_at_ms"))
                .col(at_ms_null("closes_at_ms"))
                .col(key("state", manager).check(one_of("state", &["draft", "open", "closed", "published"])))
                .col(text("assessments").default("[]"))
                .col(revision())
                .col(at_ms("created_at_ms"))
                .col(key("created_by", manager))
                .col(at_ms("updated_at_ms"))
                .check(Expr::col("title_zh").is_not_null().or(Expr::col("title_en").is_not_null()))
                .check(Expr::col("cities").is_null().eq(Expr::col("departments").is_null()))
                .check(one_of("state", &["draft"]).or(Expr::col("cities").is_not_null()))
                .take(),
        )
        .await
}

async fn submissions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("submissions")
                .col(key("id", manager).primary_key())
                .col(key("round_code", manager))
                .col(key("city", manager))
                .col(key("department", manager))
                .col(key("state", manager).check(one_of("state", &SUBMISSION_STATES)))
                .col(at_ms_null("submitted_at_ms"))
                .col(revision())
                .col(at_ms("created_at_ms"))
                .col(at_ms("updated_at_ms"))
                .foreign_key(
                    ForeignKey::create().name("fk_submissions_round").from("submissions", "round_code").to("rounds", "code"),
                )
                .take(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("ux_submissions_place")
                .table("submissions")
                .unique()
                .col("round_code")
                .col("city")
                .col("department")
                .take(),
        )
        .await?;
    // What is locked is asked by city, for every report and every import.
    manager.create_index(Index::create().name("ix_submissions_city").table("submissions").col("city").take()).await
}

async fn submission_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("submission_events")
                .col(serial())
                .col(key("submission_id", manager))
                .col(at_ms("at_ms"))
                .col(key("actor", manager))
                .col(key("action", manager))
                .col(key("from_state", manager).check(one_of("from_state", &SUBMISSION_STATES)))
                .col(key("to_state", manager).check(one_of("to_state", &SUBMISSION_STATES)))
                .col(text_null("comment"))
                .foreign_key(
                    ForeignKey::create()
                        .name("fk_submission_events_submission")
                        .from("submission_events", "submission_id")
                        .to("submissions", "id"),
                )
                .take(),
        )
        .await?;
    manager
        .create_index(
            Index::create()
                .name("ix_submission_events_submission")
                .table("submission_events")
                .col("submission_id")
                .col("id")
                .take(),
        )
        .await
}
