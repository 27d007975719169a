//! The rules: one file and one function each. What a rule means is on its page, `rules/ID.md`.

use crate::check::Rule;
use crate::validate;

mod access_list_dropped;
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
mod allow_without_deny;
mod auth_basic_over_http;
mod autoindex_enabled;
mod body_buffer_oversized;
mod body_size_default;
mod body_size_excessive;
mod body_size_ineffective;
mod body_size_internal_target;
mod body_size_invalid;
mod body_size_unlimited;
mod buffering_off_globally;
mod cache_control_twice;
mod cache_key_unsafe;
mod catch_all_missing;
mod cert_names_not_requested;
mod certbot_hook_wrong_container;
mod certbot_no_reload;
mod client_cert_unchecked;
mod compose_port_unserved;
mod cors_reflect;
mod csp_unsafe;
mod cve_release;
mod cve_rewrite_captures;
mod default_server_implicit;
mod deny_before_allow;
mod directive_deprecated;
mod docker_default_conf_left;
mod error_log_off;
mod error_page_local;
mod fastcgi_keepalive;
mod geo_split_hostnames;
mod gzip_off;
mod gzip_proxied_default;
mod gzip_types_noise;
mod handler_overridden;
mod header_content_type;
mod header_multiline;
mod header_without_always;
mod hsts_duplicate;
mod hsts_malformed;
mod hsts_max_age_too_short;
mod hsts_missing;
mod hsts_over_plain_http;
mod hsts_preload_incomplete;
mod hsts_unquoted_value;
mod hsts_without_always;
mod http_splitting;
mod http2_421;
mod http2_directive_unsupported;
mod httpoxy;
mod if_file_exists;
mod if_unsafe;
mod invalid_headers_passed;
mod keepalive_requests_low;
mod limit_except_misread;
mod list_dropped;
mod listen_http2_deprecated;
mod location_regex_shadowed;
mod location_unreachable;
mod log_off_globally;
mod map_without_default;
mod merge_slashes_off;
mod nofile_too_low;
mod obsolete_security_header;
mod open_file_cache;
mod open_proxy;
mod origin_regex_weak;
mod path_not_mounted;
mod php_exec_uploads;
mod proxy_duplicate_header;
mod proxy_forwarded_for_spoofable;
mod proxy_forwarded_host_passthrough;
mod proxy_forwarded_missing;
mod proxy_forwarded_proto_mismatch;
mod proxy_header_wrong_module;
mod proxy_host_from_client;
mod proxy_host_missing;
mod proxy_pass_decoded_uri;
mod proxy_pass_glued;
mod proxy_pass_localhost;
mod proxy_pass_resolver_missing;
mod proxy_pass_slash;
mod proxy_pass_variable_uri;
mod proxy_set_header_dropped;
mod quic_bpf_reuseport;
mod rate_limit_login;
mod redirect_loop;
mod redirect_loses_query;
mod redirect_reflects_host;
mod redirect_server_name;
mod redirect_temporary_for_https;
mod regex_location_could_be_prefix;
mod regex_redos;
mod regex_unanchored;
mod regex_unescaped_dot;
mod regex_unknown_group;
mod resolver_external;
mod return_bypasses_access;
mod rewrite_instead_of_return;
mod rewrite_loop;
mod root_path_doubled;
mod root_repeated;
mod root_too_broad;
mod secret_file_in_root;
mod security_headers_missing;
mod sensitive_files_served;
mod server_name_suspicious;
mod server_tokens_exposed;
mod sse_buffering;
mod ssl_directive_removed;
mod ssl_session_cache_missing;
mod static_default_root;
mod static_location_shadowed;
mod status_page_public;
mod suppression_expired;
mod suppression_malformed;
mod suppression_unknown_rule;
mod suppression_unused;
mod suppression_without_reason;
mod template_bad_shell_format;
mod template_clobbers_nginx_variable;
mod template_default_value_unsupported;
mod template_env_shadows_variable;
mod template_not_rendered;
mod template_undefined_variable;
mod template_unquoted_value;
mod template_unsubstituted_placeholder;
mod timeout_extreme;
mod tls_certificate_missing;
mod tls_curve_unsupported;
mod tls_default_protocols_legacy;
mod tls_dhe_without_dhparam;
mod tls_early_data_replay;
mod tls_incomplete_chain;
mod tls_legacy_protocol;
mod tls_port_without_ssl;
mod tls_protocols_ignored_by_sni;
mod tls_stapling_without_responder;
mod tls_upstream_not_verified;
mod tls_upstream_sni_missing;
mod tls_weak_cipher;
mod try_files_fallback;
mod try_files_with_handler;
mod underscore_headers_on;
mod unix_socket_in_tmp;
mod unknown_named_location;
mod upstream_https_param_missing;
mod upstream_keepalive_ineffective;
mod upstream_order;
mod upstream_param_dropped;
mod upstream_params_missing;
mod upstream_resolved_once;
mod upstream_service_unknown;
mod user_root;
mod valid_referers_none;
mod variable_case_mixed;
mod websocket_connection_constant;
mod websocket_headers_missing;
mod websocket_read_timeout_default;
mod websocket_upgrade_incomplete;
mod worker_processes_single;

pub use suppression_unused::silence;

/// Every rule, sorted by id.
pub static RULES: &[Rule] = &[
    access_list_dropped::RULE,
    acme_challenge_exact_location::RULE,
    acme_challenge_root_mismatch::RULE,
    acme_challenge_unreachable::RULE,
    add_header_dropped::RULE,
    validate::address_invalid::RULE,
    alias_missing_slash::RULE,
    alias_regex_traversal::RULE,
    alias_regex_without_capture::RULE,
    alias_sibling_prefix::RULE,
    alias_traversal::RULE,
    alias_try_files_regex::RULE,
    alias_user_controlled::RULE,
    allow_without_deny::RULE,
    auth_basic_over_http::RULE,
    autoindex_enabled::RULE,
    validate::block_missing::RULE,
    validate::block_unexpected::RULE,
    body_buffer_oversized::RULE,
    body_size_default::RULE,
    body_size_excessive::RULE,
    body_size_ineffective::RULE,
    body_size_internal_target::RULE,
    body_size_invalid::RULE,
    body_size_unlimited::RULE,
    validate::buffer_sizes_conflict::RULE,
    buffering_off_globally::RULE,
    cache_control_twice::RULE,
    cache_key_unsafe::RULE,
    catch_all_missing::RULE,
    cert_names_not_requested::RULE,
    certbot_hook_wrong_container::RULE,
    certbot_no_reload::RULE,
    validate::charset_map_invalid::RULE,
    validate::charset_map_missing::RULE,
    client_cert_unchecked::RULE,
    compose_port_unserved::RULE,
    cors_reflect::RULE,
    csp_unsafe::RULE,
    cve_release::RULE,
    cve_rewrite_captures::RULE,
    default_server_implicit::RULE,
    deny_before_allow::RULE,
    validate::directive_arity::RULE,
    validate::directive_conflict::RULE,
    directive_deprecated::RULE,
    validate::directive_duplicate::RULE,
    validate::directive_invalid_parameter::RULE,
    validate::directive_invalid_value::RULE,
    validate::directive_newer_release::RULE,
    validate::directive_not_allowed_here::RULE,
    validate::directive_unknown::RULE,
    docker_default_conf_left::RULE,
    validate::duplicate_name::RULE,
    error_log_off::RULE,
    validate::error_page_invalid::RULE,
    error_page_local::RULE,
    validate::events_missing::RULE,
    fastcgi_keepalive::RULE,
    validate::file_missing::RULE,
    validate::geo_invalid::RULE,
    geo_split_hostnames::RULE,
    gzip_off::RULE,
    gzip_proxied_default::RULE,
    gzip_types_noise::RULE,
    handler_overridden::RULE,
    validate::hash_too_small::RULE,
    header_content_type::RULE,
    header_multiline::RULE,
    header_without_always::RULE,
    hsts_duplicate::RULE,
    hsts_malformed::RULE,
    hsts_max_age_too_short::RULE,
    hsts_missing::RULE,
    hsts_over_plain_http::RULE,
    hsts_preload_incomplete::RULE,
    hsts_unquoted_value::RULE,
    hsts_without_always::RULE,
    http_splitting::RULE,
    http2_421::RULE,
    http2_directive_unsupported::RULE,
    httpoxy::RULE,
    if_file_exists::RULE,
    validate::if_syntax::RULE,
    if_unsafe::RULE,
    validate::include_cycle::RULE,
    validate::include_not_followed::RULE,
    validate::include_not_found::RULE,
    invalid_headers_passed::RULE,
    keepalive_requests_low::RULE,
    limit_except_misread::RULE,
    list_dropped::RULE,
    validate::listen_duplicate::RULE,
    listen_http2_deprecated::RULE,
    validate::listen_invalid::RULE,
    validate::location_duplicate::RULE,
    validate::location_invalid::RULE,
    validate::location_outside_parent::RULE,
    location_regex_shadowed::RULE,
    location_unreachable::RULE,
    log_off_globally::RULE,
    validate::lone_dollar::RULE,
    validate::lua_block_unclosed::RULE,
    validate::map_invalid::RULE,
    map_without_default::RULE,
    merge_slashes_off::RULE,
    validate::missing_semicolon::RULE,
    validate::nesting_too_deep::RULE,
    validate::network_invalid::RULE,
    nofile_too_low::RULE,
    obsolete_security_header::RULE,
    open_file_cache::RULE,
    open_proxy::RULE,
    origin_regex_weak::RULE,
    validate::path_conflict::RULE,
    path_not_mounted::RULE,
    php_exec_uploads::RULE,
    proxy_duplicate_header::RULE,
    proxy_forwarded_for_spoofable::RULE,
    proxy_forwarded_host_passthrough::RULE,
    proxy_forwarded_missing::RULE,
    proxy_forwarded_proto_mismatch::RULE,
    proxy_header_wrong_module::RULE,
    proxy_host_from_client::RULE,
    proxy_host_missing::RULE,
    proxy_pass_decoded_uri::RULE,
    proxy_pass_glued::RULE,
    proxy_pass_localhost::RULE,
    proxy_pass_resolver_missing::RULE,
    proxy_pass_slash::RULE,
    validate::proxy_pass_uri_not_allowed::RULE,
    proxy_pass_variable_uri::RULE,
    proxy_set_header_dropped::RULE,
    quic_bpf_reuseport::RULE,
    rate_limit_login::RULE,
    redirect_loop::RULE,
    redirect_loses_query::RULE,
    redirect_reflects_host::RULE,
    redirect_server_name::RULE,
    redirect_temporary_for_https::RULE,
    validate::regex_invalid::RULE,
    regex_location_could_be_prefix::RULE,
    regex_redos::RULE,
    validate::regex_refused_by_pcre2::RULE,
    regex_unanchored::RULE,
    regex_unescaped_dot::RULE,
    regex_unknown_group::RULE,
    resolver_external::RULE,
    validate::resolver_invalid::RULE,
    return_bypasses_access::RULE,
    validate::return_invalid::RULE,
    rewrite_instead_of_return::RULE,
    validate::rewrite_invalid::RULE,
    rewrite_loop::RULE,
    root_path_doubled::RULE,
    root_repeated::RULE,
    root_too_broad::RULE,
    secret_file_in_root::RULE,
    security_headers_missing::RULE,
    sensitive_files_served::RULE,
    validate::server_name_conflict::RULE,
    validate::server_name_invalid::RULE,
    server_name_suspicious::RULE,
    server_tokens_exposed::RULE,
    validate::server_without_listen::RULE,
    validate::split_clients_invalid::RULE,
    sse_buffering::RULE,
    validate::ssl_ciphers_unknown::RULE,
    ssl_directive_removed::RULE,
    ssl_session_cache_missing::RULE,
    static_default_root::RULE,
    static_location_shadowed::RULE,
    status_page_public::RULE,
    validate::stray_semicolon::RULE,
    suppression_expired::RULE,
    suppression_malformed::RULE,
    suppression_unknown_rule::RULE,
    suppression_unused::RULE,
    suppression_without_reason::RULE,
    validate::suspicious_unicode::RULE,
    template_bad_shell_format::RULE,
    template_clobbers_nginx_variable::RULE,
    template_default_value_unsupported::RULE,
    template_env_shadows_variable::RULE,
    template_not_rendered::RULE,
    template_undefined_variable::RULE,
    template_unquoted_value::RULE,
    template_unsubstituted_placeholder::RULE,
    validate::text_after_quote::RULE,
    timeout_extreme::RULE,
    tls_certificate_missing::RULE,
    tls_curve_unsupported::RULE,
    tls_default_protocols_legacy::RULE,
    tls_dhe_without_dhparam::RULE,
    tls_early_data_replay::RULE,
    tls_incomplete_chain::RULE,
    tls_legacy_protocol::RULE,
    tls_port_without_ssl::RULE,
    tls_protocols_ignored_by_sni::RULE,
    tls_stapling_without_responder::RULE,
    tls_upstream_not_verified::RULE,
    tls_upstream_sni_missing::RULE,
    tls_weak_cipher::RULE,
    try_files_fallback::RULE,
    validate::try_files_invalid::RULE,
    try_files_with_handler::RULE,
    validate::types_invalid::RULE,
    validate::unbalanced_brace::RULE,
    validate::unclosed_quote::RULE,
    underscore_headers_on::RULE,
    unix_socket_in_tmp::RULE,
    validate::unknown_log_format::RULE,
    unknown_named_location::RULE,
    validate::unknown_thread_pool::RULE,
    validate::unknown_variable::RULE,
    validate::unknown_zone::RULE,
    validate::unquoted_brace::RULE,
    validate::upstream_duplicate::RULE,
    validate::upstream_empty::RULE,
    upstream_https_param_missing::RULE,
    validate::upstream_invalid::RULE,
    upstream_keepalive_ineffective::RULE,
    upstream_order::RULE,
    upstream_param_dropped::RULE,
    upstream_params_missing::RULE,
    validate::upstream_port::RULE,
    validate::upstream_resolve_incomplete::RULE,
    upstream_resolved_once::RULE,
    upstream_service_unknown::RULE,
    user_root::RULE,
    valid_referers_none::RULE,
    variable_case_mixed::RULE,
    validate::variable_not_allowed::RULE,
    validate::variable_redefined::RULE,
    websocket_connection_constant::RULE,
    websocket_headers_missing::RULE,
    websocket_read_timeout_default::RULE,
    websocket_upgrade_incomplete::RULE,
    validate::word_too_long::RULE,
    worker_processes_single::RULE,
    validate::zone_conflict::RULE,
];
