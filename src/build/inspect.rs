//! Collects a site without building it, for commands that explain it.

use super::address_lock::HeldReservations;
use super::assemble::collect;
use super::context::BuildContext;
use super::documents::DocumentStore;
use super::inputs::Inputs;
use super::options::{BuildOptions, OutputOptions};
use super::report::Report;
use super::session::Session;
use super::site::LeftOut;
use crate::collection::Collection;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::source::ScanScope;

/// Passes the collection and the configuration of a site to `inspect`. Faulty documents are left
/// out.
///
/// # Errors
/// All errors of `site.toml`, of templates and of the site's folders.
pub fn inspect<T>(
    options: &BuildOptions,
    inspect: impl FnOnce(&Collection, &Config) -> T,
) -> Result<T, Vec<Diagnostic>> {
    let output = OutputOptions { check_only: true, ..options.output.clone() };
    let options = &BuildOptions { output, ..options.clone() };
    let (inputs, files) = Inputs::read(options, &ScanScope::Full, Session::default())
        .map_err(|missing| vec![missing])?;
    if inputs.report.blocks(&inputs.config) {
        let errors = inputs.report.clone().into_diagnostics().filter(Diagnostic::is_error);
        return Err(errors.collect());
    }
    let documents = DocumentStore::read(files, &inputs, &|_| {});
    let held = HeldReservations::read(
        false,
        &inputs.lock,
        &inputs.config,
        options,
        &|_| {},
        &mut Report::default(),
    );
    let summaries: Vec<_> = documents.summaries().cloned().collect();
    let reserved = held.reservations.index(&summaries);
    let build =
        BuildContext { inputs: &inputs, documents: &documents, options, on_progress: &|_| {} };
    let collection = collect(&build, &reserved, &LeftOut::new());
    Ok(inspect(&collection, &inputs.config))
}
