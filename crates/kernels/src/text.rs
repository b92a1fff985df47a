//! A text under construction: code points in the narrowest units that hold them.

/// Units of one, two or four bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Units {
    /// All code points below 256.
    One(Vec<u8>),
    /// All code points below 65536, some not below 256.
    Two(Vec<u16>),
    /// Some code point beyond those.
    Four(Vec<u32>),
}

/// Collects code points; widens when one needs it, so that the result is always in its narrowest form. Where there is no
/// memory for more, it notes that and collects nothing any more.
#[derive(Clone, Debug)]
pub struct TextBuilder {
    units: Units,
    /// All code points together: below 128 as long as the text is ASCII.
    seen: u32,
    failed: bool,
}

impl Default for TextBuilder {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

/// Appends units, or notes that there is no memory for them.
#[inline(always)]
fn append<T, I: IntoIterator<Item = T, IntoIter: ExactSizeIterator>>(
    units: &mut Vec<T>,
    more: I,
    failed: &mut bool,
) {
    let more = more.into_iter();
    if units.capacity() - units.len() >= more.len() || grow(units, more.len(), failed) {
        units.extend(more);
    }
}

/// Makes room for so many more units; `false` where there is no memory, or was none before.
#[cold]
#[inline(never)]
fn grow<T>(units: &mut Vec<T>, more: usize, failed: &mut bool) -> bool {
    *failed = *failed || units.try_reserve(more).is_err();
    !*failed
}

/// These units as wider ones, with room for one more; `None` where there is no memory.
fn widened<T: Copy + Into<U>, U>(units: &[T]) -> Option<Vec<U>> {
    let mut wide = Vec::new();
    wide.try_reserve_exact(units.len() + 1).ok()?;
    wide.extend(units.iter().map(|&unit| unit.into()));
    Some(wide)
}

impl TextBuilder {
    /// An empty text with room for so many narrow units, if there is memory for them.
    pub fn with_capacity(capacity: usize) -> Self {
        let mut units = Vec::new();
        // Without, it grows as far as it gets.
        let _ = units.try_reserve_exact(capacity);
        TextBuilder { units: Units::One(units), seen: 0, failed: false }
    }

    /// Whether there was no memory for something: what it holds is not the text.
    pub fn has_failed(&self) -> bool {
        self.failed
    }

    /// Length in code points.
    pub fn len(&self) -> usize {
        match &self.units {
            Units::One(v) => v.len(),
            Units::Two(v) => v.len(),
            Units::Four(v) => v.len(),
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether everything is ASCII.
    pub fn is_ascii(&self) -> bool {
        self.seen < 128
    }

    /// Appends a code point.
    #[inline]
    pub fn push(&mut self, c: u32) {
        self.seen |= c;
        match &mut self.units {
            Units::One(v) if c < 256 => append(v, [c as u8], &mut self.failed),
            Units::Two(v) if c < 65536 => append(v, [c as u16], &mut self.failed),
            Units::Four(v) => append(v, [c], &mut self.failed),
            _ => self.widen(c),
        }
    }

    /// Appends ASCII characters.
    pub fn push_ascii(&mut self, bytes: &[u8]) {
        let failed = &mut self.failed;
        match &mut self.units {
            Units::One(v) => append(v, bytes.iter().copied(), failed),
            Units::Two(v) => append(v, bytes.iter().map(|&b| b.into()), failed),
            Units::Four(v) => append(v, bytes.iter().map(|&b| b.into()), failed),
        }
    }

    /// Appends an ASCII character so many times.
    pub fn push_repeated(&mut self, byte: u8, count: usize) {
        let failed = &mut self.failed;
        match &mut self.units {
            Units::One(v) => append(v, core::iter::repeat_n(byte, count), failed),
            Units::Two(v) => append(v, core::iter::repeat_n(byte.into(), count), failed),
            Units::Four(v) => append(v, core::iter::repeat_n(byte.into(), count), failed),
        }
    }

    /// Appends characters below 256.
    pub fn push_latin1(&mut self, bytes: &[u8]) {
        self.seen |= bytes.iter().fold(0, |seen, &b| seen | b) as u32;
        self.push_ascii(bytes);
    }

    /// Appends code points.
    pub fn extend<C: Copy + Into<u32>>(&mut self, text: &[C]) {
        text.iter().for_each(|&c| self.push(c.into()));
    }

    /// Shortens to so many code points; what was wide may have to become narrow again.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        let mut shorter = TextBuilder::with_capacity(len);
        match &self.units {
            Units::One(v) => shorter.push_latin1(&v[..len]),
            Units::Two(v) => shorter.extend(&v[..len]),
            Units::Four(v) => shorter.extend(&v[..len]),
        }
        *self = shorter;
    }

    #[cold]
    fn widen(&mut self, c: u32) {
        let wide = match &self.units {
            Units::One(v) if c < 65536 => widened(v).map(Units::Two),
            Units::One(v) => widened(v).map(Units::Four),
            Units::Two(v) => widened(v).map(Units::Four),
            Units::Four(_) => None,
        };
        match wide {
            Some(mut wide) => {
                match &mut wide {
                    Units::Two(v) => v.push(c as u16),
                    Units::Four(v) => v.push(c),
                    Units::One(_) => {}
                }
                self.units = wide;
            }
            None => self.failed = true,
        }
    }

    /// The text.
    pub fn finish(self) -> Units {
        self.units
    }

    /// The text as code points.
    pub fn code_points(&self) -> Vec<u32> {
        match &self.units {
            Units::One(v) => v.iter().map(|&u| u as u32).collect(),
            Units::Two(v) => v.iter().map(|&u| u as u32).collect(),
            Units::Four(v) => v.clone(),
        }
    }
}
