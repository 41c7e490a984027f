//! Generates shell completions and the man page.

use std::io::{self, Write as _};

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

/// The completion script of a shell.
pub(super) fn completions(mut command: Command, shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, env!("CARGO_PKG_NAME"), &mut script);
    script
}

/// The man page of all commands, in the macros of man(7).
pub(super) fn page(command: Command) -> io::Result<Vec<u8>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut page = Vec::new();
    // A space in place of the date, which would differ between builds.
    let man = Man::new(command.clone()).date(" ").manual("newsgen");
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    for section in command.get_subcommands() {
        write_section(section, &mut page)?;
    }
    let mut status = Vec::new();
    man.render_extra_section(&mut status)?;
    page.extend(
        String::from_utf8_lossy(&status).replace(".SH EXTRA", ".SH \"EXIT STATUS\"").into_bytes(),
    );
    man.render_version_section(&mut page)?;
    Ok(page)
}

/// A command as a section, with its own sections as subsections.
fn write_section(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    writeln!(page, ".SH \"{}\"", command.get_name().to_uppercase())?;
    let (man, mut parts) = (Man::new(command.clone()), Vec::new());
    man.render_description_section(&mut parts)?;
    man.render_synopsis_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    man.render_extra_section(&mut parts)?;
    let parts = String::from_utf8_lossy(&parts)
        .replace("\n.SH EXTRA", "\n.SH NOTES")
        .replace("\n.SH ", "\n.SS ");
    let parts = parts.strip_prefix(".SH ").map_or(parts.clone(), |rest| format!(".SS {rest}"));
    page.write_all(parts.as_bytes())
}
