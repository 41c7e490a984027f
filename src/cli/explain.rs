//! `newsgen explain`: why the site is as it is.

use std::process::ExitCode;

use clap::Args;

use super::build::{SiteArgs, read_only_options};
use super::process::EXIT_SITE_ERRORS;
use super::stories;
use super::terminal::Terminal;
use crate::build::{self, BuildOptions};
use crate::diagnostic::Diagnostic;
use crate::page::{FrontArticles, FrontExplanation};

/// What names the front page.
const FRONT: &str = "front";

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// What to explain: `front` for the order of the front page, or the path of an article's
    /// document or its address for its story
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
    let lines = match &*what {
        FRONT => front(&options),
        path => stories::explain(&options, path),
    };
    match lines {
        Ok((lines, warning)) => {
            report.show(warning.as_slice());
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

/// Explains the order of the front page.
fn front(options: &BuildOptions) -> Result<(Vec<String>, Option<Diagnostic>), Vec<Diagnostic>> {
    build::inspect(options, |site| {
        FrontExplanation::new(site.routes, &FrontArticles::choose(site.routes)).lines()
    })
}
