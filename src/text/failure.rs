//! Why something was not done: one shape for the window and the command line.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Lang, Msg};

/// An operation that did not happen. `code` is stable (cli.md) and listed once, in `docs/errors.md`;
/// the rest says where and what to do. Holds no personal values.
#[derive(Clone, Debug)]
pub struct Failure(Box<Body>);

#[derive(Clone, Debug)]
struct Body {
    code: &'static str,
    file: Option<PathBuf>,
    record: Option<u64>,
    field: Option<String>,
    message: Msg,
    remedy: Option<Msg>,
}

impl Failure {
    pub fn new(code: &'static str, message: impl Into<Msg>) -> Self {
        Self(Box::new(Body {
            code,
            file: None,
            record: None,
            field: None,
            message: message.into(),
            remedy: None,
        }))
    }

    #[must_use]
    pub fn file(mut self, path: impl AsRef<Path>) -> Self {
        self.0.file = Some(path.as_ref().to_owned());
        self
    }

    /// Number of the record in its file, from 1.
    #[must_use]
    pub fn record(mut self, number: u64) -> Self {
        self.0.record = Some(number);
        self
    }

    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.0.field = Some(name.into());
        self
    }

    /// What the person can do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<Msg>) -> Self {
        self.0.remedy = Some(remedy.into());
        self
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }

    pub fn at_file(&self) -> Option<&Path> {
        self.0.file.as_deref()
    }

    pub fn at_record(&self) -> Option<u64> {
        self.0.record
    }

    pub fn at_field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    pub fn message(&self) -> &Msg {
        &self.0.message
    }

    pub fn remedy_text(&self) -> Option<&Msg> {
        self.0.remedy.as_ref()
    }

    /// Message, place and remedy as one paragraph.
    pub fn describe(&self, lang: Lang) -> String {
        let mut s = String::new();
        if let Some(f) = &self.0.file {
            s += &f.display().to_string();
            s += ": ";
        }
        if let Some(r) = self.0.record {
            s += &match lang {
                Lang::Vi => format!("bản ghi {r}: "),
                Lang::En => format!("record {r}: "),
            };
        }
        if let Some(f) = &self.0.field {
            s += &match lang {
                Lang::Vi => format!("cột {f}: "),
                Lang::En => format!("field {f}: "),
            };
        }
        s += self.0.message.get(lang);
        if let Some(r) = &self.0.remedy {
            s.push(' ');
            s += r.get(lang);
        }
        s
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.describe(Lang::En))
    }
}

impl std::error::Error for Failure {}
