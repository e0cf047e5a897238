//! Histories of a network, and what is measured in each: how long and how often something reads true in a window of time.

use super::parts::HOUR_US;
use super::{Estimate, Seed};
use blackstart::kernel::{
    Builder, Limits, Netlist, NodeId, Observe, Reading, Scratch, State, Transition, View, run,
};
use blackstart::random::Key;
use blackstart::statistics::{Mean, Proportion};

/// A network on memory that is used again.
pub struct Model {
    net: Netlist,
    /// The state after the last history.
    pub state: State,
    scratch: Scratch,
}

impl Model {
    /// Of a declared network.
    pub fn new(builder: Builder) -> Self {
        let net = builder.finish().expect("a sound network");
        let (state, scratch) = (State::new(&net), Scratch::new(&net));
        Self { net, state, scratch }
    }

    /// Runs history number `number` up to the horizon.
    pub fn run(&mut self, seed: u64, number: u32, horizon_us: u64, watch: &mut Watch) {
        watch.begin();
        self.history(seed, number, horizon_us, watch);
        watch.finish(&self.state);
    }

    /// Runs history number `number` up to the horizon, under whatever watches it.
    pub fn history<O: Observe>(&mut self, seed: u64, number: u32, horizon_us: u64, seen: &mut O) {
        let limits = Limits {
            horizon_us,
            events_max: u64::MAX,
            settlings_max: 1_000_000,
        };
        run(
            &self.net,
            &mut self.state,
            &mut self.scratch,
            Key::new(seed, number),
            limits,
            seen,
        )
        .expect("a history that ends");
    }
}

/// Watches some readings over a window of time.
pub struct Watch {
    from_us: u64,
    to_us: u64,
    /// What is watched, in the order asked for.
    pub tracks: Vec<Track>,
}

/// One reading over a window of time.
pub struct Track {
    node: NodeId,
    reading: Reading,
    present: Option<i64>,
    since: u64,
    began: Option<u64>,
    /// The integral of the reading over the window (its unit × µs).
    pub total: i128,
    /// How often it rose from zero within the window.
    pub begun: i64,
    /// How long the spells that began within the window were that came to an end (µs).
    pub lengths: Vec<i64>,
    /// When it first rose from zero at all (µs).
    pub first: Option<u64>,
}

impl Watch {
    /// Of these readings from `from_us` (exclusive) to `to_us` (inclusive).
    pub fn new(from_us: u64, to_us: u64, readings: &[(NodeId, Reading)]) -> Self {
        let track = |&(node, reading): &(NodeId, Reading)| Track {
            node,
            reading,
            present: None,
            since: 0,
            began: None,
            total: 0,
            begun: 0,
            lengths: Vec::new(),
            first: None,
        };
        let tracks = readings.iter().map(track).collect();
        Self {
            from_us,
            to_us,
            tracks,
        }
    }

    fn begin(&mut self) {
        for track in &mut self.tracks {
            (track.present, track.since, track.began) = (None, 0, None);
            (track.total, track.begun, track.first) = (0, 0, None);
            track.lengths.clear();
        }
    }

    fn overlap(&self, from: u64, to: u64) -> i128 {
        let (from, to) = (from.max(self.from_us), to.min(self.to_us));
        i128::from(to.saturating_sub(from))
    }

    fn change(&mut self, place: usize, at: u64, before: i64, after: i64) {
        let overlap = self.overlap(self.tracks[place].since, at);
        let in_window = self.from_us < at && at <= self.to_us;
        let track = &mut self.tracks[place];
        track.total += i128::from(before) * overlap;
        (track.since, track.present) = (at, Some(after));
        if before == 0 && after != 0 {
            track.first = track.first.or(Some(at));
            if in_window {
                track.begun += 1;
                track.began = Some(at);
            }
        }
        if before != 0
            && after == 0
            && let Some(began) = track.began.take()
        {
            track
                .lengths
                .push(i64::try_from(at - began).expect("a time of 63 bits"));
        }
    }

    fn finish(&mut self, state: &State) {
        for place in 0..self.tracks.len() {
            let track = &self.tracks[place];
            let present = track
                .present
                .unwrap_or_else(|| track.reading.read(state.value(track.node)));
            let overlap = self.overlap(track.since, self.to_us);
            self.tracks[place].total += i128::from(present) * overlap;
        }
    }
}

impl Observe for Watch {
    const CAUSES: bool = false;
    const CALLS: bool = true;

    fn settled(&mut self, at: u64, batch: &[Transition], _view: &View<'_>) {
        for change in batch {
            for place in 0..self.tracks.len() {
                let track = &self.tracks[place];
                if track.node == change.node {
                    let before = track.reading.read(change.from);
                    let after = track.reading.read(change.to);
                    if before != after {
                        self.change(place, at, before, after);
                    }
                }
            }
        }
    }
}

/// How the histories of a steady state are cut.
#[derive(Clone, Copy)]
pub struct Cut {
    /// How many histories a full run takes.
    pub histories: u32,
    /// How long the new system is let run before anything counts (h).
    pub warm_up_h: f64,
    /// How long is looked at (h).
    pub window_h: f64,
    /// How long is waited for spells that began within the window to end (h).
    pub tail_h: f64,
}

/// A reading over all histories, one value per history.
#[derive(Clone, Copy, Default)]
pub struct Seen {
    /// The integral over the window (unit of the reading × µs).
    pub total: Mean,
    /// How often it rose from zero.
    pub begun: Mean,
    /// The lengths of the spells of all histories (µs).
    pub lengths: Mean,
    window_h: f64,
}

impl Seen {
    /// The share of time in which a flag reads true, or the mean of an amount.
    pub fn share(&self) -> Estimate {
        Estimate::mean(&self.total, self.window_h * HOUR_US)
    }

    /// How often it began, per hour.
    pub fn per_hour(&self) -> Estimate {
        Estimate::mean(&self.begun, self.window_h)
    }

    /// How long a spell lasts in the mean, in hours.
    pub fn mean_hours(&self) -> Estimate {
        Estimate::mean(&self.lengths, HOUR_US)
    }
}

/// Runs the histories of a seed and gathers what the readings were in each.
pub fn steady(model: &mut Model, readings: &[(NodeId, Reading)], cut: Cut, seed: Seed) -> Vec<Seen> {
    let from = super::parts::hours(cut.warm_up_h);
    let to = super::parts::hours(cut.warm_up_h + cut.window_h);
    let horizon = to + super::parts::hours(cut.tail_h);
    let mut watch = Watch::new(from, to, readings);
    let mut seen = vec![
        Seen {
            window_h: cut.window_h,
            ..Seen::default()
        };
        readings.len()
    ];
    for number in 0..seed.histories(cut.histories) {
        model.run(seed.seed, number, horizon, &mut watch);
        for (seen, track) in seen.iter_mut().zip(&watch.tracks) {
            seen.total
                .push(i64::try_from(track.total).expect("an integral of 63 bits"));
            seen.begun.push(track.begun);
            for &length in &track.lengths {
                seen.lengths.push(length);
            }
        }
    }
    seen
}

/// When a reading first rises, over the histories of a seed (µs); each must end with it.
pub fn first_times(model: &mut Model, reading: (NodeId, Reading), histories: u32, seed: Seed) -> Mean {
    let mut watch = Watch::new(0, 0, &[reading]);
    let mut times = Mean::new();
    for number in 0..seed.histories(histories) {
        model.run(seed.seed, number, u64::MAX - 1, &mut watch);
        let first = watch.tracks[0].first.expect("it comes to pass in the end");
        times.push(i64::try_from(first).expect("a time of 63 bits"));
    }
    times
}

impl Estimate {
    /// The mean of integers over `unit`.
    pub fn mean(mean: &Mean, unit: f64) -> Self {
        let interval = mean.interval(0.95).expect("two values or more");
        Self {
            value: mean.mean().expect("values") / unit,
            error: mean.standard_error().expect("two values or more") / unit,
            interval: (interval.low / unit, interval.high / unit),
        }
    }

    /// A share of independent tries, with Wilson's interval.
    pub fn proportion(found: &Proportion) -> Self {
        let interval = found.wilson(0.95);
        Self {
            value: found.estimate().expect("tries"),
            error: found.standard_error().expect("tries"),
            interval: (interval.low, interval.high),
        }
    }
}
