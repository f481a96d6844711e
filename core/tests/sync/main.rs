//! Sync: hostile repositories, whole runs, and files with anything in them.

mod attacks;
mod mutations;
mod repository;
mod runs;
