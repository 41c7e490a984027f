//! Tests of whole sites that need what not every machine has. Where it is missing they are ignored,
//! with the reason; in CI on Linux, where `.ci/run` installs the tools, a missing tool is a
//! failure.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may do what the program may not"
)]

#[cfg(unix)]
mod builds;
#[cfg(unix)]
#[path = "../site/fault_fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of `site`")]
mod fault_fixture;
#[path = "../site/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of `site`")]
mod fixture;
mod real_documents;
#[cfg(target_os = "linux")]
mod serve;
#[cfg(target_os = "linux")]
#[path = "../site/serve_fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of `site`")]
mod serve_fixture;
mod yaml_test_suite;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Trial};

/// What a test needs and this machine does not have.
enum Missing {
    /// A tool that `.ci/run tools` installs.
    Tool(&'static str),
    /// Anything else.
    Condition(&'static str),
}

/// A test by the path of its function.
macro_rules! trial {
    ($test:path) => {
        trial(stringify!($test), $test)
    };
}

fn trial(name: &str, test: fn() -> Result<(), Missing>) -> Trial {
    let is_ci = cfg!(target_os = "linux") && std::env::var_os("CI").is_some();
    Trial::ignorable_test(name, move || match test() {
        Ok(()) => Ok(Completion::Completed),
        Err(Missing::Tool(tool)) if is_ci => {
            Err(format!("needs {tool}: `bash .ci/run tools`").into())
        }
        Err(Missing::Tool(what) | Missing::Condition(what)) => {
            Ok(Completion::ignored_with(format!("needs {what}")))
        }
    })
}

fn main() -> ExitCode {
    let trials = vec![
        trial!(real_documents::real_documents_have_one_page_each),
        trial!(real_documents::real_documents_are_listed_by_topic_and_provider),
        trial!(real_documents::secured_values_are_never_published),
        trial!(real_documents::sample_document_is_complete),
        trial!(yaml_test_suite::yaml_test_suite_matches_library_or_is_located),
        trial!(yaml_test_suite::yaml_test_suite_errors_are_located),
        #[cfg(unix)]
        trial!(builds::full_disk_keeps_the_published_site),
        #[cfg(unix)]
        trial!(builds::unwritable_output_folder_is_an_error),
        #[cfg(unix)]
        trial!(builds::waiting_build_can_be_interrupted),
        #[cfg(unix)]
        trial!(builds::builds_on_case_insensitive_fs),
        #[cfg(target_os = "linux")]
        trial!(serve::watch_sees_rsync),
        #[cfg(target_os = "linux")]
        trial!(serve::retries_a_build_that_could_open_no_file),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
