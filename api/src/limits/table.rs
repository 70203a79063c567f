//! The table.

use citygauge_indicators::bounds as set;
use citygauge_indicators::bounds::planning;

use super::Limit;
use crate::intake;

/// Bytes of the head of a request; the bound is that of the framework.
pub(super) const HEAD_BYTES: u64 = 131_072;
/// Fields in the head of a request; the bound is that of the framework.
pub(super) const HEAD_FIELDS: u64 = 96;

macro_rules! limits {
    ($($name:ident: $what:literal, $usual:expr, $unit:literal, $setting:expr => $answer:literal, $test:ident;)+) => {
        /// The limits, from the connection inwards.
        pub const TABLE: &[Limit] = &[$(Limit {
            name: stringify!($name),
            what: $what,
            usual: $usual,
            unit: $unit,
            setting: $setting,
            answer: $answer,
            test: stringify!($test),
        }),+];
    };
}

limits! {
    connections: "connections held at once; by default as many as the open files of the process allow, at most this many",
        |_| 4_096, "connections", Some("server.connections")
        => "503 `too-many-connections`, then closed; `/livez` and `/readyz` are answered", the_connection_beyond_the_limit_is_told_so_and_closed;
    head_time: "time for the first head of a connection, and for the handshake of TLS",
        |config| config.server.header_timeout_s, "s", Some("server.header_timeout_s")
        => "408 without a body, then closed", a_head_that_does_not_come_is_not_waited_for;
    still_time: "time in which nothing moves: an answer that is not read, a later head in part, a connection that is not used",
        |config| config.server.stall_timeout_s, "s", Some("server.stall_timeout_s")
        => "closed", an_answer_that_nobody_reads_is_let_go;
    head_bytes: "the head of a request", |_| HEAD_BYTES, "bytes", None
        => "431 without a body, then closed", a_head_that_is_too_large_or_has_too_many_fields_is_refused;
    head_fields: "fields in the head of a request", |_| HEAD_FIELDS, "fields", None
        => "431 without a body, then closed", a_head_that_is_too_large_or_has_too_many_fields_is_refused;
    body_pause: "pause of a client within a body", |config| config.server.body_timeout_s, "s", Some("server.body_timeout_s")
        => "408 `timed-out`, then closed", a_body_that_stops_or_trickles_is_not_waited_for;
    body_time: "time for a whole JSON body; a file has nine tenths of `request_time`",
        |config| config.server.body_deadline_s, "s", Some("server.body_deadline_s")
        => "408 `timed-out`, then closed", a_body_that_stops_or_trickles_is_not_waited_for;
    request_time: "time until the answer begins", |config| config.server.request_timeout_s, "s", Some("server.request_timeout_s")
        => "503 `unavailable`", a_request_that_takes_too_long_is_given_up;
    key_rate: "requests of a key in a second", |config| config.limits.requests_per_s.into(), "/s", Some("limits.requests_per_s")
        => "429 `too-many-requests`", a_key_has_its_burst_and_is_told_what_is_left;
    key_burst: "requests of a key at once, after a rest",
        |config| config.limits.requests_burst.into(), "requests", Some("limits.requests_burst")
        => "429 `too-many-requests`", a_key_has_its_burst_and_is_told_what_is_left;
    key_concurrency: "requests of a key that are worked on at once",
        |config| config.limits.key_requests_at_once.into(), "requests", Some("limits.key_requests_at_once")
        => "429 `too-many-at-once`", a_caller_has_so_many_requests_at_once;
    address_rate: "requests of an address in a second, without a key that is known to work",
        |config| config.limits.address_requests_per_s.into(), "/s", Some("limits.address_requests_per_s")
        => "429 `too-many-requests`", an_address_without_a_key_that_works_is_limited_and_others_are_not;
    address_burst: "such requests at once, after a rest",
        |config| config.limits.address_requests_burst.into(), "requests", Some("limits.address_requests_burst")
        => "429 `too-many-requests`", an_address_without_a_key_that_works_is_limited_and_others_are_not;
    address_concurrency: "requests of an address without a key that are worked on at once",
        |config| config.limits.address_requests_at_once.into(), "requests", Some("limits.address_requests_at_once")
        => "429 `too-many-at-once`", a_caller_has_so_many_requests_at_once;
    computations: "computations that wait for their turn",
        |config| config.limits.engines_waiting as u64, "computations", Some("limits.engines_waiting")
        => "503 `unavailable`", computations_wait_for_their_turn_and_no_more_than_may;
    json_bytes: "a JSON body", |config| config.limits.json_bytes as u64, "bytes", Some("limits.json_bytes")
        => "413 `too-large`", a_json_body_is_as_large_as_the_limit_and_no_larger;
    json_depth: "arrays and objects within each other", |_| set::MOST_DEPTH as u64, "levels", None
        => "422 `json.syntax`", a_document_beyond_a_bound_is_refused;
    json_elements: "elements of an array, where no other number is declared", |_| set::MOST_ELEMENTS as u64, "elements", None
        => "422 `json.too_many_elements`", a_document_beyond_a_bound_is_refused;
    json_members: "members of an object, where no other number is declared", |_| set::MOST_MEMBERS as u64, "members", None
        => "422 `json.too_many_members`", a_document_beyond_a_bound_is_refused;
    json_name: "the name of a member", |_| set::MOST_OF_A_NAME as u64, "characters", None
        => "422 `json.long_name`", a_document_beyond_a_bound_is_refused;
    json_text: "a text, where no other number is declared", |_| set::MOST_CHARACTERS as u64, "characters", None
        => "422 `json.too_long`", a_document_beyond_a_bound_is_refused;
    json_values: "values in a whole document", |_| set::MOST_VALUES as u64, "values", None
        => "422 `json.too_many_values`", what_is_larger_than_a_bound_is_refused_and_what_is_as_large_is_read;
    upload_bytes: "a file that is imported", |config| config.limits.upload_bytes, "bytes", Some("limits.upload_bytes")
        => "413 `too-large`", an_upload_beyond_the_limit_is_refused;
    evidence_bytes: "a file of evidence", |config| config.limits.evidence_bytes as u64, "bytes", Some("limits.evidence_bytes")
        => "413 `too-large`", what_is_not_what_it_says_is_refused_and_so_is_another_city_and_a_value_that_is_not_there;
    evidence_files: "files of evidence of an observation", |config| config.limits.evidence_files.into(), "files", Some("limits.evidence_files")
        => "422 `evidence.too_many`", what_was_withdrawn_stays_for_the_evaluation_body_and_counts;
    file_rows: "rows of a file that is imported", |_| intake::Limits::default().max_rows, "rows", None
        => "a fault `file.too_many_rows`", limits_are_kept_and_said;
    file_columns: "columns of a file that is imported", |_| intake::Limits::default().max_columns as u64, "columns", None
        => "a fault `file.too_many_columns`", limits_are_kept_and_said;
    file_cells: "rows times columns of a file that is imported", |_| intake::Limits::default().max_cells, "cells", None
        => "a fault `file.too_many_cells`", limits_are_kept_and_said;
    file_observations: "observations of a file", |_| intake::Limits::default().max_observations as u64, "observations", None
        => "a fault `file.too_many_observations`", limits_are_kept_and_said;
    archive_bytes: "a workbook, unpacked", |_| intake::Limits::default().archive.max_bytes, "bytes", None
        => "a fault of the file", an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read;
    page: "members of a page that are asked for", |_| 1_000, "members", None
        => "400 `malformed-request`", a_page_has_as_many_members_as_the_limit_and_no_more;
    table_cells: "cells of a table in an answer", |config| config.limits.table_cells, "cells", Some("limits.table_cells")
        => "413 `table-too-large`", a_table_that_is_too_large_says_how_large_and_how_it_is_had;
    exports: "exports that are kept at once", |config| config.limits.exports.into(), "exports", Some("limits.exports")
        => "409 `conflict`", exports_are_bounded_and_make_room_when_they_are_removed;
    set_nodes: "nodes of a set", |_| set::MAX_NODES as u64, "nodes", None
        => "422 `set.too_large`", a_set_has_as_many_nodes_items_and_rules_as_the_limit_and_no_more;
    set_items: "items of a set", |_| set::MAX_ITEMS as u64, "items", None
        => "422 `set.too_large`", a_set_has_as_many_nodes_items_and_rules_as_the_limit_and_no_more;
    set_rules: "validation rules of a set", |_| set::MAX_RULES as u64, "rules", None
        => "422 `set.too_large`", a_set_has_as_many_nodes_items_and_rules_as_the_limit_and_no_more;
    set_depth: "levels of the tree of a set", |_| set::MAX_TREE_DEPTH.into(), "levels", None
        => "422 `node.too_deep`", a_tree_deeper_than_two_hundred_levels_is_refused_in_whatever_order_it_is_listed;
    formula_depth: "parentheses within each other in a formula", |_| set::MAX_FORMULA_DEPTH as u64, "levels", None
        => "422 `formula.too_deep`", sixty_four_parentheses_are_read_and_sixty_five_refused;
    formula_parts: "parts of a formula", |_| set::MAX_FORMULA_PARTS as u64, "parts", None
        => "422 `formula.too_long`", a_thousand_parts_are_read_and_more_refused;
    goals: "goals of a plan", |_| planning::MOST_GOALS as u64, "goals", None
        => "422 `goal_plan.size`", documents_of_planning_have_as_many_parts_as_the_limit_and_no_more;
    changes: "changes that are supposed at once", |_| crate::what_if::MOST_CHANGES as u64, "changes", None
        => "422 `what_if.too_many_changes`", as_many_changes_are_supposed_as_the_limit_and_no_more;
}
