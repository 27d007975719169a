//! What the files around a configuration tell: scripts, container files, settings. They are read, never run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::certbot::Certbot;
use super::deployment::Deployment;
use super::dhparam::DhParameters;
use super::mounts::Mounts;
use super::reader::ProjectFile;
use super::told::Told;
use crate::source::{SourceId, Span};

/// How certificates are validated, as far as scripts and comments tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AcmeFlow {
    /// certbot's nginx plugin edits the configuration while it validates.
    Plugin,
    /// Over DNS: no path is needed.
    Dns,
    /// The client listens on port 80 itself.
    Standalone,
    /// The client writes a file below this folder (none where it is not written out).
    Webroot(Option<String>),
}

impl AcmeFlow {
    /// How much other evidence counts beside this one: the smaller, the less.
    fn rank(&self) -> u8 {
        match self {
            Self::Plugin => 0,
            Self::Dns => 1,
            Self::Standalone => 2,
            Self::Webroot(Some(_)) => 3,
            Self::Webroot(None) => 4,
        }
    }
}

/// A fact that was found in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence<T> {
    /// The fact.
    pub fact: T,
    /// The words that say so.
    pub span: Span,
}

/// What the files around a configuration tell.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// The containers that it describes.
    pub deployment: Arc<Deployment>,
    /// Which names certificates are asked for, renewals, and what happens then.
    pub certbot: Arc<Certbot>,
    /// How certificates are validated, the strongest evidence first.
    pub acme_flows: Vec<Evidence<AcmeFlow>>,
    /// Which folders of containers are the same.
    pub mounts: Mounts,
    /// A setting that makes the application send Strict-Transport-Security itself.
    pub backend_hsts: Option<Evidence<()>>,
    /// A setting that says that the application takes uploads.
    pub uploads: Option<Evidence<()>>,
    /// A setting that makes the application believe X-Forwarded-Host.
    pub trusts_forwarded_host: Option<Evidence<()>>,
    /// A setting that lets everybody write to the socket of an application.
    pub open_socket: Option<Evidence<()>>,
    /// A setting that gives a container less than all processors.
    pub limited_processors: Option<Evidence<()>>,
    /// The application is made with Django, which heeds a header only if a setting says so.
    pub is_django: bool,
    /// Diffie-Hellman parameters.
    pub dh_parameters: Vec<DhParameters>,
    /// Files called cert.pem that hold issuers, too.
    pub chains: Vec<PathBuf>,
    /// Files that the configuration names and that are not on this machine, if anybody looked.
    pub missing_files: BTreeSet<PathBuf>,
}

fn regex(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

macro_rules! patterns {
    ($($name:ident = $text:expr;)+) => { $(static $name: LazyLock<Regex> = LazyLock::new(|| regex($text));)+ };
}

patterns! {
    // A text without any of these says nothing about certificates.
    ACME = r"(?i)certbot|letsencrypt|acme\.sh|\blego\b|dehydrated|\bWELLKNOWN\b|webroot_path";
    PLUGIN = r"--nginx(?:\s|$)|\bcertbot-nginx\b|(?:--authenticator|-a)[ =]nginx\b|\bauthenticator\s*=\s*nginx\b";
    DNS = r#"(?x) --dns-[a-z] | --dns[\s=]+[a-z'"$] | \bdns_[a-z0-9]+\b | \bcertbot/dns- | --preferred-challenges?[\s=]["']?dns
        | \bauthenticator\s*=\s*dns- | CHALLENGETYPE=["']?dns-01 | (?:-d|--domains?)[\s=]["']?\*\."#;
    STANDALONE = r"--standalone\b|\bauthenticator\s*=\s*standalone\b|--preferred-challenges?[ =]tls-alpn|--tls\.port\b|--alpn\b";
    WEBROOT = r#"(?x) (?: --webroot-path | --webroot | --http\.webroot | \s-w | ["']-w ) (?: [=\s]+ | ["'],\s*["'] ) ["']? ([/$~.][^\s"',;]*)
        | --webroot\b | --http\.webroot\b | \bauthenticator\s*=\s*webroot\b
        | \bwebroot_path\s*=\s*([^\s,]+) | \bWELLKNOWN=["']?([^\s"']+)"#;
    HSTS = r"\b(?:[A-Z]+_)?SECURE_HSTS_SECONDS\b[^=\n]*[=:]\s*([^\n#]+)";
    UPLOADS = r"\b(?:MEDIA_ROOT|MEDIA_URL|UPLOAD_FOLDER|UPLOAD_DIR|MAX_CONTENT_LENGTH|DATA_UPLOAD_MAX_MEMORY_SIZE|FILE_UPLOAD_MAX_MEMORY_SIZE|PHP_UPLOAD_MAX_FILESIZE|UPLOAD_MAX_FILESIZE|upload_max_filesize)\b\s*[=:]\s*\S";
    FORWARDED_HOST = r#"\bUSE_X_FORWARDED_HOST\s*[=:]\s*["']?(?i:true|1|yes|on)\b|\bx_host\s*=\s*[1-9]|["']trust proxy["']|\bForwardedHeaders\.(?:XForwardedHost|All)\b"#;
    OPEN_SOCKET = r#"\bchmod-socket\s*=\s*["']?[0-7]?[0-7]{2}[267]\b|\b(?:listen\.mode|socket_mode)\s*=\s*["']?[0-7]?[0-7]{2}[267]\b"#;
    PROCESSORS = r#"(?m)^\s*(?:cpus|cpu_count|cpu_quota|cpuset)\s*:\s*["']?[0-9]|--cpus[ =]|--cpuset-cpus[ =]|^\s*cpu:\s*["']?[0-9]|ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE"#;
    DJANGO = r"(?i)\bdjango\b|\bDJANGO_|\bmanage\.py\b";
    NON_ZERO = r"[1-9]";
}

/// The first line of a certificate.
const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";

impl Project {
    /// Reads the texts of files for which [`is_evidence_file`] holds. `paths` are the names of all files of the project,
    /// of those that nobody read, too; `told` is what the user says.
    pub fn read(files: &[ProjectFile<'_>], paths: BTreeSet<PathBuf>, told: &Told) -> Self {
        let deployment = Arc::new(Deployment::read(files, Arc::new(paths), told));
        let certbot = Arc::new(Certbot::read(&deployment, files));
        let mut project = Self { deployment, certbot, ..Self::default() };
        for ProjectFile { id, source, .. } in files {
            let id = *id;
            if let Ok(text) = std::str::from_utf8(source.bytes()) {
                let text = without_comments(text);
                if !is_code(source.path()) {
                    project.read_text(id, source.path(), &text);
                }
                project.is_django |= DJANGO.is_match(&text);
                let trust = || FORWARDED_HOST.find(&text).map(|found| Evidence { fact: (), span: words_of(id, found) });
                project.trusts_forwarded_host = project.trusts_forwarded_host.take().or_else(trust);
            }
            if source.path().extension().is_some_and(|ending| ending == "pem") {
                project.dh_parameters.extend(DhParameters::read(id, source));
                let is_chain = memchr::memmem::find_iter(source.bytes(), CERTIFICATE).nth(1).is_some();
                project.chains.extend(is_chain.then(|| source.path().to_path_buf()));
            }
        }
        project.acme_flows.sort_by_key(|flow| flow.fact.rank());
        project
    }

    fn read_text(&mut self, id: SourceId, path: &Path, text: &str) {
        let span = |found| words_of(id, found);
        self.mounts.read(path, text);
        if ACME.is_match(text) {
            for (pattern, fact) in
                [(&PLUGIN, AcmeFlow::Plugin), (&DNS, AcmeFlow::Dns), (&STANDALONE, AcmeFlow::Standalone)]
            {
                let found = pattern.find(text).map(|found| Evidence { fact, span: span(found) });
                self.acme_flows.extend(found);
            }
            self.acme_flows.extend(WEBROOT.captures_iter(text).filter_map(|groups| {
                let folder = (1..=3).find_map(|group| groups.get(group));
                let folder = folder.and_then(|folder| match groups.get(3) {
                    // dehydrated writes into this folder itself.
                    Some(flat) => flat.as_str().strip_suffix("/.well-known/acme-challenge"),
                    None => Some(folder.as_str()),
                });
                let folder = folder.map(str::to_owned);
                Some(Evidence { fact: AcmeFlow::Webroot(folder), span: span(groups.get(0)?) })
            }));
        }
        let evidence = |found| Evidence { fact: (), span: span(found) };
        let is_set = |groups: &regex::Captures<'_>| NON_ZERO.is_match(&groups[1]);
        let hsts = || HSTS.captures_iter(text).find(is_set).and_then(|groups| groups.get(0));
        self.backend_hsts = self.backend_hsts.take().or_else(|| hsts().map(evidence));
        let found = |pattern: &LazyLock<Regex>| pattern.find(text).map(evidence);
        self.open_socket = self.open_socket.take().or_else(|| found(&OPEN_SOCKET));
        self.limited_processors = self.limited_processors.take().or_else(|| found(&PROCESSORS));
        self.uploads = self.uploads.take().or_else(|| UPLOADS.find(text).map(evidence));
    }
}

/// The place of a match without the blanks around it.
fn words_of(id: SourceId, found: regex::Match<'_>) -> Span {
    let words = found.as_str().trim_start();
    let start = found.end() - words.len();
    Span::new(id, start as u32, (start + words.trim_end().len()) as u32)
}

/// The text with comment lines and the ends of continued lines blanked out, so that offsets stay.
fn without_comments(text: &str) -> String {
    let blank = |line: &str| line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
    let mut result = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let body = line.trim_end();
        if line.trim_start().starts_with(['#', ';']) {
            result.push_str(&blank(line));
        } else if let Some(body) = body.strip_suffix('\\') {
            result.push_str(body);
            result.extend(std::iter::repeat_n(' ', line.len() - body.len()));
        } else {
            result.push_str(line);
        }
    }
    result
}

/// Names of files without an ending that are scripts or descriptions of containers.
const NAMES: &[&str] = &["makefile", "justfile", "crontab", "procfile", "containerfile", "env", "dehydrated", "config"];
/// Endings of scripts, container descriptions, units and settings.
const ENDINGS: &[&str] =
    &["sh", "bash", "env", "yml", "yaml", "service", "timer", "cron", "mk", "dockerfile", "toml", "ini", "cfg"];

/// Files in which applications written in JavaScript and C# say what they believe.
const CODE: &[&str] = &["app.js", "server.js", "app.ts", "server.ts", "main.ts", "program.cs", "startup.cs"];

/// Is it a program, of which only a single setting is of interest?
fn is_code(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    CODE.contains(&name.as_str())
}

/// Can lines of this file, by its name, be evidence for [`Project::read`]?
pub fn is_evidence_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let mut folders = path.ancestors().skip(1).take(2).filter_map(Path::file_name);
    let folders = [folders.next(), folders.next()];
    let folder = |wanted: &str| folders.iter().flatten().any(|folder| *folder == wanted);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    NAMES.contains(&name.as_str())
        || is_code(path)
        || name.starts_with("dockerfile")
        || (name.starts_with("requirements") && ending == "txt")
        || name.starts_with(".env")
        || ENDINGS.contains(&ending)
        || (ending == "py" && (stem.starts_with("settings") || stem.ends_with("settings") || folder("settings")))
        || (ending == "pem" && (stem.contains("dh") || stem == "cert"))
        || (ending == "conf" && folder("renewal"))
        || folder("cron.d")
        || folder("cron.daily")
        || folder("cron.weekly")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn read(name: &str, text: &str) -> Project {
        assert!(is_evidence_file(Path::new(name)), "{name}");
        let source = Source::new(name, text.into());
        Project::read(
            &[ProjectFile { id: SourceId::default(), path: Path::new(name), source: &source }],
            BTreeSet::new(),
            &Told::default(),
        )
    }

    fn flow(name: &str, text: &str) -> Option<AcmeFlow> {
        let project = read(name, text);
        let found = project.acme_flows.first();
        found.map(|found| found.fact.clone())
    }

    #[test]
    fn acme_clients_are_known_by_their_options() {
        let webroot = |folder: &str| Some(AcmeFlow::Webroot(Some(folder.to_owned())));
        assert_eq!(flow("a.sh", "certbot --nginx -d a.test"), Some(AcmeFlow::Plugin));
        assert_eq!(flow("Dockerfile", "RUN apt-get install certbot python3-certbot-nginx"), Some(AcmeFlow::Plugin));
        assert_eq!(flow("a.sh", "certbot certonly --dns-cloudflare -d a.test"), Some(AcmeFlow::Dns));
        assert_eq!(flow("a.sh", "certbot certonly --manual -d '*.a.test'"), Some(AcmeFlow::Dns));
        assert_eq!(flow("a.sh", "acme.sh --issue --dns dns_cf -d a.test"), Some(AcmeFlow::Dns));
        assert_eq!(flow("a.sh", "certbot certonly \\\n  --standalone -d a.test"), Some(AcmeFlow::Standalone));
        assert_eq!(flow("a.sh", "certbot renew --webroot -w /srv/acme"), webroot("/srv/acme"));
        assert_eq!(flow("a.sh", "certbot certonly --webroot-path=/srv/acme"), webroot("/srv/acme"));
        assert_eq!(flow("a.sh", "acme.sh --issue -d a.test -w /srv/acme"), webroot("/srv/acme"));
        assert_eq!(flow("a.sh", "lego --http --http.webroot /srv/acme run"), webroot("/srv/acme"));
        assert_eq!(flow("config", "WELLKNOWN=\"/var/www/dehydrated\""), Some(AcmeFlow::Webroot(None)));
        assert_eq!(flow("renewal/a.conf", "authenticator = webroot\nwebroot_path = /srv/acme,"), webroot("/srv/acme"));
        assert_eq!(
            flow(
                "compose.yml",
                "image: certbot/certbot\ncommand: [\"certonly\", \"--webroot\", \"-w\", \"/srv/acme\"]"
            ),
            webroot("/srv/acme")
        );
        assert_eq!(flow("a.sh", "certbot certonly --webroot \\\n  -w /srv/acme"), webroot("/srv/acme"));
    }

    #[test]
    fn comments_and_other_programs_say_nothing() {
        assert_eq!(flow("a.sh", "# certbot --nginx\ncertbot renew"), None);
        assert_eq!(flow("a.sh", "fping -w /tmp --standalone"), None);
        assert_eq!(flow("a.sh", "certbot renew --nginx-server-root /x"), None);
    }

    #[test]
    fn the_strongest_evidence_comes_first() {
        let flows = read("a.sh", "certbot renew --webroot -w /x; certbot --nginx -d y").acme_flows;
        assert_eq!(flows[0].fact, AcmeFlow::Plugin);
    }

    #[test]
    fn settings_of_applications() {
        let hsts = |text: &str| read("settings.py", text).backend_hsts.is_some();
        assert!(hsts("SECURE_HSTS_SECONDS = 60 * 60"));
        assert!(hsts("SECURE_HSTS_SECONDS = env.int('X', default=3600)"));
        assert!(!hsts("SECURE_HSTS_SECONDS = 0"));
        assert!(!hsts("# SECURE_HSTS_SECONDS = 3600"));
        assert!(read("config/settings/base.py", "MEDIA_ROOT = BASE / 'media'").uploads.is_some());
        assert!(!is_evidence_file(Path::new("app/views.py")));
        let trusts = |name: &str, text: &str| read(name, text).trusts_forwarded_host.is_some();
        assert!(trusts("settings.py", "USE_X_FORWARDED_HOST = True"));
        assert!(!trusts("settings.py", "USE_X_FORWARDED_HOST = False"));
        assert!(trusts("src/server.js", "app.set('trust proxy', 1)"));
        assert!(
            read("requirements.txt", "celery\nDjango==5.2\n").is_django
                && !read("requirements.txt", "djangofoo\n").is_django
        );
        assert!(read("src/server.js", "const UPLOAD_DIR = '/srv'").uploads.is_none());
    }
}
