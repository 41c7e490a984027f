//! The filters `trans` and `number` of templates: words of the theme and numbers in the site's
//! language, as in `{{ "read-at" | trans(provider=article.provider.name) }}`.

use std::sync::Arc;

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::locale::{Argument, Locale};

/// Adds the filters.
pub(super) fn register(tera: &mut Tera, locale: &Arc<Locale>) {
    let (locale, numbers) = (Arc::clone(locale), Arc::clone(locale));
    tera.register_filter("trans", move |key: &str, arguments: Kwargs, _: &State<'_>| {
        translate(&locale, key, &arguments)
    });
    let locale = Arc::clone(&numbers);
    tera.register_filter("number", move |number: i64, _: Kwargs, _: &State<'_>| {
        locale.number(number)
    });
}

fn translate(locale: &Locale, key: &str, arguments: &Kwargs) -> TeraResult<String> {
    let arguments: Vec<(&str, Argument<'_>)> = arguments
        .iter()
        .map(|(name, value)| {
            let name = name.as_str().expect("names of arguments are texts");
            let argument = argument(value)
                .ok_or_else(|| Error::message(format!("`{name}` is no text and no number")))?;
            Ok((name, argument))
        })
        .collect::<TeraResult<_>>()?;
    locale.catalog().message(key, arguments).map_err(Error::message)
}

fn argument(value: &Value) -> Option<Argument<'_>> {
    value.as_str().map(Argument::Text).or_else(|| value.as_f64().map(Argument::Number))
}
