//! Fonts: Noto Sans (complete Vietnamese, tabular figures) and the Material Symbols icons, both built
//! in, so that the window looks the same on every PC. egui's own fonts lack most Vietnamese letters.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

/// Family name of the bold face.
pub const BOLD: &str = "bold";

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/NotoSans-Regular.ttf");
const BOLD_FACE: &[u8] = include_bytes!("../../assets/fonts/NotoSans-Bold.ttf");
const MONO: &[u8] = include_bytes!("../../assets/fonts/NotoSansMono-Regular.ttf");

/// Installs the fonts; they are in use from the next frame on.
pub fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::default();
    for (name, data) in [("noto", REGULAR), (BOLD, BOLD_FACE), ("mono", MONO)] {
        fonts
            .font_data
            .insert(name.into(), Arc::new(FontData::from_static(data)));
    }
    // What Noto Sans lacks (→, −, ≤ …) its monospaced sister has.
    fonts
        .families
        .entry(FontFamily::Proportional)
        .or_default()
        .push("mono".into());
    let icons = egui_material_icons::font_insert();
    for family in &icons.families {
        fonts
            .families
            .entry(family.family.clone())
            .or_default()
            .push(icons.name.clone());
    }
    fonts.font_data.insert(icons.name.clone(), Arc::new(icons.data));
    put_first(&mut fonts, FontFamily::Proportional, "noto");
    put_first(&mut fonts, FontFamily::Monospace, "mono");
    let rest = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let bold = FontFamily::Name(BOLD.into());
    fonts.families.insert(bold.clone(), rest);
    put_first(&mut fonts, bold, BOLD);
    for family in icon_families() {
        fonts.families.entry(family).or_default().push("noto".into());
    }
    ctx.set_fonts(fonts);
}

fn icon_families() -> [FontFamily; 2] {
    [
        egui_material_icons::FONT_FAMILY,
        egui_material_icons::FONT_FAMILY_OUTLINED,
    ]
    .map(|name| FontFamily::Name(name.into()))
}

fn put_first(fonts: &mut FontDefinitions, family: FontFamily, name: &str) {
    fonts.families.entry(family).or_default().insert(0, name.into());
}

#[cfg(test)]
mod tests {
    use super::*;
    use skrifa::MetadataProvider;

    /// Every letter of Vietnamese in both cases, composed, and the marks a decomposed text uses.
    #[test]
    fn faces_hold_all_vietnamese_letters() {
        let letters =
            "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ";
        let face = |bytes| skrifa::FontRef::new(bytes).unwrap().charmap();
        for (name, map) in [("regular", face(REGULAR)), ("bold", face(BOLD_FACE))] {
            for c in letters
                .chars()
                .chain(letters.to_uppercase().chars())
                .chain("₫°–—…“”·×".chars())
            {
                assert!(map.map(c).is_some(), "{name} lacks {c:?} U+{:04X}", c as u32);
            }
        }
        for c in "→←↑↓−±≤≥′″²\u{300}\u{301}\u{302}\u{303}\u{306}\u{309}\u{31b}\u{323}".chars()
        {
            let there = [REGULAR, MONO].iter().any(|f| face(f).map(c).is_some());
            assert!(there, "no face has {c:?} U+{:04X}", c as u32);
        }
    }
}
