//! `foretap`: the command line.

fn main() {}
