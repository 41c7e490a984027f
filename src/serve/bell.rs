//! A bell that is rung where something may have changed. Whoever answers it looks for himself.

use std::mem::take;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

/// How long it is calm after a save.
const CALM: Duration = Duration::from_millis(5);

/// How long it is calm after many saves, which come one soon after the other.
const CALM_AFTER_MANY: Duration = Duration::from_millis(50);

/// How many short calms it may go on ringing until it is clear that there are many.
const FEW: usize = 3;

/// For how many calms at most the bell is not answered because it goes on ringing.
const PATIENCE: usize = 20;

/// For longer nobody waits at once.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Why the bell was rung since it was answered last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rings {
    /// A file may have changed.
    pub(super) file: bool,
    /// A folder that is watched may be another one by now.
    pub(super) folder: bool,
    /// Nothing can be watched any more, for this reason.
    pub(super) refused: Option<String>,
}

impl Rings {
    fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, more: Self) {
        self.file |= more.file;
        self.folder |= more.folder;
        self.refused = self.refused.take().or(more.refused);
    }
}

/// The bell. It holds what it was rung for, and not how often.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rings: Mutex<Rings>,
    rung: Condvar,
}

impl Bell {
    pub(super) fn ring(&self, rings: Rings) {
        self.rings().add(rings);
        self.rung.notify_all();
    }

    /// Waits until the bell rings and it is calm again: soon after a single save; later where it goes on ringing, or has rung
    /// since the last answer, for then a program changes many files. It is not waited longer than `at_most`, and then there
    /// are no rings.
    pub(super) fn answer(&self, at_most: Option<Duration>) -> Rings {
        let is_silent = |rings: &mut Rings| rings.is_silent();
        let waited = self.rung.wait_timeout_while(self.rings(), CALM_AFTER_MANY, is_silent);
        let (rings, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        let few = if timeout.timed_out() { FEW } else { 0 };
        let at_most = at_most.unwrap_or(A_DAY).min(A_DAY);
        let waited = self.rung.wait_timeout_while(rings, at_most, is_silent);
        let (rings, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return take_all(rings);
        }
        let mut heard = take_all(rings);
        for round in 0..PATIENCE {
            sleep(if round < few { CALM } else { CALM_AFTER_MANY });
            let more = take_all(self.rings());
            if more.is_silent() {
                break;
            }
            heard.add(more);
        }
        heard
    }

    /// Whether it has rung since the last answer.
    pub(super) fn is_ringing(&self) -> bool {
        !self.rings().is_silent()
    }

    /// Nothing is half done where a thread ends that holds this.
    fn rings(&self) -> MutexGuard<'_, Rings> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn take_all(mut rings: MutexGuard<'_, Rings>) -> Rings {
    take(&mut rings)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const FILE: Rings = Rings { file: true, folder: false, refused: None };
    const FOLDER: Rings = Rings { file: false, folder: true, refused: None };

    #[test]
    fn rings_that_come_together_are_answered_together() {
        let bell = Bell::default();
        for rings in [FILE, FOLDER, FILE] {
            bell.ring(rings);
        }
        assert_eq!(bell.answer(None), Rings { file: true, folder: true, refused: None });
        bell.ring(FOLDER);
        assert_eq!(bell.answer(None), FOLDER);
        assert_eq!(bell.answer(Some(Duration::ZERO)), Rings::default());
    }

    #[test]
    fn a_bell_that_never_stops_is_answered_all_the_same() {
        let bell = Arc::new(Bell::default());
        let (rung, ends) = (Arc::clone(&bell), Arc::new(AtomicBool::new(false)));
        let end = Arc::clone(&ends);
        let ringer = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                rung.ring(FILE);
            }
        });
        assert_eq!(bell.answer(None), FILE);
        ends.store(true, Ordering::Relaxed);
        ringer.join().expect("ended");
    }
}
