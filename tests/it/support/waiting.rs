//! Waiting for a condition instead of for a time.

use std::time::{Duration, Instant};

const LONGEST: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(2);

/// Asks again and again until there is something. Panics with `what` after half a minute.
pub async fn wait_for<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(begun.elapsed() < LONGEST, "waited in vain for {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
