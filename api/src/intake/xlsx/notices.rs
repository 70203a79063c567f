//! What is said of a sheet that is not what it looks like.

use citygauge_indicators::Fault;

use super::super::findings::shown;
use super::look::Merged;

/// A hidden sheet that holds something.
pub(super) fn hidden_sheet(name: &str, read: bool) -> Fault {
    let (zh, en) = if read { ("已按要求读取", "was read as asked") } else { ("未读取", "was not read") };
    let mut fault = Fault::warning(
        "file.hidden_sheet",
        format!("隐藏的工作表“{}”含有内容，{zh}", shown(name)),
        format!("the hidden sheet '{}' holds something and {en}", shown(name)),
    );
    fault.sheet = Some(name.to_owned());
    fault.hint("如需读取，请取消隐藏；否则请删除", "unhide it if it is to be read, or remove it")
}

/// A sheet beside those that are read.
pub(super) fn skipped_sheet(name: &str) -> Fault {
    let mut fault = Fault::warning(
        "file.sheet_skipped",
        format!("未读取工作表“{}”", shown(name)),
        format!("the sheet '{}' was not read", shown(name)),
    );
    fault.sheet = Some(name.to_owned());
    fault.hint(
        "如需读取，请使其第一行为数据表的表头；说明性工作表可不理会",
        "if it is to be read, make its first row the header of a table; a sheet of remarks may stay as it is",
    )
}

/// Several sheets of which none is a table.
pub(super) fn several_sheets(sheets: &[String], usual: &str) -> Fault {
    let listed = |open: &str, close: &str, between: &str| {
        let named: Vec<String> = sheets.iter().map(|name| format!("{open}{}{close}", shown(name))).collect();
        named.join(between)
    };
    let (zh, en) = (listed("“", "”", "、"), listed("'", "'", ", "));
    Fault::error(
        "file.several_sheets",
        format!("有多个工作表含有内容，但都没有可识别的表头：{zh}"),
        format!("several sheets hold something, none below a header that is known: {en}"),
    )
    .expected(usual)
    .hint(
        format!("请使每个数据表的第一行为表头，或将要读取的工作表命名为“{usual}”"),
        format!("make the first row of each table its header, or name the sheet that is to be read '{usual}'"),
    )
}

/// A sheet that was asked for and is not there.
pub(super) fn no_such_sheet(wanted: &str, sheets: &[String]) -> Fault {
    let named: Vec<String> = sheets.iter().map(|name| shown(name)).collect();
    Fault::error(
        "file.no_such_sheet",
        format!("工作簿中没有工作表“{}”", shown(wanted)),
        format!("the workbook has no sheet '{}'", shown(wanted)),
    )
    .value(wanted)
    .expected(named.join(" | "))
    .hint("请更正工作表名称", "correct the name of the sheet")
}

/// Rows that were read although nobody sees them.
pub(super) fn hidden_rows(count: u64) -> Fault {
    let (zh, en) = match count {
        1 => ("读取了一个隐藏的行".to_owned(), "a hidden row was read".to_owned()),
        _ => (
            format!("读取了 {count} 个隐藏的行，这是其中第一行"),
            format!("{count} hidden rows were read, of which this is the first"),
        ),
    };
    Fault::warning("file.hidden_rows", zh, en).hint(
        "请取消筛选或隐藏并核对；不需要的行请删除",
        "clear the filter or unhide them and check; remove rows that are not meant",
    )
}

/// Columns that were read although nobody sees them.
pub(super) fn hidden_columns(names: &[&str]) -> Fault {
    let named = shown(&names.join(", "));
    let (zh, en) = ("读取了隐藏的列", "hidden columns were read");
    Fault::warning("file.hidden_columns", zh, en)
        .value(named)
        .hint("请取消隐藏并核对；不需要的列请删除", "unhide and check them; remove columns that are not meant")
}

/// A merged range among the rows.
pub(super) fn merged_cells(range: &Merged) -> Fault {
    let range = range.shown();
    Fault::error(
        "file.merged_cells",
        format!("单元格 {range} 是合并的，其中只有左上角有值"),
        format!("the cells {range} are merged, and only the one at the top left has a value"),
    )
    .value(range)
    .hint("请取消合并，并在每一行填写该值", "unmerge them and enter the value in each row")
}

/// A merged range in the header, or a title above it.
pub(super) fn merged_header(range: &Merged) -> Fault {
    let range = range.shown();
    Fault::error(
        "file.merged_cells",
        format!("表头中的单元格 {range} 是合并的"),
        format!("the cells {range} of the header are merged"),
    )
    .value(range)
    .hint(
        "表头须为一行，每列一个名称：请删除其上方的标题行，或取消合并",
        "a header is one row with a name per column: remove a title above it, or unmerge the cells",
    )
}

/// Something in a column without a name.
pub(super) fn stray_cell(column: &str) -> Fault {
    Fault::error(
        "file.ragged_row",
        format!("{column} 列有内容，但表头没有该列"),
        format!("there is something in column {column}, which has no header"),
    )
    .hint("请删除该内容，或为该列命名", "remove it, or name the column")
}

/// More merged ranges or hidden spans than a table has.
pub(super) fn overloaded() -> Fault {
    Fault::error("file.unreadable", "合并单元格或隐藏的行列过多", "there are too many merged cells, or hidden rows and columns")
        .hint("请将数值粘贴到新的工作表", "paste the values into a new sheet")
}
