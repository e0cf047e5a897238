//! An exact solver for Markov chains in continuous time: states found from an initial one, a sparse generator, and what follows from it.
//!
//! Small chains are solved by state reduction (Grassmann, Taksar and Heyman 1985), which subtracts nothing and so keeps its relative
//! precision however stiff the chain is; large ones by Gauss-Seidel sweeps. Rates may be in any unit of time; results are in the same.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::BTreeMap;

/// Up to so many states the dense methods are used.
const DENSE_MAX: usize = 1_500;

/// A chain over states of the type `S`; state 0 is the initial one.
pub struct Chain<S> {
    /// The states, in the order in which they were found.
    pub states: Vec<S>,
    /// The rates out of each state: (to, rate), no state twice, none to itself.
    pub rates: Vec<Vec<(usize, f64)>>,
}

/// The mean of a reward in the long run, and how far a finite run may be from it.
#[derive(Clone, Copy, Debug)]
pub struct LongRun {
    /// The reward per unit of time.
    pub mean: f64,
    /// What a run from the initial state gathers more than `mean` × its length, once it is long.
    pub head_start: f64,
    /// The variance of what a run gathers, per unit of time, once it is long.
    pub variance: f64,
}

impl<S: Ord + Clone> Chain<S> {
    /// Finds all states that can be reached from `start`, where `next` gives the transitions of a state with their rates. `None` when
    /// there are more than `most`.
    pub fn explore(start: S, most: usize, next: impl Fn(&S) -> Vec<(S, f64)>) -> Option<Self> {
        let mut known: BTreeMap<S, usize> = BTreeMap::from([(start.clone(), 0)]);
        let mut states = vec![start];
        let mut rates: Vec<Vec<(usize, f64)>> = Vec::new();
        while rates.len() < states.len() {
            let here = rates.len();
            let mut row: BTreeMap<usize, f64> = BTreeMap::new();
            for (state, rate) in next(&states[here]) {
                assert!(rate.is_finite() && rate >= 0.0, "a rate of {rate}");
                let new = states.len();
                let to = *known.entry(state.clone()).or_insert(new);
                if to == new {
                    states.push(state);
                    if states.len() > most {
                        return None;
                    }
                }
                if to != here && rate > 0.0 {
                    *row.entry(to).or_insert(0.0) += rate;
                }
            }
            rates.push(row.into_iter().collect());
        }
        Some(Self { states, rates })
    }
}

impl<S> Chain<S> {
    /// How many states there are.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// The rate at which a state is left.
    fn out(&self, state: usize) -> f64 {
        self.rates[state].iter().map(|&(_, rate)| rate).sum()
    }

    /// A reward for being in a state, per unit of time.
    pub fn reward(&self, of: impl Fn(&S) -> f64) -> Vec<f64> {
        self.states.iter().map(of).collect()
    }

    /// The states in an order in which the one class that is never left comes first.
    fn recurrent_first(&self) -> Vec<usize> {
        let mut graph: DiGraph<(), ()> = DiGraph::new();
        for _ in 0..self.len() {
            graph.add_node(());
        }
        for (from, row) in self.rates.iter().enumerate() {
            for &(to, _) in row {
                graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
            }
        }
        let components = kosaraju_scc(&graph);
        let mut class = vec![0; self.len()];
        for (number, component) in components.iter().enumerate() {
            for node in component {
                class[node.index()] = number;
            }
        }
        let closed = |number: usize| {
            components[number].iter().all(|node| {
                self.rates[node.index()]
                    .iter()
                    .all(|&(to, _)| class[to] == number)
            })
        };
        let last: Vec<usize> = (0..components.len()).filter(|&number| closed(number)).collect();
        assert_eq!(last.len(), 1, "a chain with one class that is never left");
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|&state| (class[state] != last[0], state));
        order
    }

    /// The share of time that is spent in each state in the long run.
    pub fn stationary(&self) -> Vec<f64> {
        if self.len() <= DENSE_MAX {
            self.stationary_by_reduction()
        } else {
            self.stationary_by_sweeps()
        }
    }

    fn stationary_by_reduction(&self) -> Vec<f64> {
        let n = self.len();
        let order = self.recurrent_first();
        let mut place = vec![0; n];
        for (at, &state) in order.iter().enumerate() {
            place[state] = at;
        }
        let mut q = vec![0.0; n * n];
        for (from, row) in self.rates.iter().enumerate() {
            for &(to, rate) in row {
                q[place[from] * n + place[to]] = rate;
            }
        }
        let mut leaves = vec![0.0; n];
        for last in (1..n).rev() {
            let out: f64 = q[last * n..last * n + last].iter().sum();
            assert!(out > 0.0, "every state leads to the class that is never left");
            leaves[last] = out;
            for i in 0..last {
                let into = q[i * n + last];
                if into > 0.0 {
                    for j in 0..last {
                        if j != i {
                            q[i * n + j] += into * q[last * n + j] / out;
                        }
                    }
                }
            }
        }
        let mut weight = vec![0.0; n];
        weight[0] = 1.0;
        for state in 1..n {
            let into: f64 = (0..state).map(|i| weight[i] * q[i * n + state]).sum();
            weight[state] = into / leaves[state];
        }
        let sum: f64 = weight.iter().sum();
        (0..n).map(|state| weight[place[state]] / sum).collect()
    }

    fn stationary_by_sweeps(&self) -> Vec<f64> {
        let n = self.len();
        let mut incoming: Vec<Vec<(usize, f64)>> = vec![Vec::new(); n];
        for (from, row) in self.rates.iter().enumerate() {
            for &(to, rate) in row {
                incoming[to].push((from, rate));
            }
        }
        let out: Vec<f64> = (0..n).map(|state| self.out(state)).collect();
        let mut weight = vec![1.0 / to_f64(n); n];
        for sweep in 0.. {
            assert!(sweep < 100_000, "the sweeps converge");
            let mut moved: f64 = 0.0;
            for state in 0..n {
                let into: f64 = incoming[state]
                    .iter()
                    .map(|&(from, rate)| weight[from] * rate)
                    .sum();
                let new = into / out[state];
                moved += (new - weight[state]).abs();
                weight[state] = new;
            }
            let sum: f64 = weight.iter().sum();
            weight.iter_mut().for_each(|weight| *weight /= sum);
            if moved / sum < 1e-14 {
                return weight;
            }
        }
        unreachable!("the sweeps are bounded")
    }

    /// The mean of a reward per unit of time in the long run.
    pub fn mean(&self, reward: &[f64]) -> f64 {
        dot(&self.stationary(), reward)
    }

    /// How often per unit of time the chain goes from a state where `inside` holds to one where it does not, in the long run.
    pub fn frequency_of_leaving(&self, inside: impl Fn(&S) -> bool) -> f64 {
        let share = self.stationary();
        let flow = |from: usize| -> f64 {
            let row = self.rates[from].iter();
            row.filter(|&&(to, _)| !inside(&self.states[to]))
                .map(|&(_, rate)| rate)
                .sum()
        };
        (0..self.len())
            .filter(|&from| inside(&self.states[from]))
            .map(|from| share[from] * flow(from))
            .sum()
    }

    /// What a long run gathers of a reward per unit of time and of one per transition, `jump(from, to)`.
    pub fn long_run(&self, reward: &[f64], jump: impl Fn(&S, &S) -> f64) -> LongRun {
        let n = self.len();
        assert!(n <= DENSE_MAX, "{n} states are too many for a dense solution");
        let share = self.stationary();
        let gains: Vec<f64> = (0..n)
            .map(|from| {
                let row = self.rates[from].iter();
                let jumps: f64 = row
                    .map(|&(to, rate)| rate * jump(&self.states[from], &self.states[to]))
                    .sum();
                reward[from] + jumps
            })
            .collect();
        let mean = dot(&share, &gains);
        // The potential: (1π − Q) g = gains − mean, so that πg = 0.
        let mut matrix = vec![0.0; n * n];
        for from in 0..n {
            for to in 0..n {
                matrix[from * n + to] = share[to];
            }
            matrix[from * n + from] += self.out(from);
            for &(to, rate) in &self.rates[from] {
                matrix[from * n + to] -= rate;
            }
        }
        let centred: Vec<f64> = gains.iter().map(|gain| gain - mean).collect();
        let potential = solve(matrix, centred);
        // Twice the covariance of what is gained now with all that follows, and the squares of the jumps.
        let mut variance = 0.0;
        for from in 0..n {
            variance += 2.0 * share[from] * reward[from] * potential[from];
            for &(to, rate) in &self.rates[from] {
                let size = jump(&self.states[from], &self.states[to]);
                variance += share[from] * rate * size * (size + 2.0 * potential[to]);
            }
        }
        LongRun {
            mean,
            head_start: potential[0],
            variance,
        }
    }

    /// The mean time from the initial state until `target` holds.
    pub fn mean_time_to(&self, target: impl Fn(&S) -> bool) -> f64 {
        let n = self.len();
        assert!(n <= DENSE_MAX, "{n} states are too many for a dense solution");
        if target(&self.states[0]) {
            return 0.0;
        }
        // State reduction with the mean time spent; column n is the target.
        let width = n + 1;
        let mut q = vec![0.0; n * width];
        for (from, row) in self.rates.iter().enumerate() {
            for &(to, rate) in row {
                let to = if target(&self.states[to]) { n } else { to };
                q[from * width + to] += rate;
            }
        }
        let mut time = vec![1.0; n];
        for last in (1..n).rev() {
            if target(&self.states[last]) {
                continue;
            }
            let row = q[last * width..(last + 1) * width].to_vec();
            let out: f64 = row[..last].iter().sum::<f64>() + row[n];
            for i in 0..last {
                let into = q[i * width + last];
                if into > 0.0 && out > 0.0 {
                    time[i] += into * time[last] / out;
                    for j in (0..last).chain([n]) {
                        if j != i {
                            q[i * width + j] += into * row[j] / out;
                        }
                    }
                }
            }
        }
        time[0] / q[n]
    }

    /// The chance of each state at time `t` after the start, and the mean time spent in each until then; by uniformisation.
    pub fn transient(&self, t: f64) -> (Vec<f64>, Vec<f64>) {
        let n = self.len();
        let fastest = (0..n).map(|state| self.out(state)).fold(0.0, f64::max) * 1.02;
        let mean_jumps = fastest * t;
        let most = mean_jumps + 12.0 * mean_jumps.sqrt() + 60.0;
        let mut now = vec![0.0; n];
        now[0] = 1.0;
        let (mut at, mut spent) = (vec![0.0; n], vec![0.0; n]);
        let mut log_weight = -mean_jumps;
        let mut left = 1.0;
        let mut jumps = 0.0;
        while jumps <= most {
            let weight = log_weight.exp();
            left -= weight;
            for state in 0..n {
                at[state] += weight * now[state];
                spent[state] += left.max(0.0) * now[state] / fastest;
            }
            let mut next = vec![0.0; n];
            for state in 0..n {
                let stays = 1.0 - self.out(state) / fastest;
                next[state] += stays * now[state];
                for &(to, rate) in &self.rates[state] {
                    next[to] += rate / fastest * now[state];
                }
            }
            now = next;
            jumps += 1.0;
            log_weight += (mean_jumps / jumps).ln();
        }
        (at, spent)
    }
}

/// The sum of the products.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Gauss elimination with the largest pivot of the column.
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|&a, &b| {
                matrix[a * n + column]
                    .abs()
                    .total_cmp(&matrix[b * n + column].abs())
            })
            .expect("at least one row");
        if pivot != column {
            for j in 0..n {
                matrix.swap(pivot * n + j, column * n + j);
            }
            right.swap(pivot, column);
        }
        let (above, below) = matrix.split_at_mut((column + 1) * n);
        let lead = &above[column * n..];
        for (at, row) in below.chunks_exact_mut(n).enumerate() {
            let factor = row[column] / lead[column];
            if factor.abs() > 0.0 {
                for (to, from) in row[column..].iter_mut().zip(&lead[column..]) {
                    *to -= factor * from;
                }
                right[column + 1 + at] -= factor * right[column];
            }
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|j| matrix[row * n + j] * right[j]).sum();
        right[row] = (right[row] - known) / matrix[row * n + row];
    }
    right
}

/// A number of states as a number.
#[expect(
    clippy::cast_precision_loss,
    reason = "chains of the tests are far below 2^53 states"
)]
pub fn to_f64(n: usize) -> f64 {
    n as f64
}
