use super::Engine;
use super::node::Node;
use crate::evaluate::Fault;
use crate::problem::{Problem, ProblemKind};

impl Engine<'_> {
    pub(super) fn tell(&self, mut problem: Problem) {
        problem.place = problem.place.map(|place| self.shown(place));
        let key = (problem.place.clone(), problem.message.clone());
        if self.told.borrow_mut().insert(key) && self.problems.borrow().len() < 10_000 {
            self.problems.borrow_mut().push(problem);
        }
    }

    pub(super) fn tell_fault(&self, fault: Fault) {
        if fault.is_limit && self.limit_told.replace(true) {
            return;
        }
        let kind = if fault.is_limit {
            ProblemKind::Limit
        } else {
            ProblemKind::Evaluation
        };
        self.tell(Problem::new(kind, Some(fault.place), fault.message));
    }

    pub(super) fn tell_limit(&self) {
        if !self.limit_told.replace(true) {
            self.tell(Problem::new(
                ProblemKind::Limit,
                None,
                "the configuration needs more work than is allowed",
            ));
        }
    }

    pub(super) fn tell_circle(&self, stack: &[Node], circle: &Node) {
        let from = stack.iter().position(|node| node == circle).unwrap_or(0);
        // What stands on the stack but was not begun is no part of the chain.
        let mut chain: Vec<String> = Vec::new();
        let mut part: Vec<&Node> = stack.iter().skip(from).collect();
        part.dedup();
        for (at, node) in part.iter().enumerate() {
            let next = part.get(at + 1).copied().unwrap_or(circle);
            if at == 0 || self.needs(node).contains(next) {
                chain.push(self.node_name(node));
            }
        }
        chain.push(self.node_name(circle));
        let place = self.node_place(circle);
        self.tell(Problem::new(
            ProblemKind::Cycle,
            place,
            format!(
                "these refer to each other in a circle: {}",
                chain.join(" -> ")
            ),
        ));
    }
}
