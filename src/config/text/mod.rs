//! How directives stand in their text.

pub(super) mod layout;
pub(super) mod run_on;
pub(super) mod spacing;
