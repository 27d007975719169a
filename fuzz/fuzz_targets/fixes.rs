#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("fixes"), |input: &[u8]| nginspect_fuzz::check("fixes", input));
