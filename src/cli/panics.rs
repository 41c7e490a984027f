//! Turns panics into diagnostics that ask for a bug report.

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use super::terminal::Terminal;
use crate::diagnostic::{Code, Diagnostic, Location, Origin};

/// Internal error (`EX_SOFTWARE` of sysexits.h).
const EXIT_INTERNAL_ERROR: u8 = 70;

/// The locations of all panics, caught or not.
static PANICS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Runs a command. If any thread panics, the exit status is that of an internal error.
pub(super) fn catch_panics(command: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        let found = diagnostic(panic);
        let is_new = PANICS
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(found.location.file.clone());
        if is_new {
            Terminal::new(false).show(&[found]);
        }
    }));
    let status = catch_unwind(AssertUnwindSafe(command));
    let has_panicked = !PANICS.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
    status.ok().filter(|_| !has_panicked).unwrap_or(ExitCode::from(EXIT_INTERNAL_ERROR))
}

fn diagnostic(panic: &PanicHookInfo<'_>) -> Diagnostic {
    let location = panic.location().map_or_else(
        || "newsgen".to_owned(),
        |location| format!("{}:{}", source_name(location.file()), location.line()),
    );
    let message = panic.payload().downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.payload().downcast_ref::<String>().map(String::as_str));
    let what = message.map_or("a panic", reason);
    Diagnostic::new(Code::InternalError, Location::file(location), format!("internal error: {what}"))
        .help(format!(
            "this is a bug in newsgen; please report it with this output, the command and the version ({}), then run the command again",
            env!("CARGO_PKG_VERSION")
        ))
        .with_origin(Origin::Io)
}

/// The constant part of a panic message. Values, which may be confidential, follow a colon or
/// semicolon, or are quoted.
fn reason(message: &str) -> &str {
    let end = [": ", "; ", "\n", "\""].iter().filter_map(|mark| message.find(mark)).min();
    message.get(..end.unwrap_or(message.len())).unwrap_or_default()
}

/// The path of a source file in its package, without the folders of the machine that compiled it.
fn source_name(file: &str) -> String {
    let parts: Vec<&str> = file.split(['/', '\\']).collect();
    let start = parts.iter().rposition(|part| *part == "src").unwrap_or(0).saturating_sub(1);
    parts.get(start..).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_message_hides_values() {
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
            (
                "called `Option::unwrap()` on a `None` value",
                "called `Option::unwrap()` on a `None` value",
            ),
        ] {
            assert_eq!(reason(message), expected);
        }
    }

    #[test]
    fn panic_location_is_package_and_file() {
        for (file, expected) in [
            ("src/cli/mod.rs", "src/cli/mod.rs"),
            (
                "/home/me/.cargo/registry/src/index-1/object_store-0.14.2/src/aws/client.rs",
                "object_store-0.14.2/src/aws/client.rs",
            ),
            ("/rustc/0123/library/core/src/option.rs", "core/src/option.rs"),
            ("C:\\a\\tera-2.4.0\\src\\vm.rs", "tera-2.4.0/src/vm.rs"),
        ] {
            assert_eq!(source_name(file), expected);
        }
    }
}
