//! What the lists of the bottom panel have in common: their columns, the filter field, a choice of one or all, and the
//! words that are looked for.

use egui::accesskit::Role;
use egui::{ComboBox, RichText, TextEdit, Ui};

use crate::text::fold::fold;
use crate::text::{Lang, Text};
use crate::ui::table::Col;
use crate::ui::theme::tokens;
use crate::ui::widgets;

/// A column that does not sort.
pub const fn col(name: Text, width: f32, right: bool) -> Col {
    Col {
        name,
        width,
        right,
        sortable: false,
    }
}

/// The field whose words a row must hold.
pub fn filter(ui: &mut Ui, text: &mut String, width: f32, name: Text, hint: Text, lang: Lang) {
    let hint = RichText::new(hint.get(lang)).color(tokens(ui).text_weak);
    let edit = TextEdit::singleline(text).desired_width(width).hint_text(hint);
    let r = ui.add(edit);
    ui.ctx()
        .accesskit_node_builder(r.id, |n| n.set_label(name.get(lang)));
}

/// One of several, or `all`, which is nothing; `width` points wide.
pub fn pick<T: Clone + PartialEq>(
    ui: &mut Ui,
    width: f32,
    (name, all): (Text, Text),
    options: &[(T, String)],
    value: &mut Option<T>,
    lang: Lang,
) {
    let chosen = options.iter().find(|o| Some(&o.0) == value.as_ref());
    let text = chosen.map_or(all.get(lang), |o| o.1.as_str());
    let combo = combo(ui, width, name, text, |ui| {
        ui.selectable_value(value, None, all.get(lang));
        for (option, text) in options {
            ui.selectable_value(value, Some(option.clone()), text);
        }
    });
    widgets::named(combo, Role::ComboBox, name.get(lang));
}

/// One of several.
pub fn choose<T: Copy + PartialEq>(
    ui: &mut Ui,
    width: f32,
    name: Text,
    options: &[(T, Text)],
    value: &mut T,
    lang: Lang,
) {
    let chosen = options.iter().find(|o| o.0 == *value);
    let text = chosen.map_or("", |o| o.1.get(lang));
    let combo = combo(ui, width, name, text, |ui| {
        for (option, text) in options {
            ui.selectable_value(value, *option, text.get(lang));
        }
    });
    widgets::named(combo, Role::ComboBox, name.get(lang));
}

fn combo(ui: &mut Ui, width: f32, id: Text, text: &str, entries: impl FnOnce(&mut Ui)) -> egui::Response {
    let combo = ComboBox::from_id_salt(id.en).width(width).truncate();
    let r = combo.selected_text(text).show_ui(ui, entries).response;
    ui.ctx().accesskit_node_builder(r.id, |n| n.set_value(text));
    r
}

/// Words as they are looked for: without marks, in lower case; none fit everything.
pub struct Words(Vec<String>);

impl Words {
    pub fn of(typed: &str) -> Self {
        Self(fold(typed).split_whitespace().map(str::to_owned).collect())
    }

    /// Whether the text, made only where there is something to look for, holds all of them.
    pub fn are_in(&self, text: impl FnOnce() -> String) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let text = fold(&text());
        self.0.iter().all(|w| text.contains(w.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn all_words_are_looked_for_without_marks() {
        let text = || "25747/12 Thửa chồng lên nhau".to_owned();
        assert!(Words::of("").are_in(|| unreachable!("nothing is looked for")));
        assert!(Words::of(" CHONG  thua ").are_in(text));
        assert!(!Words::of("chong trùng").are_in(text));
    }
}
