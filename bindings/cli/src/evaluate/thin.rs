//! Taking a few of many, evenly.

/// At most `n` of a list, evenly thinned: those at `numpy.linspace(0, len - 1, n).astype(int)`, rounding errors included,
/// so that the same queries are scored as in the Python of `models/`. A list of at most `n` stays whole.
///
/// ```
/// assert_eq!(foretap_cli::evaluate::thin(&[10, 11, 12, 13, 14], 3), [10, 12, 14]);
/// ```
#[must_use]
pub fn thin<T: Clone>(list: &[T], n: usize) -> Vec<T> {
    if list.len() <= n {
        return list.to_vec();
    }
    // As numpy does it: a step in floating point, multiplied, and the last one set to the end.
    #[expect(clippy::cast_precision_loss, reason = "lengths of lists")]
    let step = if n > 1 { (list.len() - 1) as f64 / (n - 1) as f64 } else { 0.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = |i: usize| if n > 1 && i == n - 1 { list.len() - 1 } else { (i as f64 * step) as usize };
    (0..n).map(|i| list[at(i)].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_those_of_numpy() {
        // Printed by numpy 2; whole-number arithmetic would have 15 where the rounding error gives 14.
        let list: Vec<usize> = (0..31).collect();
        let want = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 19, 20, 21, 23, 24, 25, 27, 28, 30];
        assert_eq!(thin(&list, 23), want);
    }

    #[test]
    fn ends_are_kept_and_short_lists_stay_whole() {
        let list: Vec<usize> = (0..1_000).collect();
        for n in [2, 3, 7, 999] {
            let few = thin(&list, n);
            assert_eq!((few.len(), few[0], few[n - 1]), (n, 0, 999));
            assert!(few.is_sorted());
        }
        assert_eq!((thin(&list, 1_000), thin(&list, 5_000)), (list.clone(), list.clone()));
        assert_eq!((thin(&list, 1), thin(&list, 0), thin::<u8>(&[], 5)), (vec![0], vec![], vec![]));
    }
}
