//! [`both`]: two things at once.

/// Does two things, the second in a thread of its own where one can be started, and returns what both gave.
///
/// No thread of a pool: this may run while a lock is held that other tasks of a pool wait for.
pub(crate) fn both<First, Second: Send>(
    first: impl FnOnce() -> First,
    second: impl Fn() -> Second + Sync,
) -> (First, Second) {
    std::thread::scope(|scope| {
        let other = std::thread::Builder::new().spawn_scoped(scope, &second).ok();
        let first = first();
        (first, other.and_then(|other| other.join().ok()).unwrap_or_else(&second))
    })
}
