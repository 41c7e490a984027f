//! The table `[front]`: which stories the front page shows first.

use super::keys::{
    FIRST_STORIES, FRONT, FRONT_ORDERS, HALF_LIFE, MAX_WEIGHT, MINIMUM_SCORE, SHARE, WEIGHTS,
};
use super::values::{choice, count, unknown_key};
use crate::diagnostic::Code;
use crate::node::{Node, Problem, Problems, Value};

/// Settings of the front page.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontConfig {
    /// What counts how much in the score of a story.
    pub weights: ScoreWeights,
    /// The hours after which a score has fallen to half.
    pub half_life: usize,
    /// The quality below which a story is not among the first ones. Unscored stories are not below
    /// it.
    pub minimum_quality: i64,
    /// The number of the first stories: the lead story and those beside it.
    pub stories: usize,
    /// What decides the order of the first stories.
    pub order: FrontOrder,
    /// The maximum share in percent of the first stories with the same provider.
    pub provider_share: usize,
    /// The maximum share in percent of the first stories with the same kicker.
    pub topic_share: usize,
}

/// The weights of the parts of a story's score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreWeights {
    pub quality: f64,
    pub heat: f64,
    /// How many providers report.
    pub coverage: f64,
}

/// What decides the order of the first stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontOrder {
    /// Their scores.
    Ranked,
    /// Their times.
    Newest,
}

impl Default for FrontConfig {
    fn default() -> Self {
        Self {
            weights: ScoreWeights { quality: 1.0, heat: 1.0, coverage: 1.0 },
            half_life: 12,
            minimum_quality: 0,
            stories: 5,
            order: FrontOrder::Ranked,
            provider_share: 50,
            topic_share: 100,
        }
    }
}

impl FrontConfig {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut front = Self::default();
        for entry in problems.keep(node.map("front")).unwrap_or_default() {
            let mut number = |value: &mut usize, range| {
                let given = problems.keep(count(&entry.node, &entry.key, range));
                *value = given.unwrap_or(*value);
            };
            match &*entry.key {
                "half_life" => number(&mut front.half_life, HALF_LIFE),
                "stories" => number(&mut front.stories, FIRST_STORIES),
                "provider_share" => number(&mut front.provider_share, SHARE),
                "topic_share" => number(&mut front.topic_share, SHARE),
                "minimum_quality" => {
                    let given = problems.keep(minimum_score(&entry.node, &entry.key));
                    front.minimum_quality = given.unwrap_or_default();
                }
                "weights" => front.weights = ScoreWeights::parse(entry.node, problems),
                "order" => {
                    let order = choice(entry.node, &entry.key, &FRONT_ORDERS, |name| match name {
                        "ranked" => Some(FrontOrder::Ranked),
                        "newest" => Some(FrontOrder::Newest),
                        _ => None,
                    });
                    front.order = problems.keep(order).unwrap_or(front.order);
                }
                _ => problems.add(unknown_key(&entry, "front", &FRONT)),
            }
        }
        front
    }
}

impl ScoreWeights {
    fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut weights = FrontConfig::default().weights;
        let at = node.at;
        for entry in problems.keep(node.map("weights")).unwrap_or_default() {
            let value = match &*entry.key {
                "quality" => &mut weights.quality,
                "heat" => &mut weights.heat,
                "coverage" => &mut weights.coverage,
                _ => {
                    problems.add(unknown_key(&entry, "front.weights", &WEIGHTS));
                    continue;
                }
            };
            *value = problems.keep(weight(&entry.node, &entry.key)).unwrap_or(*value);
        }
        if weights.quality + weights.heat + weights.coverage == 0.0 {
            problems.add(Problem::new(Code::WrongKind, at, "all weights are 0").help(
                "write `order = \"newest\"` in `[front]` if stories are to come by time alone",
            ));
        }
        weights
    }
}

fn weight(node: &Node<'_>, key: &str) -> Result<f64, Problem> {
    let number = match node.value {
        #[expect(clippy::cast_precision_loss, reason = "greater numbers are refused")]
        Value::Integer(number, _) => number as f64,
        Value::Float(number, _) => number,
        _ => f64::NAN,
    };
    if (0.0..=f64::from(MAX_WEIGHT)).contains(&number) {
        return Ok(number);
    }
    let problem = Problem::new(
        Code::WrongKind,
        node.at,
        format!("`{key}` must be a number from 0 to {MAX_WEIGHT}"),
    );
    Err(problem.help("write a number such as `0.5`, without quotation marks; 0 disregards it"))
}

/// The quality or heat below which something is not shown.
pub(super) fn minimum_score(node: &Node<'_>, key: &str) -> Result<i64, Problem> {
    count(node, key, MINIMUM_SCORE)
        .map(|number| i64::try_from(number).expect("the maximum is an i64"))
}
