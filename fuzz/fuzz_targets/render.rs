#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("render"), |input: &[u8]| nginspect_fuzz::check("render", input));
