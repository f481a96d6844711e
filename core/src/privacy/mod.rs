//! What leaves a raw value behind: keyed pseudonyms and location buckets.
