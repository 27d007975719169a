//! What the place that a person reads at can show.

/// How the output may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// Whether the terminal knows links (OSC 8).
    pub links: bool,
    /// Whether to draw with more than ASCII. Source text is shown as it is either way.
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
}
