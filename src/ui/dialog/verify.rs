//! Checking a sync package: each part against what the package declares.

use egui::{RichText, Ui};
use egui_material_icons::icons as i;

use super::{Cx, DONE, Flow, form_row, frame, hint};
use crate::domain::Failure;
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::pick::{Kind, PACKAGES, PathField};
use crate::ui::theme::{M, tokens};
use crate::ui::widgets::{self, Tone};
use crate::ui::work::Work;
use crate::validate;
use crate::verify::Report;

const TITLE: Text = Text::new("Kiểm tra một gói", "Verify a package");
const PATH: Text = Text::new("Tệp gói (.zip)", "Package file (.zip)");
const PATH_HINT: Text = Text::new("GT-25747-20261123-1.zip", "GT-25747-20261123-1.zip");
const VERIFY: Text = Text::new("Kiểm tra", "Verify");
const GOOD: Text = Text::new(
    "Gói đúng và đủ: mọi phần khớp với nội dung gói khai.",
    "The package is right: every part agrees with what it declares.",
);
const BAD: Text = Text::new(
    "Gói không dùng được: có phần không khớp.",
    "The package cannot be used: some part does not agree.",
);
const DRAFT: Text = Text::new(
    "Đây là bản nháp, không được gửi.",
    "This is a draft and may not be sent.",
);

/// Findings listed; the rest is counted.
const MOST: usize = 100;

pub struct VerifyDialog {
    path: PathField,
    fresh: bool,
    busy: bool,
    result: Option<Result<Box<Report>, Failure>>,
}

impl Default for VerifyDialog {
    fn default() -> Self {
        Self {
            path: PathField::new(Kind::OpenFile, PACKAGES),
            fresh: true,
            busy: false,
            result: None,
        }
    }
}

impl VerifyDialog {
    pub fn done(&mut self, result: Result<Report, Failure>) {
        self.busy = false;
        self.result = Some(result.map(Box::new));
    }

    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let mut state = (self, None);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [720.0, 520.0],
            &mut state,
            |ui, (this, _)| this.body(ui, lang),
            |ui, (this, work)| {
                let path = this.path.path().filter(|_| !this.busy);
                if widgets::primary(ui, path.is_some(), Some(i::ICON_VERIFIED), VERIFY.get(lang)) {
                    this.busy = true;
                    *work = path.map(Work::Verify);
                }
                if ui.button(DONE.get(lang)).clicked() {
                    Flow::Close
                } else {
                    Flow::Stay
                }
            },
        );
        cx.out.extend(state.1.map(Action::Work));
        flow
    }

    fn body(&mut self, ui: &mut Ui, lang: Lang) {
        let fresh = std::mem::take(&mut self.fresh);
        form_row(ui, PATH.get(lang), |ui| {
            self.path.ui(ui, lang, PATH.get(lang), PATH_HINT.get(lang), fresh);
        });
        match &self.result {
            Some(Ok(r)) => report(ui, r, lang),
            Some(Err(failure)) => widgets::note(ui, Tone::Error, &failure.describe(lang)),
            None => (),
        }
    }
}

/// The verdict, check by check.
pub fn report(ui: &mut Ui, r: &Report, lang: Lang) {
    let (tone, text) = if r.ok {
        (Tone::Ok, GOOD)
    } else {
        (Tone::Error, BAD)
    };
    widgets::note(ui, tone, text.get(lang));
    if r.draft {
        ui.add_space(M / 2.0);
        widgets::note(ui, Tone::Warning, DRAFT.get(lang));
    }
    ui.add_space(M);
    for check in &r.checks {
        let t = tokens(ui);
        let (glyph, colour) = if check.ok {
            (i::ICON_CHECK_CIRCLE, t.ok)
        } else {
            (i::ICON_ERROR, t.error)
        };
        ui.horizontal_top(|ui| {
            ui.label(widgets::icon(glyph).color(colour));
            widgets::fixed(ui, 150.0, RichText::new(name(check.name).get(lang)));
            ui.add(egui::Label::new(RichText::new(check.detail.get(lang)).color(t.text_weak)).wrap());
        });
    }
    for f in r.findings.iter().take(MOST) {
        ui.add(egui::Label::new(validate::message(f).get(lang)).wrap());
    }
    if r.findings.len() > MOST {
        let more = format::count((r.findings.len() - MOST) as u64, lang);
        hint(
            ui,
            &if lang == Lang::Vi {
                format!("… và {more} mục nữa")
            } else {
                format!("… and {more} more")
            },
        );
    }
}

fn name(check: &str) -> Text {
    match check {
        "zip" => Text::new("Tệp nén", "Archive"),
        "manifest" => Text::new("Bản kê", "Manifest"),
        "hashes" => Text::new("Mã băm các tệp", "File hashes"),
        "schema" => Text::new("Cấu trúc XML", "XML schema"),
        "counts" => Text::new("Số lượng", "Counts"),
        "geometry" => Text::new("Hình thể thửa", "Geometry"),
        "references" => Text::new("Liên kết hồ sơ", "References"),
        "twin" => Text::new("GML và GeoPackage khớp", "GML and GeoPackage agree"),
        _ => Text::new("Mục khác", "Other"),
    }
}
