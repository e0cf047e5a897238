//! The islands of a mesh: which points closed connections join, kept up as connections close and open.
//!
//! Closing relabels the smaller of the two islands. Opening searches from both ends at once, a point of each in turn, so that it costs
//! what the smaller piece is, or what it takes until the searches meet. The labels of islands carry no meaning: what a mesh shows depends
//! on the partition alone, however it came about.

use crate::kernel::netlist::Rows;

/// What joins the points of a mesh.
#[derive(Debug)]
pub(crate) struct Wiring {
    points: usize,
    /// The two ends of each connection.
    pub connections: Vec<(u32, u32)>,
    /// For each point: the other end and the number of each of its connections.
    pub neighbours: Rows<(u32, u32)>,
}

impl Wiring {
    pub fn new(points: usize, connections: Vec<(u32, u32)>) -> Self {
        let mut pairs = Vec::with_capacity(2 * connections.len());
        for (number, &(a, b)) in (0u32..).zip(&connections) {
            pairs.push((a as usize, (b, number)));
            if a != b {
                pairs.push((b as usize, (a, number)));
            }
        }
        Self {
            points,
            connections,
            neighbours: Rows::gather(points, pairs),
        }
    }
}

/// Memory for searches: nothing in it outlives one.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// Which search has last come to a point, and from which end: twice the number of the search, plus the end.
    stamps: Vec<u64>,
    number: u64,
    found: [Vec<u32>; 2],
}

/// A partition of points, with what each island holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Islands {
    /// The island of each point.
    of: Vec<u32>,
    /// The points of an island stand in a circle.
    next: Vec<u32>,
    before: Vec<u32>,
    /// What each point weighs now: nothing while it does not stand.
    weights: Vec<i64>,
    /// How many live sources each point has.
    fed: Vec<u32>,
    /// By island: any of its points, how many it has, what they weigh, and how many live sources they have.
    first: Vec<u32>,
    points: Vec<u32>,
    weight: Vec<i64>,
    live: Vec<u32>,
    /// Labels of no island.
    free: Vec<u32>,
    /// Islands that have changed since they were last shown: a flag by island, and a list that may hold some more than once.
    due: Vec<bool>,
    due_list: Vec<u32>,
    /// Whether every change of membership matters, or only whether an island is live.
    counts: bool,
}

/// The smaller of the two roots of joined trees becomes the root of both, so that roots do not depend on the order of joining.
pub(crate) fn root(roots: &mut [u32], mut point: u32) -> u32 {
    while roots[point as usize] != point {
        roots[point as usize] = roots[roots[point as usize] as usize];
        point = roots[point as usize];
    }
    point
}

pub(crate) fn unite(roots: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(roots, a), root(roots, b));
    roots[a.max(b) as usize] = a.min(b);
}

impl Islands {
    /// Each point an island of its own, weighing nothing; `counts`: whether sizes or shares are shown, not only whether a point is live.
    pub fn apart(points: usize, counts: bool) -> Self {
        let count = u32::try_from(points).expect("fewer than 2^32 points");
        Self {
            of: (0..count).collect(),
            next: (0..count).collect(),
            before: (0..count).collect(),
            weights: vec![0; points],
            fed: vec![0; points],
            first: (0..count).collect(),
            points: vec![1; points],
            weight: vec![0; points],
            live: vec![0; points],
            free: Vec::new(),
            due: vec![false; points],
            due_list: Vec::new(),
            counts,
        }
    }

    pub fn of(&self, point: u32) -> u32 {
        self.of[point as usize]
    }

    pub fn first(&self, island: u32) -> u32 {
        self.first[island as usize]
    }

    /// The point after this one, round its island.
    pub fn next(&self, point: u32) -> u32 {
        self.next[point as usize]
    }

    pub fn weight(&self, island: u32) -> i64 {
        self.weight[island as usize]
    }

    pub fn is_live(&self, island: u32) -> bool {
        self.live[island as usize] > 0
    }

    /// Something of this island has to be shown anew.
    pub fn mark(&mut self, island: u32) {
        if !self.due[island as usize] {
            self.due[island as usize] = true;
            self.due_list.push(island);
        }
    }

    /// Takes an island that has to be shown off the list.
    pub fn take_due(&mut self) -> Option<u32> {
        while let Some(island) = self.due_list.pop() {
            // A label may have been given up, or shown, since it was listed.
            if std::mem::take(&mut self.due[island as usize]) {
                return Some(island);
            }
        }
        None
    }

    /// What a point weighs from now on.
    pub fn weigh(&mut self, point: u32, weight: i64) {
        let island = self.of(point);
        self.weight[island as usize] += weight - self.weights[point as usize];
        self.weights[point as usize] = weight;
        self.mark(island);
    }

    /// One live source more, or less, at a point.
    pub fn feed(&mut self, point: u32, is_live: bool) {
        let island = self.of(point);
        let before = self.is_live(island);
        let (fed, live) = (&mut self.fed[point as usize], &mut self.live[island as usize]);
        if is_live {
            (*fed, *live) = (*fed + 1, *live + 1);
        } else {
            (*fed, *live) = (*fed - 1, *live - 1);
        }
        if before != self.is_live(island) {
            self.mark(island);
        }
    }

    /// Finds all islands anew; every one of them has to be shown.
    pub fn rebuild(&mut self, wiring: &Wiring, joined: &[bool]) {
        let count = u32::try_from(self.of.len()).expect("fewer than 2^32 points");
        self.of.clear();
        self.of.extend(0..count);
        for (&(a, b), _) in wiring
            .connections
            .iter()
            .zip(joined)
            .filter(|(_, joined)| **joined)
        {
            unite(&mut self.of, a, b);
        }
        self.free.clear();
        self.due_list.clear();
        for point in 0..count {
            let root = root(&mut self.of, point);
            let (at, island) = (point as usize, root as usize);
            self.of[at] = root;
            (self.next[at], self.before[at]) = (point, point);
            self.due[at] = false;
            if root == point {
                self.first[at] = point;
                self.points[at] = 1;
                self.weight[at] = self.weights[at];
                self.live[at] = self.fed[at];
                self.mark(point);
            } else {
                self.free.push(point);
                self.splice(root, point);
                self.points[island] += 1;
                self.weight[island] += self.weights[at];
                self.live[island] += self.fed[at];
            }
        }
    }

    /// Joins the circles that two points stand in.
    fn splice(&mut self, a: u32, b: u32) {
        let (after_a, after_b) = (self.next[a as usize], self.next[b as usize]);
        self.next[a as usize] = after_b;
        self.before[after_b as usize] = a;
        self.next[b as usize] = after_a;
        self.before[after_a as usize] = b;
    }

    /// A connection between two points has closed.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.of(a), self.of(b));
        if a == b {
            return;
        }
        let (keep, gone) = if self.points[a as usize] >= self.points[b as usize] {
            (a, b)
        } else {
            (b, a)
        };
        let is_due = self.due[keep as usize]
            || self.due[gone as usize]
            || self.counts
            || self.is_live(keep) != self.is_live(gone);
        let start = self.first(gone);
        let mut point = start;
        loop {
            self.of[point as usize] = keep;
            point = self.next(point);
            if point == start {
                break;
            }
        }
        self.splice(self.first(keep), start);
        self.points[keep as usize] += self.points[gone as usize];
        self.weight[keep as usize] += self.weight[gone as usize];
        self.live[keep as usize] += self.live[gone as usize];
        self.due[gone as usize] = false;
        self.free.push(gone);
        if is_due {
            self.mark(keep);
        }
    }

    /// A connection between two points has opened; `joined` says which of all connections are still closed.
    pub fn part(&mut self, a: u32, b: u32, wiring: &Wiring, joined: &[bool], search: &mut Search) {
        debug_assert_eq!(self.of(a), self.of(b), "what was joined is one island");
        if a == b {
            return;
        }
        let Some(end) = search.separate(a, b, wiring, joined) else {
            return;
        };
        let old = self.of(a) as usize;
        let was_live = self.live[old] > 0;
        let island = self.free.pop().expect("fewer islands than points");
        let new = island as usize;
        let piece = &search.found[end];
        (self.points[new], self.weight[new], self.live[new]) = (0, 0, 0);
        self.first[new] = piece[0];
        for &point in piece {
            let at = point as usize;
            // Out of the old circle, into one of its own: behind the first point of the piece.
            let (before, after) = (self.before[at], self.next[at]);
            self.next[before as usize] = after;
            self.before[after as usize] = before;
            (self.next[at], self.before[at]) = (point, point);
            self.of[at] = island;
            self.points[new] += 1;
            self.weight[new] += self.weights[at];
            self.live[new] += self.fed[at];
        }
        for &point in &piece[1..] {
            self.splice(piece[0], point);
        }
        self.first[old] = if end == 0 { b } else { a };
        self.points[old] -= self.points[new];
        self.weight[old] -= self.weight[new];
        self.live[old] -= self.live[new];
        let both = self.counts || self.due[old];
        if both || was_live != (self.live[old] > 0) {
            self.mark(u32::try_from(old).expect("a label"));
        }
        if both || was_live != (self.live[new] > 0) {
            self.mark(island);
        }
    }
}

impl Search {
    /// Which of two points is cut off from the other (the one whose piece is exhausted first; its points stand in `found`), or `None` if
    /// a closed path still joins them.
    fn separate(&mut self, a: u32, b: u32, wiring: &Wiring, joined: &[bool]) -> Option<usize> {
        if self.stamps.len() < wiring.points {
            self.stamps.resize(wiring.points, 0);
        }
        self.number += 1;
        let mut done = [0_usize, 0];
        for (end, point) in [a, b].into_iter().enumerate() {
            self.stamps[point as usize] = 2 * self.number + end as u64;
            self.found[end].clear();
            self.found[end].push(point);
        }
        loop {
            for (end, done) in done.iter_mut().enumerate() {
                let Some(&point) = self.found[end].get(*done) else {
                    return Some(end);
                };
                *done += 1;
                for &(other, connection) in wiring.neighbours.of(point as usize) {
                    if !joined[connection as usize] {
                        continue;
                    }
                    let stamp = self.stamps[other as usize];
                    if stamp == 2 * self.number + 1 - end as u64 {
                        return None;
                    }
                    if stamp != 2 * self.number + end as u64 {
                        self.stamps[other as usize] = 2 * self.number + end as u64;
                        self.found[end].push(other);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    /// What is shown of each point: what its island weighs, and whether it is live.
    fn shown(islands: &Islands) -> Vec<(i64, bool)> {
        (0..u32::try_from(islands.of.len()).expect("few"))
            .map(|point| {
                let island = islands.of(point);
                (islands.weight(island), islands.is_live(island))
            })
            .collect()
    }

    /// The circle of each island holds its points, once each.
    fn check_circles(islands: &Islands) {
        let mut seen = vec![0; islands.of.len()];
        let labels: std::collections::BTreeSet<u32> = islands.of.iter().copied().collect();
        for &island in &labels {
            let first = islands.first(island);
            let mut point = first;
            loop {
                assert_eq!(islands.of(point), island);
                assert_eq!(islands.before[islands.next(point) as usize], point);
                seen[point as usize] += 1;
                point = islands.next(point);
                if point == first {
                    break;
                }
            }
        }
        assert!(seen.iter().all(|&times| times == 1));
        assert_eq!(labels.len() + islands.free.len(), islands.of.len());
    }

    #[test]
    fn islands_kept_up_are_those_found_anew_and_all_that_changed_is_marked() {
        for case in 0..60u64 {
            let mut dice = Key::new(case, 0).stream(0, 0, 0);
            let mut roll = |sides: u64| u32::try_from(dice.next_word() % sides).expect("few");
            let count = 2 + u64::from(roll(30));
            let points = usize::try_from(count).expect("few");
            let connections: Vec<(u32, u32)> = (0..count + count / 2)
                .map(|_| (roll(count), roll(count)))
                .collect();
            let wiring = Wiring::new(points, connections);
            let mut joined = vec![false; wiring.connections.len()];
            let mut islands = Islands::apart(points, case % 2 == 0);
            let mut search = Search::default();
            for point in 0..u32::try_from(points).expect("few") {
                islands.weigh(point, 1 + i64::from(roll(3)));
            }
            while islands.take_due().is_some() {}
            let mut before = shown(&islands);
            for _ in 0..300 {
                if roll(4) == 0 {
                    let point = roll(count);
                    let is_live = islands.fed[point as usize] == 0;
                    islands.feed(point, is_live);
                } else {
                    let connection = roll(joined.len() as u64) as usize;
                    let (a, b) = wiring.connections[connection];
                    joined[connection] = !joined[connection];
                    if joined[connection] {
                        islands.join(a, b);
                    } else {
                        islands.part(a, b, &wiring, &joined, &mut search);
                    }
                }
                check_circles(&islands);
                let mut fresh = islands.clone();
                fresh.rebuild(&wiring, &joined);
                check_circles(&fresh);
                let now = shown(&islands);
                assert_eq!(now, shown(&fresh));
                // Looked at now and then, so that several changes fall together.
                if roll(3) == 0 {
                    let mut marked = vec![false; points];
                    while let Some(island) = islands.take_due() {
                        for (point, mark) in marked.iter_mut().enumerate() {
                            *mark |= islands.of[point] == island;
                        }
                    }
                    for point in 0..points {
                        let same = if case % 2 == 0 {
                            now[point] == before[point]
                        } else {
                            now[point].1 == before[point].1
                        };
                        assert!(
                            same || marked[point],
                            "point {point} of case {case} was forgotten"
                        );
                    }
                    before = now;
                }
            }
        }
    }
}
