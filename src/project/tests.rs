//! Whole projects in memory.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::nginx::version::Version;
use crate::source::{Source, SourceId, Sources, Span};

/// A project whose files have these texts.
struct Whole {
    sources: Sources,
    deployment: Deployment,
}

fn project(files: &[(&str, &str)]) -> Whole {
    let mut sources = Sources::default();
    let ids: Vec<SourceId> =
        files.iter().map(|(path, text)| sources.add(Source::new(*path, text.as_bytes().to_vec()))).collect();
    let read: Vec<ProjectFile<'_>> = (files.iter().zip(&ids))
        .filter(|((path, _), _)| is_evidence_file(Path::new(path)))
        .map(|((path, _), id)| ProjectFile { id: *id, path: Path::new(path), source: sources.get(*id) })
        .collect();
    let paths: BTreeSet<PathBuf> = files.iter().map(|(path, _)| PathBuf::from(path)).collect();
    let deployment = Deployment::read(&read, Arc::new(paths), &Told::default());
    Whole { deployment, sources }
}

impl Whole {
    fn rendering(&self, template: &str) -> Rendering<'_> {
        self.deployment.rendering_of(Path::new(template)).expect("something tells")
    }

    fn text(&self, span: Option<Span>) -> String {
        span.map(|span| self.sources.text(span).into_owned()).unwrap_or_default()
    }
}

fn listed(names: &[&str]) -> Mode {
    Mode::Listed(names.iter().map(|name| (*name).to_owned()).collect())
}

const TEMPLATES: &str = "services:\n  web:\n    image: nginx:1.28\n    volumes:\n      - ./templates:/etc/nginx/templates:ro\n    environment:\n      - DOMAIN=a.test\n";

fn with_templates(more: &str, name: &str) -> Whole {
    project(&[("compose.yml", &format!("{TEMPLATES}{more}")), (name, "server {}")])
}

#[test]
fn the_image_renders_its_templates() {
    let whole = with_templates("", "templates/default.conf.template");
    let rendering = whole.rendering("templates/default.conf.template");
    assert_eq!(rendering.mode, Mode::Defined { filter: None });
    assert_eq!(rendering.output.as_deref(), Some("/etc/nginx/conf.d/default.conf"));
    assert_eq!(whole.text(rendering.evidence), "./templates:/etc/nginx/templates:ro");
    assert!(rendering.unrendered.is_empty() && rendering.environment.is_closed);
    let domain = &rendering.environment.variables["DOMAIN"];
    assert_eq!((domain.value.as_deref(), domain.origin), (Some("a.test"), Origin::Compose));
    assert_eq!(whole.text(domain.span), "DOMAIN=a.test");
    assert_eq!(rendering.environment.variables["HOSTNAME"].origin, Origin::Image);
}

#[test]
fn why_a_template_stays_as_it_is() {
    let unrendered = |more: &str, name: &str| with_templates(more, name).rendering(name).unrendered;
    assert_eq!(unrendered("", "templates/default.conf"), [Unrendered::Suffix(".template".to_owned())]);
    assert!(unrendered("      - NGINX_ENVSUBST_TEMPLATE_SUFFIX=.tpl\n", "templates/default.conf.tpl").is_empty());
    let bypassed = unrendered("    command: [/bin/sh, -c, nginx]\n", "templates/a.template");
    assert!(matches!(bypassed[..], [Unrendered::Bypassed(_)]));
    for command in ["nginx -g 'daemon off;'", "/docker-entrypoint.sh nginx", "[nginx-debug, -g, x]"] {
        assert!(unrendered(&format!("    command: {command}\n"), "templates/a.template").is_empty(), "{command}");
    }
    let filtered = with_templates("      - NGINX_ENVSUBST_FILTER=^NGINX_\n", "templates/a.template");
    let mode = filtered.rendering("templates/a.template").mode;
    assert!(matches!(mode, Mode::Defined { filter: Some((filter, Some(_))) } if filter == "^NGINX_"));
    let unknown = with_templates("    command: /start\n", "templates/a.template");
    assert_eq!(unknown.rendering("templates/a.template").mode, Mode::Unknown);
}

#[test]
fn scripts_render_with_their_lists() {
    let mode = |script: &str| project(&[("run.sh", script), ("x/a.conf.tpl", "")]).rendering("x/a.conf.tpl").mode;
    assert_eq!(mode("envsubst < /etc/nginx/a.conf.tpl > /etc/nginx/conf.d/a.conf"), Mode::All);
    assert_eq!(mode("envsubst '$A,${B}' < x/a.conf.tpl > b"), listed(&["A", "B"]));
    assert_eq!(mode("envsubst 'A' < a.conf.tpl > b"), listed(&[]));
    assert_eq!(mode("envsubst \"${A}\" < a.conf.tpl > b"), Mode::Computed);
    assert_eq!(mode("L=; for v in A B; do L=\"$L \\${$v}\"; done; envsubst \"$L\" < a.conf.tpl"), Mode::Computed);
    assert_eq!(mode("for t in x/*.tpl; do envsubst '$A' < $t > ${t%.tpl}; done"), listed(&["A"]));
    let files = [("run.sh", "envsubst < a.tpl > b\nenvsubst '$A' < x/a.tpl > c"), ("a.tpl", ""), ("x/a.tpl", "")];
    assert_eq!(project(&files).rendering("x/a.tpl").mode, listed(&["A"]));
    assert_eq!(mode("gomplate -f x/a.conf.tpl -o b"), Mode::Other("gomplate".to_owned()));
}

#[test]
fn names_that_stand_for_themselves() {
    let script = "export host=\\$host\nexport uri='$uri'\nDOLLAR='$' envsubst < a.tpl > b\n";
    let whole = project(&[("run.sh", script), ("a.tpl", "")]);
    let rendering = whole.rendering("a.tpl");
    let mut mapped = rendering.self_mapped.clone();
    mapped.sort();
    let expected = [("DOLLAR", "$"), ("host", "$host"), ("uri", "$uri")];
    assert_eq!(mapped, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(whole.text(rendering.evidence), "DOLLAR='$' envsubst < a.tpl > b");
}

const DOCKERFILE: &str =
    "FROM nginx:1.23.0-alpine\nCOPY ./nginx/* /etc/nginx/\nCOPY run.sh /run.sh\nENV APP_HOST=app\nCMD [\"/run.sh\"]\n";
const RUN: &str = "#!/bin/sh\nset -e\nif [ -f x ]; then\n  envsubst < /etc/nginx/a.tpl > /etc/nginx/conf.d/default.conf\nelse\n  envsubst < /etc/nginx/b.tpl > /etc/nginx/conf.d/default.conf\nfi\nnginx\n";

#[test]
fn a_script_of_the_container_renders_one_of_two() {
    let compose = "services:\n  proxy:\n    build: ./p\n    environment:\n      DOMAIN: ${DOMAIN}\n  other:\n    image: redis\n    environment: {PORT: '1'}\n";
    let files = [
        ("compose.yml", compose),
        ("p/Dockerfile", DOCKERFILE),
        ("p/run.sh", RUN),
        ("p/nginx/a.tpl", ""),
        ("p/nginx/b.tpl", ""),
        ("p/nginx/params", ""),
    ];
    let whole = project(&files);
    let rendering = whole.rendering("p/nginx/a.tpl");
    assert_eq!((&rendering.mode, rendering.output.as_deref()), (&Mode::All, Some("/etc/nginx/conf.d/default.conf")));
    assert_eq!(rendering.alternatives, [PathBuf::from("p/nginx/b.tpl")]);
    let service = rendering.service.expect("it is known");
    assert_eq!(service.name.as_deref(), Some("proxy"));
    assert_eq!(rendering.environment.value("APP_HOST"), Some("app"));
    assert!(rendering.environment.variables["DOMAIN"].value.is_none() && rendering.environment.is_closed);
    let elsewhere = whole.deployment.defined_elsewhere("PORT", Some(service)).expect("it is");
    assert_eq!((elsewhere.0.name.as_deref(), whole.text(Some(elsewhere.1))), (Some("other"), "PORT: '1'".to_owned()));
    let version = whole.deployment.version_of(Path::new("p/nginx/a.tpl")).map(|(version, _)| version);
    assert_eq!(version, Some(Version::new(1, 23, 0)));
    let place = whole.deployment.place_of(Path::new("p/nginx/a.tpl")).expect("it is inside");
    let params = place.paths.project_path("/etc/nginx/params").map(|(path, _)| path);
    assert_eq!(params, Some(PathBuf::from("p/nginx/params")));
    assert!(place.paths.has_opaque("/etc/nginx/conf.d"));
}

#[test]
fn scripts_may_open_the_environment() {
    let closed = |line: &str| {
        let script = format!("{line}\nenvsubst < /t/a.tpl > /o\n");
        let compose = "services:\n  web:\n    image: nginx\n    volumes: [./t:/t, ./run.sh:/run.sh]\n";
        let whole = project(&[("compose.yml", compose), ("run.sh", &script), ("t/a.tpl", "")]);
        whole.rendering("t/a.tpl").environment.is_closed
    };
    assert!(closed("set -e") && closed("export A=$(b)") && closed("export A"));
    assert!(!closed(". ./x") && !closed("export $(cat x)") && !closed("eval x"));
}

#[test]
fn compose_fills_in_before_the_shell() {
    let compose = "services:\n  web:\n    image: nginx:1.28\n    volumes:\n      - ./site.template:/etc/nginx/site.template:ro\n    command: /bin/sh -c \"envsubst '${DOMAIN}' < /etc/nginx/site.template > /etc/nginx/conf.d/default.conf && nginx\"\n";
    let whole = project(&[("compose.yml", compose), ("site.template", "")]);
    let rendering = whole.rendering("site.template");
    assert_eq!(rendering.mode, listed(&[]));
    assert_eq!(rendering.list.expect("there is one").replaced, ["DOMAIN"]);
    let compose = compose.replace("${DOMAIN}", "$${DOMAIN}");
    let whole = project(&[("compose.yml", &compose), ("site.template", "")]);
    assert_eq!(whole.rendering("site.template").mode, listed(&["DOMAIN"]));
}

#[test]
fn files_that_nobody_renders() {
    let compose = "services:\n  web:\n    image: nginx:1.28\n    volumes:\n      - ./n/site.template:/etc/nginx/conf.d/default.conf:ro\n";
    let whole = project(&[("compose.yml", compose), ("n/site.template", "")]);
    let rendering = whole.rendering("n/site.template");
    assert_eq!((rendering.mode, rendering.output.as_deref()), (Mode::Raw, Some("/etc/nginx/conf.d/default.conf")));
    assert_eq!(whole.text(rendering.evidence), "./n/site.template:/etc/nginx/conf.d/default.conf:ro");
    assert!(project(&[("a.tpl", "")]).deployment.rendering_of(Path::new("a.tpl")).is_none());
}

#[test]
fn environments_of_several_files() {
    let compose =
        "services:\n  web:\n    build: .\n    env_file: [a.env]\n    environment:\n      - B=compose\n      - D=${E}\n";
    let env = "A=file\nB=file\n";
    let dockerfile = "FROM nginx\nENV A=docker C=docker\nCOPY t /etc/nginx/templates\n";
    let files =
        [("compose.yml", compose), ("a.env", env), (".env", "E=x\n"), ("Dockerfile", dockerfile), ("t/x.template", "")];
    let whole = project(&files);
    let rendering = whole.rendering("t/x.template");
    let values = ["A", "B", "C", "D", "E"].map(|name| rendering.environment.value(name));
    assert_eq!(values, [Some("file"), Some("compose"), Some("docker"), Some("x"), None]);
    assert!(rendering.environment.is_closed);
    let without_file = project(&[files[0], files[3], files[4]]);
    assert!(!without_file.rendering("t/x.template").environment.is_closed);
}

#[test]
fn services_on_top_of_others() {
    let base = "services:\n  web:\n    image: nginx:1.27\n    volumes: [\"./n:/etc/nginx\"]\n";
    let over = "services:\n  web:\n    command: nginx\n";
    let whole =
        project(&[("compose.yml", base), ("compose.prod.yml", over), ("n/nginx.conf", ""), ("n/conf.d/a.conf", "")]);
    let services = whole.deployment.services_of(Path::new("n/conf.d/a.conf"));
    assert_eq!(services.iter().map(|(_, path)| path.as_str()).collect::<Vec<_>>(), ["/etc/nginx/conf.d/a.conf"; 2]);
    assert_eq!(whole.deployment.mains_of(Path::new("n/conf.d/a.conf"))[0], PathBuf::from("n/nginx.conf"));
}

#[test]
fn containers_that_a_script_runs() {
    let script = "#!/bin/sh\ndocker run -d -v $(pwd)/t:/etc/nginx/templates -e DOMAIN=a.test nginx:1.25.3\n";
    let whole = project(&[("run.sh", script), ("t/a.conf.template", "")]);
    let rendering = whole.rendering("t/a.conf.template");
    assert_eq!(
        (rendering.mode, rendering.environment.value("DOMAIN")),
        (Mode::Defined { filter: None }, Some("a.test"))
    );
    let version = whole.deployment.version_of(Path::new("t/a.conf.template")).map(|(version, _)| version);
    assert_eq!(version, Some(Version::new(1, 25, 3)));
}

#[test]
fn an_application_with_a_copy_of_the_project_is_not_asked() {
    let compose = "services:\n  app:\n    build: .\n  web:\n    image: nginx:1.27\n    volumes: [./n/a.conf:/etc/nginx/conf.d/a.conf]\n";
    let dockerfile = "FROM python:3\nWORKDIR /app\nCOPY . .\n";
    let whole = project(&[("compose.yml", compose), ("Dockerfile", dockerfile), ("n/a.conf", "")]);
    assert_eq!(whole.deployment.services_of(Path::new("n/a.conf")).len(), 2);
    let version = whole.deployment.version_of(Path::new("n/a.conf")).map(|(version, _)| version);
    assert_eq!(version, Some(Version::new(1, 27, 5)));
    let place = whole.deployment.place_of(Path::new("n/a.conf")).and_then(|place| place.container);
    assert_eq!(place.as_deref(), Some("/etc/nginx/conf.d/a.conf"));
}

#[test]
fn others_may_add_to_the_environment() {
    let dockerfile = "FROM nginx:1.28\nCOPY t /etc/nginx/templates\nCOPY x.sh /x.sh\n";
    let compose = "services:\n  web:\n    build: .\n";
    let closed = |more: &str, extra: (&str, &str)| {
        let text = format!("{dockerfile}{more}");
        let files = [("compose.yml", compose), ("Dockerfile", &text), ("t/a.template", ""), extra];
        project(&files).rendering("t/a.template").environment.is_closed
    };
    assert!(closed("", ("b", "")) && closed("CMD [\"nginx\"]", ("x.sh", "exec nginx\n")));
    let entrypoint = "ENTRYPOINT [\"/x.sh\"]\nCMD [\"nginx\"]\n";
    assert!(!closed(entrypoint, ("x.sh", "export A=1\nexec /docker-entrypoint.sh \"$@\"\n")));
    assert!(!closed("COPY e /docker-entrypoint.d/\n", ("e/1.envsh", "export A=1\n")));
}

#[test]
fn texts_that_go_through_several_programs() {
    let chained = |script: &str| {
        let whole = project(&[("run.sh", script), ("a.tpl", "")]);
        let rendering = whole.rendering("a.tpl");
        (rendering.is_chained, rendering.is_alone)
    };
    assert_eq!(chained("envsubst < a.tpl > b"), (false, true));
    assert!(chained("sed s/x/y/ a.tpl | envsubst > b").0);
    assert!(chained("envsubst < a.tpl > b; sed -i s/x/y/ b").0);
    assert!(!chained("if x; then sed s/x/y/ a.tpl > b; else envsubst < a.tpl > b; fi").0);
    assert!(!chained("cat *.tpl | envsubst > b").1);
}

#[test]
fn scripts_that_do_not_say_what_they_render() {
    let unseen = |script: &str| project(&[("run.sh", script)]).deployment.may_render_unseen();
    for script in ["envsubst < $1 > x", "envsubst > x", "sed -i s/a/b/ \"$f\"", "eval \"echo $(cat $f)\""] {
        assert!(unseen(script), "{script}");
    }
    for script in ["envsubst < a > b", "awk '{ print $1 }' \"$f\"", "sed s/a/b/ \"$1\"", "eval $x", "ls $1"] {
        assert!(!unseen(script), "{script}");
    }
}
