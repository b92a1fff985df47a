//! The set in which names that are free in a block travel up to the blocks around it.
//!
//! Names that a block only passes on are recorded in it in the order of this set, and the `symtable` module shows
//! that order. It is CPython's set: open addressing with short linear runs and a perturbed
//! sequence, merged table by table. With the interpreter's string hash the order is CPython's too.

/// The hash of a name. Any will do unless the order of symbols has to be CPython's.
pub type NameHash<'h> = &'h dyn Fn(&str) -> u64;

/// A cheap hash for callers that do not show the order.
pub fn any_hash(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

const MIN_SIZE: usize = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot<'a> {
    Empty,
    /// Something was here once; look-ups go on past it.
    Dummy,
    Name(u64, &'a str),
}

#[derive(Debug)]
pub(super) struct FreeSet<'a> {
    /// Empty until the first name comes; then a power of two.
    table: Vec<Slot<'a>>,
    used: usize,
    /// Slots that are not empty.
    fill: usize,
}

impl<'a> FreeSet<'a> {
    pub(super) fn new() -> Self {
        FreeSet { table: Vec::new(), used: 0, fill: 0 }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.entries().map(|(_, name)| name)
    }

    fn entries(&self) -> impl Iterator<Item = (u64, &'a str)> + '_ {
        self.table.iter().filter_map(|slot| match *slot {
            Slot::Name(hash, name) => Some((hash, name)),
            _ => None,
        })
    }

    fn mask(&self) -> usize {
        self.table.len().max(MIN_SIZE) - 1
    }

    /// The index of `name`, or of the empty slot that ends the search for it.
    fn find(&self, hash: u64, name: &str) -> (usize, bool) {
        let mask = self.mask();
        let mut perturb = hash;
        let mut start = hash as usize & mask;
        loop {
            let probes = if start + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for index in start..=start + probes {
                match self.table[index] {
                    Slot::Empty => return (index, false),
                    Slot::Name(other_hash, other) if other_hash == hash && other == name => {
                        return (index, true);
                    }
                    _ => {}
                }
            }
            perturb >>= PERTURB_SHIFT;
            start = start.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }

    fn resize(&mut self, minimum: usize) {
        let mut size = MIN_SIZE;
        while size <= minimum {
            size *= 2;
        }
        let old = std::mem::replace(&mut self.table, vec![Slot::Empty; size]);
        self.fill = self.used;
        for slot in old {
            if let Slot::Name(hash, name) = slot {
                let (index, _) = self.find(hash, name);
                self.table[index] = slot;
            }
        }
    }

    fn insert(&mut self, hash: u64, name: &'a str) {
        if self.table.is_empty() {
            self.table = vec![Slot::Empty; MIN_SIZE];
        }
        let (index, found) = self.find(hash, name);
        if found {
            return;
        }
        self.table[index] = Slot::Name(hash, name);
        self.fill += 1;
        self.used += 1;
        if self.fill * 5 >= self.mask() * 3 {
            self.resize(if self.used > 50_000 { self.used * 2 } else { self.used * 4 });
        }
    }

    pub(super) fn add(&mut self, name: &'a str, hash: NameHash<'_>) {
        self.insert(hash(name), name);
    }

    pub(super) fn contains(&self, name: &str, hash: NameHash<'_>) -> bool {
        self.used != 0 && self.find(hash(name), name).1
    }

    /// Takes a name out; says whether it was there.
    pub(super) fn discard(&mut self, name: &str, hash: NameHash<'_>) -> bool {
        if self.used == 0 {
            return false;
        }
        let (index, found) = self.find(hash(name), name);
        if found {
            self.table[index] = Slot::Dummy;
            self.used -= 1;
        }
        found
    }

    /// Adds every name of `other`.
    pub(super) fn merge(&mut self, other: &FreeSet<'a>) {
        if other.used == 0 {
            return;
        }
        if (self.fill + other.used) * 5 >= self.mask() * 3 {
            self.resize((self.used + other.used) * 2);
        }
        if self.fill == 0 && self.mask() == other.mask() && other.fill == other.used {
            self.table.clone_from(&other.table);
            self.used = other.used;
            self.fill = other.fill;
            return;
        }
        if self.table.is_empty() {
            self.table = vec![Slot::Empty; MIN_SIZE];
        }
        if self.fill == 0 {
            for (hash, name) in other.entries() {
                let (index, _) = self.find(hash, name);
                self.table[index] = Slot::Name(hash, name);
            }
            self.used = other.used;
            self.fill = other.used;
            return;
        }
        for (hash, name) in other.entries() {
            self.insert(hash, name);
        }
    }
}
