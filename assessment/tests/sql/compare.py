"""Runs queries in an engine and compares their tables with the engine's own scores.

    compare.py ENGINE FOLDER        ENGINE: duckdb, spark or postgres

FOLDER has a folder for each case: ENGINE.sql, release.parquet, scores.json and nodes.json, as tests/sql/mod.rs writes
them. PostgreSQL reads CITYGAUGE_TEST_DATABASE_URL. Prints one line of JSON per case and a last one of totals; exit status
1 where a difference is not marked as undecided.
"""

import json
import os
import sys
from pathlib import Path

MEASURES = ["value", "score", "mark", "points", "coverage", "low", "high", "rank", "level"]
COLUMNS = ["city", "period", "node", *MEASURES]
WORD = {"low": "low", "high": "high", "rank": "rank", "level": "level"}
TOLERANCE = 1e-9


def duckdb_engine():
    import duckdb

    connection = duckdb.connect()
    return lambda query, _: connection.execute(query).fetchall()


def spark_engine():
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("citygauge").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.log.level", "OFF")
    # For a few rows, compiling a plan costs far more than interpreting it.
    builder = builder.config("spark.sql.codegen.wholeStage", "false").config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    # Steps that are merged mention their expressions as often as the next step does; docs/sql.md says so.
    collapse = "org.apache.spark.sql.catalyst.optimizer.CollapseProject"
    builder = builder.config("spark.sql.optimizer.excludedRules", collapse)
    # Chains of steps are resolved one after the other: sets of many levels need more rounds than the 100 of the default.
    builder = builder.config("spark.sql.analyzer.maxIterations", "1000")
    # The plans of queries that are done are kept in words by default, 1,000 of them, and fill the heap.
    builder = builder.config("spark.sql.ui.retainedExecutions", "1").config("spark.driver.memory", "4g")
    builder = builder.config("spark.ui.showConsoleProgress", "false").config("spark.sql.adaptive.enabled", "false")
    session = builder.getOrCreate()
    return lambda query, _: [tuple(row) for row in session.sql(query).collect()]


def postgres_engine():
    import duckdb
    import psycopg

    connection = psycopg.connect(os.environ["CITYGAUGE_TEST_DATABASE_URL"], autocommit=True)
    columns = "city text, period text, item text, value float8, choice text, status text"

    def run(query, folder):
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.observations")
            cursor.execute(f"CREATE TEMPORARY TABLE observations ({columns})")
            rows = duckdb.execute("SELECT * FROM read_parquet(?)", [str(folder / "release.parquet")]).fetchall()
            with cursor.copy("COPY observations FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute("ANALYZE observations")
            # Without parameters, so that a % in a code is one.
            cursor.execute(query.encode())
            return cursor.fetchall()

    return run


ENGINES = {"duckdb": duckdb_engine, "spark": spark_engine, "postgres": postgres_engine}


def agrees(measure, found, expected, is_rounded):
    if found is None or expected is None:
        return found is None and expected is None
    if measure in ("rank", "level") or is_rounded:
        return found == expected
    return abs(found - expected) <= TOLERANCE * max(1.0, abs(expected))


def compare(folder, rows):
    expected = {tuple(row[:3]): row[3:] for row in json.loads((folder / "scores.json").read_text())}
    rounded = json.loads((folder / "nodes.json").read_text())
    told = {"cells": 0, "undecided": 0, "differences": 0, "unmarked": []}
    found = {tuple(row[:3]): row[3:] for row in rows}
    if len(found) != len(rows) or found.keys() != expected.keys():
        odd = sorted(found.keys() ^ expected.keys())[:3]
        told["unmarked"].append(f"{len(rows)} rows, {len(expected)} expected: {odd}")
        return told
    for place, values in expected.items():
        *measures, undecided = found[place]
        words = (undecided or "").split()
        for measure, one, other in zip(MEASURES, measures, values):
            if other is None and one is None:
                continue
            told["cells"] += 1
            is_marked = WORD.get(measure, "score") in words
            told["undecided"] += is_marked
            if not agrees(measure, one, other, measure in rounded[place[2]]):
                told["differences"] += 1
                if not is_marked:
                    told["unmarked"].append(f"{place} {measure}: {one!r}, expected {other!r}")
    return told


def main():
    engine, folder = sys.argv[1], Path(sys.argv[2])
    run = ENGINES[engine]()
    totals = {"cases": 0, "cells": 0, "undecided": 0, "differences": 0, "unmarked": 0}
    for case in sorted(path.parent for path in folder.glob(f"*/{engine}.sql")):
        try:
            told = compare(case, run((case / f"{engine}.sql").read_text(), case))
        except Exception as error:  # The engine's own words tell what it did not take.
            told = {"unmarked": [f"{type(error).__name__}: {str(error)[:600]}"]}
        totals["cases"] += 1
        for what in ("cells", "undecided", "differences"):
            totals[what] += told.get(what, 0)
        totals["unmarked"] += len(told["unmarked"])
        if told["unmarked"] or "-v" in sys.argv:
            told["unmarked"] = told["unmarked"][:3]
            print(json.dumps({"case": case.name, **told}, ensure_ascii=False), flush=True)
    print(json.dumps({"engine": engine, **totals}), flush=True)
    sys.exit(1 if totals["unmarked"] or not totals["cases"] else 0)


main()
