//! The rules: one file and one function each. What a rule means is on its page, `rules/ID.md`.

use crate::check::Rule;
use crate::validate;

mod acme_challenge_unreachable;
mod add_header_dropped;
mod alias_missing_slash;
mod alias_traversal;
mod body_size_default;
mod hsts_duplicate;
mod hsts_malformed;
mod hsts_max_age_too_short;
mod hsts_missing;
mod hsts_over_plain_http;
mod hsts_preload_incomplete;
mod hsts_unquoted_value;
mod hsts_without_always;
mod proxy_host_missing;
mod proxy_set_header_dropped;
mod static_location_shadowed;
mod tls_early_data_replay;
mod tls_legacy_protocol;
mod tls_port_without_ssl;
mod tls_upstream_not_verified;
mod tls_upstream_sni_missing;
mod websocket_upgrade_incomplete;

/// Every rule, sorted by id.
pub static RULES: &[Rule] = &[
    acme_challenge_unreachable::RULE,
    add_header_dropped::RULE,
    alias_missing_slash::RULE,
    alias_traversal::RULE,
    body_size_default::RULE,
    hsts_duplicate::RULE,
    hsts_malformed::RULE,
    hsts_max_age_too_short::RULE,
    hsts_missing::RULE,
    hsts_over_plain_http::RULE,
    hsts_preload_incomplete::RULE,
    hsts_unquoted_value::RULE,
    hsts_without_always::RULE,
    validate::include_cycle::RULE,
    validate::include_not_followed::RULE,
    validate::include_not_found::RULE,
    validate::lua_block_unclosed::RULE,
    validate::missing_semicolon::RULE,
    proxy_host_missing::RULE,
    proxy_set_header_dropped::RULE,
    static_location_shadowed::RULE,
    validate::stray_semicolon::RULE,
    validate::suspicious_unicode::RULE,
    validate::text_after_quote::RULE,
    tls_early_data_replay::RULE,
    tls_legacy_protocol::RULE,
    tls_port_without_ssl::RULE,
    tls_upstream_not_verified::RULE,
    tls_upstream_sni_missing::RULE,
    validate::unbalanced_brace::RULE,
    validate::unclosed_quote::RULE,
    validate::unquoted_brace::RULE,
    websocket_upgrade_incomplete::RULE,
    validate::word_too_long::RULE,
];
