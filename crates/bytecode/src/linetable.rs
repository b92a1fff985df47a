//! The location table, `co_linetable` (PEP 626, PEP 657): for each stretch of code units a line, an end
//! line and two columns, in a compressed form that is read from the start.
//!
//! An entry's first byte is `0x80 | kind << 3 | (units - 1)`; what follows depends on the kind. Lines are
//! differences to the entry before, starting from `co_firstlineno`. [`LineTableBuilder`] writes,
//! [`Locations`] reads entries, [`Lines`] joins them as `co_lines` does, [`positions`] gives one per code
//! unit. Reading stops quietly where a table is damaged.

/// Kinds of entry; those below `ONE_LINE0` are short forms with a column's upper bits in the kind.
const ONE_LINE0: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NONE: u8 = 15;
/// Code units that one entry can cover.
const MAX_UNITS: usize = 8;

/// A stretch of source; `None` where nothing is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    pub line: Option<i32>,
    pub end_line: Option<i32>,
    pub column: Option<i32>,
    pub end_column: Option<i32>,
}

/// Writes a table entry by entry.
#[derive(Debug)]
pub struct LineTableBuilder {
    bytes: Vec<u8>,
    line: i32,
}

impl LineTableBuilder {
    pub fn new(first_line: i32) -> Self {
        Self { bytes: Vec::new(), line: first_line }
    }

    /// Adds a stretch of `units` code units. A line, end line or column of -1 is one that is not known.
    pub fn add(&mut self, mut units: usize, line: i32, end_line: i32, column: i32, end_column: i32) {
        while units > MAX_UNITS {
            self.entry(MAX_UNITS, line, end_line, column, end_column);
            units -= MAX_UNITS;
        }
        if units > 0 {
            self.entry(units, line, end_line, column, end_column);
        }
    }

    fn entry(&mut self, units: usize, line: i32, end_line: i32, column: i32, end_column: i32) {
        if line == -1 {
            self.head(NONE, units);
            return;
        }
        let delta = i64::from(line) - i64::from(self.line);
        if column < 0 || end_column < 0 {
            if end_line == line || end_line < 0 {
                self.head(NO_COLUMNS, units);
                self.signed(delta);
                self.line = line;
                return;
            }
        } else if end_line == line {
            let width = i64::from(end_column) - i64::from(column);
            if delta == 0 && column < 80 && (0..16).contains(&width) {
                self.head((column >> 3) as u8, units);
                self.bytes.push(((column & 7) as u8) << 4 | width as u8);
                return;
            }
            if (0..3).contains(&delta) && column < 128 && end_column < 128 {
                self.head(ONE_LINE0 + delta as u8, units);
                self.bytes.push(column as u8);
                self.bytes.push(end_column as u8);
                self.line = line;
                return;
            }
        }
        self.head(LONG, units);
        self.signed(delta);
        self.unsigned((i64::from(end_line) - i64::from(line)).max(0) as u64);
        self.unsigned((i64::from(column) + 1).max(0) as u64);
        self.unsigned((i64::from(end_column) + 1).max(0) as u64);
        self.line = line;
    }

    fn head(&mut self, kind: u8, units: usize) {
        self.bytes.push(0x80 | kind << 3 | (units - 1) as u8);
    }

    /// Six bits a byte, lowest first, bit 6 set where more follow.
    fn unsigned(&mut self, mut value: u64) {
        while value >= 64 {
            self.bytes.push(0x40 | (value & 0x3F) as u8);
            value >>= 6;
        }
        self.bytes.push(value as u8);
    }

    fn signed(&mut self, value: i64) {
        let magnitude = value.unsigned_abs() << 1;
        self.unsigned(magnitude | u64::from(value < 0));
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// The table with lines alone.
pub fn without_columns(table: &[u8], first_line: i32) -> Vec<u8> {
    let mut builder = LineTableBuilder::new(first_line);
    for entry in Locations::new(table, first_line) {
        let line = entry.position.line.unwrap_or(-1);
        builder.add((entry.end - entry.start) / 2, line, line, -1, -1);
    }
    builder.finish()
}

/// An entry of the table: a range of bytes of code and where it comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocationEntry {
    /// In bytes of code.
    pub start: usize,
    pub end: usize,
    pub position: Position,
}

/// Iterator over the entries of a table.
#[derive(Clone, Debug)]
pub struct Locations<'a> {
    rest: &'a [u8],
    offset: usize,
    line: i32,
}

impl<'a> Locations<'a> {
    pub fn new(table: &'a [u8], first_line: i32) -> Self {
        Self { rest: table, offset: 0, line: first_line }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn unsigned(&mut self) -> Option<u32> {
        let mut value = 0_u32;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x3F).checked_shl(shift).unwrap_or(0);
            if byte & 0x40 == 0 {
                return Some(value);
            }
            shift += 6;
        }
    }

    fn signed(&mut self) -> Option<i32> {
        let value = self.unsigned()?;
        let magnitude = (value >> 1) as i32;
        Some(if value & 1 != 0 { magnitude.wrapping_neg() } else { magnitude })
    }

    fn advance(&mut self, by: i32) -> i32 {
        self.line = self.line.wrapping_add(by);
        self.line
    }
}

impl Iterator for Locations<'_> {
    type Item = LocationEntry;

    fn next(&mut self) -> Option<LocationEntry> {
        let head = self.byte()?;
        let units = usize::from(head & 7) + 1;
        let position = match head >> 3 & 15 {
            NONE => Position::default(),
            LONG => {
                let delta = self.signed()?;
                let line = self.advance(delta);
                let end_line = line.wrapping_add(self.unsigned()? as i32);
                let column = self.unsigned()? as i32;
                let end_column = self.unsigned()? as i32;
                Position {
                    line: Some(line),
                    end_line: Some(end_line),
                    column: column.checked_sub(1).filter(|c| *c >= 0),
                    end_column: end_column.checked_sub(1).filter(|c| *c >= 0),
                }
            }
            NO_COLUMNS => {
                let delta = self.signed()?;
                let line = self.advance(delta);
                Position { line: Some(line), end_line: Some(line), column: None, end_column: None }
            }
            kind @ ONE_LINE0..NO_COLUMNS => {
                let line = self.advance(i32::from(kind - ONE_LINE0));
                let column = i32::from(self.byte()?);
                let end_column = i32::from(self.byte()?);
                one_line(line, column, end_column)
            }
            kind => {
                let second = self.byte()?;
                let column = i32::from(kind) << 3 | i32::from(second >> 4 & 7);
                one_line(self.line, column, column + i32::from(second & 15))
            }
        };
        let start = self.offset;
        self.offset += units * 2;
        Some(LocationEntry { start, end: self.offset, position })
    }
}

fn one_line(line: i32, column: i32, end_column: i32) -> Position {
    Position { line: Some(line), end_line: Some(line), column: Some(column), end_column: Some(end_column) }
}

/// A stretch of code on one line, as `co_lines` gives it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineRange {
    /// In bytes of code.
    pub start: usize,
    pub end: usize,
    pub line: Option<i32>,
}

/// Iterator over stretches on one line: neighbouring entries of the same line are one.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    entries: std::iter::Peekable<Locations<'a>>,
}

impl<'a> Lines<'a> {
    pub fn new(table: &'a [u8], first_line: i32) -> Self {
        Self { entries: Locations::new(table, first_line).peekable() }
    }
}

impl Iterator for Lines<'_> {
    type Item = LineRange;

    fn next(&mut self) -> Option<LineRange> {
        let first = self.entries.next()?;
        let mut range = LineRange { start: first.start, end: first.end, line: first.position.line };
        while let Some(more) = self.entries.next_if(|entry| entry.position.line == range.line) {
            range.end = more.end;
        }
        Some(range)
    }
}

/// The line of the instruction at a byte offset: `PyCode_Addr2Line`.
pub fn line_at(table: &[u8], first_line: i32, offset: usize) -> Option<i32> {
    entry_at(table, first_line, offset)?.line
}

/// The position of the instruction at a byte offset.
pub fn entry_at(table: &[u8], first_line: i32, offset: usize) -> Option<Position> {
    Locations::new(table, first_line).find(|entry| offset < entry.end).map(|entry| entry.position)
}

/// One position for each code unit, as `co_positions` gives them.
pub fn positions(table: &[u8], first_line: i32) -> impl Iterator<Item = Position> {
    Locations::new(table, first_line)
        .flat_map(|entry| std::iter::repeat_n(entry.position, (entry.end - entry.start) / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let cases = [
            (3, 1, 1, 0, 5),
            (1, 1, 1, 79, 94),
            (20, 2, 2, 90, 100),
            (2, 2, 7, 4, 1),
            (1, -1, -1, -1, -1),
            (1, 5, 5, -1, -1),
            (4, 3, 3, 200, 260),
            (1, 100_000, 100_001, 0, 0),
        ];
        let mut builder = LineTableBuilder::new(1);
        for (units, line, end_line, column, end_column) in cases {
            builder.add(units, line, end_line, column, end_column);
        }
        let table = builder.finish();
        let read: Vec<Position> = positions(&table, 1).collect();
        let known = |v: i32| (v >= 0).then_some(v);
        let expected: Vec<Position> = cases
            .iter()
            .flat_map(|(units, line, end_line, column, end_column)| {
                let position = Position {
                    line: known(*line),
                    end_line: known(*end_line),
                    column: known(*column),
                    end_column: known(*end_column),
                };
                std::iter::repeat_n(position, *units)
            })
            .collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn damaged_tables_end_early() {
        for table in [&[0xF0][..], &[0x80], &[0xE8, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F]] {
            assert_eq!(Locations::new(table, 1).count(), 0);
        }
    }
}
