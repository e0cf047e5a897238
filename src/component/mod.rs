//! component
pub mod battery;
pub mod cooling_plant;
pub mod distribution;
pub mod generator;
pub mod need;
pub mod place;
pub mod pool;
pub mod service;
pub mod store;
pub mod transfer_switch;
pub mod ups;
pub mod utility_feed;
