//! A time zone: when its offset changes, and which one holds at a moment.

use super::rules;
use crate::datetime::delta::PyDelta;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::protocols::number;

/// What holds for a while.
pub struct Info {
    offset: i64,
    dst: i64,
    pub utcoff: Obj,
    pub dstoff: Obj,
    pub name: Obj,
}

impl Info {
    fn new(offset: i64, dst: i64, name: Obj) -> PyResult<Info> {
        let delta = |seconds| PyDelta::normal(0, seconds, 0).map(Py::into_obj);
        Ok(Info { offset, dst, utcoff: delta(offset)?, dstoff: delta(dst)?, name })
    }

    fn is_like(&self, other: &Info) -> PyResult<bool> {
        let same = self.offset == other.offset && self.dst == other.dst;
        Ok(same && object::compare_bool(&self.name, &other.name, CompareOp::Eq)?)
    }
}

/// What holds after the last change.
enum After {
    /// The place of what holds from then on.
    Always(usize),
    /// The places of standard and summer time.
    Summer { standard: usize, summer: usize, rules: rules::Summer },
}

/// A time zone. Places are those of `infos`.
pub struct Zone {
    pub infos: Vec<Info>,
    /// The moments of change in seconds from 1970: in UTC, and in local time before and after a change that sets the clock
    /// back, by fold.
    utc: Vec<i64>,
    local: [Vec<i64>; 2],
    /// What holds from then on.
    since: Vec<usize>,
    before: Option<usize>,
    after: After,
    /// The answer does not depend on the moment.
    is_fixed: bool,
}

impl Traverse for Zone {
    fn traverse(&self, visitor: &mut Visitor) {
        for info in &self.infos {
            visitor.visit(&info.name);
        }
    }
}

/// A moment in local time.
#[derive(Clone, Copy)]
pub struct Local {
    pub seconds: i64,
    pub year: i32,
    pub fold: u8,
}

fn integers(object: &PyObject) -> PyResult<Vec<i64>> {
    let item = |item: &Obj| -> PyResult<i64> { number::index_to_integer(item, "C long") };
    iter::collect(object)?.iter().map(item).collect()
}

/// How much of the offset is summer time: files say only that it is. It is the difference from a neighbour in time that is
/// standard time, and an hour where there is none.
fn summer_parts(since: &[usize], offsets: &[i64], is_dst: &[bool]) -> Vec<i64> {
    let mut parts = vec![0; offsets.len()];
    let wanted = is_dst.iter().filter(|&&is_dst| is_dst).count();
    let mut found = 0;
    for (at, &info) in since.iter().enumerate().skip(1) {
        if found == wanted {
            return parts;
        }
        if !is_dst[info] || parts[info] != 0 {
            continue;
        }
        let earlier = since[at - 1];
        let mut part = if is_dst[earlier] { 0 } else { offsets[info] - offsets[earlier] };
        if part == 0
            && info + 1 < offsets.len()
            && let Some(&later) = since.get(at + 1)
        {
            if is_dst[later] {
                continue;
            }
            part = offsets[info] - offsets[later];
        }
        if part != 0 {
            parts[info] = part;
            found += 1;
        }
    }
    for (part, &is_dst) in parts.iter_mut().zip(is_dst) {
        if is_dst && *part == 0 {
            *part = 3600;
        }
    }
    parts
}

/// The moments of change in local time, with the offset before or after, whichever is greater, and the other one.
fn local_moments(utc: &[i64], since: &[usize], offsets: &[i64]) -> [Vec<i64>; 2] {
    let mut local = [Vec::with_capacity(utc.len()), Vec::with_capacity(utc.len())];
    let mut before = offsets.first().copied().unwrap_or(0);
    for (&moment, &info) in utc.iter().zip(since) {
        let after = if offsets.len() > 1 { offsets[info] } else { before };
        local[0].push(moment.saturating_add(before.max(after)));
        local[1].push(moment.saturating_add(before.min(after)));
        before = offsets[info];
    }
    local
}

/// What comes after the last change, by a TZ string; its infos join the others.
fn after_changes(text: &PyBytes, infos: &mut Vec<Info>) -> PyResult<After> {
    let parsed = match rules::parse(text.as_slice()) {
        Ok(parsed) => parsed,
        Err(complaint) => {
            let shown = object::repr(text)?;
            return Err(raised!(ValueError, "{complaint} {shown}"));
        }
    };
    let (name, offset) = parsed.standard;
    let standard = infos.len();
    infos.push(Info::new(offset, 0, PyStr::new(&name).into_obj())?);
    let Some(rules) = parsed.summer else { return Ok(After::Always(standard)) };
    let name = PyStr::new(&rules.name).into_obj();
    infos.push(Info::new(rules.offset, rules.offset - offset, name)?);
    Ok(After::Summer { standard, summer: standard + 1, rules })
}

impl Zone {
    /// From what `zoneinfo._common.load_data` gives.
    pub fn from_data(data: &PyObject) -> PyResult<Zone> {
        let data = iter::collect(data)?;
        let [since, utc, offsets, is_dst, names, text] = data.as_slice() else {
            return Err(raised!(TypeError, "Invalid data result type: {}", data.len()));
        };
        let (since, utc, offsets) = (integers(since)?, integers(utc)?, integers(offsets)?);
        let is_dst: Vec<bool> = integers(is_dst)?.into_iter().map(|value| value != 0).collect();
        let names = iter::collect(names)?;
        let known = offsets.len();
        if let Some(wrong) =
            since.iter().find(|&&info| usize::try_from(info).map_or(true, |info| info >= known))
        {
            return Err(raised!(ValueError, "Invalid transition index found while reading TZif: {wrong}"));
        }
        if is_dst.len() != known || names.len() != known || since.len() != utc.len() {
            return Err(raised!(ValueError, "Invalid TZif data"));
        }
        let since: Vec<usize> = since.into_iter().map(|info| info as usize).collect();
        let parts = summer_parts(&since, &offsets, &is_dst);
        let local = local_moments(&utc, &since, &offsets);
        let mut infos = Vec::with_capacity(known + 2);
        for ((&offset, part), name) in offsets.iter().zip(parts).zip(names) {
            infos.push(Info::new(offset, part, name)?);
        }
        let before = is_dst.iter().position(|is_dst| !is_dst).or(since.first().copied());
        let text = text.downcast::<PyBytes>().filter(|text| !text.as_slice().is_empty());
        let after = match (text, since.last()) {
            (Some(text), _) => after_changes(text, &mut infos)?,
            (None, Some(&last)) => After::Always(last),
            (None, None) if known > 0 => After::Always(known - 1),
            (None, None) => return Err(raised!(ValueError, "No time zone information found.")),
        };
        let is_fixed = match after {
            After::Summer { .. } => false,
            After::Always(after) => match known {
                0 => true,
                1 => infos[0].is_like(&infos[after])?,
                _ => false,
            },
        };
        Ok(Zone { infos, utc, local, since, before, after, is_fixed })
    }

    /// What always holds, if that is so.
    pub fn fixed(&self) -> Option<&Info> {
        match self.after {
            After::Always(after) if self.is_fixed => self.infos.get(after),
            _ => None,
        }
    }

    /// What holds at a moment of local time.
    pub fn at(&self, local: Local) -> Option<&Info> {
        let moments = &self.local[usize::from(local.fold != 0)];
        let passed = moments.partition_point(|&moment| moment <= local.seconds);
        let place = if passed == 0 && !moments.is_empty() {
            self.before?
        } else if moments.last().is_none_or(|&last| local.seconds > last) {
            match &self.after {
                After::Always(after) => *after,
                After::Summer { standard, summer, rules } => {
                    if self.is_summer(rules, *standard, local) {
                        *summer
                    } else {
                        *standard
                    }
                }
            }
        } else {
            self.since[passed - 1]
        };
        self.infos.get(place)
    }

    fn is_summer(&self, rules: &rules::Summer, standard: usize, local: Local) -> bool {
        let (mut begin, mut end) = (rules.begin.in_year(local.year), rules.end.in_year(local.year));
        let ahead = rules.offset - self.infos[standard].offset;
        // The hour that is skipped or comes twice belongs to either side, by fold and by which time is ahead.
        if (local.fold != 0) == (ahead >= 0) {
            end -= ahead;
        } else {
            begin += ahead;
        }
        within(begin, end, local.seconds)
    }

    /// What holds at a moment of UTC, and whether the local time comes for the second time.
    pub fn at_utc(&self, seconds: i64, year: i32) -> Option<(&Info, bool)> {
        let passed = self.utc.partition_point(|&moment| moment <= seconds);
        if passed == 0 && !self.utc.is_empty() {
            return Some((self.infos.get(self.before?)?, false));
        }
        if self.utc.last().is_none_or(|&last| seconds > last) {
            match &self.after {
                After::Always(after) if self.utc.is_empty() => return Some((self.infos.get(*after)?, false)),
                After::Always(_) => {}
                After::Summer { standard, summer, rules } => {
                    let (is_summer, is_second) = self.summer_utc(rules, *standard, seconds, year);
                    return Some((self.infos.get(if is_summer { *summer } else { *standard })?, is_second));
                }
            }
        }
        let info = self.infos.get(self.since[passed - 1])?;
        let earlier = match passed {
            1 => self.infos.get(self.before?)?,
            _ => self.infos.get(self.since[passed - 2])?,
        };
        let is_second = earlier.offset - info.offset > seconds - self.utc[passed - 1];
        Some((info, is_second))
    }

    fn summer_utc(&self, rules: &rules::Summer, standard: usize, seconds: i64, year: i32) -> (bool, bool) {
        let usual = self.infos[standard].offset;
        let begin = rules.begin.in_year(year) - usual;
        let end = rules.end.in_year(year) - rules.offset;
        let ahead = rules.offset - usual;
        let (from, to) = if ahead > 0 { (end, end + ahead) } else { (begin, begin - ahead) };
        (within(begin, end, seconds), (from..to).contains(&seconds))
    }
}

/// Whether a moment lies between two of a year, or, where the second is first, not between them.
fn within(begin: i64, end: i64, moment: i64) -> bool {
    if begin < end { (begin..end).contains(&moment) } else { !(end..begin).contains(&moment) }
}
