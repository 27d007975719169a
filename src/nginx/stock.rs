//! The files that come with nginx (or with Certbot) and that projects include without carrying them.
//!
//! Only what matters for the analysis: the directives in them, in our own layout. Long tables (`mime.types`, the
//! character sets) are cut short, since nothing depends on their entries.

/// Where packages put the files; the longer one of two that match comes first.
const ROOTS: [&str; 4] = ["/etc/nginx/conf/", "/etc/nginx/", "/usr/local/nginx/conf/", "conf/"];

/// Files below a root.
const FILES: [(&str, &str); 11] = [
    ("fastcgi.conf", include_str!("stock/fastcgi.conf")),
    ("fastcgi_params", include_str!("stock/fastcgi_params")),
    ("koi-utf", include_str!("stock/koi-utf")),
    ("koi-win", include_str!("stock/koi-win")),
    ("mime.types", include_str!("stock/mime.types")),
    // Debian's, as it was before a security update that passes `$host` instead of `$http_host`.
    ("proxy_params", include_str!("stock/proxy_params")),
    ("scgi_params", include_str!("stock/scgi_params")),
    ("snippets/fastcgi-php.conf", include_str!("stock/fastcgi-php.conf")),
    ("snippets/snakeoil.conf", include_str!("stock/snakeoil.conf")),
    ("uwsgi_params", include_str!("stock/uwsgi_params")),
    ("win-utf", include_str!("stock/win-utf")),
];

/// Certbot's, which is always included by its full path.
const CERTBOT: &str = "/etc/letsencrypt/options-ssl-nginx.conf";

/// Folders whose `*.conf` hold nothing but `load_module`, so that an empty text stands for each.
const MODULE_FOLDERS: [&str; 2] = ["modules-enabled/", "/usr/share/nginx/modules/"];

/// The content of the stock file that an `include` of this path means: the bare name, or a path below a usual root.
///
/// A file that the project has itself comes first; that is for the caller to see to.
pub fn lookup(include_path: &str) -> Option<&'static str> {
    if include_path == CERTBOT {
        return Some(include_str!("stock/options-ssl-nginx.conf"));
    }
    let name = ROOTS.iter().find_map(|root| include_path.strip_prefix(root)).unwrap_or(include_path);
    let module = MODULE_FOLDERS.iter().find_map(|folder| name.strip_prefix(folder));
    if module.is_some_and(|file| file.ends_with(".conf") && !file.contains('/')) {
        return Some("");
    }
    FILES.iter().find(|(file, _)| *file == name).map(|(_, content)| *content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nginx::directives;

    #[test]
    fn found_by_bare_name_and_below_the_usual_roots() {
        for path in [
            "fastcgi_params",
            "/etc/nginx/fastcgi_params",
            "/etc/nginx/conf/fastcgi_params",
            "/usr/local/nginx/conf/fastcgi_params",
            "conf/fastcgi_params",
            "snippets/fastcgi-php.conf",
            "/etc/nginx/mime.types",
            "/etc/letsencrypt/options-ssl-nginx.conf",
            "/etc/nginx/modules-enabled/*.conf",
            "modules-enabled/50-mod-stream.conf",
            "/usr/share/nginx/modules/*.conf",
        ] {
            assert!(lookup(path).is_some(), "{path}");
        }
    }

    #[test]
    fn nothing_elsewhere() {
        for path in [
            "",
            "custom/fastcgi_params",
            "/srv/fastcgi_params",
            "fastcgi-php.conf",
            "options-ssl-nginx.conf",
            "modules-enabled/a/b.conf",
            "conf.d/*.conf",
            "/etc/nginx/",
        ] {
            assert_eq!(lookup(path), None, "{path}");
        }
    }

    #[test]
    fn each_statement_starts_with_a_known_directive() {
        let certbot = lookup(CERTBOT).unwrap();
        let contents = FILES.iter().filter(|(name, _)| *name != "mime.types").map(|(_, content)| *content);
        for line in contents.chain([certbot]).flat_map(str::lines).filter(|line| !line.is_empty() && *line != "}") {
            let name = line.split(' ').next().unwrap();
            assert!(directives::is_known(name) && line.ends_with([';', '{', '}']), "{line}");
        }
    }
}
