//! Typing faster than frames come: Tab and Enter move the cursor between frames, so what is typed after one must wait for
//! the next frame. A card reader sends a whole code and Enter at once.

use egui::{Event, Key};

fn moves(event: &Event) -> bool {
    matches!(
        event,
        Event::Key {
            key: Key::Tab | Key::Enter,
            pressed: true,
            ..
        }
    )
}

/// What of the events may happen in this frame: up to a key that moves the cursor, or only that. The rest is left in
/// `waiting`, before what comes later.
pub fn one_key_a_frame(events: &mut Vec<Event>, waiting: &mut Vec<Event>) {
    let mut all = std::mem::take(waiting);
    all.append(events);
    let cut = match all.iter().position(moves) {
        Some(0) => 1,
        Some(n) => n,
        None => all.len(),
    };
    *waiting = all.split_off(cut);
    *events = all;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_that_moves_the_cursor_has_a_frame_of_its_own() {
        let key = |key| Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        };
        let text = |t: &str| Event::Text(t.into());
        let mut events = vec![text("a"), text("b"), key(Key::Tab), text("c"), key(Key::Enter)];
        let mut waiting = Vec::new();
        let mut frames = Vec::new();
        loop {
            one_key_a_frame(&mut events, &mut waiting);
            if events.is_empty() {
                break;
            }
            frames.push(events.len());
            events.clear();
            if frames.len() == 1 {
                events.push(text("d"));
            }
        }
        // ab, Tab, c, Enter, d: what came later stays behind what waited.
        assert_eq!(frames, [2, 1, 1, 1, 1]);
    }
}
