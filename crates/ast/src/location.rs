//! Where a node stands in its source.

/// A range of source text. Lines count from 1, columns from 0 in UTF-8 bytes; the end is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Location {
    pub lineno: i32,
    pub col_offset: i32,
    pub end_lineno: i32,
    pub end_col_offset: i32,
}

impl Location {
    pub const fn new(lineno: i32, col_offset: i32, end_lineno: i32, end_col_offset: i32) -> Self {
        Location { lineno, col_offset, end_lineno, end_col_offset }
    }

    /// The range from the start of `self` to the end of `last`.
    pub const fn to(self, last: Location) -> Self {
        Location { end_lineno: last.end_lineno, end_col_offset: last.end_col_offset, ..self }
    }
}
