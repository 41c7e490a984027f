//! Limits the memory for decoded pictures.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many pixels are decoded at a time, on all threads. A decoded pixel takes 3 or 4 bytes, for a
/// moment up to 16, and scaling takes as much again: usually less than 500 MB in all.
const MAX_PIXELS: u64 = 64_000_000;

/// The budget of this process.
pub(super) static BUDGET: PixelBudget = PixelBudget::new(MAX_PIXELS);

/// A number of pixels that threads share.
pub(super) struct PixelBudget {
    whole: u64,
    free: Mutex<u64>,
    freed: Condvar,
}

impl PixelBudget {
    const fn new(pixels: u64) -> Self {
        Self { whole: pixels, free: Mutex::new(pixels), freed: Condvar::new() }
    }

    /// Waits until so many pixels are free, and takes them. A picture with more than the whole budget
    /// waits until it is the only one.
    ///
    /// To avoid deadlocks, a thread that holds pixels must not wait for another thread.
    pub(super) fn take(&self, pixels: u64) -> TakenPixels<'_> {
        let pixels = pixels.min(self.whole);
        let mut free = self.free();
        while *free < pixels {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= pixels;
        TakenPixels { budget: self, pixels }
    }

    fn free(&self) -> MutexGuard<'_, u64> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pixels of a budget, which are returned when this is dropped.
pub(super) struct TakenPixels<'a> {
    budget: &'a PixelBudget,
    pixels: u64,
}

impl Drop for TakenPixels<'_> {
    fn drop(&mut self) {
        *self.budget.free() += self.pixels;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn threads_share_the_budget() {
        let (budget, taken) = (PixelBudget::new(10), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for pixels in [3, 4, 10, 1000, 5, 10, 3, 6] {
                let (budget, taken) = (&budget, &taken);
                scope.spawn(move || {
                    let _pixels = budget.take(pixels);
                    let pixels = pixels.min(10);
                    assert!(taken.fetch_add(pixels, Ordering::SeqCst) + pixels <= 10);
                    std::thread::yield_now();
                    taken.fetch_sub(pixels, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(*budget.free(), 10);
    }
}
