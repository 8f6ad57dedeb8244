//! Columns of a file that have no place of their own.

/// (column, value) pairs in one piece of text, as they are stored: a JSON array of [column, value].
///
/// One allocation a record instead of dozens: an import of 115,000 parcels holds a million of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra(String);

impl Extra {
    pub fn push(&mut self, column: &str, value: &str) {
        if self.0.is_empty() {
            self.0.push('[');
        } else {
            self.0.pop();
            self.0.push(',');
        }
        self.0.push('[');
        quote(column, &mut self.0);
        self.0.push(',');
        quote(value, &mut self.0);
        self.0.push_str("]]");
    }

    /// The stored form; `None` when there are no pairs.
    pub fn json(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&self.0)
    }

    /// The pairs again.
    pub fn pairs(&self) -> Vec<(String, String)> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// Gives back what growing reserved.
    pub fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }
}

impl FromIterator<(String, String)> for Extra {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        let mut extra = Self::default();
        for (column, value) in pairs {
            extra.push(&column, &value);
        }
        extra
    }
}

/// A JSON string. Most need no escape.
fn quote(text: &str, out: &mut String) {
    let plain = |b: u8| b >= 0x20 && b != b'"' && b != b'\\';
    if text.bytes().all(plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pairs_come_back(pairs in prop::collection::vec((any::<String>(), any::<String>()), 0..5)) {
            let extra: Extra = pairs.iter().cloned().collect();
            let json = serde_json::to_string(&pairs).unwrap();
            prop_assert_eq!(extra.json(), (!pairs.is_empty()).then_some(json.as_str()));
            prop_assert_eq!(extra.pairs(), pairs);
        }
    }
}
