//! The walk of causes: why something is bad, at a moment.
//!
//! Among the inputs that are bad then, in order of *loss*, the one with which the node fell below what is needed; and so on down to a root:
//! an action, a failure of a unit's own, a change of the calendar.

use super::history::{History, Lost, Reads};
use crate::kernel::{NodeId, NodeKind, RecordId, What};

/// Why something is bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The nodes of the walk, from what is bad down to where the root struck.
    pub path: Vec<NodeId>,
    /// The root's entry in the why-log; `None` if it was bad from the beginning.
    pub root: Option<RecordId>,
    /// Whether demand rather than supply did it, and at which place of the path.
    pub overload_at: Option<usize>,
}

/// Why a node has less than `need` at a moment.
pub fn cause_of(history: &History<'_>, node: NodeId, need: i64, at: u64) -> Cause {
    let mut cause = Cause {
        path: vec![node],
        root: None,
        overload_at: None,
    };
    let (mut node, mut need, mut at) = (node, need, at);
    let mut seen: Vec<(NodeId, u64)> = Vec::new();
    loop {
        let repeated = seen.contains(&(node, at));
        seen.push((node, at));
        let lost = if repeated {
            None
        } else {
            lost_input(history, node, need, at)
        };
        let overload = history.loss(node, need, at).filter(|loss| {
            let began = overloaded_at(history, node, loss.record);
            // What was lost after demand had risen is what still holds it down; before that, it was borne.
            began.is_some_and(|began| lost.is_none_or(|lost| lost.since <= began))
        });
        if let Some(loss) = overload {
            cause.overload_at = Some(cause.path.len() - 1);
            cause.root = follow_all(history, loss.record, &mut cause.path);
            return cause;
        }
        if let Some(Lost { input, well, .. }) = lost {
            node = input.from;
            cause.path.push(node);
            if input.reading.is_inverted() {
                // Bad because something else is there: that is its own story, told by its record.
                cause.root = history
                    .last_step(node, at)
                    .and_then(|step| follow(history, step.record, &mut cause.path));
                return cause;
            }
            need = well;
            continue;
        }
        let Some(loss) = history.loss(node, need, at) else {
            return cause;
        };
        if history.net().kind(node) == NodeKind::Selector
            && let Some(failure) = history.failure_when_called_on(node, loss.at, at)
        {
            // Another source would do: what it lost last is its way to it.
            cause.root = Some(failure);
            return cause;
        }
        if loss.at < at && !repeated {
            // It has not come back since it was lost: its inputs then tell.
            at = loss.at;
            continue;
        }
        // A mesh does not say in the log what was asked of it: what no input explains is put down to that.
        let net = history.net();
        if net.kind(net.owner(node)) == NodeKind::Mesh && net.is_share(node) {
            cause.overload_at = Some(cause.path.len() - 1);
        }
        if is_put_down_to_demand(history, loss.record) {
            // It gets as much as before, and more is asked: no input of it has fallen.
            cause.overload_at = Some(cause.path.len() - 1);
            cause.root = follow_all(history, loss.record, &mut cause.path);
            return cause;
        }
        cause.root = follow(history, loss.record, &mut cause.path);
        return cause;
    }
}

/// Whether what an entry of the log tells followed within its instant from more being asked of a balance.
fn is_put_down_to_demand(history: &History<'_>, record: RecordId) -> bool {
    let mut here = record;
    while let Some(entry) = history.record(here) {
        match entry.what {
            What::Overload { .. } => return true,
            What::Input { .. } => here = entry.follows,
            _ => return false,
        }
    }
    false
}

/// When more was asked of a balance than it had, if that is why an output of it fell by what `record` tells: in the same instant, or while
/// the balance bore it for a time.
fn overloaded_at(history: &History<'_>, node: NodeId, record: RecordId) -> Option<u64> {
    let net = history.net();
    let balance = net.owner(node);
    if net.kind(balance) != NodeKind::Balance {
        return None;
    }
    let mut here = record;
    while let Some(entry) = history.record(here) {
        match entry.what {
            What::Overload { node } if node == balance => return Some(entry.at),
            What::Input { from } if from == balance => {}
            What::Stage { node, .. } if node == balance => {}
            _ => return None,
        }
        here = entry.follows;
    }
    None
}

/// Follows the why-log to a root, noting the nodes whose change was followed.
fn follow(history: &History<'_>, record: RecordId, path: &mut Vec<NodeId>) -> Option<RecordId> {
    walk_log(history, record, path, false)
}

/// As [`follow`], noting as well whose stages ended and what failed by itself: demand is moved by such.
fn follow_all(history: &History<'_>, record: RecordId, path: &mut Vec<NodeId>) -> Option<RecordId> {
    walk_log(history, record, path, true)
}

fn walk_log(
    history: &History<'_>,
    record: RecordId,
    path: &mut Vec<NodeId>,
    stages: bool,
) -> Option<RecordId> {
    let mut here = record;
    while let Some(entry) = history.record(here) {
        match entry.what {
            What::Life { node } | What::DemandFailure { node } | What::Stage { node, .. }
                if stages && path.last() != Some(&node) =>
            {
                path.push(node);
            }
            _ => {}
        }
        match entry.what {
            What::Action { .. }
            | What::Life { .. }
            | What::CommonCause { .. }
            | What::DemandFailure { .. }
            | What::Calendar { .. }
            | What::Arrival { .. }
            | What::Begin => {
                return Some(here);
            }
            What::Input { from } if path.last() != Some(&from) => path.push(from),
            _ => {}
        }
        if entry.follows == RecordId::NONE {
            return Some(here);
        }
        here = entry.follows;
    }
    None
}

/// Among the inputs of a node that are bad at a moment, in order of loss, the one with which it fell below `need`. `None` when the inputs do not decide the node, or do not hold it down.
fn lost_input(history: &History<'_>, node: NodeId, need: i64, at: u64) -> Option<Lost> {
    history
        .losses
        .of((node, need, at), || find_lost(history, node, need, at))
}

fn find_lost(history: &History<'_>, node: NodeId, need: i64, at: u64) -> Option<Lost> {
    let reads = history.reads(node);
    let now = |from: NodeId| history.value_at(from, at);
    if history.value_if(node, at, &now)? >= need {
        return None;
    }
    let mut losses: Vec<(u64, u32, Reads, i64, i64)> = Vec::new();
    for &input in reads {
        let present = now(input.from);
        let read = input.reading.read(present);
        // As well as it ever was until now.
        let mut well = history.at_start(input.from);
        for step in history.steps(input.from) {
            if step.at > at {
                break;
            }
            if input.reading.read(step.to) > input.reading.read(well) {
                well = step.to;
            }
        }
        if input.reading.read(well) <= read {
            continue;
        }
        let since = lost_at(history, input, input.reading.read(well), at);
        losses.push((since, history.net().order(input.from), input, present, well));
    }
    losses.sort_by_key(|&(time, order, ..)| (time, order));
    for count in 0..=losses.len() {
        let value = |from: NodeId| {
            let lost = losses[..count]
                .iter()
                .rev()
                .find(|(_, _, input, ..)| input.from == from);
            let well = losses[count..]
                .iter()
                .find(|(_, _, input, ..)| input.from == from);
            match (lost, well) {
                (Some(&(.., present, _)), _) => present,
                (None, Some(&(.., well))) => well,
                (None, None) => now(from),
            }
        };
        if history
            .value_if(node, at, &value)
            .is_some_and(|reached| reached < need)
        {
            return match count {
                // Even with all its inputs well it would be bad: they are not why.
                0 => None,
                _ => losses
                    .get(count - 1)
                    .map(|&(since, _, input, _, well)| Lost { input, well, since }),
            };
        }
    }
    None
}

/// When an input last fell from being read as `well`.
fn lost_at(history: &History<'_>, input: Reads, well: i64, at: u64) -> u64 {
    let mut before = input.reading.read(history.at_start(input.from));
    let mut lost = 0;
    for step in history.steps(input.from) {
        if step.at > at {
            break;
        }
        let read = input.reading.read(step.to);
        if before >= well && read < well {
            lost = step.at;
        }
        before = read;
    }
    lost
}
