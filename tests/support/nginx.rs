//! Real nginx binaries: asked with `nginx -t` what they think of a configuration. No server is ever started.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use nginspect::nginx::version::Version;
use nginspect::nginx::{directives, stock};
use regex::{Captures, Regex};
use tempfile::TempDir;

/// What has to be loaded first where it is not built in: a word that needs it, and the files, in order.
const MODULES: [(&str, &[&str]); 3] = [
    (r"_by_lua|\blua_", &["ndk_http_module.so", "ngx_http_lua_module.so"]),
    (r"\bmore_(?:set|clear)_", &["ngx_http_headers_more_filter_module.so"]),
    (r"\bstream\s*\{", &["ngx_stream_module.so"]),
];

/// Put at the begin of every `http` block, so that nothing is written outside of the folder.
const QUIET: &str = "access_log off; client_body_temp_path body; proxy_temp_path proxy; \
                     fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;";

/// No ring of includes gets further than this, however many files the machine allows.
const OPEN_FILES: u32 = 256;

/// A binary that is at hand.
pub(crate) struct Nginx {
    path: PathBuf,
    pub(crate) version: Version,
    modules: Option<PathBuf>,
}

/// The expression, built once: that takes longer than its use.
fn regex(pattern: &'static str) -> Regex {
    static BUILT: Mutex<BTreeMap<&str, Regex>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().expect("nothing panics while it is held");
    built.entry(pattern).or_insert_with(|| Regex::new(pattern).expect("it is well-formed")).clone()
}

/// What nginx says.
pub(crate) enum Verdict {
    Accepted,
    /// With its message.
    Rejected(String),
    /// It lacks the module of a directive that nginspect knows.
    Lacks(String),
}

/// Files with names relative to the folder of the configuration.
pub(crate) type Texts = Vec<(String, String)>;

impl Nginx {
    /// The binaries of `NGINX_BIN`, separated by `:`.
    pub(crate) fn at_hand() -> Vec<Self> {
        let list = std::env::var_os("NGINX_BIN").unwrap_or_default();
        std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).map(Self::new).collect()
    }

    fn new(path: PathBuf) -> Self {
        let output = Command::new(&path).arg("-V").output();
        let output = output.unwrap_or_else(|error| panic!("NGINX_BIN: {}: {error}", path.display()));
        let build = String::from_utf8_lossy(&output.stderr);
        let after = |text: &str| Some(build.split_once(text)?.1.split_whitespace().next()?.to_owned());
        let version = after("nginx version: nginx/").and_then(|version| version.parse().ok());
        let version = version.unwrap_or_else(|| panic!("NGINX_BIN: {} tells no version: {build}", path.display()));
        Self { path, version, modules: after("--modules-path=").map(PathBuf::from) }
    }

    /// Has nginx test the files; `context` is where the first one would be included.
    pub(crate) fn test(&self, certificates: &Certificates, files: Texts, context: &str) -> Verdict {
        let (files, main) = prepared(certificates, files, context);
        self.judge(&files, &main)
    }

    /// Has nginx test files that are [`prepared`].
    pub(crate) fn judge(&self, files: &Texts, main: &str) -> Verdict {
        let folder = TempDir::new().expect("a folder can be made");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("it is below the folder")).expect("a folder can be made");
            std::fs::write(path, text).expect("a file can be written");
        }
        let output = Command::new("sh")
            .args(["-c", &format!(r#"ulimit -n {OPEN_FILES} && exec "$@""#), "sh"])
            .args([self.path.as_os_str(), OsStr::new("-t"), OsStr::new("-p"), folder.path().as_os_str()])
            .args([OsStr::new("-c"), folder.path().join(main).as_os_str(), OsStr::new("-e"), OsStr::new("stderr")])
            .args(["-g", &self.globals(files, folder.path())])
            .output()
            .expect("sh runs");
        if output.status.success() {
            return Verdict::Accepted;
        }
        let said = String::from_utf8_lossy(&output.stderr);
        // nginx may complain more than once; what a configuration file made it say comes first.
        let complaint = said.lines().find_map(|line| Some(line.split_once("[emerg]")?.1));
        let complaint = complaint.map_or_else(|| format!("{} {said}", output.status), without_process);
        let complaint = complaint.trim().replace(&format!("{}/", folder.path().display()), "");
        if complaint.starts_with("dlopen() ") {
            return Verdict::Lacks("a module that is loaded".to_owned());
        }
        match complaint.strip_prefix(r#"unknown directive ""#).and_then(|rest| rest.split_once('"')) {
            Some((name, _)) if directives::is_known(name) => Verdict::Lacks(name.to_owned()),
            _ => Verdict::Rejected(complaint),
        }
    }

    /// Directives of the main context, given on the command line.
    fn globals(&self, files: &Texts, folder: &Path) -> String {
        let mut globals = String::new();
        for (word, names) in MODULES {
            let word = regex(word);
            let Some(modules) = &self.modules else { continue };
            let paths: Vec<PathBuf> = names.iter().map(|name| modules.join(name)).collect();
            if files.iter().any(|(_, text)| word.is_match(text)) && paths.iter().all(|path| path.exists()) {
                globals.extend(paths.iter().map(|path| format!("load_module {};", path.display())));
            }
        }
        globals + &format!("pid {}; user root; error_log stderr;", folder.join("nginx.pid").display())
    }
}

/// The files with everything that only another machine has replaced, what they include added, and the name of the main file.
pub(crate) fn prepared(certificates: &Certificates, mut files: Texts, context: &str) -> (Texts, String) {
    let entry = files[0].0.clone();
    add_stock_files(&mut files);
    let main = match wrapped(context, &entry) {
        Some(text) => {
            files.push(("oracle.conf".to_owned(), text));
            "oracle.conf".to_owned()
        }
        None => entry,
    };
    let upstreams = upstream_names(&files);
    for (_, text) in &mut files {
        *text = edited(text, certificates, &upstreams);
    }
    (files, main)
}

/// `1234#0: text` without the number.
fn without_process(message: &str) -> String {
    message.split_once(": ").map_or(message, |(_, text)| text).to_owned()
}

/// A main file that includes the entry where it belongs; none if the entry is one itself.
fn wrapped(context: &str, entry: &str) -> Option<String> {
    let (before, after) = match context {
        "main" => return None,
        "http" => ("http {", "}"),
        "server" => ("http { server { listen 8080;", "} }"),
        "location" => ("http { server { listen 8080; location / {", "} } }"),
        "stream" => ("stream {", "}"),
        other => panic!("context={other} is not understood"),
    };
    Some(format!("events {{}} {before} include {entry}; {after}"))
}

/// Adds what the files include without carrying it, as packages of nginx would.
fn add_stock_files(files: &mut Texts) {
    let include = regex(r"\binclude\s+([^\s;{}]+)");
    let mut at = 0;
    while at < files.len() {
        let paths: Vec<String> = include.captures_iter(&files[at].1).map(|found| found[1].to_owned()).collect();
        for path in paths {
            let name = below_folder(&path).to_owned();
            let is_there = files.iter().any(|(other, _)| *other == name);
            if let Some(text) = stock::lookup(&path).filter(|_| !is_there) {
                files.push((name, text.to_owned()));
            }
        }
        at += 1;
    }
}

/// The folder stands for `/etc/nginx`, and for the one of Certbot.
fn below_folder(path: &str) -> &str {
    let roots = ["/etc/nginx/", "/etc/letsencrypt/"];
    roots.iter().find_map(|root| path.strip_prefix(root)).unwrap_or(path)
}

fn upstream_names(files: &Texts) -> Vec<String> {
    let upstream = regex(r#"\bupstream\s+"?([\w.-]+)"?\s*\{"#);
    files.iter().flat_map(|(_, text)| upstream.captures_iter(text)).map(|found| found[1].to_owned()).collect()
}

/// A key, a certificate for it, and parameters of Diffie and Hellman, made once.
pub(crate) struct Certificates(TempDir);

impl Certificates {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let calls = [
            "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 2 -subj /CN=oracle.test",
            "genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dhparam.pem",
        ];
        for call in calls {
            let output = Command::new("openssl").args(call.split(' ')).current_dir(&folder).output();
            let output = output.expect("the oracle needs the program openssl");
            assert!(output.status.success(), "openssl {call}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

/// May ports below 1024 be bound?
static LOW_PORTS: LazyLock<bool> = LazyLock::new(|| {
    let refused = |error: std::io::Error| error.kind() == std::io::ErrorKind::PermissionDenied;
    !TcpListener::bind("0.0.0.0:80").is_err_and(refused)
});

static IPV6: LazyLock<bool> = LazyLock::new(|| UdpSocket::bind("[::1]:0").is_ok());

/// The text with everything replaced that only another machine has. Lines stay where they are.
fn edited(text: &str, certificates: &Certificates, upstreams: &[String]) -> String {
    let mut text = text.to_owned();
    let mut replace = |pattern: &'static str, by: &dyn Fn(&Captures<'_>) -> String| {
        let pattern = regex(pattern);
        text = pattern.replace_all(&text, by).into_owned();
    };
    let local = |host: &str| {
        let is_name = host.starts_with(|first: char| first.is_ascii_alphabetic()) && host != "unix";
        is_name && !upstreams.iter().any(|name| name == host)
    };

    replace(r"\b(include\s+)([^\s;{}]+)", &|found| format!("{}{}", &found[1], below_folder(&found[2])));
    replace(r"(^|[;{}\s])http(\s*)\{", &|found| format!("{}http{}{{ {QUIET}", &found[1], &found[2]));
    // Those two are given on the command line.
    replace(r"(?m)^(\s*)(?:pid|user)\s+[^;{}#\n]*;", &|found| found[1].to_owned());
    replace(r"\b(error_log\s+)/[^\s;]+", &|found| format!("{}stderr", &found[1]));
    replace(r"\b(access_log\s+)/[^\s;$]+", &|found| format!("{}access.log", &found[1]));

    replace(
        r"\b(ssl_(?:certificate|certificate_key|client_certificate|trusted_certificate|dhparam)\s+)[^\s;$]+",
        &|found| {
            let name = match found[1].trim_end() {
                "ssl_certificate_key" => "key.pem",
                "ssl_dhparam" => "dhparam.pem",
                _ => "certificate.pem",
            };
            found[1].to_owned() + &certificates.path(name)
        },
    );

    let pass = r"\b((?:proxy|grpc|uwsgi|suwsgi|fastcgi|scgi|memcached)_pass\s+(?:\w+://)?)([\w.-]+)";
    replace(pass, &|found| if local(&found[2]) { format!("{}127.0.0.1", &found[1]) } else { found[0].to_owned() });
    // A member of an upstream, not the block: that one is followed by a brace.
    replace(r"\b(server\s+)([\w.-]+)([^;{}]*;)", &|found| {
        let host = if local(&found[2]) { "127.0.0.1" } else { &found[2] };
        format!("{}{host}{}", &found[1], &found[3])
    });

    replace(r"\b(listen\s+)((?:\[[^\]]*\]|[\w.*-]+):)?(\d{1,5})\b", &|found| {
        let address = found.get(2).map_or("", |address| address.as_str());
        let address = if address.starts_with('[') && !*IPV6 { "127.0.0.2:" } else { address };
        let port: u32 = found[3].parse().expect("these are digits");
        let port = if port < 1024 && !*LOW_PORTS { port + 20_000 } else { port };
        format!("{}{address}{port}", &found[1])
    });
    text
}
