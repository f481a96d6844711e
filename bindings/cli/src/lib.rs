//! The parts of Foretap's command line, as a library: loaders, simulator, replay, reports.

pub mod logs;
