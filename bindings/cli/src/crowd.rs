//! Work on every person of a log, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `work` on every item, on as many threads as there are cores, two at least. The items of the largest `size` begin
/// first, so that none is waited for alone. The results are in the order of the items, whatever the threads do.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], size: impl Fn(&T) -> usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&n| std::cmp::Reverse(size(&items[n])));
    let next = AtomicUsize::new(0);
    let mine = || {
        let mut done = Vec::new();
        while let Some(&n) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((n, work(&items[n])));
        }
        done
    };
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get().max(2)).min(items.len());
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(mine)).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    done.sort_by_key(|&(n, _)| n);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..100).collect();
        assert_eq!(super::map(&items, |&n| n % 7, |&n| n * n), items.iter().map(|n| n * n).collect::<Vec<_>>());
        assert_eq!(super::map(&[] as &[usize], |&n| n, |&n| n), Vec::<usize>::new());
    }
}
