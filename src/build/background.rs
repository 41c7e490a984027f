//! Work that a build does not wait for.

/// Drops a value on another thread, since freeing many small allocations takes time.
pub(super) fn drop_in_background<T: Send + 'static>(value: T) {
    rayon::spawn(move || drop(value));
}
