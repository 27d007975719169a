//! Questions about an expression that its tree answers.

mod anchors;
mod dots;
mod extension;
mod newline;

pub use anchors::{Anchors, Hold, anchors};
pub use dots::{DotPlace, LooseDot, loose_dots};
pub use extension::open_extension;
pub use newline::{Scope, line_break};
