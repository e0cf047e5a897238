//! Circles of levels through nodes with a state of their own: what a level needs hangs on the level.

use super::sketch::{Cond, Node, Sketch};
use crate::dice::Dice;
use blackstart::kernel::{Combine, FULL_PPM, Policy, Reading};

impl Sketch {
    /// A level that needs what hangs on it: by way of a selector, a starter, a balance, or a chain of them.
    pub(super) fn add_circle(&mut self, dice: &mut Dice) {
        let outside = self.terms(dice, 0, FULL_PPM);
        let node = Node::Level {
            combine: *dice.pick(&[Combine::Min, Combine::Min, Combine::Sum]),
            terms: Vec::new(),
            soft: Vec::new(),
        };
        let level = self.add(dice, node);
        let mut last: Cond = (level, Reading::Flag);
        for _ in 0..1 + dice.below(2) {
            last = self.add_link(dice, last);
        }
        let reading = match self.nodes[last.0].1 {
            Node::Consumer {
                fixed: Some((amount, _)),
                ..
            } => Reading::Share(amount.max(1)),
            _ => Reading::Full,
        };
        let Node::Level { terms, .. } = &mut self.nodes[level].1 else {
            unreachable!("a level was added")
        };
        *terms = outside;
        terms.push(((last.0, reading), FULL_PPM));
    }

    /// What hangs on `last`, among others.
    fn add_link(&mut self, dice: &mut Dice, last: Cond) -> Cond {
        match dice.below(4) {
            0 | 1 => {
                self.add_selector(dice);
                let link = self.nodes.len() - 1;
                let place = dice.below(3);
                if let Node::Selector { sources, .. } = &mut self.nodes[link].1 {
                    sources.insert(place.min(sources.len()), last);
                }
                (link, Reading::Flag)
            }
            2 => {
                let mut supply = self.terms(dice, 0, 5);
                supply.push((last, dice.within(1, 12)));
                let policy = dice.pick(&[Policy::Proportional, Policy::Priority]).clone();
                let balance = self.add(dice, Node::Balance { policy, supply });
                let node = Node::Consumer {
                    balance,
                    priority: 0,
                    fixed: Some((dice.within(1, 12), None)),
                    load: 0,
                };
                (self.add(dice, node), Reading::Flag)
            }
            _ => {
                let threshold = dice.within(1, 2);
                let terms = vec![(last, 1), (self.cond(dice), 1)];
                (self.add(dice, Node::Gate { threshold, terms }), Reading::Flag)
            }
        }
    }
}
