//! Retries requests that fail for a moment: the library's own retries, and those that it lacks.

use std::time::Duration;

use object_store::{BackoffConfig, Error, RetryConfig};
use tokio::time::{Instant, sleep};

use super::error::is_access_denied;

/// The time after which a request is not retried.
const RETRY_TIMEOUT: Duration = Duration::from_secs(120);

/// Retries after 0.1 s at first and 10 s at most while the store is busy or unreachable.
pub(super) fn library_retries() -> RetryConfig {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(10),
        base: 2.0,
    };
    RetryConfig { backoff, max_retries: 6, retry_timeout: RETRY_TIMEOUT }
}

/// The maximum number of tries, besides the library's own retries before a response begins.
pub(super) const MAX_TRIES: u32 = 4;

/// The maximum number of tries of POST requests, which the library does not retry after a lost
/// response.
pub(super) const MAX_POST_TRIES: u32 = 10;

/// Retries an idempotent request. The library retries neither responses that fail midway nor POST
/// requests.
pub(super) async fn retry<T, F: Future<Output = Result<T, Error>>>(
    most: u32,
    request: impl Fn() -> F,
) -> Result<T, Error> {
    let (mut tries, began_at) = (1, Instant::now());
    loop {
        match request().await {
            Err(error)
                if tries < most
                    && began_at.elapsed() < RETRY_TIMEOUT
                    && matches!(error, Error::Generic { .. })
                    && !is_access_denied(&error) =>
            {
                pause(tries).await;
                tries += 1;
            }
            result => return result,
        }
    }
}

/// Waits before the next try, longer after each failure.
pub(super) async fn pause(failed_tries: u32) {
    sleep(Duration::from_millis(200) * failed_tries).await;
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// The number of tries of a request that always loses its response.
    async fn tries(most: u32) -> u32 {
        let count = Cell::new(0);
        let request = || async {
            count.set(count.get() + 1);
            Err::<(), _>(Error::Generic { store: "S3", source: "Connection reset by peer".into() })
        };
        retry(most, request).await.expect_err("the response is lost");
        count.get()
    }

    #[test]
    fn requests_by_post_are_retried_more_often() {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().expect("runtime");
        runtime.block_on(async {
            assert_eq!((tries(MAX_TRIES).await, tries(MAX_POST_TRIES).await), (4, 10));
        });
    }
}
