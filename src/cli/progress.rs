//! A line on standard error that says how far a long run is, for those who watch it.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run that is shorter shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the line is drawn while nothing else happens.
const TICK: Duration = Duration::from_millis(120);

const SPINNER: &str = "{spinner} {msg}";

/// Counts what is done. The line is gone when this is.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Shows the bar after a while, unless it is told to stop.
    waiter: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Nothing is ever drawn unless `is_shown`.
    pub(super) fn new(is_shown: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self { waiter: is_shown.then(|| waiter(bar.clone())), bar }
    }

    /// The files are read; so many configurations are to be checked.
    pub(super) fn start(&self, configurations: usize) {
        self.bar.set_length(configurations as u64);
        // A bar for one thing would stand still all the time.
        let (template, message) = match configurations {
            1 => (SPINNER, "checking the configuration"),
            _ => ("{spinner} {msg} {wide_bar} {pos}/{len}", "checking configurations"),
        };
        set_style(&self.bar, template, message);
    }

    /// One more configuration is checked.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }
}

fn waiter(bar: ProgressBar) -> (Sender<()>, JoinHandle<()>) {
    set_style(&bar, SPINNER, "reading files");
    let (stop, stopped) = channel();
    let wait = move || {
        if stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(TICK);
        }
    };
    (stop, std::thread::spawn(wait))
}

fn set_style(bar: &ProgressBar, template: &str, message: &'static str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(message);
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.waiter.take() {
            drop(stop);
            // The thread does nothing that could fail, and nobody waits for its result.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn the_end_of_a_short_run_is_not_waited_for() {
        let begin = Instant::now();
        let progress = Progress::new(true);
        progress.start(2);
        progress.step();
        let bar = progress.bar.clone();
        drop(progress);
        assert!(begin.elapsed() < PATIENCE);
        assert!(bar.is_hidden() && bar.is_finished() && bar.length() == Some(2));
    }
}
