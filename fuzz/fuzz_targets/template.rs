#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("template"), |input: &[u8]| nginspect_fuzz::check("template", input));
