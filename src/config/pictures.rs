//! The table `[pictures]`: the smaller variants of pictures in `static/`.

use super::keys::{MEGAPIXELS, PICTURE_WIDTH, PICTURES};
use super::values::{count, unknown_key};
use crate::diagnostic::Code;
use crate::node::{Node, Problem, Problems};

/// Which variants pictures have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureConfig {
    /// The widths in pixels, ascending. A picture has those that are less than its own.
    pub widths: Vec<u32>,
    /// The maximum size in pixels of a picture that has variants.
    pub max_pixels: u64,
}

impl Default for PictureConfig {
    fn default() -> Self {
        Self { widths: vec![320, 640, 960, 1280], max_pixels: 50_000_000 }
    }
}

/// The maximum number of widths.
const MAX_WIDTHS: usize = 10;

impl PictureConfig {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut pictures = Self::default();
        for entry in problems.keep(node.map("pictures")).unwrap_or_default() {
            match &*entry.key {
                "widths" => pictures.widths = widths(entry.node, problems),
                "max_megapixels" => {
                    let limit = problems.keep(count(&entry.node, &entry.key, MEGAPIXELS));
                    pictures.max_pixels =
                        limit.map_or(pictures.max_pixels, |limit| limit as u64 * 1_000_000);
                }
                _ => problems.add(unknown_key(&entry, "pictures", &PICTURES)),
            }
        }
        pictures
    }
}

/// Distinct widths, ascending.
fn widths(node: Node<'_>, problems: &mut Problems) -> Vec<u32> {
    let at = node.at;
    let items = problems.keep(node.list("widths")).unwrap_or_default();
    let width = |node: Node<'_>| problems.keep(count(&node, "widths", PICTURE_WIDTH));
    let mut widths: Vec<u32> =
        items.into_iter().filter_map(width).filter_map(|width| width.try_into().ok()).collect();
    widths.sort_unstable();
    widths.dedup();
    if widths.len() > MAX_WIDTHS {
        let message = format!("more than {MAX_WIDTHS} `widths`");
        problems.add(
            Problem::new(Code::LimitExceeded, at, message).help("each is a file for every picture"),
        );
    }
    widths
}
