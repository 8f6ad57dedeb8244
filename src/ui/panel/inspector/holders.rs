//! The people and organisations who hold the parcel, as far as the import brought them.

use egui::{RichText, Ui};
use egui_material_icons::icons as i;

use crate::domain::ParcelRecord;
use crate::text::{Lang, Text, terms};
use crate::ui::theme::{self, M};
use crate::ui::widgets;

const NONE: Text = Text::new("Chưa có người sử dụng đất", "No land user yet");
const NONE_BODY: Text = Text::new(
    "Tệp đã nhập không có tên người sử dụng cho thửa này.",
    "The imported file named no land user for this parcel.",
);
const KIND: Text = Text::new("Loại", "Kind");
const USER_TYPE: Text = Text::new("Mã đối tượng", "User code");

fn kind(code: &str) -> Text {
    match code {
        "CA_NHAN" => Text::new("Cá nhân", "Individual"),
        "VO_CHONG" => Text::new("Vợ chồng", "Couple"),
        "HO_GIA_DINH" => Text::new("Hộ gia đình", "Household"),
        "TO_CHUC" => Text::new("Tổ chức", "Organisation"),
        "CONG_DONG" => Text::new("Cộng đồng dân cư", "Community"),
        _ => Text::new("Chưa rõ", "Not known"),
    }
}

pub fn ui(ui: &mut Ui, r: &ParcelRecord, lang: Lang) {
    if r.holders.is_empty() {
        return widgets::empty(ui, i::ICON_PERSON, NONE.get(lang), NONE_BODY.get(lang));
    }
    for holder in &r.holders {
        ui.horizontal(|ui| {
            ui.label(widgets::icon(i::ICON_PERSON));
            ui.add(egui::Label::new(RichText::new(&holder.name).text_style(theme::bold())).wrap());
        });
        widgets::fact(ui, 110.0, KIND.get(lang), kind(&holder.kind).get(lang));
        widgets::fact(
            ui,
            110.0,
            USER_TYPE.get(lang),
            holder.user_type.as_deref().unwrap_or_default(),
        );
        widgets::fact(
            ui,
            110.0,
            terms::ADDRESS.get(lang),
            holder.address.as_deref().unwrap_or_default(),
        );
        ui.add_space(M);
    }
}
