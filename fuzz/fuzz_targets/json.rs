#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("json"), |input: &[u8]| nginspect_fuzz::check("json", input));
