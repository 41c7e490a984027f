//! The last guard: a panic, which is a mistake in newsgen or in a library, becomes a diagnostic that asks for a report.

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use super::report::Report;
use crate::diagnostic::{Cause, Diagnostic, Place};

/// newsgen has a mistake (`EX_SOFTWARE` of sysexits.h).
const INTERNAL_ERROR: u8 = 70;

/// Where a thread has panicked, whoever caught it.
static PANICS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Runs a command. Its exit status says so where any of its threads has panicked.
pub(super) fn guarded(command: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        let found = diagnostic(panic);
        let is_new = PANICS.lock().unwrap_or_else(PoisonError::into_inner).insert(found.place.file.clone());
        if is_new {
            Report::new(false).show(&[found]);
        }
    }));
    let status = catch_unwind(AssertUnwindSafe(command));
    let has_panicked = !PANICS.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
    status.ok().filter(|_| !has_panicked).unwrap_or(ExitCode::from(INTERNAL_ERROR))
}

fn diagnostic(panic: &PanicHookInfo<'_>) -> Diagnostic {
    let place = panic.location().map_or_else(
        || "newsgen".to_owned(),
        |location| format!("{}:{}", place(location.file()), location.line()),
    );
    let message = panic.payload().downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.payload().downcast_ref::<String>().map(String::as_str));
    let what = message.map_or("a panic", reason);
    Diagnostic::error(Place::file(place), format!("newsgen has failed by a mistake of its own: {what}"))
        .help(format!(
            "please report this to the developers of newsgen, with these lines, the command, and the version, which is {}; \
             run the command again: it goes on from a clean state",
            env!("CARGO_PKG_VERSION")
        ))
        .caused_by(Cause::Machine)
}

/// The part of a panic's message that the source code has. Values follow behind a colon or a semicolon, or are quoted, and may be
/// anybody's secrets.
fn reason(message: &str) -> &str {
    let end = [": ", "; ", "\n", "\""].iter().filter_map(|mark| message.find(mark)).min();
    message.get(..end.unwrap_or(message.len())).unwrap_or_default()
}

/// A source file as its package names it: paths of the machine that compiled it help nobody.
fn place(file: &str) -> String {
    let parts: Vec<&str> = file.split(['/', '\\']).collect();
    let start = parts.iter().rposition(|part| *part == "src").unwrap_or(0).saturating_sub(1);
    parts.get(start..).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_names_what_failed_and_no_value() {
        for (message, expected) in [
            (
                "called `Result::unwrap()` on an `Err` value: InvalidToken(\"secret\")",
                "called `Result::unwrap()` on an `Err` value",
            ),
            (
                "byte index 1 is not a char boundary; it is inside 'é' of `secret`",
                "byte index 1 is not a char boundary",
            ),
            ("assertion failed\n left: \"secret\"", "assertion failed"),
            ("cannot use \"secret\"", "cannot use "),
            ("called `Option::unwrap()` on a `None` value", "called `Option::unwrap()` on a `None` value"),
        ] {
            assert_eq!(reason(message), expected);
        }
    }

    #[test]
    fn a_panic_is_placed_by_package_and_file() {
        for (file, expected) in [
            ("src/cli/mod.rs", "src/cli/mod.rs"),
            (
                "/home/me/.cargo/registry/src/index-1/object_store-0.14.2/src/aws/client.rs",
                "object_store-0.14.2/src/aws/client.rs",
            ),
            ("/rustc/0123/library/core/src/option.rs", "core/src/option.rs"),
            ("C:\\a\\tera-2.4.0\\src\\vm.rs", "tera-2.4.0/src/vm.rs"),
        ] {
            assert_eq!(place(file), expected);
        }
    }
}
