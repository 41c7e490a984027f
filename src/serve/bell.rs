//! A bell that is rung where something may have changed. Whoever answers it looks for himself.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::sleep;
use std::time::Duration;

/// How long it is calm after a save.
const CALM: Duration = Duration::from_millis(5);

/// How long it is calm after many saves, which come one soon after the other.
const CALM_AFTER_MANY: Duration = Duration::from_millis(50);

/// For how many calms at most the bell is not answered because it goes on ringing.
const PATIENCE: usize = 10;

/// Why the bell is rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ring {
    /// A file may have changed.
    File,
    /// A folder that is watched may be another one by now.
    Folder,
    /// Nothing can be watched any more, for this reason.
    Refused(String),
}

/// The bell, for whoever answers it.
#[derive(Debug)]
pub(super) struct Bell {
    rings: Receiver<Ring>,
}

impl Bell {
    /// A bell, and what it is rung by.
    pub(super) fn new() -> (Self, Sender<Ring>) {
        let (sender, rings) = channel();
        (Self { rings }, sender)
    }

    /// Waits until the bell rings and it is calm again: soon after a single ring; later where it has rung since the last
    /// answer, or rings at once, for then a program changes many files. Gives all rings; none if nobody can ring any more.
    pub(super) fn answer(&self) -> Option<Vec<Ring>> {
        let (first, calm) = match self.rings.recv_timeout(CALM_AFTER_MANY) {
            Ok(ring) => (ring, CALM_AFTER_MANY),
            Err(RecvTimeoutError::Timeout) => (self.rings.recv().ok()?, CALM),
            Err(RecvTimeoutError::Disconnected) => return None,
        };
        let mut rings = vec![first];
        for _ in 0..PATIENCE {
            sleep(calm);
            let more: Vec<Ring> = self.rings.try_iter().collect();
            if more.is_empty() {
                break;
            }
            rings.extend(more);
        }
        rings.dedup();
        Some(rings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_that_come_together_are_answered_together() {
        let (bell, sender) = Bell::new();
        for ring in [Ring::File, Ring::File, Ring::Folder, Ring::File] {
            sender.send(ring).expect("rung");
        }
        assert_eq!(bell.answer(), Some(vec![Ring::File, Ring::Folder, Ring::File]));
        drop(sender);
        assert_eq!(bell.answer(), None);
    }

    #[test]
    fn a_bell_that_never_stops_is_answered_all_the_same() {
        let (bell, sender) = Bell::new();
        let ringer = std::thread::spawn(move || while sender.send(Ring::File).is_ok() {});
        assert!(bell.answer().is_some());
        drop(bell);
        ringer.join().expect("ended");
    }
}
