//! What a survey of citizens should say and does not: how many were asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use citygauge_indicators::{Fault, Faults, IndicatorSet, Item, ItemIndex, Provider};

/// Values of citizens without a sample size, by item.
#[derive(Debug, Default)]
pub(super) struct Unsampled(BTreeMap<ItemIndex, First>);

/// The first such value of an item, and how many there are.
#[derive(Debug)]
struct First {
    sheet: Option<Arc<str>>,
    row: u64,
    count: u64,
}

impl Unsampled {
    /// Notes a value that stands without a sample size in a row of its sheet.
    pub fn note(&mut self, index: ItemIndex, item: &Item, row: u64, sheet: Option<&Arc<str>>) {
        if item.provider == Provider::Citizen && item.kind.may_be_sampled() {
            let first = || First { sheet: sheet.cloned(), row, count: 0 };
            self.0.entry(index).or_insert_with(first).count += 1;
        }
    }

    /// A warning for each item, at the first of its values.
    pub fn warnings(&self, set: &IndicatorSet) -> Faults {
        let warning = |(index, first): (&ItemIndex, &First)| {
            let (code, count) = (&set.items()[*index].code, first.count);
            let mut fault = Fault::warning(
                "survey.no_sample_size",
                format!("“{code}”来自市民调查，有 {count} 个值没有样本量"),
                format!("'{code}' comes from a survey of citizens, and {count} of its values have no sample size"),
            );
            fault.sheet = first.sheet.as_deref().map(str::to_owned);
            fault.of(code).row(first.row).hint(
                "请用长表填写 sample_size，已知误差范围时填写 margin",
                "use the long form and give `sample_size`, and `margin` where it is known",
            )
        };
        Faults(self.0.iter().map(warning).collect())
    }
}
