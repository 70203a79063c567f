#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| { citygauge_tests::fuzz::json(bytes); });
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| { citygauge_fuzz::mutated("json", data, size, most, seed) });
