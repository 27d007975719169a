#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("lint"), |input: &[u8]| nginspect_fuzz::check("lint", input));
