//! A layered graph of gates: all, any, and two of three, of three inputs each from the layer below.

/// Units at the bottom.
pub const UNITS: u32 = 1_000;

/// Layers of gates.
const LAYERS: u32 = 20;

/// A gate: how many of its three inputs it takes, and which. Inputs below [`UNITS`] are units, the others gates.
#[derive(Clone, Copy)]
pub struct Gate {
    pub needs: i64,
    pub inputs: [u32; 3],
}

/// The gates, from below to above; always the same.
pub fn layered(count: u32) -> Vec<Gate> {
    let per_layer = count / LAYERS;
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    // Xorshift (Marsaglia 2003): this only draws the graph.
    let mut below = |n: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 32) * u64::from(n) >> 32) as u32
    };
    (0..count)
        .map(|gate| {
            let layer = gate / per_layer;
            let (from, n) = if layer == 0 {
                (0, UNITS)
            } else {
                (UNITS + (layer - 1) * per_layer, per_layer)
            };
            let mut inputs = [0; 3];
            for place in 0..3 {
                inputs[place] = loop {
                    let input = from + below(n);
                    if !inputs[..place].contains(&input) {
                        break input;
                    }
                };
            }
            Gate {
                needs: i64::from(gate % 3) + 1,
                inputs,
            }
        })
        .collect()
}
