//! The rules: one file and one function each. What a rule means is on its page, `rules/ID.md`.

use crate::check::Rule;
use crate::validate;

mod acme_challenge_exact_location;
mod acme_challenge_root_mismatch;
mod acme_challenge_unreachable;
mod add_header_dropped;
mod alias_missing_slash;
mod alias_regex_traversal;
mod alias_regex_without_capture;
mod alias_sibling_prefix;
mod alias_traversal;
mod alias_try_files_regex;
mod alias_user_controlled;
mod body_size_default;
mod hsts_missing;
mod proxy_host_missing;
mod proxy_set_header_dropped;
mod root_path_doubled;
mod static_default_root;
mod static_location_shadowed;
mod tls_legacy_protocol;
mod tls_port_without_ssl;
mod websocket_upgrade_incomplete;

/// Every rule, sorted by id.
pub static RULES: &[Rule] = &[
    acme_challenge_exact_location::RULE,
    acme_challenge_root_mismatch::RULE,
    acme_challenge_unreachable::RULE,
    add_header_dropped::RULE,
    alias_missing_slash::RULE,
    alias_regex_traversal::RULE,
    alias_regex_without_capture::RULE,
    alias_sibling_prefix::RULE,
    alias_traversal::RULE,
    alias_try_files_regex::RULE,
    alias_user_controlled::RULE,
    body_size_default::RULE,
    hsts_missing::RULE,
    validate::include_cycle::RULE,
    validate::include_not_followed::RULE,
    validate::include_not_found::RULE,
    validate::lua_block_unclosed::RULE,
    validate::missing_semicolon::RULE,
    proxy_host_missing::RULE,
    proxy_set_header_dropped::RULE,
    root_path_doubled::RULE,
    static_default_root::RULE,
    static_location_shadowed::RULE,
    validate::stray_semicolon::RULE,
    validate::suspicious_unicode::RULE,
    validate::text_after_quote::RULE,
    tls_legacy_protocol::RULE,
    tls_port_without_ssl::RULE,
    validate::unbalanced_brace::RULE,
    validate::unclosed_quote::RULE,
    validate::unquoted_brace::RULE,
    websocket_upgrade_incomplete::RULE,
    validate::word_too_long::RULE,
];
