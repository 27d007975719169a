//! Which folders of containers are the same: the volumes of compose files and of `docker run`.

use std::sync::LazyLock;

use regex::Regex;

/// Volumes and bind mounts, whatever container they belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mounts {
    /// The name of the volume or the folder outside, and the folder in a container.
    mounts: Vec<(String, String)>,
}

static SHORT: LazyLock<Regex> = LazyLock::new(|| {
    let text = r#"(?m)(?:^[ \t]*-[ \t]+|-v[ =]|--volume[ =])["']?([^\s:"'{}]+|\$\{[^}\s]+\}[^\s:"']*):(/[^\s:"']*)"#;
    Regex::new(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
});
static LONG: LazyLock<Regex> = LazyLock::new(|| {
    let text = r#"(?m)source:[ \t]*["']?([^\s"']+)["']?[ \t]*\r?\n[ \t]*target:[ \t]*["']?(/[^\s"']+)"#;
    Regex::new(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
});

/// What the folder that a script or a compose file stands in is called.
const HERE: &[&str] = &["./", "$(pwd)/", "$PWD/", "${PWD}/"];

impl Mounts {
    /// Takes in the volumes that a text names.
    pub(crate) fn read(&mut self, text: &str) {
        let found = SHORT.captures_iter(text).chain(LONG.captures_iter(text));
        let clean = |path: &str| {
            let path = HERE.iter().find_map(|here| path.strip_prefix(here)).unwrap_or(path);
            path.trim_end_matches('/').to_owned()
        };
        self.mounts.extend(found.map(|groups| (clean(&groups[1]), clean(&groups[2]))));
    }

    /// May these be the same file, perhaps seen from two containers or from outside?
    pub fn may_be_same(&self, one: &str, other: &str) -> bool {
        let (ones, others) = (self.names(one), self.names(other));
        let is_same = |a: &String, b: &String| a == b || is_end(a, b) || is_end(b, a);
        ones.iter().any(|a| others.iter().any(|b| is_same(a, b)))
    }

    /// The file itself, and what it is outside of each container that may have it.
    fn names(&self, file: &str) -> Vec<String> {
        let outside = self.mounts.iter().filter_map(|(source, target)| {
            let rest = file.strip_prefix(target.as_str()).filter(|rest| rest.starts_with('/'))?;
            Some(format!("{source}{rest}"))
        });
        std::iter::once(file.to_owned()).chain(outside).collect()
    }
}

/// Is the relative path, whose folder is not known, the end of the other one?
fn is_end(path: &str, relative: &str) -> bool {
    let relative = relative.trim_start_matches("../");
    !relative.starts_with(['/', '$']) && path.strip_suffix(relative).is_some_and(|start| start.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::Mounts;

    #[test]
    fn a_volume_has_many_names() {
        let mut mounts = Mounts::default();
        mounts.read("volumes:\n  - acme:/usr/share/acme:ro\n  - \"acme:/var/www/certbot\"\n  - ./data/x:/x\n");
        mounts.read("docker run -v ${DATA}/y:/y -v /srv/z:/z certbot");
        mounts.read("  - type: bind\n    source: ./data/x\n    target: /other\n");
        assert!(mounts.may_be_same("/usr/share/acme/a", "/var/www/certbot/a"));
        assert!(!mounts.may_be_same("/usr/share/acme/a", "/var/www/certbot/b/a"));
        assert!(mounts.may_be_same("/x/a", "/other/a"));
        assert!(mounts.may_be_same("/x/a", "/home/me/data/x/a"));
        mounts.read("docker run -v $(pwd)/html:/html nginx\ndocker run -v ${PWD}/html:/var/www certbot");
        assert!(mounts.may_be_same("/html/a", "/var/www/a"));
        assert!(mounts.may_be_same("/srv/z/a", "/z/a"));
        assert!(!mounts.may_be_same("/y/a", "/z/a"));
    }
}
