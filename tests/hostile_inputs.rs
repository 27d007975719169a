//! The inputs that fuzzing found worth keeping, and those that broke something once, each through the check of its target.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::hostile::CHECKS;

fn inputs(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.path()).collect()
}

#[test]
fn what_fuzzing_found_is_replayed() {
    for (target, check) in CHECKS {
        let inputs = inputs(target);
        assert!(!inputs.is_empty(), "there are no inputs for {target}");
        let broken = inputs.par_iter().filter(|path| {
            let input = fs::read(path).expect("an input can be read");
            std::panic::catch_unwind(|| check(&input)).is_err()
        });
        let broken: Vec<&PathBuf> = broken.collect();
        assert!(broken.is_empty(), "{broken:?}");
    }
}

#[test]
fn every_target_has_its_check() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).expect("text");
    let named = manifest.lines().filter_map(|line| line.strip_prefix("name = \"")).skip(1);
    let named: Vec<&str> = named.filter_map(|rest| rest.strip_suffix('"')).collect();
    assert_eq!(named, CHECKS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}
