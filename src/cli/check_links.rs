//! `newsgen check --links`: whether originals are still there.

use clap::Args;

use super::date_argument::date_or_instant;
use super::process::{executable, now};
use super::terminal::{Terminal, plural};
use crate::build::{BuildOptions, ConfigError, read_config, read_documents};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::date;
use crate::link_check::{LinkCheckOptions, LinkReport, check_originals};

#[derive(Debug, Args)]
pub(super) struct LinkArgs {
    /// Ask whether the originals of all articles are still there, drafts included; each at most once
    /// a week
    #[arg(long)]
    links: bool,
    /// Ask again for originals that were last asked for before this date
    #[arg(long, value_name = "DATE", requires = "links", value_parser = date_or_instant)]
    since: Option<String>,
    /// Offer the addresses of archived copies
    #[arg(long, requires = "links")]
    archived: bool,
}

impl LinkArgs {
    /// Warnings about originals, if they are to be checked.
    pub(super) fn check(&self, options: &BuildOptions, report: &Terminal) -> Vec<Diagnostic> {
        if !self.links {
            return Vec::new();
        }
        let BuildOptions { root, config, overrides, .. } = options;
        let found = read_config(root, config.as_deref(), overrides)
            .map_err(ConfigError::into_diagnostics)
            .and_then(|config| {
                let since = self.since.as_deref();
                let since = since.and_then(|since| date::parse(since, config.time_zone).ok());
                let options = LinkCheckOptions {
                    since: since.map(|since| since.instant),
                    archived: self.archived,
                    now: now(),
                };
                let documents = read_documents(root, &config, &executable())?;
                let report = check_originals(root, &config, &documents, options);
                let report = report.map_err(|error| vec![error])?;
                Ok(LinkReport { warnings: config.check.apply(report.warnings, true), ..report })
            });
        // The check of the site has reported errors of its files.
        let Ok(LinkReport { warnings, asked, known, disallowed }) = found else {
            return found.err().unwrap_or_default().into_iter().filter(is_of_network).collect();
        };
        let all = asked + known + disallowed.values().sum::<usize>();
        report.note(&format!("{}: {asked} asked, {known} known", plural(all, "original")));
        if !disallowed.is_empty() {
            let count = plural(disallowed.values().sum(), "original");
            let hosts: Vec<&str> = disallowed.keys().map(String::as_str).collect();
            report.note(&format!(
                "{count} not checked: robots.txt does not allow it, or cannot be read, at {}",
                hosts.join(", ")
            ));
        }
        warnings
    }
}

fn is_of_network(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == Code::UnusableNetwork
}
