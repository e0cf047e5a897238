//! Replications of a range, in parallel, in parts that are kept as they are complete.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rayon::prelude::*;

use super::Unfinished;
use crate::store::{Part, ROUND, Shelf, StoreError};

/// How many replications a thread takes at a time, at most.
const BLOCK_MAX: u32 = 64;

/// How many replications are tried first where parts are to take about a time: nobody knows how long they take.
const PART_FIRST: u32 = 64;

/// About as long a part takes where there is a clock: so much work is lost when the power goes.
const PART_TIME: Duration = Duration::from_secs(4);

/// What can simulate a replication by its number.
pub trait Simulate: Sync {
    /// What one replication yields.
    type Row: Send;
    /// Memory that is used again for the next replication.
    type Memory: Send;

    /// New memory.
    fn memory(&self) -> Self::Memory;

    /// The row of a replication.
    ///
    /// # Errors
    /// A replication that could not be finished.
    fn row(&self, memory: &mut Self::Memory, number: u32) -> Result<Self::Row, Unfinished>;
}

/// Who is told of progress, and who says when to stop.
#[derive(Clone, Copy)]
pub struct Orders<'a> {
    /// Whether to stop: looked at before each replication.
    pub stop: &'a AtomicBool,
    /// Is told how many replications more are done, from any thread.
    pub progress: &'a (dyn Fn(u32) + Sync),
    /// What has passed since some moment, by which parts are cut to about the same time; without it they are whole rounds. It leaves no trace
    /// in what the parts say.
    pub clock: Option<&'a (dyn Fn() -> Duration + Sync)>,
}

/// Why replications could not be gathered.
#[derive(Debug)]
pub enum GatherError {
    /// A replication that could not be finished: that with the smallest number of the part that was being simulated.
    Unfinished(Unfinished),
    /// A part could not be written.
    Store(StoreError),
}

impl From<Unfinished> for GatherError {
    fn from(unfinished: Unfinished) -> Self {
        Self::Unfinished(unfinished)
    }
}

impl From<StoreError> for GatherError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Simulates what is missing of a range, on the threads of the current rayon pool. Which thread simulates what leaves no trace: rows depend on
/// their numbers alone.
///
/// When it is told to stop it ends with what is complete from the beginning of the range on.
///
/// # Errors
/// [`GatherError`]; what was complete before stays on the shelf.
pub fn gather<S, P>(
    work: &S,
    range: Range<u32>,
    shelf: &mut Shelf<P>,
    orders: Orders<'_>,
) -> Result<(), GatherError>
where
    S: Simulate,
    P: Part<Row = S::Row>,
{
    let memories = Mutex::new(Vec::new());
    let mut size = orders.clock.map_or(ROUND, |_| PART_FIRST);
    while let Some(gap) = shelf.gap(&range) {
        if orders.stop.load(Ordering::Relaxed) {
            break;
        }
        // A part does not reach over the end of a round, so that complete rounds are whole parts.
        let round_ends = (gap.start / ROUND + 1).saturating_mul(ROUND);
        let ends = gap.end.min(round_ends).min(gap.start.saturating_add(size));
        let began = orders.clock.map(|clock| clock());
        shelf.keep(part(work, gap.start..ends, &memories, orders)?)?;
        if let (Some(clock), Some(began)) = (orders.clock, began) {
            size = next_size(size, clock().saturating_sub(began));
        }
    }
    Ok(())
}

/// Parts on disk grow until one takes long enough.
fn next_size(size: u32, took: Duration) -> u32 {
    if took > PART_TIME {
        (size / 2).max(1)
    } else if took < PART_TIME / 8 {
        (size * 4).min(ROUND)
    } else if took < PART_TIME / 2 {
        (size * 2).min(ROUND)
    } else {
        size
    }
}

/// Simulates a range, as far as nobody says to stop.
fn part<S: Simulate>(
    work: &S,
    range: Range<u32>,
    memories: &Mutex<Vec<S::Memory>>,
    orders: Orders<'_>,
) -> Result<Vec<S::Row>, Unfinished> {
    let len = range.end - range.start;
    let threads = u32::try_from(rayon::current_num_threads())
        .unwrap_or(u32::MAX)
        .max(1);
    let block = len.div_ceil(threads.saturating_mul(8)).clamp(1, BLOCK_MAX);
    let blocks: Vec<Result<Vec<S::Row>, Unfinished>> = (0..len.div_ceil(block))
        .into_par_iter()
        .map(|place| {
            let first = range.start + place * block;
            let last = range.end.min(first + block);
            let free = memories.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut memory = free.unwrap_or_else(|| work.memory());
            let rows: Result<Vec<S::Row>, Unfinished> = (first..last)
                .take_while(|_| !orders.stop.load(Ordering::Relaxed))
                .map(|number| work.row(&mut memory, number))
                .collect();
            memories
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(memory);
            if let Ok(rows) = &rows {
                (orders.progress)(u32::try_from(rows.len()).unwrap_or(0));
            }
            rows
        })
        .collect();
    let mut rows = Vec::with_capacity(len as usize);
    for (place, found) in (0..).zip(blocks) {
        let found = found?;
        let whole = range.end.min(range.start + (place + 1) * block) - (range.start + place * block);
        let is_whole = found.len() == whole as usize;
        rows.extend(found);
        if !is_whole {
            break;
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Runaway;
    use crate::store::{Piece, Row};

    /// A row is its own number; some numbers cannot be finished.
    struct Numbers {
        bad: Vec<u32>,
        stop_at: Option<u32>,
        stop: AtomicBool,
    }

    impl Simulate for Numbers {
        type Row = Row;
        type Memory = ();

        fn memory(&self) {}

        fn row(&self, (): &mut (), number: u32) -> Result<Row, Unfinished> {
            if self.stop_at == Some(number) {
                self.stop.store(true, Ordering::Relaxed);
            }
            if self.bad.contains(&number) {
                return Err(Unfinished {
                    replication: number,
                    runaway: Runaway {
                        at: 0,
                        at_one_time: false,
                        nodes: Vec::new(),
                    },
                });
            }
            Ok(Row {
                replication: number,
                cells: vec![i64::from(number)].into(),
            })
        }
    }

    fn gathered(bad: &[u32], stop_at: Option<u32>, range: Range<u32>) -> (Result<(), GatherError>, Vec<u32>) {
        let work = Numbers {
            bad: bad.to_vec(),
            stop_at,
            stop: AtomicBool::new(false),
        };
        let mut shelf: Shelf<Piece> = Shelf::in_memory();
        let orders = Orders {
            stop: &work.stop,
            progress: &|_| {},
            clock: None,
        };
        let result = gather(&work, range.clone(), &mut shelf, orders);
        let (parts, _) = shelf.into_parts(&range);
        let mut numbers = Vec::new();
        for part in parts {
            part.each(|number, cells| {
                assert_eq!(cells, [i64::from(number)]);
                numbers.push(number);
                Ok(())
            })
            .expect("in memory");
        }
        (result, numbers)
    }

    #[test]
    fn all_of_a_range_is_there_in_order() {
        let (result, numbers) = gathered(&[], None, 5..10_000);
        assert!(result.is_ok());
        assert_eq!(numbers, (5..10_000).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_stopped_ends_with_a_beginning_without_gaps() {
        let (result, numbers) = gathered(&[], Some(5_000), 0..20_000);
        assert!(result.is_ok());
        assert!(
            numbers.len() < 20_000 && numbers.len() >= 4_096,
            "{}",
            numbers.len()
        );
        assert_eq!(numbers, (0..20_000).take(numbers.len()).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_that_cannot_be_finished_is_told() {
        let (result, numbers) = gathered(&[9_000, 4_500, 4_400], None, 0..20_000);
        assert!(
            matches!(result, Err(GatherError::Unfinished(unfinished)) if unfinished.replication == 4_400)
        );
        assert_eq!(numbers.len(), 4_096);
    }

    #[test]
    fn parts_on_disk_grow_until_they_take_long() {
        assert_eq!(next_size(64, Duration::from_millis(10)), 256);
        assert_eq!(next_size(2_048, Duration::from_secs(1)), ROUND);
        assert_eq!(next_size(64, Duration::from_secs(3)), 64);
        assert_eq!(next_size(64, Duration::from_secs(60)), 32);
        assert_eq!(next_size(1, Duration::from_secs(60)), 1);
    }
}
