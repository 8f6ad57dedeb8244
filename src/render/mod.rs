//! From the map to a picture: coverage → display list → image, tiles and PNG. No egui, no I/O.
//!
//! One painter draws everything: the tiles behind the window's map, the picture of a whole district
//! and the tests. `viewport` places the map on the pixel grid, `style` says how it looks, `scene`
//! chooses what is seen, `raster` paints it.

mod cover;
pub mod font;
mod hatch;
pub mod allowed;
pub mod boundaries;
pub mod label_layout;
pub mod labels;
pub mod list;
pub mod outline;
mod page;
pub mod picture;
pub mod raster;
pub mod reference;
pub mod scene;
pub mod style;
pub mod tiles;
pub mod viewport;

pub use hatch::swatch;
pub use labels::{Label, LabelKind, Labels, Placed};
pub use list::DisplayList;
pub use picture::{Picture, picture, png};
pub use raster::{Image, paint};
pub use scene::scene;
pub use style::{ColourBy, LabelMode, Style, Theme};
pub use tiles::Tiles;
pub use viewport::Viewport;
