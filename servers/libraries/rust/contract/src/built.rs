use std::fmt::Display;
use std::str::FromStr;

use regex::RegexSet;

use crate::program::Verdict;

/// A value together with the source text that builds it. The text is published next to every
/// result, so both are made in the same place.
pub struct Built<T> {
    pub value: T,
    pub text: String,
}

/// A value and its own source text.
#[macro_export]
macro_rules! built {
    ($expression:expr) => {
        $crate::Built { value: $expression, text: stringify!($expression).to_string() }
    };
}

/// An expression that uses another value by name: `given!(list = strings(&names) => f(list))`.
/// The text declares the name first, and stands on one line.
#[macro_export]
macro_rules! given {
    ($name:ident = $value:expr => $expression:expr) => {{
        let $crate::Built { value: $name, text } = $value;
        $crate::Built {
            value: $expression,
            text: format!("{{ let {} = {text}; {} }}", stringify!($name), $crate::on_one_line(stringify!($expression))),
        }
    }};
}

#[doc(hidden)]
pub fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Calls a method of a builder, and writes the call into the text of the builder:
/// `call!(cors.allow_methods(methods))`. Builder and argument are [Built].
#[macro_export]
macro_rules! call {
    ($builder:ident.$method:ident()) => {
        $crate::Built {
            text: format!("{}\n    .{}()", $builder.text, stringify!($method)),
            value: $builder.value.$method(),
        }
    };
    ($builder:ident.$method:ident($argument:expr)) => {{
        let argument = $argument;
        $crate::Built {
            text: format!("{}\n    .{}({})", $builder.text, stringify!($method), argument.text),
            value: $builder.value.$method(argument.value),
        }
    }};
}

impl<T: Display> From<T> for Built<T> {
    /// A number, true or false.
    fn from(value: T) -> Self {
        Built { text: value.to_string(), value }
    }
}

/// One string unchanged.
pub fn string(value: &str) -> Built<&str> {
    Built { value, text: format!("{value:?}") }
}

/// The strings unchanged: `vec!["GET", "PUT"]`.
pub fn strings(values: &[String]) -> Built<Vec<&str>> {
    Built { value: values.iter().map(String::as_str).collect(), text: format!("vec!{values:?}") }
}

/// The strings as a type that checks them: `["X-One".parse().unwrap()]`.
pub fn parsed<T: FromStr<Err: Display>>(values: &[String]) -> Result<Built<Vec<T>>, Verdict> {
    list(values, |value| format!("{value:?}.parse().unwrap()"))
}

/// The methods as a type that checks them: `[Method::GET, "get".parse().unwrap()]`.
pub fn methods<T: FromStr<Err: Display>>(values: &[String]) -> Result<Built<Vec<T>>, Verdict> {
    const CONSTANTS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    list(values, |value| match CONSTANTS.contains(&value) {
        true => format!("Method::{value}"),
        false => format!("{value:?}.parse().unwrap()"),
    })
}

/// What the children of the origins start and end with. For https://example.test this is
/// `[("https://", ".example.test")]`.
pub fn children(origins: &[String]) -> Built<Vec<(String, String)>> {
    let parts = origins.iter().filter_map(|origin| origin.split_once("://"));
    let value: Vec<_> = parts.map(|(scheme, host)| (format!("{scheme}://"), format!(".{host}"))).collect();
    Built { text: format!("{value:?}"), value }
}

/// The regular expressions, compiled.
pub fn patterns(values: &[String]) -> Result<Built<RegexSet>, Verdict> {
    let value = RegexSet::new(values).map_err(|error| Verdict::Refused(error.to_string()))?;
    Ok(Built { value, text: format!("RegexSet::new({values:?}).unwrap()") })
}

fn list<T: FromStr<Err: Display>>(values: &[String], text: impl Fn(&str) -> String) -> Result<Built<Vec<T>>, Verdict> {
    let value = values.iter().map(|value| value.parse()).collect::<Result<_, T::Err>>();
    let texts: Vec<_> = values.iter().map(|value| text(value)).collect();
    match value {
        Ok(value) => Ok(Built { value, text: format!("[{}]", texts.join(", ")) }),
        Err(error) => Err(Verdict::Refused(error.to_string())),
    }
}
