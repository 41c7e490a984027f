//! `newsgen explain`: why the site is as it is.

use std::process::ExitCode;

use clap::Args;

use super::build::{SiteArgs, read_only_options};
use super::process::EXIT_SITE_ERRORS;
use super::stories;
use super::terminal::Terminal;

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// What to explain: the path of an article's document or its address, for its story
    what: String,
    #[command(flatten)]
    site: SiteArgs,
}

/// Prints an explanation.
pub(super) fn run(args: ExplainArgs) -> ExitCode {
    let report = Terminal::new(true);
    let what = args.what;
    let options = match read_only_options(args.site) {
        Ok(options) => options,
        Err(status) => return status,
    };
    match stories::explain(&options, &what) {
        Ok(lines) => {
            for line in lines {
                report.print(&line);
            }
            ExitCode::SUCCESS
        }
        Err(diagnostics) => {
            report.show(&diagnostics);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}
