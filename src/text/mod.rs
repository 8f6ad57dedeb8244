//! Language: what the program says, in Vietnamese first and English second.
//!
//! A fixed sentence is a [`Text`] constant beside the thing it names; a sentence with values in it
//! is a [`Msg`], built in both languages at once. Legal terms stand once in [`terms`].

mod failure;
pub mod doctor;
pub mod encoding;
pub mod fold;
pub mod format;
pub mod letters;
pub mod natural;
pub mod syllable;
pub mod terms;

pub use failure::Failure;

use serde::{Deserialize, Serialize};

/// The language of the window and of the command line (`--lang`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Vi,
    En,
}

/// A fixed text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Text {
    pub vi: &'static str,
    pub en: &'static str,
}

impl Text {
    pub const fn new(vi: &'static str, en: &'static str) -> Self {
        Self { vi, en }
    }

    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Vi => self.vi,
            Lang::En => self.en,
        }
    }
}

/// A text with values in it, in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Msg {
    pub vi: String,
    pub en: String,
}

impl Msg {
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }

    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

impl From<Text> for Msg {
    fn from(t: Text) -> Self {
        Self::new(t.vi, t.en)
    }
}

/// `msg!("Thửa {a}", "Parcel {a}")`: both languages with the same captured values.
#[macro_export]
macro_rules! msg {
    ($vi:literal, $en:literal $(, $($arg:tt)*)?) => {
        $crate::text::Msg::new(format!($vi $(, $($arg)*)?), format!($en $(, $($arg)*)?))
    };
}
