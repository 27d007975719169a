//! The fuzz targets of nginspect: what must hold is said once, in `tests/hostile`, and checked here on inputs that a machine
//! makes up.

#[path = "../../tests/hostile/mod.rs"]
mod hostile;
mod seeds;

#[path = "../../tests/support"]
mod support {
    pub(crate) mod memory;
    pub(crate) mod mending;
}

/// Checks one input; panics if something does not hold.
pub fn check(target: &str, input: &[u8]) {
    let found = hostile::CHECKS.iter().find(|(name, _)| *name == target);
    let (_, check) = found.unwrap_or_else(|| panic!("there is no target {target}"));
    check(input);
}

/// Writes what a target starts from to `seeds/TARGET`.
pub fn plant(target: &str) {
    // One thread: a target is to do the same for the same input.
    // The pool is there already if this is called twice, and that is well.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(1).build_global();
    seeds::plant(target);
}
