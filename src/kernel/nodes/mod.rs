//! One file per kind of node: how it looks at its inputs, and what its timer and the actions on it do.

mod balance;
mod buffer;
mod clocks;
mod gate;
mod group;
mod islands;
mod level;
mod mesh;
mod selector;
mod starter;
mod starter_orders;
mod unit;

pub use balance::{Back, Bears, Demand, Gauge, Opens, Policy};
pub(crate) use balance::{
    BalanceState, Breaker, Consumer, ConsumerState, asked_if, grants, refuse_demands_of_what_is_served,
};
pub use buffer::BufferLook;
pub(crate) use buffer::BufferRow;
pub(crate) use clocks::ClockRow;
pub(crate) use group::Descent;
pub(crate) use level::level_of;
pub(crate) use mesh::{MeshRow, MeshScratch, MeshState, mesh_value};
