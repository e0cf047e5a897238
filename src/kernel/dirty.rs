//! Which nodes have to be looked at, in settling order: a bit per place, with summaries above.

/// A set of places with cheap "first at or after".
#[derive(Clone, Debug, Default)]
pub(crate) struct Dirty {
    /// `layers[0]` has a bit per place; a bit of `layers[k + 1]` tells whether a word of `layers[k]` has any.
    layers: Vec<Vec<u64>>,
}

impl Dirty {
    pub fn with_places(places: usize) -> Self {
        let mut layers = Vec::new();
        let mut words = places.div_ceil(64).max(1);
        loop {
            layers.push(vec![0u64; words]);
            if words == 1 {
                return Self { layers };
            }
            words = words.div_ceil(64);
        }
    }

    pub fn insert(&mut self, place: u32) {
        let mut at = place as usize;
        for layer in &mut self.layers {
            layer[at / 64] |= 1 << (at % 64);
            at /= 64;
        }
    }

    pub fn remove(&mut self, place: u32) {
        let mut at = place as usize;
        for layer in &mut self.layers {
            layer[at / 64] &= !(1 << (at % 64));
            if layer[at / 64] != 0 {
                return;
            }
            at /= 64;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.layers.last().is_none_or(|top| top[0] == 0)
    }

    /// The first place at or after `from`.
    pub fn first_from(&self, from: u32) -> Option<u32> {
        let mut at = from as usize;
        let mut level = 0;
        loop {
            let layer = self.layers.get(level)?;
            if at / 64 >= layer.len() {
                return None;
            }
            let word = layer[at / 64] & (u64::MAX << (at % 64));
            if word != 0 {
                let mut place = at / 64 * 64 + word.trailing_zeros() as usize;
                for below in (0..level).rev() {
                    place = place * 64 + self.layers[below][place].trailing_zeros() as usize;
                }
                return Some(u32::try_from(place).expect("places are u32"));
            }
            at = at / 64 + 1;
            level += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn agrees_with_an_ordered_set() {
        for places in [1usize, 63, 64, 65, 5000, 300_000] {
            let mut dirty = Dirty::with_places(places);
            let mut truth: BTreeSet<u32> = BTreeSet::new();
            let mut seed = 99u64;
            for _ in 0..5000 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let place = ((seed >> 33) % places as u64) as u32;
                match seed % 3 {
                    0 => {
                        dirty.insert(place);
                        truth.insert(place);
                    }
                    1 => {
                        dirty.remove(place);
                        truth.remove(&place);
                    }
                    _ => assert_eq!(dirty.first_from(place), truth.range(place..).next().copied()),
                }
            }
        }
    }
}
