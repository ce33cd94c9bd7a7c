//! Threads for networks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rten::ThreadPool;

/// One thread for each question asked at the same time: two halves of one answer are slower than two whole ones.
pub(super) struct Threads {
    pools: Vec<Arc<ThreadPool>>,
    asked: AtomicUsize,
}

impl Threads {
    pub fn new(at_once: usize) -> Self {
        let pools = (0..at_once.max(1)).map(|_| Arc::new(ThreadPool::with_num_threads(1))).collect();
        Self { pools, asked: AtomicUsize::new(0) }
    }

    pub fn next(&self) -> Arc<ThreadPool> {
        Arc::clone(&self.pools[self.asked.fetch_add(1, Ordering::Relaxed) % self.pools.len()])
    }
}
