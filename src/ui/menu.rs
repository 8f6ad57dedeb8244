//! The menu bar and the toolbar: loops over the commands.

use egui::{MenuBar, Ui, containers::menu::MenuButton};

use super::command::{Command, Have, Menu};
use super::theme::S;
use super::tool::ToolKind;
use super::widgets::{self, Show, command_button, command_entry};
use crate::text::Lang;

/// After these a menu draws a line.
const GROUP_ENDS: [Command; 8] = [
    Command::OpenSample,
    Command::Import,
    Command::VerifyPackage,
    Command::Redo,
    Command::ZoomOut,
    Command::ToggleBottom,
    Command::ShowJobs,
    Command::Validate,
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
        &[
            Command::ToolSelect,
            Command::ToolPan,
            Command::ToolMovePoint,
            Command::ToolMeasure,
        ],
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
