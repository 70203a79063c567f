//! What the targets of cargo-fuzz share.

use citygauge_tests::fuzz::TARGETS;
use citygauge_tests::fuzz::mutate::Mutator;

/// Mutates the first `size` bytes of `data` in place and answers how many there are now, `most` at most: every other time as the short run does,
/// with the words and the archives of the target, otherwise as libFuzzer does by itself.
///
/// # Panics
/// Where there is no such target.
pub fn mutated(name: &str, data: &mut [u8], size: usize, most: usize, seed: u32) -> usize {
    if seed % 2 == 0 {
        return libfuzzer_sys::fuzzer_mutate(data, size, most);
    }
    let target = TARGETS.iter().find(|target| target.name == name).expect("the target is listed");
    let mutated = Mutator::new(target, seed.into()).mutate(&data[..size], &[]);
    let length = mutated.len().min(most).min(data.len());
    data[..length].copy_from_slice(&mutated[..length]);
    length
}

/// Lets panics of the workbook reader pass, which the service catches by design (`intake::xlsx`); every other one ends the run, as it does in the
/// other targets.
pub fn caught() {
    std::panic::set_hook(Box::new(|panic| {
        let is_readers = panic.location().is_some_and(|place| place.file().contains("/calamine-"));
        if !is_readers {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}
