//! The command line interface.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the module that talks to the user"
)]

#[cfg(feature = "net")]
mod add;
mod build;
#[cfg(feature = "net")]
mod check_links;
mod date_argument;
#[cfg(feature = "deploy")]
mod deploy;
mod explain;
mod fix;
mod formats;
mod import;
mod panics;
mod init;
mod list;
mod man_page;
mod new;
mod process;
#[cfg(feature = "net")]
mod pull;
mod schema;
mod stories;
mod terminal;
mod serve;

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::escape::escaped;
use build::{BuildArgs, CheckArgs, NextChangeArgs};
use process::{EXIT_SITE_ERRORS, EXIT_USAGE, now};
use terminal::{Terminal, print};

/// A static site generator for curated news feeds.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    after_help = "Exit status: 0 success, 1 the site has errors, 2 usage error, 3 published with documents left out, or some sources not pulled, 70 internal error."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a new site
    #[command(
        after_help = "Examples:\n  newsgen init my-site && newsgen build --root my-site\n  newsgen init --theme-only article.html theme/style.css"
    )]
    Init(InitArgs),
    /// Create an article with today's date and front matter to fill in
    #[command(
        after_help = "Examples:\n  newsgen new \"Harbour reopens after the storm\"\n  newsgen new https://www.harbourpost.example/2026/11/harbour-reopens --topic Ports"
    )]
    New(new::NewArgs),
    /// Create an article about a page of another site, with what the page says
    #[cfg(feature = "net")]
    #[command(
        after_help = "The article is not published before you remove its line `published: false`. Examples:\n  newsgen add https://www.harbourpost.example/2026/11/harbour-reopens --topic Ports --edit\n  newsgen add https://rail.example/night-trains --note \"Worth it for the map.\" --publish"
    )]
    Add(add::AddArgs),
    /// Create articles about new items of the feeds that site.toml names as sources
    #[cfg(feature = "net")]
    #[command(
        after_help = "The articles are not published before you remove their lines `published: false`, unless the source has `publish = true`. What was pulled once is never pulled again: commit `pulled.lock`. Examples:\n  newsgen pull --dry-run\n  newsgen pull --source \"Harbour Post\" --fetch-pages"
    )]
    Pull(pull::PullArgs),
    /// Import articles from another generator, a feed or bookmarks
    #[command(
        after_help = "No file is overwritten. Bookmarks and feed items get `published: false`, posts stay as they are. Examples:\n  newsgen import jekyll ../old-blog --dry-run\n  newsgen import hugo ../old-blog --base-url https://old.example/\n  newsgen import csv bookmarks.csv --into content/bookmarks\n  newsgen import opml feeds.opml >> site.toml"
    )]
    Import(import::ImportArgs),
    /// Build the site
    #[command(
        after_help = "Examples:\n  newsgen build\n  newsgen build --root my-site --output-dir /srv/www --base-url https://news.example/\n  newsgen build --report changes.json"
    )]
    Build(BuildArgs),
    /// Serve the site locally, without touching its output folder
    #[command(after_help = "Example:\n  newsgen serve --watch --open --unpublished")]
    Serve(serve::ServeArgs),
    /// Print when the site next needs a rebuild even if no file changes, or `never`
    #[command(
        after_help = "For example, when a future article becomes due or one leaves the news sitemap. Example:\n  newsgen next-change --root my-site"
    )]
    NextChange(NextChangeArgs),
    /// List the site's articles and pages: path, date, state, address, topics
    #[command(
        after_help = "Options that choose articles are combined: each narrows the list. Examples:\n  newsgen list --drafts\n  newsgen list --topic \"Night trains\" --provider rail.example\n  newsgen list --orphans --json > orphans.json\n  newsgen list --open content/news/harbour-reopens.md"
    )]
    List(list::ListArgs),
    /// Explain the code of an error or a warning, the order of the front page, or why an article is
    /// in its story
    #[command(
        after_help = "Examples:\n  newsgen explain E0028\n  newsgen explain front --root my-site\n  newsgen explain content/news/harbour-reopens.md --root my-site"
    )]
    Explain(explain::ExplainArgs),
    /// Show which articles are about one event, why, and which nearly are
    #[command(
        after_help = "Examples:\n  newsgen stories --since 2026-11-01\n  newsgen stories --json > stories.json"
    )]
    Stories(stories::StoriesArgs),
    /// Print a JSON Schema of front matter or site.toml for editors, or the configuration of a CMS
    #[command(
        after_help = "Examples:\n  newsgen schema article > article.schema.json\n  newsgen schema --cms > static/admin/config.yml"
    )]
    Schema(schema::SchemaArgs),
    /// Upload a built site to its host: only what changed, in an order that never breaks pages
    #[cfg(feature = "deploy")]
    #[command(
        after_help = "Credentials come from the same environment variables as for the cloud providers' own tools. Examples:\n  newsgen build && newsgen deploy\n  newsgen deploy live --dry-run"
    )]
    Deploy(deploy::DeployArgs),
    /// Generate shell completions
    #[command(
        after_help = "Examples:\n  newsgen completions bash > /etc/bash_completion.d/newsgen\n  newsgen completions zsh > ~/.zfunc/_newsgen"
    )]
    Completions(CompletionsArgs),
    /// Generate the man page
    #[command(after_help = "Example:\n  newsgen man > /usr/local/share/man/man1/newsgen.1")]
    Man,
    /// Check the site for errors and warnings without writing it
    #[command(
        after_help = "`newsgen explain CODE` explains the code of an error or a warning. Examples:\n  newsgen check --future --unpublished\n  newsgen check --links --archived\n  newsgen check --format sarif > newsgen.sarif"
    )]
    Check(CheckArgs),
}

#[derive(Debug, Args)]
struct InitArgs {
    /// The folder of the new site: new, empty, or a new repository (files such as README.md are
    /// kept)
    #[arg(required_unless_present = "theme_only")]
    dir: Option<PathBuf>,
    /// Copy the default theme's templates and assets into the site
    #[arg(long)]
    with_theme: bool,
    /// Only copy these files of the default theme, such as `article.html` or `theme/style.css`, into
    /// the existing site here, or in DIR if it precedes this option
    #[arg(long, value_name = "NAME", num_args = 1.., conflicts_with = "with_theme")]
    theme_only: Vec<String>,
}

#[derive(Debug, Args)]
struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    panics::catch_panics(|| parse().map_or_else(|status| status, execute))
}

/// Parses the command line. Errors and help are printed, and the exit status is returned.
fn parse() -> Result<Cli, ExitCode> {
    Cli::try_parse().map_err(|error| {
        let text = error.render().to_string();
        // clap quotes arguments unescaped.
        if text.lines().any(|line| matches!(escaped(line), Cow::Owned(_))) {
            for line in text.lines() {
                let _ = writeln!(io::stderr(), "{}", escaped(line));
            }
        } else {
            let _ = error.print();
        }
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(EXIT_USAGE))
    })
}

fn execute(cli: Cli) -> ExitCode {
    let result = match cli.command {
        Command::Init(InitArgs { dir, with_theme, theme_only }) => {
            let dir = dir.unwrap_or_else(|| PathBuf::from("."));
            if theme_only.is_empty() {
                init::run(&dir, with_theme, now())
            } else {
                init::theme_only(&dir, &theme_only)
            }
        }
        Command::New(args) => new::run(&args, now()),
        #[cfg(feature = "net")]
        Command::Add(args) => return add::run(args, now()),
        #[cfg(feature = "net")]
        Command::Pull(args) => return pull::run(&args, now()),
        Command::Import(args) => return import::run(args, now()),
        Command::Build(args) => return build::run(args),
        Command::Serve(args) => return serve::run(&args),
        Command::NextChange(args) => return build::next_change(args),
        Command::Explain(args) => return explain::run(args),
        Command::List(args) => return list::run(args),
        Command::Stories(args) => return stories::run(args),
        Command::Schema(args) => return schema::run(&args),
        #[cfg(feature = "deploy")]
        Command::Deploy(args) => return deploy::run(&args),
        Command::Completions(args) => {
            return print(&man_page::completions(Cli::command(), args.shell));
        }
        Command::Man => {
            return print(
                &man_page::page(Cli::command()).expect("writing to memory does not fail"),
            );
        }
        Command::Check(args) => return build::check(args),
    };
    match result {
        Ok(lines) => {
            let report = Terminal::new(true);
            for line in lines {
                report.print(&line);
            }
            ExitCode::SUCCESS
        }
        Err(diagnostics) => {
            Terminal::new(false).show(&diagnostics);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn clap_definition_is_valid() {
        super::Cli::command().debug_assert();
    }
}
