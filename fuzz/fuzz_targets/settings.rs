#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("settings"), |input: &[u8]| nginspect_fuzz::check("settings", input));
