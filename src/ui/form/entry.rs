//! One field while it is being filled in: what was typed or chosen, and why it cannot stay so.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::domain::Failure;
use crate::register::{Field, FieldKind, Kind, Value, bad, mask};
use crate::text::{Lang, Msg, Text};
use crate::ui::record_text;

/// What stands in a field, as it is kept beside the file in case the program dies.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Typed {
    pub text: String,
    /// Code or uid that was chosen, while `text` is its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked: Option<Picked>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<bool>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Picked {
    pub key: String,
    pub shown: String,
}

/// Holds personal values: no `Debug`.
pub struct Entry {
    pub field: &'static Field,
    pub typed: Typed,
    /// What stood there when the person began.
    pub start: Typed,
    /// As registered.
    pub stored: Value,
    pub error: Option<Msg>,
    /// May be typed into.
    pub open: bool,
    /// A number that stands masked until it is asked for.
    pub masked: bool,
}

const FROM_THE_LIST: Text = Text::new(
    "Chọn một mục trong danh sách (gõ vài chữ, rồi Enter).",
    "Choose one of the list (type a few letters, then Enter).",
);
const NEEDED: Text = Text::new("Phải ghi trường này.", "This field is needed.");

impl Entry {
    pub fn new(field: &'static Field) -> Self {
        Self {
            field,
            typed: Typed::default(),
            start: Typed::default(),
            stored: Value::Empty,
            error: None,
            open: true,
            masked: false,
        }
    }

    /// As registered. `name`: what a reference is called.
    pub fn stored(mut self, value: &Value, kind: Kind, lang: Lang, name: &dyn Fn(&str) -> String) -> Self {
        self.stored = value.clone();
        self.put(value, lang, name);
        self.masked = record_text::is_number(kind, self.field.name) && *value != Value::Empty;
        self
    }

    /// Puts a value in, as if it had been typed.
    pub fn put(&mut self, value: &Value, lang: Lang, name: &dyn Fn(&str) -> String) {
        self.error = None;
        self.masked = false;
        self.typed = match value {
            Value::Flag(on) => Typed {
                flag: Some(*on),
                ..Typed::default()
            },
            Value::Named(uid) => Typed::picked(uid, &name(uid)),
            Value::Text(code)
                if matches!(self.field.kind, FieldKind::Code(_) | FieldKind::PersonalCode(_)) =>
            {
                Typed::picked(code, &record_text::shown(self.field, value, lang))
            }
            value => Typed {
                text: record_text::shown(self.field, value, lang),
                ..Typed::default()
            },
        };
    }

    pub fn pick(&mut self, key: &str, shown: &str) {
        self.typed = Typed::picked(key, shown);
        self.error = None;
    }

    /// What stands in the field, masked where it must be.
    pub fn masked_text(&self) -> String {
        mask(&self.typed.text)
    }

    pub fn is_blank(&self) -> bool {
        self.typed.text.trim().is_empty() && self.typed.flag.is_none()
    }

    /// The key chosen, as long as its name still stands there.
    pub fn key(&self) -> Option<&str> {
        let picked = self.typed.picked.as_ref()?;
        (picked.shown == self.typed.text).then_some(picked.key.as_str())
    }

    /// What `Field::read` takes.
    fn json(&self) -> Json {
        match (self.typed.flag, self.key()) {
            (Some(on), _) => json!(on),
            (None, Some(key)) => json!(key),
            (None, None) => json!(self.typed.text),
        }
    }

    /// What is said in the field.
    pub fn read(&self) -> Result<Value, Failure> {
        if matches!(self.field.kind, FieldKind::Ref(_)) && !self.is_blank() && self.key().is_none() {
            return Err(bad(self.field.name, FROM_THE_LIST.into()));
        }
        self.field.read(&self.json())
    }

    /// Whether it says something else than what is registered.
    pub fn is_changed(&self) -> bool {
        match self.read() {
            Ok(value) => value != self.stored,
            Err(_) => true,
        }
    }

    /// The person has left the field: what fits is written out in full, what does not says why.
    pub fn settle(&mut self, lang: Lang) {
        match self.read() {
            Err(failure) => self.refuse(&failure),
            Ok(value) => {
                // What was said against it stands until it is changed.
                let error = self.error.take();
                match &value {
                    Value::Named(_) | Value::Flag(_) | Value::Empty => (),
                    value => self.put(value, lang, &|_| String::new()),
                }
                self.error = error;
            }
        }
    }

    pub fn refuse(&mut self, failure: &Failure) {
        let mut why = failure.message().clone();
        if let Some(remedy) = failure.remedy_text() {
            why = Msg::new(
                format!("{} {}", why.vi, remedy.vi),
                format!("{} {}", why.en, remedy.en),
            );
        }
        self.error = Some(why);
    }

    /// Nothing stands where something must.
    pub fn is_missing(&self) -> bool {
        self.field.required && self.is_blank()
    }

    pub fn say_missing(&mut self) {
        self.error = Some(NEEDED.into());
    }
}

impl Typed {
    fn picked(key: &str, shown: &str) -> Self {
        Self {
            text: shown.to_owned(),
            picked: Some(Picked {
                key: key.to_owned(),
                shown: shown.to_owned(),
            }),
            flag: None,
        }
    }
}
