//! Chains of filters as Python describes them, and their properties as files have them.

use super::stream::{Filters, Options, Setting};
use super::{failed, unsigned};
use taipan_objects::errors;
use taipan_objects::prelude::*;

pub const LZMA1: u64 = 0x4000_0000_0000_0001;
pub const LZMA2: u64 = 0x21;
pub const DELTA: u64 = 3;
/// X86, POWERPC, IA64, ARM, ARMTHUMB, SPARC.
const BRANCHES: core::ops::RangeInclusive<u64> = 4..=9;

/// The most filters of a chain.
const MOST: usize = 4;
const PRESET: u32 = 6;
/// `LZMA_OPTIONS_ERROR`
const BAD_OPTIONS: u32 = 8;

/// What filters of the LZMA kind can be told.
const SETTINGS: [(&str, Setting); 8] = [
    ("dict_size", Setting::DictSize),
    ("lc", Setting::Lc),
    ("lp", Setting::Lp),
    ("pb", Setting::Pb),
    ("mode", Setting::Mode),
    ("nice_len", Setting::NiceLen),
    ("mf", Setting::Mf),
    ("depth", Setting::Depth),
];

/// A number of 32 bits.
pub fn number(value: &PyObject) -> PyResult<u32> {
    let value = unsigned(value, "uint32_t")?;
    u32::try_from(value).map_err(|_| raised!(OverflowError, "Value too large for uint32_t type"))
}

/// The entries of a description.
fn entries(description: &PyObject) -> PyResult<Vec<(Obj, Obj)>> {
    if let Some(dict) = description.downcast::<PyDict>() {
        return Ok(dict.items_snapshot());
    }
    let keys = iter::collect(&*call::method(description, intern!("keys"), &[])?)?;
    let entry = |key: Obj| Ok((key.clone(), object::get_item(description, &key)?));
    keys.into_iter().map(entry).collect()
}

/// The entries beside the number of the filter, each of which has to be known.
fn settings(description: &PyObject, known: &[&str], kind: &str) -> PyResult<Vec<(usize, u32)>> {
    let wrong = || raised!(ValueError, "Invalid filter specifier for {kind} filter");
    let mut found = Vec::new();
    for (key, value) in entries(description)? {
        let name =
            key.downcast::<PyStr>().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name == "id" {
            continue;
        }
        let place = known.iter().position(|known| *known == name).ok_or_else(wrong)?;
        let value = number(&value).map_err(|raised| {
            errors::clear(raised);
            wrong()
        })?;
        found.push((place, value));
    }
    Ok(found)
}

fn lzma_options(description: &PyObject) -> PyResult<Options> {
    let names: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).chain(["preset"]).collect();
    let found = settings(description, &names, "LZMA")?;
    let preset =
        found.iter().find(|(place, _)| *place == SETTINGS.len()).map_or(PRESET, |&(_, preset)| preset);
    let mut options = preset_options(preset)?;
    for (place, value) in found {
        if let Some(&(_, setting)) = SETTINGS.get(place) {
            options.set(setting, value);
        }
    }
    Ok(options)
}

/// The options of a preset.
pub fn preset_options(preset: u32) -> PyResult<Options> {
    Options::preset(preset).ok_or_else(|| super::lzma_error(&format!("Invalid compression preset: {preset}")))
}

fn filter(description: &PyObject, chain: &mut Filters) -> PyResult<()> {
    let is_mapping = description.downcast::<PyDict>().is_some()
        || (object::get_optional_attr(description, intern!("keys"))?.is_some());
    if !is_mapping {
        return Err(raised!(TypeError, "Filter specifier must be a dict or dict-like object"));
    }
    let id = object::get_item(description, intern!("id")).map_err(|raised| {
        if !errors::matches(&raised, Exc::KeyError) {
            return raised;
        }
        errors::clear(raised);
        raised!(ValueError, "Filter specifier must have an \"id\" entry")
    })?;
    let id = unsigned(&id, "lzma_vli")?;
    let only = |name: &str, kind: &str, default: u32| -> PyResult<u32> {
        Ok(settings(description, &[name], kind)?.last().map_or(default, |&(_, value)| value))
    };
    let options = match id {
        LZMA1 | LZMA2 => lzma_options(description)?,
        DELTA => Options::delta(only("dist", "delta", 1)?),
        _ if BRANCHES.contains(&id) => Options::branches(only("start_offset", "BCJ", 0)?),
        _ => return Err(raised!(ValueError, "Invalid filter ID: {id}")),
    };
    chain.push(id, options);
    Ok(())
}

/// A chain of filters.
pub fn chain(descriptions: &PyObject) -> PyResult<Filters> {
    let count = object::len(descriptions)?;
    if descriptions.downcast::<PyDict>().is_some() {
        return Err(raised!(TypeError, "{} is not a sequence", descriptions.class().name()));
    }
    if count > MOST {
        return Err(raised!(ValueError, "Too many filters - liblzma supports a maximum of {MOST}"));
    }
    let mut chain = Filters::default();
    for at in 0..count as i64 {
        filter(&*object::get_item(descriptions, &PyInt::from_i64(at))?, &mut chain)?;
    }
    Ok(chain)
}

/// The properties of a filter.
pub fn encode(description: &PyObject) -> PyResult<Py<PyBytes>> {
    let mut chain = Filters::default();
    filter(description, &mut chain)?;
    chain.properties().map(|properties| PyBytes::new(&properties)).map_err(failed)
}

/// What properties say (the .xz file format, section 5.3; for LZMA1 the header of .lzma files).
fn decoded(id: u64, properties: &[u8]) -> Option<Vec<(&'static str, u32)>> {
    let word = |bytes: &[u8]| bytes.try_into().map(u32::from_le_bytes).ok();
    match (id, properties) {
        (LZMA1, [bits, size @ ..]) if *bits < 225 => {
            let (lc, lp, pb) = (*bits % 9, *bits / 9 % 5, *bits / 45);
            let size = word(size)?;
            let fields = [("lc", lc.into()), ("lp", lp.into()), ("pb", pb.into()), ("dict_size", size)];
            (lc + lp <= 4).then(|| fields.into())
        }
        (LZMA2, [40]) => Some(vec![("dict_size", u32::MAX)]),
        (LZMA2, [bits]) if *bits < 40 => {
            Some(vec![("dict_size", (2 | u32::from(*bits & 1)) << (u32::from(*bits) / 2 + 11))])
        }
        (DELTA, [distance]) => Some(vec![("dist", u32::from(*distance) + 1)]),
        (id, []) if BRANCHES.contains(&id) => Some(Vec::new()),
        (id, offset) if BRANCHES.contains(&id) => {
            let offset = word(offset)?;
            Some(if offset == 0 { Vec::new() } else { vec![("start_offset", offset)] })
        }
        _ => None,
    }
}

/// A description of a filter by its properties.
pub fn decode(id: u64, properties: &[u8]) -> PyResult<Py<PyDict>> {
    let fields = decoded(id, properties).ok_or_else(|| failed(BAD_OPTIONS))?;
    let description = PyDict::new();
    description.set_item(intern!("id"), &PyInt::from_u64(id))?;
    for (name, value) in fields {
        description.set_item(&PyStr::new(name), &PyInt::from_u64(value.into()))?;
    }
    Ok(description)
}
