//! The parts of Foretap's command line, as a library: loaders, simulator, replay, reports.

pub mod dice;
pub mod evaluate;
pub mod logs;
pub mod simulate;
