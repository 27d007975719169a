//! What we say that envsubst does, against the program itself; and the same for the nginx image's entrypoint.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use nginspect::template::Environment;
use nginspect::template::envsubst::{Origin, Selection, expansions, placeholders, render, variables_of_list};
use nginspect::template::image::Entrypoint;
use proptest::prelude::*;

/// What the entrypoint is documented to do, for one template on standard input: all names of the environment that the
/// filter lets through make the list.
const ENTRYPOINT: &str = r#"
names=$(awk 'END { for (name in ENVIRON) if (name ~ ENVIRON["NGINX_ENVSUBST_FILTER"]) print name }' < /dev/null)
list=
for name in $names; do list="$list\${$name} "; done
exec envsubst "$list"
"#;

/// Is the program here? Says so if it is not, because then nothing is compared.
fn has(program: &str) -> bool {
    let is_here = Command::new(program).arg("--version").stdin(Stdio::null()).output().is_ok();
    if !is_here {
        writeln!(std::io::stderr(), "skipped: there is no {program} here").expect("stderr is open");
    }
    is_here
}

fn output(command: &mut Command, environment: &BTreeMap<String, String>, input: &[u8]) -> Vec<u8> {
    command.env_clear().env("PATH", "/usr/bin:/bin").envs(environment);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    // The inputs are short: they fit into the pipe.
    child.stdin.take().expect("a pipe").write_all(input).expect("the program reads");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success());
    output.stdout
}

fn template() -> impl Strategy<Value = Vec<u8>> {
    let parts = [
        "$", "{", "}", "${", "$$", "A", "B_1", "host", "_x", "$A", "${A}", "${B_1}", "$host", "${host}", "${A:-x}",
        "${A-", "1", "9", " ", "\n", "\\", "\\$A", "listen ", ";", "é", "\0", "/", "${ A}", "${_x", "a.b", "#", "'",
        "\"",
    ];
    let part = prop::sample::select(parts.to_vec()).prop_map(|part| part.as_bytes().to_vec());
    let any = prop::collection::vec(any::<u8>(), 0..3);
    prop::collection::vec(prop_oneof![12 => part, 1 => any], 0..40).prop_map(|parts| parts.concat())
}

fn environment() -> impl Strategy<Value = BTreeMap<String, String>> {
    let name = prop::sample::select(vec!["A", "B_1", "host", "_x", "a", "A1", "AB"]).prop_map(str::to_owned);
    let value = prop::sample::select(vec!["", "1", "two words", "$A", "${host}", "a\nb;", "é", "\\", "}"]);
    prop::collection::btree_map(name, value.prop_map(str::to_owned), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn every_name_is_replaced_as_envsubst_does(text in template(), environment in environment()) {
        if has("envsubst") {
            // The program sees the path that it was found by, too.
            let lookup = |name: &str| environment.get(name).cloned();
            let rendered = render(&text, &Selection::All, lookup).text;
            prop_assert_eq!(rendered, output(&mut Command::new("envsubst"), &environment, &text));
        }
    }

    #[test]
    fn a_list_selects_as_it_does_for_envsubst(text in template(), list in template(), environment in environment()) {
        let list: Vec<u8> = String::from_utf8_lossy(&list).replace('\0', "").into_bytes();
        if has("envsubst") {
            let list = String::from_utf8(list).expect("made of text");
            let rendered = render(&text, &Selection::of_list(list.as_bytes()), |name| environment.get(name).cloned()).text;
            prop_assert_eq!(rendered, output(Command::new("envsubst").arg("--").arg(&list), &environment, &text));
            let shown = output(Command::new("envsubst").args(["--variables", "--"]).arg(&list), &environment, b"");
            let shown: BTreeSet<String> = String::from_utf8(shown).expect("names").lines().map(str::to_owned).collect();
            prop_assert_eq!(variables_of_list(list.as_bytes()), shown);
        }
    }

    #[test]
    fn the_entrypoint_replaces_what_the_environment_defines(
        text in template(),
        mut values in environment(),
        filter in prop::sample::select(vec!["", "^A", "host|_x", "^(A|B_)", "_", "1$", "nothing"]),
    ) {
        if has("envsubst") && Path::new("/bin/sh").exists() && has("awk") {
            values.insert("NGINX_ENVSUBST_FILTER".to_owned(), filter.to_owned());
            let mut environment = Environment::default();
            for (name, value) in &values {
                environment.insert(name, value, "test");
            }
            let selection = Entrypoint::of(&environment).selection(environment.names()).expect("a plain filter");
            let rendered = render(&text, &selection, |name| environment.get(name).map(|value| value.text.clone())).text;
            prop_assert_eq!(rendered, output(Command::new("/bin/sh").args(["-c", ENTRYPOINT]), &values, &text));
        }
    }
}

proptest! {
    #[test]
    fn scanning_and_rendering_hold_for_any_text(text in template(), environment in environment()) {
        let mut end = 0;
        for placeholder in placeholders(&text) {
            prop_assert!(placeholder.start >= end && text[placeholder.start] == b'$');
            end = placeholder.end;
        }
        for expansion in expansions(&text) {
            let last = text[..expansion.end].last();
            prop_assert_eq!(last, Some(&b"}"[0]));
        }
        let rendered = render(&text, &Selection::All, |name| environment.get(name).cloned());
        let mut last = 0;
        for (offset, byte) in rendered.text.iter().enumerate() {
            let (start, end) = rendered.map.origin_of_range(offset, offset + 1);
            prop_assert!(last <= start && start < end && end <= text.len(), "offset {} of {:?}", offset, rendered.text);
            last = start;
            if let Origin::Template(origin) = rendered.map.origin(offset) {
                prop_assert_eq!(text[origin], *byte);
            }
        }
        prop_assert_eq!(rendered.map.origin_of_range(rendered.text.len(), rendered.text.len()).1 <= text.len(), true);
    }
}
