//! Telling which workloads a fault of a policy or a namespace concerns.

use sekisho_text::Route;

use crate::{Context, Fault};

/// `1 workload`, `5 workloads`.
pub(crate) fn counted(workloads: &[usize]) -> String {
    match workloads.len() {
        1 => "1 workload".to_owned(),
        count => format!("{count} workloads"),
    }
}

/// Names the first few of them beside the fault: enough to find the rest.
pub(crate) fn naming(cx: &Context<'_>, fault: Fault, workloads: &[usize]) -> Fault {
    workloads.iter().take(5).fold(fault, |fault, workload| {
        let Some(object) = cx.estate.objects().get(*workload) else {
            return fault;
        };
        fault.related(*workload, Route::of("metadata.name"), object.called())
    })
}
