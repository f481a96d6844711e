//! Stable slots: an item moves only where the gain exceeds the cost of moving.

/// A slot's worth against that of the first one, from 0: as in discounted cumulative gain (Järvelin and Kekäläinen 2002).
fn worth(slot: usize) -> f64 {
    1.0 / (slot as f64 + 2.0).log2()
}

/// Which candidate goes into which of the free slots, so that
/// `sum over slots of worth * wanted - cost * (slots whose item changed)` is greatest.
///
/// `wanted` is each candidate's share of being wanted, in falling order; `shown` is, for every slot (by its number in the
/// row), the candidate that is shown there now. The result has one candidate for each of `slots`, or for the first of them
/// if there are fewer candidates.
pub(super) fn settle(wanted: &[f64], slots: &[usize], shown: &[Option<usize>], cost: f64) -> Vec<usize> {
    let count = slots.len().min(wanted.len());
    let slots = &slots[..count];
    if cost <= 0.0 || slots.iter().all(|&slot| shown[slot].is_none()) {
        return (0..count).collect();
    }
    // Only the first ones, and those that are shown, can be in the best row.
    let mut candidates: Vec<usize> = (0..count).collect();
    candidates.extend(slots.iter().filter_map(|&slot| shown[slot]).filter(|&candidate| candidate >= count));
    let profit = |row: usize, column: usize| {
        let (slot, candidate) = (slots[row], candidates[column]);
        let moved = if shown[slot].is_some_and(|there| there != candidate) { cost } else { 0.0 };
        worth(slot) * wanted[candidate] - moved
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
        assert_eq!(settle(&[0.5, 0.3, 0.2], &[0, 1], &[Some(2), None], 0.0), [0, 1]);
        assert_eq!(settle(&[0.5, 0.3, 0.2], &[0, 1, 2], &[None; 3], 0.4), [0, 1, 2]);
        assert_eq!(settle(&[0.5], &[0, 1, 2], &[None; 3], 0.4), [0]);
    }

    #[test]
    fn an_item_moves_where_the_gain_exceeds_the_cost_and_stays_where_it_does_not() {
        // 2 is shown in the only slot; 0 is wanted by 0.1 more.
        assert_eq!(settle(&[0.3, 0.25, 0.2], &[0], &[Some(2)], 0.11), [2]);
        assert_eq!(settle(&[0.3, 0.25, 0.2], &[0], &[Some(2)], 0.09), [0]);
    }

    /// The best sum over all rows, by trying every one.
    fn best(wanted: &[f64], shown: &[Option<usize>], cost: f64, taken: &mut Vec<usize>) -> f64 {
        if taken.len() == shown.len() {
            return value(wanted, shown, cost, taken);
        }
        let mut best_value = f64::NEG_INFINITY;
        for candidate in 0..wanted.len() {
            if !taken.contains(&candidate) {
                taken.push(candidate);
                best_value = best_value.max(best(wanted, shown, cost, taken));
                taken.pop();
            }
        }
        best_value
    }

    fn value(wanted: &[f64], shown: &[Option<usize>], cost: f64, row: &[usize]) -> f64 {
        let of = |(slot, &candidate): (usize, &usize)| {
            worth(slot) * wanted[candidate]
                - if shown[slot].is_some_and(|there| there != candidate) { cost } else { 0.0 }
        };
        row.iter().enumerate().map(of).sum()
    }

    proptest! {
        #[test]
        fn no_row_is_better(
            mut wanted in prop::collection::vec(0.0..1.0_f64, 3..7),
            before in prop::collection::vec(prop::option::of(0..7_usize), 3),
            cost in 0.001..0.5_f64,
        ) {
            wanted.sort_by(|a, b| b.total_cmp(a));
            let mut shown: Vec<Option<usize>> = Vec::new();
            for candidate in before {
                let candidate = candidate.filter(|c| *c < wanted.len() && !shown.contains(&Some(*c)));
                shown.push(candidate);
            }
            let row = settle(&wanted, &[0, 1, 2], &shown, cost);
            let mut apart = row.clone();
            apart.sort_unstable();
            apart.dedup();
            prop_assert_eq!(apart.len(), 3);
            let best = best(&wanted, &shown, cost, &mut Vec::new());
            prop_assert!((value(&wanted, &shown, cost, &row) - best).abs() < 1e-9);
        }
    }
}
