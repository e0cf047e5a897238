//! The observer of a run over years that is asked for causes: it keeps changes and why-log as long as anything is other than usual.
//!
//! A cause is asked for at the moment at which an outage began, and then never again. So as soon as every node has the value that it had
//! when all was well, the outages that began since then are told and the past is forgotten: a year of which a thousand days' failures are
//! repaired costs no more memory than the worst of them. Where something is always broken somewhere, the past is forgotten after
//! [`CHANGES_KEPT_MAX`] changes; a walk that would lead beyond that finds no root.

use super::row::{NOT_TOLD, Seen};
use super::watching::Watching;
use super::{Span, Watch};
use crate::kernel::{Netlist, Observe, State, Transition, View};
use crate::observe::history::{History, Readings};

/// After so many changes the past is forgotten though something is other than usual.
pub const CHANGES_KEPT_MAX: usize = 1 << 18;

/// What is to be told of the beginning of an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The class of the cause, as a place in a list of classes, or [`NOT_TOLD`].
    pub class: i64,
    /// The root, as a place in a list of roots, or [`NOT_TOLD`].
    pub root: i64,
}

/// Tells why the node of a watch was lost at a moment.
pub trait Tell: Sync {
    /// Looks at the history since the past was last forgotten.
    fn tell(&self, history: &History<'_>, watch: usize, at: u64) -> Told;
}

/// Meters, with the recent past.
pub struct Tracing<'a> {
    net: &'a Netlist,
    readings: Readings,
    tell: &'a dyn Tell,
    watching: Watching,
    recent: Vec<Transition>,
    /// The value of each node when all was well, once it has changed; the rest have theirs still.
    usual: Vec<Option<i64>>,
    /// How many nodes have another value.
    unusual: usize,
    /// How many outages of each watch had ended when the past was last forgotten, and when that was.
    known: Vec<usize>,
    since: u64,
    /// (watch, when it began, what was told).
    told: Vec<(usize, u64, Told)>,
}

impl<'a> Tracing<'a> {
    /// Meters for the watched nodes of a network, and who tells their causes.
    pub fn new(net: &'a Netlist, watches: &[Watch], span: Span, tell: &'a dyn Tell) -> Self {
        Self {
            net,
            readings: Readings::new(net),
            tell,
            watching: Watching::new(net, watches, span),
            recent: Vec::new(),
            usual: vec![None; net.len()],
            unusual: 0,
            known: vec![0; watches.len()],
            since: 0,
            told: Vec::new(),
        }
    }

    /// Before another replication.
    pub fn reset(&mut self) {
        self.watching.reset();
        self.recent.clear();
        self.usual.fill(None);
        self.unusual = 0;
        self.known.fill(0);
        self.since = 0;
        self.told.clear();
    }

    /// The replication that ran on `state` has come to its horizon.
    pub fn finish(&mut self, state: &State, horizon: u64) -> Vec<Seen> {
        self.tell_all(horizon, state);
        let mut seen = self.watching.finish(state);
        for (watch, from, told) in self.told.drain(..) {
            // The outages of one node follow each other, so they are in the order of their beginnings as well.
            let outages = &mut seen[watch].outages;
            if let Ok(place) = outages.binary_search_by_key(&from, |outage| outage.from_us) {
                (outages[place].class, outages[place].root) = (told.class, told.root);
            }
        }
        seen
    }

    /// Tells the outages that began since the past was last forgotten.
    fn tell_all(&mut self, now: u64, state: &State) {
        let begun = self.watching.begun(&self.known, self.since, now);
        if begun.is_empty() {
            return;
        }
        let history = History::new(self.net, &self.readings, state, &self.recent, now);
        for (watch, from) in begun {
            let told = self.tell.tell(&history, watch, from);
            self.told.push((watch, from, told));
        }
    }

    fn note(&mut self, change: &Transition) {
        let usual = &mut self.usual[change.node.index()];
        match *usual {
            None => {
                *usual = Some(change.from);
                self.unusual += 1;
            }
            Some(usual) => {
                self.unusual += usize::from(change.from == usual);
                self.unusual -= usize::from(change.to == usual);
            }
        }
    }
}

impl Observe for Tracing<'_> {
    const CAUSES: bool = true;

    fn settled(&mut self, at: u64, batch: &[Transition], _view: &View<'_>) {
        self.watching.take_in(at, batch);
        self.recent.extend_from_slice(batch);
        for change in batch {
            self.note(change);
        }
    }

    fn forgets(&mut self, view: &View<'_>) -> bool {
        let all_is_well = self.unusual == 0;
        if self.recent.is_empty() || (!all_is_well && self.recent.len() < CHANGES_KEPT_MAX) {
            return false;
        }
        self.tell_all(view.now(), view.state());
        if !all_is_well {
            // What is now is taken for the usual from here on.
            self.usual.fill(None);
            self.unusual = 0;
        }
        self.recent.clear();
        self.known = self.watching.listed();
        self.since = view.now();
        true
    }
}

/// What is told where nothing is known.
impl Default for Told {
    fn default() -> Self {
        Self {
            class: NOT_TOLD,
            root: NOT_TOLD,
        }
    }
}
