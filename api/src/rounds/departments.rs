//! Which departments report in a round, and what.

use citygauge_indicators::{IndicatorSet, Provider};

use crate::store::rounds::Department;

/// The departments of the items that cities deliver, by name, each with its items in the order of the set. Items that name
/// no department are those of a department with an empty name.
pub fn of(set: &IndicatorSet) -> Vec<Department> {
    let mut departments: Vec<Department> = Vec::new();
    for item in set.items().iter().filter(|item| item.provider == Provider::City) {
        let name = item.department_name().unwrap_or_default();
        match departments.iter_mut().find(|known| known.department == name) {
            Some(known) => known.items.push(item.code.clone()),
            None => departments.push(Department { department: name.to_owned(), items: vec![item.code.clone()] }),
        }
    }
    departments.sort_by(|one, other| one.department.cmp(&other.department));
    departments
}
