//! The replications of a run, from where an earlier one may have left off: kept on disk as they are complete.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use signal_hook::consts::{SIGINT, SIGTERM};

use super::exit::{Exit, Failure};
use super::output::complain;
use super::progress::Progress;
use crate::monte_carlo::{GatherError, Orders, Simulate, Unfinished, gather};
use crate::store::{Earlier, Identity, OpenError, Part, ROUND, Shelf, StoreError, UnderWay};

/// What is to be simulated, and where it is kept.
pub struct Request<'a> {
    /// The directory of results, beside which it is kept.
    pub target: &'a Path,
    /// What the rows belong to.
    pub identity: Identity,
    /// What is to happen with rows that are there.
    pub earlier: Earlier,
    /// Which replications.
    pub range: Range<u32>,
    /// How many cells, or watched nodes, a row has.
    pub shape: usize,
    /// Set when somebody asks to stop.
    pub stop: &'a AtomicBool,
}

/// What is complete.
pub struct Gathered<P> {
    /// The parts, from the first replication on.
    pub parts: Vec<P>,
    /// Where they lie.
    pub under_way: UnderWay,
    /// How many replications there are.
    pub complete: u32,
    /// Whether somebody asked to stop before all were there.
    pub is_interrupted: bool,
}

/// Whether a run has told enough; asked after each complete round with the parts so far, and how many replications these have.
pub type Enough<'a, P> = dyn FnMut(&Shelf<P>, u32) -> Result<bool, StoreError> + Send + 'a;

/// Ctrl-C and a termination set this; a second one ends the program at once.
pub fn stop_on_signals() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let code = i32::from(Exit::Interrupted.code());
        signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&stop))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop)))
            .map_err(|error| Failure::new(Exit::World, format!("cannot wait for signals: {error}")))?;
    }
    Ok(stop)
}

/// Simulates what is missing. `told` puts a replication that could not be finished in words.
pub fn gathered<S, P>(
    request: &Request<'_>,
    work: &S,
    mut enough: Option<&mut Enough<'_, P>>,
    told: impl Fn(&Unfinished) -> Failure,
) -> Result<Gathered<P>, Failure>
where
    S: Simulate,
    P: Part<Row = S::Row> + Send,
{
    let path = UnderWay::beside(request.target);
    let under_way = UnderWay::open(&path, &request.identity, request.earlier).map_err(refused)?;
    if let Some(differences) = &under_way.dropped {
        complain(&format!(
            "{}: threw away what was left there of another run ({})",
            path.display(),
            differences.join(", ")
        ));
    }
    let (mut shelf, damaged) =
        Shelf::on_disk(under_way, request.shape).map_err(|error| Failure::new(Exit::World, error))?;
    tell_found(&path, &damaged, shelf.complete(&request.range));
    let whole = request.range.end - request.range.start;
    let progress = Progress::new(u64::from(whole));
    progress.add(shelf.complete(&request.range));
    let began = Instant::now();
    let orders = Orders {
        stop: request.stop,
        progress: &|done| progress.add(done),
        clock: Some(&|| began.elapsed()),
    };
    let mut range = request.range.clone();
    if enough.is_some() {
        range.end = range.end.min(ROUND);
    }
    loop {
        if let Err(error) = gather(work, range.clone(), &mut shelf, orders) {
            progress.finish();
            let complete = shelf.complete(&request.range);
            if complete == 0 {
                leave_nothing(shelf);
            }
            return Err(match error {
                GatherError::Unfinished(unfinished) => told(&unfinished),
                GatherError::Store(error) => kept(&error, &path, complete),
            });
        }
        if shelf.gap(&range).is_some() || range.end == request.range.end {
            break;
        }
        if let Some(enough) = &mut enough {
            let is_enough = enough(&shelf, range.end).map_err(|error| Failure::new(Exit::World, error))?;
            if is_enough {
                break;
            }
        }
        range.end = request.range.end.min(range.end.saturating_add(ROUND));
    }
    progress.finish();
    let is_interrupted = request.stop.load(Ordering::Relaxed) && shelf.gap(&range).is_some();
    let end = shelf.gap(&range).map_or(range.end, |gap| gap.start);
    let (parts, under_way) = shelf.into_parts(&(range.start..end));
    Ok(Gathered {
        parts,
        under_way: under_way.expect("the shelf is on disk"),
        complete: end - range.start,
        is_interrupted,
    })
}

/// Removes the directory of a run of which nothing is complete; what cannot be removed is thrown away by the next run.
fn leave_nothing<P: Part>(shelf: Shelf<P>) {
    if let (_, Some(under_way)) = shelf.into_parts(&(0..0)) {
        drop(under_way.remove());
    }
}

fn tell_found(path: &Path, damaged: &[PathBuf], complete: u32) {
    for file in damaged {
        complain(&format!(
            "{}: damaged, so it was removed and is simulated again",
            file.display()
        ));
    }
    if complete > 0 {
        complain(&format!(
            "{}: {complete} replications are complete",
            path.display()
        ));
    }
}

/// A part could not be written, most often because the disk is full.
fn kept(error: &StoreError, path: &Path, complete: u32) -> Failure {
    Failure::new(
        Exit::World,
        format!(
            "{error}\n{complete} replications are complete in {}: make room, and go on with --resume",
            path.display()
        ),
    )
}

fn refused(error: OpenError) -> Failure {
    match error {
        OpenError::Store(error) => Failure::new(Exit::World, error),
        OpenError::NotOurs(path) => Failure::new(
            Exit::World,
            format!(
                "{} is not a directory of an unfinished run, so it is not touched; choose another with --out",
                path.display()
            ),
        ),
        OpenError::InUse(path) => Failure::new(
            Exit::World,
            format!("{} is in use: another run writes there", path.display()),
        ),
        OpenError::Same(path) => Failure::new(
            Exit::Usage,
            format!(
                "{} holds what is complete of this run, which did not end: go on from there with --resume, or throw it away with --fresh",
                path.display()
            ),
        ),
        OpenError::Other(path, differences) => Failure::new(
            Exit::Invalid,
            format!(
                "{} belongs to another run ({}), so this one cannot go on from there; throw it away with --fresh, or choose another \
                 directory with --out",
                path.display(),
                differences.join(", ")
            ),
        ),
    }
}
