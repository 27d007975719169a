#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("regex"), |input: &[u8]| nginspect_fuzz::check("regex", input));
