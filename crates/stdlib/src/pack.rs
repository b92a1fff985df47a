//! Reading the packed library. The index is searched where it lies: nothing is prepared at start-up.

use flate2::{Decompress, FlushDecompress};
use std::borrow::Cow;

static PACK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.pack"));

const HEAD: usize = 16;
const ENTRY: usize = 24;

fn number(at: usize) -> usize {
    u32::from_le_bytes([PACK[at], PACK[at + 1], PACK[at + 2], PACK[at + 3]]) as usize
}

fn count() -> usize {
    number(12)
}

/// What tells this version of the library from every other.
pub fn checksum() -> u32 {
    number(8) as u32
}

/// One file of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// The place of its entry in the index.
    index: usize,
}

impl File {
    fn field(self, field: usize) -> usize {
        number(HEAD + self.index * ENTRY + field * 4)
    }

    fn path_bytes(self) -> &'static [u8] {
        &PACK[self.field(0)..self.field(0) + self.field(1)]
    }

    pub fn path(self) -> &'static str {
        // The build script writes paths that are ASCII.
        str::from_utf8(self.path_bytes()).unwrap_or_default()
    }

    /// How many bytes the file has.
    pub fn len(self) -> usize {
        self.field(4)
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The file's bytes; those of a file that is not compressed are not copied.
    pub fn contents(self) -> Cow<'static, [u8]> {
        let packed = &PACK[self.field(2)..self.field(2) + self.field(3)];
        if self.field(5) == 0 {
            return Cow::Borrowed(packed);
        }
        let mut contents = Vec::with_capacity(self.len());
        let done = Decompress::new(false).decompress_vec(packed, &mut contents, FlushDecompress::Finish);
        debug_assert!(
            done.is_ok() && contents.len() == self.len(),
            "{} is broken in the program",
            self.path()
        );
        Cow::Owned(contents)
    }
}

/// Every file, in the byte order of the paths.
pub fn files() -> impl ExactSizeIterator<Item = File> {
    (0..count()).map(|index| File { index })
}

/// The place where a path is or would be.
fn place(path: &[u8]) -> Result<usize, usize> {
    let (mut low, mut high) = (0, count());
    while low < high {
        let middle = (low + high) / 2;
        match (File { index: middle }).path_bytes().cmp(path) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Equal => return Ok(middle),
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Err(low)
}

/// The file of that path.
pub fn find(path: &str) -> Option<File> {
    place(path.as_bytes()).ok().map(|index| File { index })
}

/// The first file below the folder.
pub fn first_below(folder: &str) -> Option<File> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let index = place(prefix.as_bytes()).unwrap_or_else(|place| place);
    (index < count())
        .then_some(File { index })
        .filter(|file| file.path_bytes().starts_with(prefix.as_bytes()))
}
