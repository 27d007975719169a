//! What nginx itself would reject. These checks are rules like any other, with pages; they stand apart because they judge the
//! language and the facts of nginx rather than what a configuration does.

pub(crate) mod include_cycle;
pub(crate) mod include_not_followed;
pub(crate) mod include_not_found;
pub(crate) mod lua_block_unclosed;
pub(crate) mod missing_semicolon;
pub(crate) mod stray_semicolon;
pub(crate) mod suspicious_unicode;
pub(crate) mod text_after_quote;
pub(crate) mod unbalanced_brace;
pub(crate) mod unclosed_quote;
pub(crate) mod unquoted_brace;
pub(crate) mod word_too_long;
