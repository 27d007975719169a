//! Names of container images: which of them bring nginx, of which release, and with what around it.

use crate::nginx::version::Version;

/// What an image brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// nginx as the official image has it: an entrypoint that renders templates, `/etc/nginx`.
    Official,
    /// nginx from someone else: it runs, but where its files lie and what it does before is its own.
    OtherNginx,
    /// A program that is certainly not nginx.
    Other,
    /// It cannot be known: a base of one's own, a variable.
    Unknown,
}

/// A name of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// As it is written, with its variables filled in.
    pub name: String,
    /// What it brings.
    pub kind: ImageKind,
    /// The release of nginx, if the name tells.
    pub version: Option<Version>,
}

/// Repositories that are the official image, or are built like it.
const OFFICIAL: &[&str] = &["nginx", "library/nginx", "nginxinc/nginx-unprivileged", "nginx/nginx"];

/// Tags, or the parts of tags that say which build it is, for the newest release.
const FLOATING: &[&str] = &["latest", "mainline", "stable"];

/// Parts of tags that say what is beside nginx in the image, and nothing of its release.
const FLAVOURS: &[&str] = &["alpine", "slim", "perl", "otel", "bookworm", "bullseye", "buster", "trixie", "stretch"];

/// Images of programs that are behind, beside or instead of nginx.
const OTHER: &[&str] = &[
    "adminer",
    "alpine",
    "busybox",
    "caddy",
    "certbot",
    "debian",
    "golang",
    "gradle",
    "haproxy",
    "httpd",
    "mariadb",
    "maven",
    "memcached",
    "minio",
    "mongo",
    "mysql",
    "node",
    "openjdk",
    "php",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "ruby",
    "rust",
    "scratch",
    "tomcat",
    "traefik",
    "ubuntu",
    "wordpress",
];

impl Image {
    /// Takes a name like `registry.example/nginx:1.27-alpine@sha256:…` apart.
    pub fn new(name: &str) -> Self {
        let unknown = || Self { name: name.to_owned(), kind: ImageKind::Unknown, version: None };
        let (reference, is_pinned) = name.split_once('@').map_or((name, false), |(reference, _)| (reference, true));
        // A variable may have colons and slashes of its own.
        let certain = reference.split('$').next().unwrap_or_default();
        let last = certain.rfind('/').map_or(0, |slash| slash + 1);
        let (path, tag) = match certain[last..].find(':') {
            Some(colon) => (&reference[..last + colon], Some(&reference[last + colon + 1..])),
            None => (reference, None),
        };
        if path.is_empty() || path.contains('$') {
            return unknown();
        }
        let repository = without_registry(path);
        let last = repository.rsplit('/').next().unwrap_or_default();
        let kind = if OFFICIAL.contains(&repository) || repository.ends_with("/library/nginx") {
            ImageKind::Official
        } else if last == "nginx" || last == "nginx-unprivileged" || last == "openresty" || last.contains("nginx-proxy")
        {
            ImageKind::OtherNginx
        } else if OTHER.contains(&last) {
            ImageKind::Other
        } else {
            return unknown();
        };
        let version = (kind == ImageKind::Official && (tag.is_some() || !is_pinned)).then(|| version_of(tag)).flatten();
        Self { name: name.to_owned(), kind, version }
    }

    /// Does its entrypoint render `/etc/nginx/templates`? It does since 1.19.
    pub fn renders_templates(&self) -> bool {
        self.kind == ImageKind::Official && self.version.is_none_or(|version| version >= Version::new(1, 19, 0))
    }
}

/// `docker.io/library/nginx` without the name of the server.
fn without_registry(path: &str) -> &str {
    match path.split_once('/') {
        Some((server, rest)) if server.contains(['.', ':']) || server == "localhost" => rest,
        _ => path,
    }
}

/// `1.23.0-alpine` is that release, `1.27` the last of its line, `1` and tags without a number the newest.
fn version_of(tag: Option<&str>) -> Option<Version> {
    let Some(tag) = tag else { return Some(Version::NEWEST) };
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let is_flavour = |part: &str| FLAVOURS.iter().any(|flavour| part.starts_with(flavour));
    if FLOATING.contains(&first) || is_flavour(first) || first == "1" {
        return Some(Version::NEWEST);
    }
    let digits = first.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let parsed = digits.then(|| first.parse().ok()).flatten();
    parsed.filter(|version| *version <= Version::NEWEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_tell_releases() {
        let version = |name: &str| Image::new(name).version;
        assert_eq!(version("nginx:1.23.0-alpine"), Some(Version::new(1, 23, 0)));
        assert_eq!(version("nginx:1.27"), Some(Version::new(1, 27, 5)));
        assert_eq!(version("docker.io/library/nginx:1.25.3"), Some(Version::new(1, 25, 3)));
        assert_eq!(version("nginxinc/nginx-unprivileged:1.26.2"), Some(Version::new(1, 26, 2)));
        for floating in [
            "nginx",
            "nginx:alpine",
            "nginx:mainline-alpine3.20",
            "nginx:stable",
            "nginx:1-alpine",
            "nginx:alpine-slim",
        ] {
            assert_eq!(version(floating), Some(Version::NEWEST), "{floating}");
        }
        for unknown in
            ["nginx@sha256:00", "nginx:${TAG}", "bitnami/nginx:1.27", "openresty/openresty:1.25.3.1", "nginx:mine"]
        {
            assert_eq!(version(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn names_tell_what_runs() {
        let kind = |name: &str| Image::new(name).kind;
        assert_eq!(kind("nginx"), ImageKind::Official);
        assert_eq!(kind("registry.example:5000/library/nginx:1"), ImageKind::Official);
        assert_eq!(kind("bitnami/nginx"), ImageKind::OtherNginx);
        assert_eq!(kind("openresty/openresty:alpine"), ImageKind::OtherNginx);
        assert_eq!(kind("nginx:${TAG:-a/b}"), ImageKind::Official);
        assert_eq!(kind("${REGISTRY}/nginx:1"), ImageKind::Unknown);
        assert_eq!(kind("postgres:16"), ImageKind::Other);
        assert_eq!(kind("me/app"), ImageKind::Unknown);
        assert_eq!(kind("nginx/nginx-prometheus-exporter"), ImageKind::Unknown);
        assert!(Image::new("nginx:1.27").renders_templates() && !Image::new("nginx:1.18").renders_templates());
    }
}
