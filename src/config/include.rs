//! What an `include` stands for: one file, the files that a pattern matches, a stock file, or nothing that can be known.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use super::library::{Files, ReadError};
use crate::nginx::{glob, stock};
use crate::project::{Place, normalized};
use crate::template::is_symbolic;

/// Where nginx's own files live on a server; an absolute include below one of these is looked up beside the main file.
const PREFIXES: &[&str] = &[
    "/etc/nginx",
    "/usr/local/nginx/conf",
    "/usr/local/etc/nginx",
    "/usr/local/openresty/nginx/conf",
    "/opt/nginx/conf",
    "/opt/homebrew/etc/nginx",
];

/// Folders whose files are included by a main file one level up.
const INCLUDED_FOLDERS: &[&str] =
    &["conf.d", "sites-enabled", "sites-available", "sites", "http.d", "vhosts", "vhosts.d", "templates", "snippets"];

/// Does a folder of this name hold files that a main file one level up includes, all of them together?
pub fn is_included_folder(name: &str) -> bool {
    INCLUDED_FOLDERS.contains(&name)
}

/// What became of one include.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// These files, in nginx's order; none for a pattern that matches nothing in a folder that is there.
    Files(Vec<PathBuf>),
    /// A file of the distribution, with its text.
    Stock(&'static str),
    /// One file that is not there, though the place to look for it is known.
    Missing,
    /// Nothing that can be known from here; says why.
    Unknown(String),
}

/// Resolves the includes of one configuration.
pub struct Resolver<'f> {
    files: &'f dyn Files,
    bases: Vec<PathBuf>,
    is_main: bool,
    place: Option<&'f Place>,
}

impl<'f> Resolver<'f> {
    /// `entry` is the main file, whose folder relative includes start from, or a fragment; then the main file may also
    /// lie one folder up, and where a relative name leads is not certain. `place` knows what a container has.
    pub fn new(files: &'f dyn Files, entry: &Path, is_main: bool, place: Option<&'f Place>) -> Self {
        let own = entry.parent().unwrap_or(Path::new("")).to_path_buf();
        let mut bases = vec![own.clone()];
        // The name of the folder may not be written in the path: `site.conf`, seen from inside.
        let identity = files.identity(entry);
        let folder = identity.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        if !is_main && folder.is_some_and(|name| is_included_folder(&name)) {
            bases.push(above(&own));
        }
        Self { files, bases, is_main, place }
    }

    /// What `include argument` stands for.
    pub fn resolve(&self, argument: &str) -> Resolution {
        if is_symbolic(argument) {
            return Resolution::Unknown("its name is only known at run time".to_owned());
        }
        if argument.contains(char::REPLACEMENT_CHARACTER) {
            return Resolution::Unknown("its name is not UTF-8".to_owned());
        }
        if let Some(resolution) = self.place.and_then(|place| self.resolve_inside(place, argument)) {
            return resolution;
        }
        let path_is_relative = Path::new(argument).is_relative();
        let is_pattern = argument.contains(['*', '?', '[']);
        let candidates = self.candidates(argument);
        let mut folder_is_there = self.is_main && path_is_relative && !is_pattern;
        for candidate in &candidates {
            if is_pattern {
                let found = self.glob(candidate);
                if !found.is_empty() {
                    return Resolution::Files(found);
                }
            } else {
                match self.files.probe(candidate) {
                    Ok(()) => return Resolution::Files(vec![candidate.clone()]),
                    Err(ReadError::Missing) => {}
                    Err(ReadError::Outside(why)) if path_is_relative => return Resolution::Unknown(why),
                    Err(ReadError::Outside(_)) => {}
                    Err(ReadError::NotRegular(what)) => return Resolution::Unknown(format!("it is {what}")),
                    Err(ReadError::Unreadable(why)) => return Resolution::Unknown(format!("it cannot be read: {why}")),
                }
            }
            folder_is_there |= self.has_folder(candidate, is_pattern);
        }
        if let Some(text) = stock::lookup(argument) {
            return Resolution::Stock(text);
        }
        match (is_pattern, folder_is_there) {
            (true, true) => Resolution::Files(Vec::new()),
            (false, true) => Resolution::Missing,
            _ => Resolution::Unknown("it is not part of this project".to_owned()),
        }
    }

    /// What the argument stands for inside of a container; none if the container says nothing about it.
    fn resolve_inside(&self, place: &Place, argument: &str) -> Option<Resolution> {
        let inside = normalized(&Path::new(place.include_folder(self.is_main)).join(argument));
        let project = |path: &Path| place.paths.project_path(path.to_str()?).map(|(path, _)| path);
        if !argument.contains(['*', '?', '[']) {
            let found = project(&inside).filter(|path| self.files.probe(path).is_ok())?;
            return Some(Resolution::Files(vec![found]));
        }
        let list = |folder: &Path| Some(place.paths.list(folder.to_str()?)?.into_iter().map(OsString::from).collect());
        let found: Vec<PathBuf> = expand(&inside, &list).iter().filter_map(|path| project(path)).collect();
        let folder = inside.parent().and_then(Path::to_str).unwrap_or("/");
        let name = inside.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        if found.is_empty() && place.paths.has_opaque_match(folder, &name) {
            return Some(Resolution::Unknown("what is in that folder is known to the container only".to_owned()));
        }
        if found.is_empty() || found.iter().any(|path| self.files.probe(path).is_err()) {
            return None;
        }
        if place.paths.has_opaque(folder) {
            return Some(Resolution::Unknown("what else is in that folder is known to the container only".to_owned()));
        }
        Some(Resolution::Files(found))
    }

    /// The places to look in, best first.
    fn candidates(&self, argument: &str) -> Vec<PathBuf> {
        let path = Path::new(argument);
        if !path.is_absolute() {
            return self.bases.iter().map(|base| normalized(&base.join(path))).collect();
        }
        let below = PREFIXES.iter().find_map(|prefix| path.strip_prefix(prefix).ok());
        let mapped = below.into_iter().flat_map(|rest| self.bases.iter().map(move |base| normalized(&base.join(rest))));
        std::iter::once(path.to_path_buf()).chain(mapped).collect()
    }

    /// Is the folder of `path` a part of the project, be it empty? For a single file, the folder of a fragment says nothing:
    /// it always is.
    fn has_folder(&self, path: &Path, is_pattern: bool) -> bool {
        let Some(folder) = path.parent() else { return false };
        let is_base = self.bases.iter().any(|base| normalized(base) == normalized(folder));
        (is_pattern || !is_base) && self.files.list(folder).is_some()
    }

    /// The files that a pattern matches, sorted by bytes.
    fn glob(&self, pattern: &Path) -> Vec<PathBuf> {
        let mut found = expand(pattern, &|folder| self.files.list(folder));
        found.retain(|path| self.files.probe(path).is_ok());
        found
    }
}

/// glob(3): `*`, `?` and `[…]` within one folder level each, names with a leading dot only by an explicit dot, sorted by
/// bytes. What comes after the last pattern need not be there.
fn expand(pattern: &Path, list: &dyn Fn(&Path) -> Option<Vec<OsString>>) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    let parts: Vec<Component<'_>> = pattern.components().collect();
    for part in &parts {
        let text = part.as_os_str().to_string_lossy();
        if !text.contains(['*', '?', '[']) {
            found.iter_mut().for_each(|path| path.push(part));
            continue;
        }
        found = found
            .into_iter()
            .flat_map(|folder| {
                let mut names = list(&folder).unwrap_or_default();
                names.retain(|name| glob::matches(text.as_bytes(), name.as_encoded_bytes()));
                names.sort();
                names.into_iter().map(move |name| folder.join(name)).collect::<Vec<_>>()
            })
            .collect();
    }
    found
}

/// The folder above, by text where the path has a name to take away, else by `..`.
pub fn above(folder: &Path) -> PathBuf {
    normalized(&folder.join(".."))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::project::{Mapping, MappingKind, PathMap};

    /// Names of files; one that ends in `!` cannot be read, one in `?` is no regular file, one in `^` lies outside.
    struct Names(&'static [&'static str]);

    impl Names {
        fn all(&self) -> impl Iterator<Item = (&'static str, Option<char>)> {
            self.0.iter().map(|name| match name.chars().next_back() {
                Some(mark @ ('!' | '?' | '^')) => (&name[..name.len() - 1], Some(mark)),
                _ => (*name, None),
            })
        }
    }

    impl Files for Names {
        fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
            match self.all().find(|(name, _)| Path::new(name) == path) {
                None => Err(ReadError::Missing),
                Some((_, None)) => Ok(Vec::new()),
                Some((_, Some('!'))) => Err(ReadError::Unreadable("why".to_owned())),
                Some((_, Some('?'))) => Err(ReadError::NotRegular("a socket")),
                Some((_, Some(_))) => Err(ReadError::Outside("it lies outside".to_owned())),
            }
        }

        fn list(&self, directory: &Path) -> Option<Vec<OsString>> {
            let inside = self.all().filter_map(|(name, _)| Path::new(name).strip_prefix(directory).ok());
            let first = inside.filter_map(|rest| rest.components().next()).map(|first| first.as_os_str().to_owned());
            let names: BTreeSet<OsString> = first.collect();
            // Not in order, as no directory is.
            (!names.is_empty()).then(|| names.into_iter().rev().collect())
        }
    }

    fn files(paths: &[&str]) -> Resolution {
        Resolution::Files(paths.iter().map(PathBuf::from).collect())
    }

    fn unknown(why: &str) -> Resolution {
        Resolution::Unknown(why.to_owned())
    }

    /// What an include stands for among these files, in `entry`.
    fn resolved(names: &'static [&'static str], entry: &str, argument: &str) -> Resolution {
        let is_main = entry.ends_with("nginx.conf");
        Resolver::new(&Names(names), Path::new(entry), is_main, None).resolve(argument)
    }

    #[test]
    fn a_main_file_includes_what_lies_beside_it() {
        let names = &["etc/nginx.conf", "etc/a.conf", "etc/sub/b.conf", "c.conf"];
        let main = |argument: &str| resolved(names, "etc/nginx.conf", argument);
        assert_eq!(main("a.conf"), files(&["etc/a.conf"]));
        assert_eq!(main("sub/b.conf"), files(&["etc/sub/b.conf"]));
        assert_eq!(main("../c.conf"), files(&["c.conf"]));
        assert_eq!(main("c.conf"), Resolution::Missing);
        assert_eq!(main("nowhere/c.conf"), Resolution::Missing);
        assert_eq!(main("/etc/nginx/a.conf"), files(&["etc/a.conf"]));
        assert_eq!(main("/usr/local/nginx/conf/sub/b.conf"), files(&["etc/sub/b.conf"]));
        assert_eq!(main("/opt/other/a.conf"), unknown("it is not part of this project"));
        assert_eq!(main("/etc/nginx/c.conf"), unknown("it is not part of this project"));
        assert_eq!(main("/etc/nginx/sub/c.conf"), Resolution::Missing);
    }

    #[test]
    fn a_fragment_may_belong_to_a_main_file_one_folder_up() {
        let names = &["etc/conf.d/site.conf", "etc/a.conf", "etc/snippets/b.conf", "other/site.conf", "c.conf"];
        let fragment = |argument: &str| resolved(names, "etc/conf.d/site.conf", argument);
        assert_eq!(fragment("a.conf"), files(&["etc/a.conf"]));
        assert_eq!(fragment("snippets/b.conf"), files(&["etc/snippets/b.conf"]));
        assert_eq!(fragment("snippets/c.conf"), Resolution::Missing);
        assert_eq!(fragment("c.conf"), unknown("it is not part of this project"));
        assert_eq!(fragment("/etc/nginx/a.conf"), files(&["etc/a.conf"]));
        // Another folder tells nothing of that kind, and a main file starts from its own folder alone.
        assert_eq!(resolved(names, "other/site.conf", "../c.conf"), files(&["c.conf"]));
        assert_eq!(resolved(names, "other/site.conf", "c.conf"), unknown("it is not part of this project"));
        assert_eq!(resolved(names, "etc/conf.d/nginx.conf", "a.conf"), Resolution::Missing);
    }

    #[test]
    fn patterns_are_those_of_the_shell() {
        let names = &[
            "nginx.conf",
            "d/b.conf",
            "d/a.conf",
            "d/.c.conf",
            "d/note",
            "d/x!",
            "d/y?",
            "s1/e/f.conf",
            "s2/e/g.conf",
            "s3/h.conf",
        ];
        let main = |argument: &str| resolved(names, "nginx.conf", argument);
        assert_eq!(main("d/*.conf"), files(&["d/a.conf", "d/b.conf"]));
        assert_eq!(main("d/?.conf"), files(&["d/a.conf", "d/b.conf"]));
        assert_eq!(main("d/[b-z].conf"), files(&["d/b.conf"]));
        assert_eq!(main("d/.*.conf"), files(&["d/.c.conf"]));
        assert_eq!(main("d/*"), files(&["d/a.conf", "d/b.conf", "d/note"]));
        assert_eq!(main("s*/e/*.conf"), files(&["s1/e/f.conf", "s2/e/g.conf"]));
        assert_eq!(main("s?/*/f.conf"), files(&["s1/e/f.conf"]));
        assert_eq!(main("d/*.html"), files(&[]));
        assert_eq!(main("nowhere/*.conf"), unknown("it is not part of this project"));
        assert_eq!(main("/etc/nginx/d/*.conf"), files(&["d/a.conf", "d/b.conf"]));
        assert_eq!(main("*.html"), files(&[]));
        // The folder of a fragment is always there, but not each pattern is about it.
        let fragment = |argument: &str| resolved(names, "site.conf", argument);
        assert_eq!(fragment("*.html"), files(&[]));
        assert_eq!(fragment("x.html"), unknown("it is not part of this project"));
    }

    #[test]
    fn what_cannot_be_known_says_why() {
        let names = &["nginx.conf", "a!", "b?", "c^"];
        let main = |argument: &str| resolved(names, "nginx.conf", argument);
        assert_eq!(main("${NAME}.conf"), unknown("its name is only known at run time"));
        assert_eq!(main("a\u{fffd}"), unknown("its name is not UTF-8"));
        assert_eq!(main("a"), unknown("it cannot be read: why"));
        assert_eq!(main("b"), unknown("it is a socket"));
        assert_eq!(main("c"), unknown("it lies outside"));
        // Of an absolute path, another place may be meant.
        assert_eq!(main("/etc/nginx/c"), unknown("it is not part of this project"));
    }

    #[test]
    fn stock_files_are_known_where_the_project_has_none() {
        let names = &["nginx.conf", "mime.types"];
        assert_eq!(resolved(names, "nginx.conf", "mime.types"), files(&["mime.types"]));
        assert!(matches!(resolved(names, "nginx.conf", "fastcgi_params"), Resolution::Stock(_)));
        assert!(matches!(resolved(names, "nginx.conf", "/etc/nginx/fastcgi_params"), Resolution::Stock(_)));
    }

    /// A container that has the folder `conf` of the project as `/etc/nginx`.
    fn place(opaque: &[&str]) -> Place {
        let inside = ["conf/nginx.conf", "conf/conf.d/b.conf", "conf/conf.d/a.conf", "conf/gone.conf"];
        let mut paths = PathMap::new(Arc::new(inside.iter().map(PathBuf::from).collect()));
        let (container, project) = ("/etc/nginx".to_owned(), PathBuf::from("conf"));
        paths.add(Mapping { container, project, kind: MappingKind::Copy, span: None });
        opaque.iter().for_each(|path| paths.add_opaque((*path).to_owned()));
        Place { paths: Arc::new(paths), container: Some("/etc/nginx/nginx.conf".to_owned()), folder: "/etc/nginx" }
    }

    fn inside(place: &Place, argument: &str) -> Resolution {
        let names = &["conf/nginx.conf", "conf/conf.d/b.conf", "conf/conf.d/a.conf", "elsewhere/x.conf", "conf/y.conf"];
        Resolver::new(&Names(names), Path::new("conf/nginx.conf"), true, Some(place)).resolve(argument)
    }

    #[test]
    fn a_container_says_what_it_has() {
        let plain = place(&[]);
        assert_eq!(inside(&plain, "conf.d/a.conf"), files(&["conf/conf.d/a.conf"]));
        assert_eq!(inside(&plain, "/etc/nginx/conf.d/*.conf"), files(&["conf/conf.d/a.conf", "conf/conf.d/b.conf"]));
        // What it says nothing about is looked for outside.
        assert_eq!(inside(&plain, "y.conf"), files(&["conf/y.conf"]));
        assert_eq!(inside(&plain, "../elsewhere/x.conf"), files(&["elsewhere/x.conf"]));
        // A file that it should have and that is not there is no answer, neither alone nor among others.
        assert_eq!(inside(&plain, "gone.conf"), Resolution::Missing);
        assert_eq!(inside(&plain, "*.conf"), files(&["conf/nginx.conf", "conf/y.conf"]));
    }

    #[test]
    fn what_only_the_container_knows_is_not_known() {
        let in_that_folder = unknown("what is in that folder is known to the container only");
        let what_else = unknown("what else is in that folder is known to the container only");
        assert_eq!(inside(&place(&["/etc/nginx/more/x.conf"]), "more/*.conf"), in_that_folder);
        assert_eq!(inside(&place(&["/etc/nginx/conf.d/x.conf"]), "conf.d/*.conf"), what_else);
        assert_eq!(inside(&place(&["/etc/nginx/conf.d"]), "conf.d/*.conf"), what_else);
        assert_eq!(inside(&place(&["/etc/nginx/conf.d/x.conf"]), "conf.d/a.conf"), files(&["conf/conf.d/a.conf"]));
        assert_eq!(
            inside(&place(&["/etc/nginx/more/x.txt"]), "more/*.conf"),
            unknown("it is not part of this project")
        );
    }

    #[test]
    fn folders_that_main_files_include() {
        assert!(is_included_folder("conf.d") && !is_included_folder("etc"));
        assert_eq!(above(Path::new("a/b")), Path::new("a"));
        assert_eq!(above(Path::new("a")), Path::new(""));
        assert_eq!(above(Path::new("")), Path::new(".."));
    }
}
