#![no_main]

libfuzzer_sys::fuzz_target!(init: nginspect_fuzz::plant("lex"), |input: &[u8]| nginspect_fuzz::check("lex", input));
