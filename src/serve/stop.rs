//! Ctrl-C, and what service managers send in its place.

use std::thread;

use tokio::runtime::Builder;

/// Calls a function when the process is asked to stop, in a thread of its own. Asked once more, the
/// process ends at once: publishing survives that.
pub fn on_request(stop: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        let Ok(runtime) = Builder::new_current_thread().enable_io().build() else { return };
        runtime.block_on(async move {
            let Some(mut asked) = Asked::new() else { return };
            asked.again().await;
            stop();
            asked.again().await;
            std::process::exit(130);
        });
    });
}

#[cfg(unix)]
struct Asked([tokio::signal::unix::Signal; 2]);

#[cfg(unix)]
impl Asked {
    fn new() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt()).ok()?;
        Some(Self([interrupt, signal(SignalKind::terminate()).ok()?]))
    }

    async fn again(&mut self) {
        let [interrupt, terminate] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    }
}

#[cfg(not(unix))]
struct Asked;

#[cfg(not(unix))]
impl Asked {
    fn new() -> Option<Self> {
        Some(Self)
    }

    async fn again(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
