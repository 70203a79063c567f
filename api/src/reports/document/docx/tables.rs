//! Tables: the width of the text, ruled between rows, the header on every page.

use docx_rs::{
    AlignmentType, Docx, Shading, Table as WordTable, TableBorder, TableBorderPosition, TableCell, TableCellMargins,
    TableLayoutType, TableRow, VAlignType, WidthType,
};

use super::super::block::{Align, Column, Run, Table};
use super::{WIDTH, Writer};

/// A table of at most so many rows stays on one page, without and with a header that could be repeated on the next.
const TOGETHER: [usize; 2] = [24, 12];

/// The colours of rules and of the header.
const STRONG: &str = "1B4B82";
const HAIR: &str = "CFD7DF";
const TINT: &str = "EEF3F8";

impl<'d> Writer<'d> {
    /// Adds a table with its caption.
    pub(super) fn table(&mut self, docx: Docx, table: &'d Table) -> Docx {
        let mut docx = docx;
        if let Some(number) = table.number {
            let word = self.language.pick("表", "Table");
            docx = docx.add_paragraph(self.caption("TableCaption", word, "Table", number, &table.caption));
        }
        let widths: Vec<usize> = table.columns.iter().map(|column| (column.width * WIDTH / 1000) as usize).collect();
        let mut rows = Vec::with_capacity(table.rows.len() + 1);
        if let Some(head) = &table.head {
            rows.push(self.row(table, &widths, head, true, |_| true));
        }
        for (place, cells) in table.rows.iter().enumerate() {
            // No last row stands alone on a page.
            let left = table.rows.len() - place - 1;
            let together = left == 1 || left > 1 && table.rows.len() <= TOGETHER[usize::from(table.head.is_some())];
            rows.push(self.row(table, &widths, cells, together, |column| column == 0 && table.head.is_none()));
        }
        self.beyond.headed.push(table.head.is_some());
        let rule = |position, size, colour: &str| TableBorder::new(position).size(size).color(colour);
        let set = WordTable::without_borders(rows)
            .set_grid(widths)
            .width(WIDTH as usize, WidthType::Dxa)
            .layout(TableLayoutType::Fixed)
            .margins(TableCellMargins::new().margin(0, 80, 0, 80))
            .set_border(rule(TableBorderPosition::Top, 8, STRONG))
            .set_border(rule(TableBorderPosition::Bottom, 8, STRONG))
            .set_border(rule(TableBorderPosition::InsideH, 2, HAIR));
        docx.add_table(set).add_paragraph(self.gap())
    }

    /// A row; `together` keeps it on the page of the next one, and `names` says which cells are headers.
    fn row(
        &mut self,
        table: &Table,
        widths: &[usize],
        cells: &'d [Vec<Run>],
        together: bool,
        names: impl Fn(usize) -> bool,
    ) -> TableRow {
        let cells = cells.iter().enumerate().map(|(place, cell)| {
            let column = table.columns.get(place).copied().unwrap_or(Column { align: Align::Left, width: 0 });
            let name = names(place);
            let paragraph = self.paragraph(if name { "TableHead" } else { "TableText" }).align(match column.align {
                Align::Left => AlignmentType::Left,
                Align::Center => AlignmentType::Center,
                Align::Right => AlignmentType::Right,
            });
            let paragraph = self.runs(paragraph.keep_next(together), cell);
            let width = widths.get(place).copied().unwrap_or_default();
            let cell = TableCell::new().add_paragraph(paragraph).width(width, WidthType::Dxa).vertical_align(VAlignType::Top);
            if name { cell.shading(Shading::new().fill(TINT)) } else { cell }
        });
        TableRow::new(cells.collect()).cant_split()
    }
}
