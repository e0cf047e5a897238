//! **Level**: combines levels. Levels that need each other settle together, as a group.

use crate::kernel::builder::{Input, Role};
use crate::kernel::ids::{NodeId, RecordId};
use crate::kernel::netlist::Netlist;
use crate::kernel::reading::FULL_PPM;
use crate::kernel::settle::Engine;
use crate::kernel::spec::Combine;

/// What a level's inputs that must hold, or add up, allow; `value` tells the value of a node that is read.
pub(crate) fn support(combine: Combine, inputs: &[Input], value: impl Fn(NodeId) -> i64) -> i64 {
    let read = |input: &Input| input.reading.read(value(input.from)).clamp(0, FULL_PPM);
    match combine {
        Combine::Min => inputs
            .iter()
            .filter(|input| input.role == Role::Hard)
            .map(read)
            .min()
            .unwrap_or(FULL_PPM),
        Combine::Max => inputs
            .iter()
            .filter(|input| input.role == Role::Term)
            .map(read)
            .max()
            .unwrap_or(0),
        Combine::Sum => {
            let sum: i128 = inputs
                .iter()
                .filter(|input| input.role == Role::Term)
                .map(|input| i128::from(input.weight) * i128::from(read(input)))
                .sum();
            let level = (sum / i128::from(FULL_PPM)).clamp(0, i128::from(FULL_PPM));
            i64::try_from(level).expect("a level is at most a million")
        }
        Combine::Ratio => {
            let of = |role: Role| -> i128 {
                let inputs = inputs.iter().filter(|input| input.role == role);
                inputs
                    .map(|input| i128::from(input.reading.read(value(input.from)).max(0)))
                    .sum()
            };
            let (part, whole) = (of(Role::Term), of(Role::Source));
            if whole == 0 {
                return FULL_PPM;
            }
            let level = (part * i128::from(FULL_PPM) / whole).min(i128::from(FULL_PPM));
            i64::try_from(level).expect("a level is at most a million")
        }
    }
}

/// What a level's soft inputs take away, rounded up once so that the level is rounded down.
pub(crate) fn losses(inputs: &[Input], value: impl Fn(NodeId) -> i64) -> i64 {
    let sum: i128 = inputs
        .iter()
        .filter(|input| input.role == Role::Soft)
        .map(|input| {
            let level = input.reading.read(value(input.from)).clamp(0, FULL_PPM);
            i128::from(input.weight) * i128::from(FULL_PPM - level)
        })
        .sum();
    let full = i128::from(FULL_PPM);
    i64::try_from(((sum + full - 1) / full).min(full)).expect("a loss is at most a million")
}

/// The level of a node whose inputs have these values.
pub(crate) fn level_of(net: &Netlist, node: NodeId, value: impl Fn(NodeId) -> i64) -> i64 {
    let inputs = net.inputs(node);
    let combine = net.levels[net.slot(node)];
    (support(combine, inputs, &value) - losses(inputs, &value)).max(0)
}

impl Engine<'_> {
    pub(crate) fn look_at_level(&mut self, node: NodeId, why: RecordId) {
        let level = level_of(self.net, node, |from| self.state.values[from.index()]);
        if level != self.value(node) {
            let record = self.follow(why, node);
            self.set_value(node, level, record);
        }
    }
}
