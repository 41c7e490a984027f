//! `newsgen schema`: what editors need to know of documents and of `site.toml`.

use std::process::ExitCode;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::terminal::print;
use crate::schema::{SchemaKind, cms_config};

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// What the schema describes: the front matter of a kind of document, or site.toml
    #[arg(required_unless_present = "cms")]
    kind: Option<SchemaKind>,
    /// Print the configuration of Decap CMS or Sveltia CMS instead
    #[arg(long, conflicts_with = "kind")]
    cms: bool,
}

impl ValueEnum for SchemaKind {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

pub(super) fn run(args: &SchemaArgs) -> ExitCode {
    let text = args.kind.map_or_else(cms_config, SchemaKind::json_schema);
    print(text.as_bytes())
}
