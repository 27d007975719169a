//! Which folders of containers are the same: the volumes of compose files and of `docker run`.

use std::path::Path;

use super::compose::is_compose_name;
use super::shell::{Script, Word};
use super::volume::Volume;
use super::yaml::Document;
use crate::source::{SourceId, Span};

/// Volumes and bind mounts, whatever container they belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mounts {
    /// The name of the volume or the folder outside, and the folder in a container.
    mounts: Vec<(String, String)>,
}

/// What the folder that a script or a compose file stands in is called.
const HERE: &[&str] = &["./", "$(pwd)/", "$PWD/", "${PWD}/"];

/// A path without the name of the folder that it is seen from.
pub(crate) fn without_here(path: &str) -> &str {
    HERE.iter().find_map(|here| path.strip_prefix(here)).unwrap_or(path)
}

impl Mounts {
    /// Takes in the volumes that a file names: in lists called `volumes`, and in the options of `docker run`.
    pub(crate) fn read(&mut self, path: &Path, text: &str) {
        let document = is_compose_name(path).then(|| Document::read(text)).flatten();
        let Some(document) = document else { return self.read_script(text) };
        for value in document.values() {
            if let Some(script) = value.text().filter(|text| text.contains("docker ")) {
                self.read_script(script);
            }
            for volume in value.get("volumes").into_iter().flat_map(|volumes| volumes.items().collect::<Vec<_>>()) {
                match (volume.text(), volume.text_of("source"), volume.text_of("target")) {
                    (Some(text), _, _) => self.add(&parse(text)),
                    (None, Some(source), Some(target)) => self.insert(source, target),
                    _ => {}
                }
            }
        }
    }

    fn read_script(&mut self, text: &str) {
        if !text.contains("docker ") && !text.contains("podman ") {
            return;
        }
        for command in Script::read(text).commands {
            let words: Vec<String> = command.words.iter().map(Word::shown).collect();
            for (at, word) in words.iter().enumerate() {
                let is_option = at > 0 && matches!(words[at - 1].as_str(), "-v" | "--volume");
                let value = word.strip_prefix("--volume=").or(is_option.then_some(word));
                value.into_iter().for_each(|value| self.add(&parse(value)));
            }
        }
    }

    fn add(&mut self, volume: &Volume) {
        if let Some(source) = &volume.source {
            self.insert(source, &volume.target);
        }
    }

    fn insert(&mut self, source: &str, target: &str) {
        let clean = |path: &str| without_here(path).trim_end_matches('/').to_owned();
        if target.starts_with('/') {
            self.mounts.push((clean(source), clean(target)));
        }
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

/// Reads `source:target:options`, wherever it stands.
fn parse(text: &str) -> Volume {
    Volume::parse(text, Span::new(SourceId::default(), 0, 0))
}

/// Is the relative path, whose folder is not known, the end of the other one?
fn is_end(path: &str, relative: &str) -> bool {
    let relative = relative.trim_start_matches("../");
    !relative.starts_with(['/', '$']) && path.strip_suffix(relative).is_some_and(|start| start.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_has_many_names() {
        let mut mounts = Mounts::default();
        let (yaml, script) = (Path::new("compose.yml"), Path::new("run.sh"));
        mounts.read(yaml, "volumes:\n  - acme:/usr/share/acme:ro\n  - \"acme:/var/www/certbot\"\n  - ./data/x:/x\n");
        mounts.read(script, "docker run -v ${DATA}/y:/y -v /srv/z:/z certbot");
        mounts.read(yaml, "a:\n volumes:\n  - type: bind\n    source: ./data/x\n    target: /other\n");
        assert!(mounts.may_be_same("/usr/share/acme/a", "/var/www/certbot/a"));
        assert!(!mounts.may_be_same("/usr/share/acme/a", "/var/www/certbot/b/a"));
        assert!(mounts.may_be_same("/x/a", "/other/a"));
        assert!(mounts.may_be_same("/x/a", "/home/me/data/x/a"));
        mounts.read(script, "docker run -v $(pwd)/html:/html nginx\ndocker run -v ${PWD}/html:/var/www certbot");
        assert!(mounts.may_be_same("/html/a", "/var/www/a"));
        assert!(mounts.may_be_same("/srv/z/a", "/z/a"));
        assert!(!mounts.may_be_same("/y/a", "/z/a"));
    }
}
