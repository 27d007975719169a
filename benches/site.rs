//! A site of many servers, each in a file of its own, as they come out of a template.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use nginspect::config::{Files, ReadError};

/// A configuration in memory.
pub(crate) struct Site {
    files: BTreeMap<PathBuf, String>,
    names: Vec<OsString>,
}

const HEAD: &str = "worker_processes auto;
events { worker_connections 1024; }
http {
    default_type application/octet-stream;
    log_format main '$remote_addr [$time_local] \"$request\" $status $body_bytes_sent';
    map $http_upgrade $connection_upgrade { default upgrade; '' close; }
    limit_req_zone $binary_remote_addr zone=each:10m rate=10r/s;
";

impl Site {
    /// One with so many servers.
    pub(crate) fn new(servers: usize) -> Self {
        let mut files: BTreeMap<PathBuf, String> =
            (0..servers).map(|number| (PathBuf::from(format!("sites/{number:06}.conf")), server(number))).collect();
        let names = files.keys().filter_map(|path| path.file_name()).map(ToOwned::to_owned).collect();
        files.insert(PathBuf::from("nginx.conf"), format!("{HEAD}    include sites/*.conf;\n}}\n"));
        Self { files, names }
    }

    /// The same in one text.
    pub(crate) fn all_in_one(&self) -> Vec<u8> {
        let servers = self.files.iter().filter(|(path, _)| path.starts_with("sites"));
        let mut text = servers.fold(HEAD.to_owned(), |text, (_, server)| text + server);
        text.push_str("}\n");
        text.into_bytes()
    }
}

impl Files for Site {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        self.files.get(path).map(|text| text.clone().into_bytes()).ok_or(ReadError::Missing)
    }

    fn list(&self, directory: &Path) -> Option<Vec<OsString>> {
        directory.ends_with("sites").then(|| self.names.clone())
    }
}

fn server(number: usize) -> String {
    let mut text = format!(
        "upstream app{number} {{ server 10.0.0.{}:8080 max_fails=3; keepalive 16; }}
server {{
    listen 80;
    server_name a{number}.test www.a{number}.test;
    root /srv/a{number}/public;
    access_log /var/log/nginx/a{number}.log main;
    add_header X-Content-Type-Options nosniff always;
",
        number % 250 + 1
    );
    for location in 0..3 + number % 4 {
        let written = write!(
            text,
            "    location /api{location}/ {{
        limit_req zone=each burst=20 nodelay;
        proxy_pass http://app{number};
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
    }}
"
        );
        debug_assert!(written.is_ok(), "a String takes everything");
    }
    text.push_str("    location ~* \\.(css|js|png)$ { expires 30d; access_log off; }\n}\n");
    text
}
