//! Normalisation forms C, D, KC and KD (UAX 15), on code points that may be lone surrogates.

use super::database::{Edition, combining, decomposition};
use super::decomposition_data::COMPOSITES;
use super::entries_data::CORRECTIONS;

/// A normalisation form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Canonical composition.
    Nfc,
    /// Canonical decomposition.
    Nfd,
    /// Compatibility composition.
    Nfkc,
    /// Compatibility decomposition.
    Nfkd,
}

impl Form {
    /// The form of this name.
    pub fn from_name(name: &str) -> Option<Form> {
        match name {
            "NFC" => Some(Form::Nfc),
            "NFD" => Some(Form::Nfd),
            "NFKC" => Some(Form::Nfkc),
            "NFKD" => Some(Form::Nfkd),
            _ => None,
        }
    }

    fn composes(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }

    fn compatibility(self) -> bool {
        matches!(self, Form::Nfkc | Form::Nfkd)
    }
}

const S_BASE: u32 = 0xac00;
const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11a7;
const L_COUNT: u32 = 19;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;
const S_COUNT: u32 = L_COUNT * V_COUNT * T_COUNT;

/// The text in this form, by this edition's decompositions.
pub fn normalize<C: Copy + Into<u32>>(text: &[C], form: Form, edition: Edition) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 4);
    for &c in text {
        decompose(&mut out, c.into(), form.compatibility(), edition);
    }
    reorder(&mut out);
    if form.composes() {
        compose(&mut out);
    }
    out
}

/// Whether the text is in this form already; quick for ASCII.
pub fn is_normalized<C: Copy + Into<u32>>(text: &[C], form: Form, edition: Edition) -> bool {
    let plain_below = if form == Form::Nfc { 0x300 } else { 0xa0 };
    if text.iter().all(|&c| c.into() < plain_below) {
        return true;
    }
    normalize(text, form, edition).iter().copied().eq(text.iter().map(|&c| c.into()))
}

fn decompose(out: &mut Vec<u32>, c: u32, compatibility: bool, edition: Edition) {
    if c < 0xa0 {
        out.push(c);
        return;
    }
    if (S_BASE..S_BASE + S_COUNT).contains(&c) {
        let s = c - S_BASE;
        out.push(L_BASE + s / (V_COUNT * T_COUNT));
        out.push(V_BASE + s % (V_COUNT * T_COUNT) / T_COUNT);
        if !s.is_multiple_of(T_COUNT) {
            out.push(T_BASE + s % T_COUNT);
        }
        return;
    }
    let found = match edition {
        Edition::Current => decomposition(c),
        Edition::Old => {
            if let Ok(i) = CORRECTIONS.binary_search_by_key(&c, |p| p.0) {
                out.push(CORRECTIONS[i].1);
                return;
            }
            edition.decomposition(c)
        }
    };
    match found {
        Some((tag, sequence)) if compatibility || tag.is_empty() => {
            for &part in sequence {
                decompose(out, part, compatibility, edition);
            }
        }
        _ => out.push(c),
    }
}

/// Sorts runs of combining characters by their class, stably.
fn reorder(text: &mut [u32]) {
    let mut i = 0;
    while i < text.len() {
        if combining(text[i]) == 0 {
            i += 1;
            continue;
        }
        let len = text[i..].iter().take_while(|&&c| combining(c) != 0).count();
        if len > 1 {
            text[i..i + len].sort_by_key(|&c| combining(c));
        }
        i += len;
    }
}

fn composite(a: u32, b: u32) -> Option<u32> {
    if (L_BASE..L_BASE + L_COUNT).contains(&a) && (V_BASE..V_BASE + V_COUNT).contains(&b) {
        return Some(S_BASE + ((a - L_BASE) * V_COUNT + (b - V_BASE)) * T_COUNT);
    }
    if (S_BASE..S_BASE + S_COUNT).contains(&a)
        && (a - S_BASE).is_multiple_of(T_COUNT)
        && (T_BASE + 1..T_BASE + T_COUNT).contains(&b)
    {
        return Some(a + b - T_BASE);
    }
    COMPOSITES.binary_search_by_key(&(a, b), |c| (c.0, c.1)).ok().map(|i| COMPOSITES[i].2)
}

/// Composes in place: each character with the last starter, unless something between blocks it.
fn compose(text: &mut Vec<u32>) {
    let mut starter: Option<usize> = None;
    let mut last_class = 0u8;
    let mut end = 0;
    for i in 0..text.len() {
        let c = text[i];
        let class = combining(c);
        if let Some(s) = starter {
            let adjacent = s + 1 == end;
            if (adjacent || (last_class != 0 && last_class < class))
                && let Some(joined) = composite(text[s], c)
            {
                text[s] = joined;
                continue;
            }
        }
        if class == 0 {
            starter = Some(end);
        }
        last_class = class;
        text[end] = c;
        end += 1;
    }
    text.truncate(end);
}
