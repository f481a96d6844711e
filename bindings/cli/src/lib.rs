//! The parts of Foretap's command line, as a library: loaders, metrics, simulator, replay, demo, reports.

pub mod demo;
pub mod dice;
pub mod evaluate;
pub mod explain;
pub mod logs;
pub mod replay;
pub mod simulate;
