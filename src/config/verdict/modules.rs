//! Which modules the nginx that a configuration is for has.

use std::path::Path;

use crate::config::{Config, Directive, Outer};
use crate::nginx::directives::{self, Definition, Origin};
use crate::nginx::vulnerabilities::{self, Vulnerability};

/// Modules that hold several of the documented ones, or none with directives.
pub(in crate::config) const OTHER_MODULES: &[&str] =
    &["ndk_http_module", "ngx_mail_module", "ngx_stream_module", "ngx_http_brotli_module"];

/// Add-ons that packages of nginx.org, of Debian and of OpenResty bring, so that their use tells nothing about the build.
const PACKAGED: &[&str] = &[
    "acme",
    "array-var",
    "auth-pam",
    "brotli",
    "cache-purge",
    "coolkit",
    "dav-ext",
    "drizzle",
    "echo",
    "encrypted-session",
    "fancyindex",
    "form-input",
    "geoip2",
    "headers-more",
    "iconv",
    "lua",
    "memc",
    "modsecurity",
    "nchan",
    "njs",
    "otel",
    "postgres",
    "rds-json",
    "redis2",
    "rtmp",
    "set-misc",
    "srcache",
    "stream-lua",
    "subs-filter",
    "upload-progress",
    "upstream-fair",
    "xss",
];

/// Modules of nginx itself that no package of nginx.org or of a large distribution builds in, and the files they are in.
const FILES_OF_THEIR_OWN: &[(&str, &str)] = &[
    ("ngx_http_geoip_module", "ngx_http_geoip_module"),
    ("ngx_http_image_filter_module", "ngx_http_image_filter_module"),
    ("ngx_http_perl_module", "ngx_http_perl_module"),
    ("ngx_http_xslt_module", "ngx_http_xslt_filter_module"),
    ("ngx_stream_geoip_module", "ngx_stream_geoip_module"),
];

impl Config {
    /// May directives exist of which nothing is known: is a module loaded that nobody has heard of, or is this for a build
    /// with modules of its own, because directives of add-ons are used that no package brings and nothing loads?
    pub fn may_have_own_directives(&self) -> bool {
        let loaded: Vec<&str> =
            self.all("load_module").map(|load| module_name(load.arg(0).unwrap_or_default())).collect();
        let is_known = |module: &&str| {
            OTHER_MODULES.contains(module) || directives::all().iter().any(|known| known.module == *module)
        };
        let is_built_in = |directive: Directive<'_>| {
            let namesakes = directive.namesakes();
            let is_add_on = |known: &Definition| match known.origin {
                Origin::ThirdParty(name) => !PACKAGED.contains(&name) && !loaded.contains(&known.module),
                Origin::Oss | Origin::Plus => false,
            };
            !namesakes.is_empty() && namesakes.iter().all(is_add_on)
        };
        !loaded.iter().all(is_known) || self.wordings().any(is_built_in)
    }

    /// Which modules that packages bring as files of their own are certainly not loaded? None of them, where a file that is
    /// not here may load them: as part of a main file, or where packages put such lines.
    pub fn unloaded_modules(&self) -> Vec<&'static str> {
        let may_load = |include: Directive<'_>| include.arg(0).is_some_and(|path| path.contains("modules"));
        let root = self.root();
        if self.outer() != Outer::Nothing || root.is_opaque() || root.own("include").any(may_load) {
            return Vec::new();
        }
        let is_loaded =
            |file: &str| self.all("load_module").any(|load| module_name(load.arg(0).unwrap_or_default()) == file);
        FILES_OF_THEIR_OWN.iter().filter(|(_, file)| !is_loaded(file)).map(|(module, _)| *module).collect()
    }

    /// Is this a configuration of NGINX Plus? One directive of it may have been copied from its manual, two were not.
    pub fn is_plus(&self) -> bool {
        let is_plus = |directive: &Directive<'_>| {
            let namesakes = directive.namesakes();
            !namesakes.is_empty() && namesakes.iter().all(|known| known.origin == Origin::Plus)
        };
        let mut names: Vec<&str> = self.wordings().filter(is_plus).map(Directive::name).collect();
        names.sort_unstable();
        names.dedup();
        names.len() > 1
    }
}

/// `ngx_http_js_module` of `modules/ngx_http_js_module.so`.
pub(in crate::config) fn module_name(path: &str) -> &str {
    Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

impl Config {
    /// The first line that brings a vulnerability into play.
    pub fn exposure(&self, known: &Vulnerability) -> Option<Directive<'_>> {
        let is_used = |line: &Directive<'_>, word: &str| {
            word.is_empty() || line.args().any(|argument| vulnerabilities::is_word(argument, word))
        };
        let lines = known.used_by().flat_map(|(name, word)| self.all(name).filter(move |line| is_used(line, word)));
        lines.filter(|line| !line.is_block() && line.context().is_some()).min_by_key(|line| line.order())
    }
}
