//! The sheet `notes`.

use super::{Sheet, column};
use crate::authoring::form::Form::Text;

/// What readers should know of the set, its items and nodes.
pub(in crate::authoring) const NOTES: Sheet = Sheet {
    name: "notes",
    list: "",
    columns: &[
        column(&["of"], Text, ("对象", "Of"), ("set、item 或 node", "set, item or node"), 10),
        column(
            &["code"],
            Text,
            ("代码", "Code"),
            ("数据项或节点的代码；set 不填", "the code of the item or node; none for the set"),
            20,
        ),
        column(&["zh"], Text, ("说明（中文）", "Note (zh)"), ("", ""), 60),
        column(&["en"], Text, ("说明（英文）", "Note (en)"), ("", ""), 60),
    ],
};
