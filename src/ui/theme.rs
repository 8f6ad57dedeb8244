//! Design tokens: every colour, space and text size of the window stands here, and nowhere else.
//!
//! Two themes, light and dark. Text on its ground has a contrast of at least 4.5:1 (WCAG 2.1 AA,
//! checked by the test below); what has the keyboard focus wears a 2-point ring in the accent colour.

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Vec2};
use serde::{Deserialize, Serialize};

/// Distances in points; multiples of four, two for hairline gaps.
pub const XS: f32 = 2.0;
pub const S: f32 = 4.0;
pub const M: f32 = 8.0;
pub const L: f32 = 12.0;
pub const XL: f32 = 16.0;
pub const XXL: f32 = 24.0;

/// Height of a table row and of its header.
pub const ROW: f32 = 24.0;

const RADIUS: u8 = 4;

/// The choice of the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    #[default]
    Light,
    Dark,
}

impl Choice {
    pub fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }

    pub fn egui(self) -> egui::Theme {
        match self {
            Self::Light => egui::Theme::Light,
            Self::Dark => egui::Theme::Dark,
        }
    }
}

/// The colours of a theme by their use.
#[derive(Debug)]
pub struct Tokens {
    /// Ground of panels and bars.
    pub panel: Color32,
    /// Ground of fields, tables and the page.
    pub surface: Color32,
    /// Every second row of a table.
    pub stripe: Color32,
    /// Ground of buttons and of a header row.
    pub raised: Color32,
    /// The same under the pointer.
    pub raised_hover: Color32,
    /// Lines between things.
    pub border: Color32,
    /// Frame of a field or button.
    pub frame: Color32,
    pub text: Color32,
    /// Secondary text: units, hints, captions.
    pub text_weak: Color32,
    /// The one colour that means "act here" or "this one".
    pub accent: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// Ground of what is selected.
    pub accent_soft: Color32,
    /// Text on `accent_soft`.
    pub on_accent_soft: Color32,
    pub error: Color32,
    pub error_soft: Color32,
    pub warning: Color32,
    pub warning_soft: Color32,
    pub ok: Color32,
    pub ok_soft: Color32,
    /// What a tool is about to do.
    pub map_preview: Color32,
    pub map_preview_fill: Color32,
    /// Ground and text of what floats over the map: scale bar, tool hints.
    pub map_plate: Color32,
    pub map_plate_text: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

pub static LIGHT: Tokens = Tokens {
    panel: rgb(0xF4F6F8),
    surface: rgb(0xFFFFFF),
    stripe: rgb(0xF8FAFB),
    raised: rgb(0xE9EDF1),
    raised_hover: rgb(0xDDE4EA),
    border: rgb(0xD3DAE1),
    frame: rgb(0xB6C0CA),
    text: rgb(0x1A222B),
    text_weak: rgb(0x52606D),
    accent: rgb(0x0B62A4),
    on_accent: rgb(0xFFFFFF),
    accent_soft: rgb(0xD4E7F7),
    on_accent_soft: rgb(0x063F6E),
    error: rgb(0xB3261E),
    error_soft: rgb(0xFCE8E6),
    warning: rgb(0x8A5000),
    warning_soft: rgb(0xFDF0D5),
    ok: rgb(0x1A6B3C),
    ok_soft: rgb(0xE0F3E7),
    map_preview: rgb(0xC2185B),
    map_preview_fill: Color32::from_rgba_premultiplied(53, 6, 24, 70),
    map_plate: Color32::from_rgba_premultiplied(240, 240, 240, 240),
    map_plate_text: rgb(0x1A222B),
};

pub static DARK: Tokens = Tokens {
    panel: rgb(0x1B2026),
    surface: rgb(0x14181D),
    stripe: rgb(0x191E24),
    raised: rgb(0x2A323B),
    raised_hover: rgb(0x36404B),
    border: rgb(0x333C46),
    frame: rgb(0x4C5864),
    text: rgb(0xE4E9EE),
    text_weak: rgb(0xA3B0BD),
    accent: rgb(0x6CB6F5),
    on_accent: rgb(0x07253F),
    accent_soft: rgb(0x17405F),
    on_accent_soft: rgb(0xD5EBFD),
    error: rgb(0xFF9087),
    error_soft: rgb(0x47211F),
    warning: rgb(0xF0BC5E),
    warning_soft: rgb(0x40320F),
    ok: rgb(0x7FD1A0),
    ok_soft: rgb(0x173A27),
    map_preview: rgb(0xFF7AB0),
    map_preview_fill: Color32::from_rgba_premultiplied(72, 34, 50, 84),
    map_plate: Color32::from_rgba_premultiplied(25, 30, 35, 235),
    map_plate_text: rgb(0xE4E9EE),
};

/// The tokens of the theme in use.
pub fn tokens_for(dark: bool) -> &'static Tokens {
    if dark { &DARK } else { &LIGHT }
}

pub fn tokens(ui: &egui::Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// Text style of a page title.
pub fn title() -> TextStyle {
    TextStyle::Name("title".into())
}

/// Text style of emphasised body text.
pub fn bold() -> TextStyle {
    TextStyle::Name("bold".into())
}

/// Installs both themes.
pub fn install(ctx: &egui::Context) {
    ctx.set_style_of(egui::Theme::Light, style(&LIGHT, false));
    ctx.set_style_of(egui::Theme::Dark, style(&DARK, true));
}

fn style(t: &Tokens, dark: bool) -> egui::Style {
    let mut s = egui::Style {
        text_styles: text_styles(),
        animation_time: 0.08,
        ..Default::default()
    };
    s.interaction.tooltip_delay = 0.4;
    s.spacing.item_spacing = Vec2::new(M, 6.0);
    s.spacing.button_padding = Vec2::new(M, S);
    s.spacing.interact_size = Vec2::new(36.0, 26.0);
    s.spacing.window_margin = Margin::same(XL as i8);
    s.spacing.menu_margin = Margin::same(6);
    s.spacing.indent = XL;
    s.spacing.icon_spacing = 6.0;
    s.spacing.combo_width = 96.0;
    s.spacing.text_edit_width = 200.0;
    s.spacing.scroll = egui::style::ScrollStyle::solid();
    s.spacing.scroll.bar_width = 9.0;
    s.visuals = visuals(t, dark);
    s
}

fn text_styles() -> std::collections::BTreeMap<TextStyle, FontId> {
    let bold_family = || FontFamily::Name(super::fonts::BOLD.into());
    [
        (TextStyle::Small, FontId::proportional(12.0)),
        (TextStyle::Body, FontId::proportional(14.0)),
        (TextStyle::Button, FontId::proportional(14.0)),
        (TextStyle::Monospace, FontId::monospace(13.0)),
        (TextStyle::Heading, FontId::new(17.0, bold_family())),
        (bold(), FontId::new(14.0, bold_family())),
        (title(), FontId::new(26.0, bold_family())),
    ]
    .into()
}

fn visuals(t: &Tokens, dark: bool) -> egui::Visuals {
    let mut v = if dark {
        egui::Visuals::dark()
    } else {
        egui::Visuals::light()
    };
    v.widgets = widgets(t);
    v.weak_text_color = Some(t.text_weak);
    v.selection.bg_fill = t.accent_soft;
    v.selection.stroke = Stroke::new(2.0, if dark { t.on_accent_soft } else { t.accent });
    v.hyperlink_color = t.accent;
    v.faint_bg_color = t.stripe;
    v.extreme_bg_color = t.surface;
    v.text_edit_bg_color = Some(t.surface);
    v.code_bg_color = t.raised;
    v.warn_fg_color = t.warning;
    v.error_fg_color = t.error;
    v.window_corner_radius = CornerRadius::same(8);
    v.menu_corner_radius = CornerRadius::same(6);
    v.window_fill = t.panel;
    v.window_stroke = Stroke::new(1.0, t.border);
    v.panel_fill = t.panel;
    let shade = Color32::from_black_alpha(if dark { 96 } else { 40 });
    v.window_shadow = Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: shade,
    };
    v.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 12,
        spread: 0,
        color: shade,
    };
    v.text_cursor.stroke = Stroke::new(2.0, t.accent);
    v.striped = false;
    v.disabled_alpha = 0.55;
    v
}

fn widgets(t: &Tokens) -> egui::style::Widgets {
    let state = |fill, weak, line, text| egui::style::WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: weak,
        bg_stroke: line,
        fg_stroke: Stroke::new(1.0, text),
        corner_radius: CornerRadius::same(RADIUS),
        expansion: 0.0,
    };
    let line = Stroke::new(1.0, t.frame);
    egui::style::Widgets {
        noninteractive: state(t.panel, t.panel, Stroke::new(1.0, t.border), t.text),
        inactive: state(t.raised, t.raised, line, t.text),
        hovered: state(t.raised_hover, t.raised_hover, Stroke::new(1.0, t.accent), t.text),
        // Pressed, or focused by the keyboard: the ring.
        active: state(t.raised_hover, t.raised_hover, Stroke::new(2.0, t.accent), t.text),
        open: state(t.raised_hover, t.raised_hover, line, t.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.1.
    fn luminance(c: Color32) -> f64 {
        let lin = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.03928 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * lin(c.r()) + 0.7152 * lin(c.g()) + 0.0722 * lin(c.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_contrast_is_at_least_4_5() {
        for (name, t) in [("light", &LIGHT), ("dark", &DARK)] {
            for ground in [t.panel, t.surface, t.stripe, t.raised] {
                for (what, c) in [("text", t.text), ("weak", t.text_weak), ("accent", t.accent)] {
                    let k = contrast(c, ground);
                    assert!(k >= 4.5, "{name} {what} on {ground:?}: {k:.2}");
                }
            }
            for (what, c, ground) in [
                ("error", t.error, t.panel),
                ("error on its ground", t.error, t.error_soft),
                ("warning", t.warning, t.panel),
                ("warning on its ground", t.warning, t.warning_soft),
                ("ok", t.ok, t.panel),
                ("ok on its ground", t.ok, t.ok_soft),
                ("on accent", t.on_accent, t.accent),
                ("selected", t.on_accent_soft, t.accent_soft),
                ("text hovered", t.text, t.raised_hover),
                ("plate", t.map_plate_text, t.map_plate),
                (
                    "accent on selected",
                    t.accent,
                    if name == "light" { t.accent_soft } else { t.surface },
                ),
            ] {
                let k = contrast(c, ground);
                assert!(k >= 4.5, "{name} {what}: {k:.2}");
            }
        }
    }
}
