#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("include"), |input: &[u8]| nginspect_fuzz::check("include", input));
