//! Definitions of keys, which the parsers of `site.toml` and of front matter share with the schemas
//! for editors.

use std::ops::RangeInclusive;

/// A key that newsgen knows.
#[derive(Clone, Debug)]
pub struct Key {
    pub name: &'static str,
    pub form: ValueForm,
    /// A few words about it, for editors.
    pub description: &'static str,
}

/// The keys of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    pub keys: &'static [Key],
    /// Groups of keys: the mapping needs one of each.
    pub required: &'static [&'static [&'static str]],
}

/// The form of a value.
#[derive(Clone, Debug)]
pub enum ValueForm {
    /// A text, which may be empty.
    Text,
    /// A text with a visible character.
    VisibleText,
    /// A sentence or more.
    Prose,
    /// A text that this regular expression finds.
    Pattern(&'static str),
    /// A web address.
    Url,
    /// A web address, or the path of a file in `static/` with a leading slash.
    Picture,
    /// A date, or a date and time.
    Date,
    /// One of these texts.
    Choice(&'static [&'static str]),
    Boolean,
    Integer(RangeInclusive<i64>),
    Number(RangeInclusive<i64>),
    List(&'static ValueForm),
    Mapping(&'static Keys),
    /// Mappings by any names.
    NamedMappings(&'static Keys),
    /// Texts by these names.
    Texts(fn() -> Vec<&'static str>),
    /// A mapping with any keys.
    AnyMapping,
    OneOf(&'static [ValueForm]),
    Any,
}

impl Key {
    pub(crate) const fn new(
        name: &'static str,
        form: ValueForm,
        description: &'static str,
    ) -> Self {
        Self { name, form, description }
    }
}

impl ValueForm {
    /// Whether the value is a mapping, or a list of mappings.
    pub fn holds_mappings(&self) -> bool {
        match self {
            Self::Mapping(_) | Self::NamedMappings(_) | Self::Texts(_) | Self::AnyMapping => true,
            Self::List(item) => item.holds_mappings(),
            _ => false,
        }
    }

    /// The keys of a mapping that it may be, or that its items are.
    pub fn keys(&self) -> Option<Keys> {
        match self {
            Self::Mapping(keys) | Self::NamedMappings(keys) => Some(**keys),
            Self::List(item) => item.keys(),
            Self::OneOf(forms) => forms.iter().find_map(Self::keys),
            _ => None,
        }
    }
}

impl Keys {
    /// Keys that may all be missing.
    pub(crate) const fn new(keys: &'static [Key]) -> Self {
        Self { keys, required: &[] }
    }

    /// The same keys, one of each group being required.
    pub(crate) const fn require(self, required: &'static [&'static [&'static str]]) -> Self {
        Self { required, ..self }
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> + Clone {
        self.keys.iter().map(|key| key.name)
    }

    pub fn get(self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    pub fn contains(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether a mapping without this key can be complete.
    pub fn is_required(self, name: &str) -> bool {
        self.required.iter().any(|group| group.contains(&name))
    }
}
