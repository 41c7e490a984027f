//! `newsgen explain`: why the site is as it is.

use std::process::ExitCode;

use clap::Args;

use super::build::{SiteArgs, read_only_options};
use super::stories;
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
    let what = args.what;
    let options = match read_only_options(args.site) {
        Ok(options) => options,
        Err(status) => return status,
    };
    stories::print_lines(match &*what {
        FRONT => front(&options),
        path => stories::explain(&options, path),
    })
}

/// Explains the order of the front page.
fn front(options: &BuildOptions) -> Result<(Vec<String>, Option<Diagnostic>), Vec<Diagnostic>> {
    build::inspect(options, |site| {
        FrontExplanation::new(site.routes, &FrontArticles::choose(site.routes)).lines()
    })
}
