//! Stable slots: an item moves only where the gain exceeds the cost of moving.

/// A slot's worth against that of the first one, from 0: as in discounted cumulative gain (Järvelin and Kekäläinen 2002).
fn worth(slot: usize) -> f64 {
    1.0 / (slot as f64 + 2.0).log2()
}

/// Which candidate goes into which of the free slots, so that
/// `sum over slots of worth * wanted - cost * (items that stand elsewhere than the last time)` is greatest. A newcomer
/// stands elsewhere too.
///
/// `wanted` is each candidate's share of being wanted, in falling order; `homes` the slot in which each was shown the last
/// time, if it was. The result has one candidate for each of `slots`, or for the first of them if there are fewer
/// candidates.
pub(super) fn settle(wanted: &[f64], homes: &[Option<usize>], slots: &[usize], cost: f64) -> Vec<usize> {
    let count = slots.len().min(wanted.len());
    let slots = &slots[..count];
    let mut candidates: Vec<usize> = (0..count).collect();
    let is_at_home = |candidate: usize| homes[candidate].is_some_and(|home| slots.contains(&home));
    // Only the first ones, and those that need not move, can be in the best row.
    candidates.extend((count..wanted.len()).filter(|&candidate| is_at_home(candidate)));
    let is_finite = candidates.iter().all(|&candidate| wanted[candidate].is_finite());
    if cost <= 0.0 || !is_finite || !candidates.iter().any(|&candidate| is_at_home(candidate)) {
        return (0..count).collect();
    }
    let profit = |row: usize, column: usize| {
        let (slot, candidate) = (slots[row], candidates[column]);
        worth(slot) * wanted[candidate] - if homes[candidate] == Some(slot) { 0.0 } else { cost }
    };
    let chosen = assign(count, candidates.len(), profit);
    chosen.into_iter().map(|column| candidates[column]).collect()
}

/// The column for each row, all different, with the greatest sum of profits; `rows <= columns`.
///
/// The Hungarian method with potentials (Kuhn 1955; Jonker and Volgenant 1987), O(rows^2 * columns).
fn assign(rows: usize, columns: usize, profit: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    // Row and column 0 stand for "none".
    let (mut of_rows, mut of_columns) = (vec![0.0; rows + 1], vec![0.0; columns + 1]);
    let mut row_of = vec![0_usize; columns + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut column = 0;
        let (mut least, mut seen, mut from) =
            (vec![f64::INFINITY; columns + 1], vec![false; columns + 1], vec![0_usize; columns + 1]);
        while row_of[column] != 0 {
            seen[column] = true;
            let row = row_of[column];
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for other in 1..=columns {
                if seen[other] {
                    continue;
                }
                let slack = -profit(row - 1, other - 1) - of_rows[row] - of_columns[other];
                if slack < least[other] {
                    (least[other], from[other]) = (slack, column);
                }
                if least[other] < delta {
                    (delta, next) = (least[other], other);
                }
            }
            for other in 0..=columns {
                if seen[other] {
                    of_rows[row_of[other]] += delta;
                    of_columns[other] -= delta;
                } else {
                    least[other] -= delta;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[from[column]];
            column = from[column];
        }
    }
    let mut chosen = vec![0; rows];
    for (column, &row) in row_of.iter().enumerate().skip(1) {
        if row != 0 {
            chosen[row - 1] = column - 1;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_a_cost_or_a_row_before_it_is_the_order_of_wants() {
        assert_eq!(settle(&[0.5, 0.3, 0.2], &[None, None, Some(0)], &[0, 1], 0.0), [0, 1]);
        assert_eq!(settle(&[0.5, 0.3, 0.2], &[None; 3], &[0, 1, 2], 0.4), [0, 1, 2]);
        assert_eq!(settle(&[0.5], &[None], &[0, 1, 2], 0.4), [0]);
    }

    #[test]
    fn an_item_moves_where_the_gain_exceeds_the_cost_and_stays_where_it_does_not() {
        // 2 is shown in the only slot; 0 is wanted by 0.1 more.
        let homes = [None, None, Some(0)];
        assert_eq!(settle(&[0.3, 0.25, 0.2], &homes, &[0], 0.11), [2]);
        assert_eq!(settle(&[0.3, 0.25, 0.2], &homes, &[0], 0.09), [0]);
    }

    #[test]
    fn who_comes_back_stands_where_it_stood() {
        // 1 stood in slot 0 before it was away, and 2 took its place.
        assert_eq!(settle(&[0.4, 0.3, 0.1], &[Some(1), Some(0), Some(0)], &[0, 1], 0.2), [1, 0]);
    }

    /// The best sum over all rows, by trying every one.
    fn best(wanted: &[f64], homes: &[Option<usize>], cost: f64, taken: &mut Vec<usize>) -> f64 {
        if taken.len() == 3 {
            return value(wanted, homes, cost, taken);
        }
        let mut best_value = f64::NEG_INFINITY;
        for candidate in 0..wanted.len() {
            if !taken.contains(&candidate) {
                taken.push(candidate);
                best_value = best_value.max(best(wanted, homes, cost, taken));
                taken.pop();
            }
        }
        best_value
    }

    fn value(wanted: &[f64], homes: &[Option<usize>], cost: f64, row: &[usize]) -> f64 {
        let of = |(slot, &candidate): (usize, &usize)| {
            worth(slot) * wanted[candidate] - if homes[candidate] == Some(slot) { 0.0 } else { cost }
        };
        row.iter().enumerate().map(of).sum()
    }

    proptest! {
        #[test]
        fn no_row_is_better(
            mut wanted in prop::collection::vec(0.0..1.0_f64, 7),
            homes in prop::collection::vec(prop::option::of(0..4_usize), 7),
            cost in 0.001..0.5_f64,
            count in 3..=7_usize,
        ) {
            wanted.truncate(count);
            wanted.sort_by(|a, b| b.total_cmp(a));
            let row = settle(&wanted, &homes[..count], &[0, 1, 2], cost);
            let mut apart = row.clone();
            apart.sort_unstable();
            apart.dedup();
            prop_assert_eq!(apart.len(), 3);
            let best = best(&wanted, &homes, cost, &mut Vec::new());
            prop_assert!((value(&wanted, &homes, cost, &row) - best).abs() < 1e-9);
        }
    }
}
