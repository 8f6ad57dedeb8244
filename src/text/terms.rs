//! The legal terms of the field, each once. Source: domain.md §13.

use super::Text;

pub const PARCEL: Text = Text::new("Thửa đất", "Parcel");
pub const SHEET: Text = Text::new("Tờ bản đồ", "Map sheet");
pub const SHEET_NUMBER: Text = Text::new("Số tờ", "Sheet no.");
pub const PARCEL_NUMBER: Text = Text::new("Số thửa", "Parcel no.");
pub const COMMUNE: Text = Text::new("Xã/phường", "Commune");
pub const LAND_USE: Text = Text::new("Loại đất", "Land use");
pub const AREA_MEASURED: Text = Text::new("Diện tích đo đạc", "Measured area");
pub const AREA_LEGAL: Text = Text::new("Diện tích pháp lý", "Legal area");
pub const LAND_USER: Text = Text::new("Người sử dụng đất", "Land user");
pub const CERTIFICATE: Text = Text::new("Giấy chứng nhận", "Certificate");
pub const CHANGE: Text = Text::new("Biến động", "Change");
pub const DOSSIER: Text = Text::new("Hồ sơ", "Dossier");
pub const ADDRESS: Text = Text::new("Địa chỉ", "Address");
