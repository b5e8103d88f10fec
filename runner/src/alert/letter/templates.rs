//! The templates of a mail: a subject, a text and an HTML page. [`Templates`] are the built-in ones, or
//! others in their place.
//!
//! A template sees the [`Context`] and nothing else: no files, no environment, no clock. What it puts into
//! HTML is escaped whether it wants it or not, and it cannot go on for ever.

mod engine;

use jiff::tz::TimeZone;
use minijinja::Environment;

use super::context::{Context, Detail};
use super::plain::one_line;
use super::sample;

/// Longest subject, characters; what is beyond is cut.
const SUBJECT_CHARS_MAX: usize = 200;

/// The templates that a mail is made of, and what they are unless somebody replaces them.
const BUILT_IN: [(&str, &str); 3] = [
    (SUBJECT, include_str!("templates/subject.txt")),
    (TEXT, include_str!("templates/alert.txt")),
    (HTML, include_str!("templates/alert.html")),
];
const SUBJECT: &str = "subject.txt";
const TEXT: &str = "alert.txt";
const HTML: &str = "alert.html";

/// With this the name of a template begins that is only a part of others.
const PART_PREFIX: char = '_';

/// A set of templates.
#[derive(Clone, Debug)]
pub struct Templates {
    /// Those that write text.
    text: Environment<'static>,
    /// Those that write HTML.
    html: Environment<'static>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// One line.
    pub subject: String,
    /// The mail as text.
    pub text: String,
    /// The mail as HTML.
    pub html: String,
}

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {why}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct TemplateError {
    /// The template's name.
    pub file: String,
    /// From 1, if it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub why: String,
}

impl Templates {
    /// The templates that are part of the program.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the built-in templates are constants, and read by every test"
    )]
    pub fn built_in() -> Self {
        Self::parsed(&[]).expect("the built-in templates")
    }

    /// These, by name and text, in place of the built-in ones of the same name. Names that begin with `_`
    /// are parts, which others include.
    ///
    /// # Errors
    /// What is wrong with the first that cannot be read, is not known, or cannot write about some
    /// notification: all kinds of them are tried.
    pub fn from_sources(sources: &[(String, String)]) -> Result<Self, TemplateError> {
        for (name, _) in sources {
            let is_known = BUILT_IN.iter().any(|(known, _)| known == name);
            if !is_known && !name.starts_with(PART_PREFIX) {
                let known = BUILT_IN.map(|(known, _)| known).join(", ");
                return Err(TemplateError {
                    file: name.clone(),
                    line: None,
                    why: format!(
                        "there is no such template; there are {known}, and parts that begin with `_`"
                    ),
                });
            }
        }
        let templates = Self::parsed(sources)?;
        for (_, notification) in sample::of_every_kind() {
            for detail in &Detail::DEGREES {
                templates.write(&Context::of(&notification, None, &TimeZone::UTC, detail))?;
            }
        }
        Ok(templates)
    }

    fn parsed(sources: &[(String, String)]) -> Result<Self, TemplateError> {
        let mut templates = Self {
            text: engine::for_text(),
            html: engine::for_html(),
        };
        for (name, text) in BUILT_IN {
            templates.add(name, text)?;
        }
        for (name, text) in sources {
            templates.add(name, text)?;
        }
        Ok(templates)
    }

    fn add(&mut self, name: &str, text: &str) -> Result<(), TemplateError> {
        let engine = match name.ends_with(".html") {
            true => &mut self.html,
            false => &mut self.text,
        };
        engine
            .add_template_owned(name.to_owned(), text.to_owned())
            .map_err(|error| TemplateError::of(name, &error))
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// A template that does not fit this context, or takes too long.
    pub fn write(&self, context: &Context) -> Result<Written, TemplateError> {
        Ok(Written {
            subject: one_line(&written(&self.text, SUBJECT, context)?, SUBJECT_CHARS_MAX),
            text: written(&self.text, TEXT, context)?,
            html: written(&self.html, HTML, context)?,
        })
    }
}

fn written(
    engine: &Environment<'static>,
    name: &str,
    context: &Context,
) -> Result<String, TemplateError> {
    let text = engine
        .get_template(name)
        .and_then(|template| template.render(minijinja::value::Serde(context)))
        .map_err(|error| TemplateError::of(name, &error))?;
    Ok(text.trim().to_owned() + "\n")
}

impl TemplateError {
    fn of(name: &str, error: &minijinja::Error) -> Self {
        let why = match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        };
        Self {
            file: error.name().unwrap_or(name).to_owned(),
            line: error.line(),
            why,
        }
    }
}

#[cfg(test)]
mod documented;
#[cfg(test)]
mod tests;
