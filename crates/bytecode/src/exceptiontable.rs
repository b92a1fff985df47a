//! The exception table, `co_exceptiontable`: which handler guards which code.
//!
//! Each entry is four numbers — start, length and handler in code units, and `depth << 1 | lasti` — six
//! bits a byte, highest first, bit 6 set where more follow; bit 7 marks an entry's first byte, so that a
//! search can start in the middle. Entries are in the order of the code and do not overlap.

/// A guarded stretch of code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// In code units.
    pub start: usize,
    pub end: usize,
    /// The first code unit of the handler.
    pub target: usize,
    /// The value stack is cut to this depth before the exception is pushed.
    pub depth: usize,
    /// Whether the index of the instruction that raised is pushed below the exception.
    pub lasti: bool,
}

/// Appends an entry to a table.
pub fn write_entry(table: &mut Vec<u8>, entry: &Entry) {
    write_number(table, entry.start, 0x80);
    write_number(table, entry.end - entry.start, 0);
    write_number(table, entry.target, 0);
    write_number(table, entry.depth << 1 | usize::from(entry.lasti), 0);
}

fn write_number(table: &mut Vec<u8>, value: usize, mut mark: u8) {
    let mut shift = 0;
    while shift + 6 < usize::BITS && value >> (shift + 6) != 0 {
        shift += 6;
    }
    loop {
        let more = if shift > 0 { 0x40 } else { 0 };
        table.push(mark | more | (value >> shift & 0x3F) as u8);
        if shift == 0 {
            return;
        }
        mark = 0;
        shift -= 6;
    }
}

/// Iterator over the entries of a table; ends early where it is damaged.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Entries<'a> {
    pub fn new(table: &'a [u8]) -> Self {
        Self { rest: table }
    }

    /// Whether the whole table has been read.
    pub fn is_finished(&self) -> bool {
        self.rest.is_empty()
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let (entry, rest) = read_entry(self.rest)?;
        self.rest = rest;
        Some(entry)
    }
}

#[inline]
fn read_number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    if let [byte, rest @ ..] = bytes
        && byte & 0x40 == 0
    {
        return Some((usize::from(byte & 0x3F), rest));
    }
    let mut value = 0_usize;
    for (index, byte) in bytes.iter().enumerate() {
        if value > usize::MAX >> 7 {
            return None;
        }
        value = value << 6 | usize::from(byte & 0x3F);
        if byte & 0x40 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

fn read_entry(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let (start, bytes) = read_number(bytes)?;
    let (length, bytes) = read_number(bytes)?;
    read_handler(start, length, bytes)
}

/// The second half of an entry.
fn read_handler(start: usize, length: usize, bytes: &[u8]) -> Option<(Entry, &[u8])> {
    let (target, bytes) = read_number(bytes)?;
    let (depth, bytes) = read_number(bytes)?;
    let end = start.checked_add(length)?;
    Some((Entry { start, end, target, depth: depth >> 1, lasti: depth & 1 != 0 }, bytes))
}

/// Tables longer than this are searched by halving.
const LINEAR_SEARCH: usize = 16;

/// The handler for the instruction at a code unit.
pub fn find_handler(table: &[u8], unit: usize) -> Option<Entry> {
    let mut low = 0;
    let mut high = table.len();
    while high - low > LINEAR_SEARCH {
        let mut middle = low + (high - low) / 2;
        while middle > low && table[middle] & 0x80 == 0 {
            middle -= 1;
        }
        if middle == low {
            break;
        }
        let (start, _) = read_number(&table[middle..])?;
        if start > unit { high = middle } else { low = middle }
    }
    let mut rest = &table[low..];
    loop {
        let (start, after) = read_number(rest)?;
        let (length, after) = read_number(after)?;
        if start > unit {
            return None;
        }
        if unit - start < length {
            return read_handler(start, length, after).map(|(entry, _)| entry);
        }
        // To the mark of the next entry.
        rest = &after[after.iter().position(|byte| byte & 0x80 != 0)?..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(start: usize, end: usize, target: usize) -> Entry {
        Entry { start, end, target, depth: start % 5, lasti: start & 1 == 0 }
    }

    #[test]
    fn what_is_written_is_read_and_found() {
        let entries: Vec<Entry> = (0..200).map(|i| entry(i * 50, i * 50 + 30, 20_000 + i)).collect();
        let mut table = Vec::new();
        for e in &entries {
            write_entry(&mut table, e);
        }
        assert_eq!(Entries::new(&table).collect::<Vec<_>>(), entries);
        for unit in 0..10_100 {
            let expected = entries.iter().find(|e| (e.start..e.end).contains(&unit)).copied();
            assert_eq!(find_handler(&table, unit), expected, "unit {unit}");
        }
    }

    #[test]
    fn damaged_tables_end_early() {
        assert_eq!(Entries::new(&[0xC0, 0x40]).count(), 0);
        assert_eq!(Entries::new(&[0x7F; 64]).count(), 0);
        assert_eq!(find_handler(&[0x7F; 100], 3), None);
    }
}
