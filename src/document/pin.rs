//! The key `pin`: articles that the front page shows first.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::date;
use crate::diagnostic::Code;
use crate::local_time::start_of_day;
use crate::node::{Node, Problem, Value};

/// How long the front page shows an article first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pin {
    Always,
    /// Before this instant.
    Until(#[serde(with = "chrono::serde::ts_microseconds")] DateTime<Utc>),
}

impl Pin {
    /// Whether the article is pinned at an instant.
    pub fn is_in_force(self, now: DateTime<Utc>) -> bool {
        self.ends_at().is_none_or(|end| now < end)
    }

    /// The first instant at which the article is no longer pinned, if ever.
    pub fn ends_at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Always => None,
            Self::Until(end) => Some(end),
        }
    }
}

/// A truth value, or the last day or the end of the time that the article is pinned. The year 9999,
/// which dates cannot have, means always.
pub(super) fn parse(node: Node<'_>, zone: Tz) -> Result<Option<Pin>, Problem> {
    if let Value::Bool(is_pinned, _) = node.value {
        return Ok(is_pinned.then_some(Pin::Always));
    }
    let refused = |at| {
        Problem::new(Code::WrongKind, at, "`pin` must be `true`, `false` or a date")
            .help("write `pin: true`, or the last day, such as `pin: 2026-11-30`")
    };
    let at = node.at;
    let text =
        node.text("pin").map_err(|problem| Problem { label: problem.label, ..refused(at) })?;
    if let Some(day) = text.trim().strip_prefix("9999-")
        && date::parse(&format!("9997-{day}"), zone).is_ok()
    {
        return Ok(Some(Pin::Always));
    }
    let end = date::parse(&text, zone).map_err(|wrong_part| refused(at).label(wrong_part))?;
    if end.has_time {
        return Ok(Some(Pin::Until(end.instant)));
    }
    let next_day = end.instant.with_timezone(&zone).date_naive().succ_opt();
    let end = next_day.and_then(|day| start_of_day(day, zone));
    Ok(Some(Pin::Until(end.expect("years before 9999 have a next day"))))
}
