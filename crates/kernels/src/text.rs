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

/// Collects code points; widens when one needs it, so that the result is always in its narrowest form.
#[derive(Clone, Debug)]
pub struct TextBuilder {
    units: Units,
    /// All code points together: below 128 as long as the text is ASCII.
    seen: u32,
}

impl Default for TextBuilder {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl TextBuilder {
    /// An empty text with room for so many narrow units.
    pub fn with_capacity(capacity: usize) -> Self {
        TextBuilder { units: Units::One(Vec::with_capacity(capacity)), seen: 0 }
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
            Units::One(v) if c < 256 => v.push(c as u8),
            Units::Two(v) if c < 65536 => v.push(c as u16),
            Units::Four(v) => v.push(c),
            _ => self.widen(c),
        }
    }

    /// Appends ASCII characters.
    pub fn push_ascii(&mut self, bytes: &[u8]) {
        match &mut self.units {
            Units::One(v) => v.extend_from_slice(bytes),
            Units::Two(v) => v.extend(bytes.iter().map(|&b| b as u16)),
            Units::Four(v) => v.extend(bytes.iter().map(|&b| b as u32)),
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
        let wide = |v: &[u8]| v.iter().map(|&b| b as u32).collect::<Vec<u32>>();
        self.units = match &self.units {
            Units::One(v) if c < 65536 => Units::Two(v.iter().map(|&b| b as u16).chain([c as u16]).collect()),
            Units::One(v) => Units::Four([wide(v), vec![c]].concat()),
            Units::Two(v) => Units::Four(v.iter().map(|&u| u as u32).chain([c]).collect()),
            Units::Four(v) => Units::Four([&v[..], &[c]].concat()),
        };
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
