//! The menu bar and the toolbar: loops over the commands.

use egui::{MenuBar, Ui, containers::menu::MenuButton};

use egui_material_icons::icons::{ICON_ARROW_DROP_DOWN, ICON_POLYLINE};

use super::command::{Command, Have, Menu};
use super::theme::S;
use super::tool::ToolKind;
use super::widgets::{self, Show, command_button, command_entry};
use crate::text::{Lang, Text};

/// After these a menu draws a line.
const GROUP_ENDS: [Command; 15] = [
    Command::ToolCurve,
    Command::ToolMerge,
    Command::ToolRetire,
    Command::ToolMatchEdge,
    Command::ToolMovePoints,
    Command::OpenSample,
    Command::Import,
    Command::VerifyPackage,
    Command::Redo,
    Command::ZoomOut,
    Command::AddReference,
    Command::ToggleBottom,
    Command::ShowJobs,
    Command::Validate,
    Command::PreviousFinding,
];

/// The command chosen from the menu bar, if any.
pub fn bar(ui: &mut Ui, lang: Lang, have: &Have, title: &str) -> Option<Command> {
    let mut chosen = None;
    MenuBar::new().ui(ui, |ui| {
        for menu in Menu::ALL {
            MenuButton::new(menu.text().get(lang)).ui(ui, |ui| {
                ui.set_min_width(300.0);
                for c in Command::ALL.into_iter().filter(|c| c.menu() == menu) {
                    if command_entry(ui, c, lang, have) {
                        chosen = Some(c);
                        ui.close();
                    }
                    if GROUP_ENDS.contains(&c) {
                        ui.separator();
                    }
                }
            });
        }
        widgets::at_right(ui, |ui| {
            for c in [Command::ToggleTheme, Command::ToggleLanguage] {
                if command_button(ui, c, lang, have, Show::Icon, false) {
                    chosen = Some(c);
                }
            }
            ui.add(
                egui::Label::new(egui::RichText::new(title).color(super::theme::tokens(ui).text_weak))
                    .truncate(),
            );
        });
    });
    chosen
}

/// Groups of the toolbar and how they show.
const TOOLBAR: [(&[Command], Show); 5] = [
    (
        &[
            Command::Open,
            Command::Import,
            Command::Validate,
            Command::ExportPackage,
        ],
        Show::IconText,
    ),
    (&[Command::Undo, Command::Redo], Show::Icon),
    (
        &[Command::ToolSelect, Command::ToolPan, Command::ToolMeasure],
        Show::IconText,
    ),
    (
        &[
            Command::ZoomAll,
            Command::ZoomSelection,
            Command::ZoomBox,
            Command::ZoomIn,
            Command::ZoomOut,
        ],
        Show::Icon,
    ),
    (&[Command::PreviousFinding, Command::NextFinding], Show::Icon),
];

/// The command chosen from the toolbar, if any.
pub fn toolbar(ui: &mut Ui, lang: Lang, have: &Have, tool: ToolKind) -> Option<Command> {
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = S;
        for (n, (commands, show)) in TOOLBAR.into_iter().enumerate() {
            if n > 0 {
                ui.separator();
            }
            for c in commands {
                let on = have.project && c.tool() == Some(tool);
                if command_button(ui, *c, lang, have, show, on) {
                    chosen = Some(*c);
                }
            }
            if commands.contains(&Command::ToolMeasure) {
                chosen = boundaries(ui, lang, have, tool).or(chosen);
            }
        }
        widgets::at_right(ui, |ui| {
            for c in [Command::ToggleRight, Command::ToggleBottom, Command::ToggleLeft] {
                if command_button(ui, c, lang, have, Show::Icon, false) {
                    chosen = Some(c);
                }
            }
            ui.separator();
            if command_button(ui, Command::Palette, lang, have, Show::IconText, false) {
                chosen = Some(Command::Palette);
            }
        });
    });
    chosen
}

/// The boundary tools behind one button, which shows the one in hand.
fn boundaries(ui: &mut Ui, lang: Lang, have: &Have, tool: ToolKind) -> Option<Command> {
    let inside = || Command::ALL.into_iter().filter(|c| c.menu() == Menu::Boundary);
    let held = inside().find(|c| have.project && c.tool() == Some(tool));
    let glyph = held.map_or(ICON_POLYLINE, Command::icon);
    let name = Menu::Boundary.text().get(lang);
    let arrow = widgets::icon(ICON_ARROW_DROP_DOWN);
    let button = egui::Button::new((widgets::icon(glyph).size(18.0), name, arrow))
        .selected(held.is_some())
        .frame_when_inactive(held.is_some());
    let mut chosen = None;
    let open = ui.add_enabled(have.project, button);
    let open = widgets::named(open, egui::accesskit::Role::Button, TOOLS.get(lang));
    egui::Popup::menu(&open).show(|ui| {
        ui.set_min_width(300.0);
        for c in inside() {
            if command_entry(ui, c, lang, have) {
                chosen = Some(c);
                ui.close();
            }
            if GROUP_ENDS.contains(&c) {
                ui.separator();
            }
        }
    });
    chosen
}

const TOOLS: Text = Text::new("Công cụ ranh thửa", "Boundary tools");
