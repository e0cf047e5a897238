//! What a walk has found out at a moment of a replication, for the walks that ask the same again.
//!
//! Services that were lost together wait for the same things at the same moments. The memory is a table of a fixed size in which a later
//! finding takes the place of an earlier one, so it bounds itself, and what is found does not depend on it.

use crate::kernel::NodeId;
use std::cell::RefCell;

/// What is asked: why this node has less than so much at this moment, or what gives it so much again.
type Question = (NodeId, i64, u64);

/// Places of the table: a power of two, of the order of the questions of one replication.
const PLACES: usize = 1_024;

/// A question and what was found: nothing is a finding too.
type Finding<T> = (Question, Option<T>);

/// The findings of one kind.
#[derive(Debug)]
pub struct Memo<T> {
    table: RefCell<Vec<Option<Finding<T>>>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self {
            table: RefCell::default(),
        }
    }
}

impl<T: Copy> Memo<T> {
    /// The answer to a question, found anew only if it is not known.
    pub fn of(&self, question: Question, find: impl FnOnce() -> Option<T>) -> Option<T> {
        let place = place_of(question);
        if let Some(&Some((known, found))) = self.table.borrow().get(place)
            && known == question
        {
            return found;
        }
        let found = find();
        let mut table = self.table.borrow_mut();
        if table.is_empty() {
            table.resize(PLACES, None);
        }
        table[place] = Some((question, found));
        found
    }
}

fn place_of((node, need, at): Question) -> usize {
    // Multiplicative hashing (Knuth, The Art of Computer Programming 3, section 6.4): the high bits are the mixed ones.
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let words = [node.index() as u64, need.cast_unsigned(), at];
    let mixed = words.iter().fold(0, |hash: u64, word| {
        (hash.rotate_left(23) ^ word).wrapping_mul(ODD)
    });
    (mixed >> 40) as usize % PLACES
}
