//! hazard
pub mod does;
pub mod loss_of;
pub mod timeline;
pub use does::Does;
