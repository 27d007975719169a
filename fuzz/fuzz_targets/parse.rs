#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("parse"), |input: &[u8]| nginspect_fuzz::check("parse", input));
