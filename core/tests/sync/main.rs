//! Sync: hostile repositories, whole runs, files with anything in them, and what becomes of a bundle on a phone.

mod activation;
mod attacks;
mod bad_models;
#[path = "../lives/mod.rs"]
mod lives;
#[path = "../members/mod.rs"]
mod members;
mod mutations;
mod phone;
mod repository;
mod runs;
