#![no_main]
libfuzzer_sys::fuzz_target!(init: citygauge_fuzz::caught(), |bytes: &[u8]| { citygauge_tests::fuzz::xlsx(bytes); });
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| { citygauge_fuzz::mutated("xlsx", data, size, most, seed) });
