//! What stands on each face of the invented district.

use super::mesh::{Loop, V};

/// What a face is; decides colour, number, owner and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    River,
    Canal,
    Ditch,
    Highway,
    Road,
    Lane,
    Paddy,
    Crops,
    Orchard,
    FishPond,
    /// House with garden in a village.
    House,
    Garden,
    /// Narrow house in the town.
    TownHouse,
    Pond,
    Lake,
    Island,
    Park,
    Cemetery,
    School,
    Office,
    Market,
    Temple,
    Pagoda,
    Clinic,
    Unused,
}

impl Class {
    /// False for roads and water that are no parcel (đối tượng chiếm đất không tạo thành thửa đất).
    pub fn is_parcel(self) -> bool {
        !matches!(
            self,
            Self::River | Self::Canal | Self::Ditch | Self::Highway | Self::Road | Self::Lane
        )
    }

    pub fn is_road(self) -> bool {
        matches!(self, Self::Highway | Self::Road | Self::Lane)
    }

    /// Land mapped at 1:1000; the open fields are mapped at 1:2000.
    pub fn is_dense(self) -> bool {
        !matches!(
            self,
            Self::Paddy
                | Self::Crops
                | Self::Orchard
                | Self::FishPond
                | Self::Cemetery
                | Self::Ditch
                | Self::River
                | Self::Canal
                | Self::Highway
        )
    }
}

/// One record to be: a surface and what it is.
#[derive(Clone, Debug)]
pub struct Face {
    /// Shell, then holes.
    pub rings: Vec<Loop>,
    pub class: Class,
    /// Index into the communes.
    pub commune: usize,
    /// Streets of one group may become one record.
    pub group: usize,
}

/// A village core or the town: houses stand around it.
#[derive(Clone, Copy, Debug)]
pub struct Centre {
    pub at: V,
    pub radius: f64,
    pub town: bool,
}
