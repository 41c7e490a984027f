//! `newsgen explain`: why the site is as it is, and what the codes of diagnostics mean.

use std::process::ExitCode;

use clap::Args;

use super::build::{SiteArgs, read_only_options};
use super::stories;
use crate::build::{self, BuildOptions};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::page::{FrontArticles, FrontExplanation};

/// What names the front page.
const FRONT: &str = "front";

/// What names the list of codes.
const CODES: &str = "codes";

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// What to explain: the code of an error or a warning, or `codes` for a list of them; `front` for
    /// the order of the front page; or the path of an article's document, its URL, a former URL, or the
    /// URL of its original
    what: String,
    #[command(flatten)]
    site: SiteArgs,
}

/// Prints an explanation.
pub(super) fn run(args: ExplainArgs) -> ExitCode {
    let what = args.what;
    if what == CODES {
        return stories::print_lines(Ok((list_of_codes(), None)));
    }
    if looks_like_code(&what) {
        return stories::print_lines(code(&what).map(|lines| (lines, None)));
    }
    let options = match read_only_options(args.site) {
        Ok(options) => options,
        Err(status) => return status,
    };
    stories::print_lines(match &*what {
        FRONT => front(&options),
        path => stories::explain(&options, path),
    })
}

fn list_of_codes() -> Vec<String> {
    Code::ALL.iter().map(|code| format!("{code}  {}", code.title())).collect()
}

/// Whether a text is a letter and digits, like `E0012`.
fn looks_like_code(text: &str) -> bool {
    let digits = text.strip_prefix(|c: char| c.is_ascii_alphabetic());
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit())
    })
}

/// Explains a code.
fn code(text: &str) -> Result<Vec<String>, Vec<Diagnostic>> {
    let Some(code) = Code::of(text) else {
        let error = Diagnostic::new(Code::UnknownName, Location::file(text), "unknown code");
        return Err(vec![error.help(match Code::closest(text) {
            Some(code) => format!("did you mean `{code}`? `newsgen explain codes` lists all"),
            None => "`newsgen explain codes` lists all".to_owned(),
        })]);
    };
    let mut lines = vec![format!("{code}: {}", code.title()), String::new()];
    lines.extend(code.plain_explanation().lines().map(str::to_owned));
    Ok(lines)
}

/// Explains the order of the front page.
fn front(options: &BuildOptions) -> Result<(Vec<String>, Option<Diagnostic>), Vec<Diagnostic>> {
    build::inspect(options, |site| {
        FrontExplanation::new(site.routes, &FrontArticles::choose(site.routes)).lines()
    })
}
