//! Serializes configuration files of hosts.

use crate::page::{HeaderRule, HostFile, redirect_line};

/// The bytes of a host's configuration file.
pub fn host_file(file: &HostFile) -> Vec<u8> {
    match file {
        HostFile::NoJekyll => Vec::new(),
        HostFile::Cname(domain) => format!("{domain}\n").into_bytes(),
        HostFile::Headers(rules) => rules.iter().map(header_rule).collect::<String>().into_bytes(),
        HostFile::Redirects(lines) => {
            let line = |(from, to): &(String, String)| redirect_line(from, to) + "\n";
            lines.iter().map(line).collect::<String>().into_bytes()
        }
    }
}

fn header_rule(rule: &HeaderRule) -> String {
    let headers = rule.headers.iter().map(|(name, value)| format!("  {name}: {value}\n"));
    [format!("{}\n", rule.pattern)].into_iter().chain(headers).collect()
}
