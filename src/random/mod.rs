//! Chance: keyed streams of random numbers, the laws that durations follow, and the functions beneath them.
//!
//! Nothing here has a memory. A number is a pure function of (seed, replication, entity, purpose, draw), so that the
//! order in which a simulation asks for numbers does not matter, and a design that gains an element leaves the
//! histories of all others as they were. The arithmetic is portable to the bit: `+ - * /`, square roots and `libm`.
//!
//! This module does not know what the entities are, nor what a purpose means.

mod binomial;
mod input;
mod laws;
mod logarithm;
mod philox;
pub mod special;
mod stream;

pub use binomial::{binomial, binomial_quantile};
pub use input::{LAW_TAGS, LawInput};
pub use laws::{
    EMPIRICAL_VALUES_MAX, EMPIRICAL_VALUES_MIN, Empirical, Exponential, Fixed, GAMMA_SHAPE_MAX,
    GAMMA_SHAPE_MIN, Gamma, LOGNORMAL_SIGMA_MAX, Law, Lognormal, Normal, Pert, SUM_EXACT_MAX, Triangular,
    UnderWay, Uniform, WEIBULL_SHAPE_MAX, WEIBULL_SHAPE_MIN, Weibull,
};
pub use logarithm::exponential_quantile;
pub use philox::philox4x32_10;
pub use special::normal_quantile;
pub use stream::{DRAW_MAX, Key, Purpose, Stream, entity_hash};
