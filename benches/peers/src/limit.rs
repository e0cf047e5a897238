//! The limit line: a loop for each workload and nothing else, with the same keyed draws.
//!
//! The queue is a tree of winners indexed by the unit, as simple as it can be.

use super::gates::{UNITS, layered};
use super::models::{LIFE_H, REPAIR_H};
use super::{Did, HOUR_US, Prepared, Work};
use blackstart::random::{Key, exponential_quantile};
use std::collections::VecDeque;

const NEVER: u64 = u64::MAX;

/// A tree of winners: the leaves are the times of units, each node above has the earlier of its two.
struct Tournament {
    leaves: usize,
    nodes: Vec<(u64, u32)>,
}

impl Tournament {
    fn new(n: usize) -> Self {
        let leaves = n.next_power_of_two();
        let nodes = vec![(NEVER, 0); 2 * leaves];
        Self { leaves, nodes }
    }

    /// Sets the times of so many units.
    fn begin(&mut self, units: usize, at: impl Fn(usize) -> u64) {
        for unit in 0..units {
            self.nodes[self.leaves + unit] = (at(unit), unit as u32);
        }
        for node in (1..self.leaves).rev() {
            self.nodes[node] = self.nodes[2 * node].min(self.nodes[2 * node + 1]);
        }
    }

    #[inline]
    fn set(&mut self, unit: usize, at: u64) {
        let mut node = self.leaves + unit;
        let mut winner = (at, unit as u32);
        self.nodes[node] = winner;
        while node > 1 {
            let other = self.nodes[node ^ 1];
            winner = if other.0 < winner.0 { other } else { winner };
            node /= 2;
            self.nodes[node] = winner;
        }
    }

    #[inline]
    fn first(&self) -> (usize, u64) {
        let (at, unit) = self.nodes[1];
        (unit as usize, at)
    }
}

#[inline]
fn draw(key: Key, unit: usize, purpose: u8, draw: u32, mean_h: f64) -> u64 {
    let mut stream = key.stream(unit as u64, purpose, u64::from(draw));
    (exponential_quantile(stream.unit_open()) * (mean_h * HOUR_US)) as u64
}

pub fn prepare(work: Work) -> Option<Prepared> {
    Some(match work {
        Work::Units(n) => units(n as usize),
        Work::Crew => crew(),
        Work::Hold => hold(),
        Work::Gates(n) => gates(n),
    })
}

#[derive(Clone, Copy, Default)]
struct Unit {
    draws: u32,
    is_down: bool,
}

fn units(n: usize) -> Prepared {
    let mut queue = Tournament::new(n);
    let mut state = vec![Unit::default(); n];
    let needed = n * 9 / 10;
    let mut gate_changed = 0_u64;
    Box::new(move |hours, number| {
        let key = Key::new(1, number);
        let end = (hours * HOUR_US) as u64;
        state.fill(Unit::default());
        queue.begin(n, |unit| draw(key, unit, 1, 0, LIFE_H));
        let (mut up, mut events) = (n, 0);
        loop {
            let (unit, now) = queue.first();
            if now >= end {
                break;
            }
            events += 1;
            let it = &mut state[unit];
            let was = up >= needed;
            let next = if it.is_down {
                it.draws += 1;
                up += 1;
                draw(key, unit, 1, it.draws, LIFE_H)
            } else {
                up -= 1;
                draw(key, unit, 2, it.draws, REPAIR_H)
            };
            it.is_down = !it.is_down;
            gate_changed += u64::from(was != (up >= needed));
            queue.set(unit, now.saturating_add(next));
        }
        std::hint::black_box(gate_changed);
        Did::of(events)
    })
}

fn crew() -> Prepared {
    const N: usize = 1_000;
    let mut queue = Tournament::new(N);
    let mut state = vec![Unit::default(); N];
    let mut waiting: [VecDeque<u32>; 5] = Default::default();
    Box::new(move |hours, number| {
        let key = Key::new(1, number);
        let end = (hours * HOUR_US) as u64;
        state.fill(Unit::default());
        waiting.iter_mut().for_each(VecDeque::clear);
        queue.begin(N, |unit| draw(key, unit, 1, 0, LIFE_H));
        let (mut free, mut events) = (5, 0);
        loop {
            let (unit, now) = queue.first();
            if now >= end {
                break;
            }
            events += 1;
            let it = &mut state[unit];
            if it.is_down {
                it.is_down = false;
                it.draws += 1;
                let next = draw(key, unit, 1, it.draws, LIFE_H);
                queue.set(unit, now.saturating_add(next));
                match waiting.iter_mut().find_map(VecDeque::pop_front) {
                    None => free += 1,
                    Some(next) => {
                        let next = next as usize;
                        let takes = draw(key, next, 2, state[next].draws, REPAIR_H);
                        queue.set(next, now.saturating_add(takes));
                    }
                }
            } else {
                it.is_down = true;
                if free > 0 {
                    free -= 1;
                    let takes = draw(key, unit, 2, it.draws, REPAIR_H);
                    queue.set(unit, now.saturating_add(takes));
                } else {
                    queue.set(unit, NEVER);
                    waiting[unit % 5].push_back(unit as u32);
                }
            }
        }
        Did::of(events)
    })
}

fn hold() -> Prepared {
    const N: usize = 1_000;
    let mut queue = Tournament::new(N);
    let mut draws = vec![0_u32; N];
    Box::new(move |hours, number| {
        let key = Key::new(1, number);
        let end = (hours * HOUR_US) as u64;
        draws.fill(0);
        queue.begin(N, |unit| draw(key, unit, 1, 0, 1.0));
        let mut events = 0;
        loop {
            let (unit, now) = queue.first();
            if now >= end {
                break;
            }
            events += 1;
            draws[unit] += 1;
            let next = draw(key, unit, 1, draws[unit], 1.0);
            queue.set(unit, now.saturating_add(next));
        }
        Did::of(events)
    })
}

/// Monotone gates need no order: a counter of what is short of each, and a stack of what changed.
fn gates(count: u32) -> Prepared {
    let graph = layered(count);
    let nodes = (UNITS + count) as usize;
    let mut above: Vec<Vec<u32>> = vec![Vec::new(); nodes];
    for (place, gate) in graph.iter().enumerate() {
        for &input in &gate.inputs {
            above[input as usize].push(UNITS + place as u32);
        }
    }
    // Compressed rows of who looks at whom.
    let mut from = vec![0_u32];
    let mut to = Vec::new();
    for those in &above {
        to.extend_from_slice(those);
        from.push(to.len() as u32);
    }
    // How many inputs more than needed are up: a gate is up where this is not negative.
    let whole: Vec<i32> = (0..nodes)
        .map(|node| {
            node.checked_sub(UNITS as usize)
                .map_or(0, |gate| 3 - graph[gate].needs as i32)
        })
        .collect();
    let mut spare = whole.clone();
    let mut state = vec![Unit::default(); UNITS as usize];
    let mut queue = Tournament::new(UNITS as usize);
    let mut stack: Vec<u32> = Vec::new();
    Box::new(move |hours, number| {
        let key = Key::new(1, number);
        let end = (hours * HOUR_US) as u64;
        state.fill(Unit::default());
        spare.copy_from_slice(&whole);
        queue.begin(UNITS as usize, |unit| draw(key, unit, 1, 0, 1.0));
        let (mut events, mut changed) = (0, 0);
        loop {
            let (unit, now) = queue.first();
            if now >= end {
                break;
            }
            events += 1;
            let it = &mut state[unit];
            it.draws += 1;
            it.is_down = !it.is_down;
            let step: i32 = if it.is_down { -1 } else { 1 };
            let next = draw(key, unit, 1, it.draws, 1.0);
            queue.set(unit, now.saturating_add(next));
            stack.push(unit as u32);
            while let Some(node) = stack.pop() {
                let node = node as usize;
                for &gate in &to[from[node] as usize..from[node + 1] as usize] {
                    let it = &mut spare[gate as usize];
                    let was = *it >= 0;
                    *it += step;
                    if was != (*it >= 0) {
                        changed += 1;
                        stack.push(gate);
                    }
                }
            }
        }
        Did {
            events,
            gates_changed: changed,
        }
    })
}
