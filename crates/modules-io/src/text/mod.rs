//! Text files: line ends, encoding and decoding, positions.

pub mod cookie;
pub mod newline;
pub mod plain;
pub mod wrapper;

use taipan_objects::types::str::{PyStr, StrUnits};

/// The code points of a string.
pub fn code_points(text: &PyStr) -> Vec<u32> {
    match text.units() {
        StrUnits::Ascii(units) | StrUnits::Latin1(units) => {
            units.iter().map(|&unit| u32::from(unit)).collect()
        }
        StrUnits::Two(units) => units.iter().map(|&unit| u32::from(unit)).collect(),
        StrUnits::Four(units) => units.to_vec(),
    }
}
