//! `Decimal.__format__`, and the conventions of the type `n`.

use super::context::current;
use taipan_kernels::decimal::{Dec, layout};
use taipan_kernels::format::Locale;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::int::number_to_str;

/// What stands between digits.
struct Conventions {
    point: String,
    separator: String,
    grouping: Vec<u8>,
}

impl Conventions {
    /// Those of the process's locale.
    fn of_locale() -> Self {
        let all = taipan_host::locale::conventions();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Conventions {
            point: text(&all.decimal_point),
            separator: text(&all.thousands_sep),
            grouping: all.grouping.clone(),
        }
    }

    /// Those that a dictionary says in place of the locale's.
    fn of_dict(dict: &PyDict) -> PyResult<Self> {
        let mut found = Conventions { point: ".".into(), separator: String::new(), grouping: Vec::new() };
        let text = |name: &str| -> PyResult<Option<Py<PyStr>>> {
            match dict.get_str(&PyStr::new(name))? {
                None => Ok(None),
                Some(value) => match value.downcast_owned::<PyStr>() {
                    Some(value) => Ok(Some(value)),
                    None => Err(raised!(TypeError, "expected str in override dictionary")),
                },
            }
        };
        if let Some(point) = text("decimal_point")? {
            found.point = point.to_utf8()?.to_string();
        }
        if let Some(separator) = text("thousands_sep")? {
            found.separator = separator.to_utf8()?.to_string();
        }
        if let Some(grouping) = text("grouping")? {
            // Sizes of groups as characters.
            for size in grouping.units().to_code_points() {
                found
                    .grouping
                    .push(u8::try_from(size).ok().filter(|&size| size < 128).ok_or_else(bad_override)?);
            }
        }
        if found.point.is_empty() || found.point.len() > 4 || found.separator.len() > 4 {
            return Err(bad_override());
        }
        // A zero repeats the size before it.
        if let Some(end) = found.grouping.iter().position(|&size| size == 0) {
            found.grouping.truncate(end);
        }
        Ok(found)
    }
}

#[cold]
fn bad_override() -> Raised {
    raised!(ValueError, "invalid override dict")
}

/// The number by a specification.
pub fn format(dec: &Dec, spec: &PyObject, conventions: Option<&PyObject>) -> PyResult<Py<PyStr>> {
    let context = current()?;
    let Some(spec_text) = spec.downcast::<PyStr>() else {
        return Err(raised!(TypeError, "format arg must be str"));
    };
    spec_text.to_utf8()?;
    let default = if context.capitals() { 'G' } else { 'g' };
    let given = match conventions {
        None => None,
        Some(given) => match given.downcast::<PyDict>() {
            Some(dict) => Some(Conventions::of_dict(dict)?),
            None => return Err(raised!(TypeError, "optional argument must be a dict")),
        },
    };
    let Some(spec) = layout::parse(&spec_text.units().to_code_points(), default) else {
        return Err(raised!(ValueError, "invalid format string"));
    };
    let deprecated = spec.code == 'N' as u32;
    if deprecated {
        errors::warn(
            Exc::DeprecationWarning,
            1,
            format_args!("Format specifier 'N' is deprecated and slated for removal in Python 3.18"),
        )?;
    }
    let wanted = if deprecated || spec.code == 'n' as u32 {
        Some(given.unwrap_or_else(Conventions::of_locale))
    } else {
        None
    };
    let locale = match &wanted {
        None => Locale::C,
        Some(found) => {
            Locale { decimal_point: &found.point, separator: &found.separator, grouping: &found.grouping }
        }
    };
    let mut met = 0;
    let room = spec.width.unwrap_or(0).saturating_add(spec.precision.unwrap_or(0)) as i64;
    if !taipan_kernels::decimal::number::has_room(
        room.saturating_add(dec.exp.abs()).saturating_mul(8),
        &mut met,
    ) {
        return Err(raised!(MemoryError));
    }
    number_to_str(&layout::format(dec, &spec, context.rules().rounding, locale))
}
